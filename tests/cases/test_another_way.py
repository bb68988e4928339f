"""A message that did not arrive goes again or another way, as far as the record allows it, and never by itself."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import another_way, mediation, tasks
from scheduling.cases.another_way import CannotGo
from scheduling.models import Actor, Booking, Case, Channel, Message, MessageState
from scheduling.outbox import messages, opt_outs
from tests import builders

NOW = builders.moment("2026-11-24 10:00")


@pytest.fixture
def case(session: Session) -> Case:
    return builders.case(session, builders.town(session))


@pytest.fixture
def by(case: Case) -> Actor:
    assert case.adviser is not None
    return Actor.staff(case.adviser.id)


def a_lost_text(session: Session, case: Case, *, key: str = "k", booking: Booking | None = None) -> Message:
    body = "Common Ground: your meeting is booked. Call 0300 123 4567."
    message = messages.text(
        session, case.person, purpose="meeting booked", body=body, key=key, now=NOW, case=case, booking=booking
    )
    assert message is not None
    return lost(message)


def a_lost_mail(session: Session, case: Case, *, to_the_family: bool = True) -> Message:
    return lost(
        messages.email(
            session,
            address="sam@family.example" if to_the_family else "olu@barnet.example",
            recipient=messages.THE_FAMILY if to_the_family else messages.THE_AUTHORITY,
            purpose="meeting booked",
            subject="Your meeting",
            body="It is booked.",
            key="m",
            now=NOW,
            case=case,
            person=case.person if to_the_family else None,
        )
    )


def lost(message: Message) -> Message:
    message.state = MessageState.FAILED
    return message


def test_the_same_words_go_to_the_number_that_the_record_has_now(session: Session, case: Case, by: Actor) -> None:
    message = a_lost_text(session, case)
    case.person.number = "+447700900199"

    again = another_way.send_again(session, message, by=by, now=NOW)

    assert (again.body, again.address, again.state) == (message.body, "+447700900199", MessageState.QUEUED)
    assert message.dealt_with_at == NOW


def test_a_second_press_sends_nothing_more(session: Session, case: Case, by: Actor) -> None:
    message = a_lost_text(session, case)
    another_way.send_again(session, message, by=by, now=NOW)

    with pytest.raises(tasks.AlreadyDealtWith):
        another_way.send_again(session, message, by=by, now=NOW)


def test_a_message_that_arrived_is_not_sent_again(session: Session, case: Case, by: Actor) -> None:
    message = a_lost_text(session, case)
    message.state = MessageState.DELIVERED

    with pytest.raises(tasks.NothingWrong):
        another_way.send_again(session, message, by=by, now=NOW)


def test_a_text_goes_as_a_mail_with_its_words_and_a_subject_that_says_nothing(
    session: Session, case: Case, by: Actor
) -> None:
    mail = another_way.send_instead(session, a_lost_text(session, case), by=by, now=NOW)

    assert (mail.channel, mail.address) == (Channel.EMAIL, "sam@family.example")
    assert "your meeting is booked" in mail.body
    assert mail.subject is not None
    assert mail.subject.startswith("A message for you")


def test_of_a_lost_mail_a_text_says_only_that_it_was_lost(session: Session, case: Case, by: Actor) -> None:
    text = another_way.send_instead(session, a_lost_mail(session, case), by=by, now=NOW)

    assert text.channel is Channel.SMS
    assert "booked" not in text.body


def test_what_the_record_forbids_is_said_and_nothing_is_sent(session: Session, case: Case, by: Actor) -> None:
    message = a_lost_text(session, case)
    opt_outs.stop(session, message.address, now=NOW)
    case.person.email = None
    session.flush()

    with pytest.raises(CannotGo, match="has texted STOP"):
        another_way.send_again(session, message, by=by, now=NOW)
    with pytest.raises(CannotGo, match="no e-mail address"):
        another_way.send_instead(session, message, by=by, now=NOW)
    assert message.dealt_with_at is None


def test_nobody_who_must_not_be_contacted_gets_it_another_way(session: Session, case: Case) -> None:
    mail, text = a_lost_mail(session, case), a_lost_text(session, case)
    case.person.do_not_contact = True

    assert another_way.why_not_again(session, mail, now=NOW) == "The person must not be contacted."
    assert another_way.why_not_instead(session, mail) == "The person must not be contacted."
    assert another_way.why_not_instead(session, text) == "The person must not be contacted."


def test_an_authority_gets_its_mail_again_and_no_text(session: Session, case: Case, by: Actor) -> None:
    mail = a_lost_mail(session, case, to_the_family=False)

    assert another_way.why_not_instead(session, mail) == "We know no other channel to reach the authority: ring them."
    assert another_way.send_again(session, mail, by=by, now=NOW).address == "olu@barnet.example"


def test_what_was_written_to_somebody_else_of_the_same_side_makes_nothing_outdated(session: Session, by: Actor) -> None:
    told = builders.case(session, builders.town(session, "Camden", "202"), told="2026-11-23 10:25")
    booking = mediation.book_best(session, told, by=by, now=NOW)

    def writes(address: str, key: str) -> Message:
        return messages.email(
            session,
            address=address,
            recipient=messages.A_COMPANION,
            purpose="meeting booked",
            subject="Your meeting",
            body="It is booked.",
            key=key,
            now=NOW,
            case=told,
            booking=booking,
        )

    ines = lost(writes("ines@friends.example", "1"))
    writes("joe@friends.example", "2")
    assert another_way.why_not_again(session, ines, now=NOW) is None

    writes("ines@friends.example", "3")
    assert another_way.why_not_again(session, ines, now=NOW) is not None


def test_what_is_over_is_not_sent_again(session: Session, case: Case) -> None:
    message = a_lost_text(session, case)
    message.expires_at = NOW

    assert another_way.why_not_again(session, message, now=NOW - timedelta(minutes=1)) is None
    assert another_way.why_not_again(session, message, now=NOW) == "What it says is over by now."
