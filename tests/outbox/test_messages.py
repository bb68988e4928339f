from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Booking, Case, Channel, Message, MessageState, Person
from scheduling.outbox import invites, messages, opt_outs
from scheduling.outbox.wording import mails
from tests.outbox.conftest import NOW


def write(session: Session, case: Case, *, key: str = "a text") -> Message | None:
    return messages.text(session, case.person, purpose="meeting booked", body="Hello", key=key, now=NOW, case=case)


def test_a_person_who_agreed_to_texts_gets_one(session: Session, case: Case) -> None:
    written = write(session, case)

    assert written is not None
    assert (written.channel, written.address, written.recipient) == (Channel.SMS, "+447700900123", "the family")
    assert written.state is MessageState.QUEUED
    assert len(written.token) == 32


def opted_out(session: Session, person: Person) -> None:
    opt_outs.stop(session, str(person.number), now=NOW)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(lambda p: setattr(p, "may_text", None), "The person has not agreed to texts.", id="never asked"),
        pytest.param(lambda p: setattr(p, "may_text", False), "The person has not agreed to texts.", id="said no"),
        pytest.param(lambda p: setattr(p, "number", None), "There is no number to text.", id="withheld the number"),
        pytest.param(
            lambda p: setattr(p, "do_not_contact", True), "The person must not be contacted.", id="wants no contact"
        ),
        pytest.param(
            lambda p: setattr(p, "number", "+442079460000"), "The number is not a UK mobile.", id="a landline"
        ),
        pytest.param(
            lambda p: setattr(p, "number", "+33612345678"), "The number is not a UK mobile.", id="a foreign mobile"
        ),
    ],
)
def test_a_record_that_forbids_texts_is_obeyed_and_the_history_says_so(
    session: Session, case: Case, change: Callable[[Person], None], why: str
) -> None:
    change(case.person)

    assert write(session, case) is None

    assert session.scalars(select(Message)).all() == []
    assert (case.history[-1].what, case.history[-1].why) == ("No text was sent (meeting booked)", why)


def test_a_number_that_texted_stop_gets_nothing(session: Session, case: Case) -> None:
    opted_out(session, case.person)

    assert write(session, case) is None

    assert case.history[-1].why == "The number has texted STOP."


def test_a_sweep_that_asks_every_minute_is_recorded_once(session: Session, case: Case) -> None:
    case.person.may_text = False
    before = len(case.history)

    for _ in range(3):
        write(session, case)

    assert len(case.history) == before + 1


def test_the_same_key_is_the_same_message(session: Session, case: Case) -> None:
    first, second, other = write(session, case), write(session, case), write(session, case, key="another")

    assert first is second
    assert other is not first


def test_a_mail_needs_nobodys_number(session: Session, case: Case) -> None:
    case.person.number = None

    written = messages.email(
        session,
        address="olu@barnet.example",
        recipient="the authority",
        purpose="authority told",
        subject="Mediation requested",
        body="Dear Olu",
        key="told",
        now=NOW,
        case=case,
    )

    assert (written.channel, written.recipient, written.case_id) == (Channel.EMAIL, "the authority", case.id)


def test_what_is_no_longer_true_is_taken_back(session: Session, case: Case, a_meeting: Booking) -> None:
    reminder = messages.text(
        session,
        case.person,
        purpose="meeting reminder",
        body="Tomorrow",
        key="reminder",
        now=NOW,
        case=case,
        booking=a_meeting,
    )
    assert reminder is not None

    taken_back = messages.drop(session, a_meeting, because="The meeting moved.", now=NOW)

    assert taken_back == 1
    assert reminder.state is MessageState.DROPPED
    assert case.history[-1].why == "The meeting moved."


def test_two_clocks_that_sweep_at_once_write_one_message(engine: Engine, post: object) -> None:
    both = Barrier(2)

    def sweep(_: int) -> int:
        both.wait()
        with db.Session.begin() as session:
            written = write(session, session.scalars(select(Case)).one(), key="reminder")
            assert written is not None
            return written.id

    with ThreadPoolExecutor(2) as clocks:
        first, second = clocks.map(sweep, range(2))

    assert first == second


def test_a_mail_begins_with_the_word_that_was_agreed(session: Session, case: Case) -> None:
    mail = mails.Mail(subject="Your meeting", body="Dear Sam,\n\nWe meet.\n")
    case.person.code_word = "Bluebell"

    written = messages.email_the_family(session, case, purpose="test", mail=mail, key="a mail", now=NOW)

    assert written is not None
    assert written.body == "Bluebell\n\nDear Sam,\n\nWe meet.\n"


def test_no_one_else_learns_the_word_of_a_family(session: Session, a_meeting: Booking) -> None:
    a_meeting.case.person.code_word = "Bluebell"

    sent = invites.send(session, a_meeting, now=NOW)

    assert [mail.recipient for mail in sent if "Bluebell" in f"{mail.subject}{mail.body}{mail.calendar}"] == [
        "the family"
    ]
