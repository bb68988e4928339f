from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import decline, intake, tasks
from scheduling.cases.tasks import AlreadyDealtWith, NothingWrong
from scheduling.models import Actor, Case, ContactChannel, Message, MessageState, Said
from scheduling.outbox import messages
from tests import builders
from tests.builders import Town

NOW = builders.moment("2026-11-24 10:00")


@pytest.fixture
def town(session: Session) -> Town:
    return builders.town(session)


def last_line(case: Case) -> str:
    return case.history[-1].what


def test_a_contact_that_finds_its_case_keeps_its_words_and_its_moment(session: Session, town: Town) -> None:
    case = builders.case(session, town)
    received = builders.moment("2026-11-23 23:30")
    contact = intake.record_contact(
        session,
        channel=ContactChannel.TEXT,
        said=Said.OTHER,
        received_at=received,
        number="+447700900125",
        words="hello",
    )

    tasks.attach(session, contact, case, by=Actor.staff(town.adviser.id), now=NOW)
    session.flush()

    assert (contact.case, contact.handled_at, contact.handled_by_id) == (case, NOW, town.adviser.id)
    assert (contact.words, contact.received_at) == ("hello", received)
    assert last_line(case) == "A text was found to be this family's"


@pytest.mark.parametrize(
    ("wanted", "declined"),
    [
        pytest.param(None, "2026-08-30 23:58", id="the days run since the text came"),
        pytest.param("2026-08-30 09:00", "2026-08-30 23:58", id="she had wanted it before"),
        pytest.param("2026-08-31 09:00", None, id="she has wanted it since"),
    ],
)
def test_a_no_that_finds_its_case_counts_from_when_it_was_said(
    session: Session, town: Town, wanted: str | None, declined: str | None
) -> None:
    case = builders.case(session, town)
    case.mediation_wanted_at = None if wanted is None else builders.moment(wanted)
    contact = intake.record_contact(
        session,
        channel=ContactChannel.TEXT,
        said=Said.NO_MEDIATION,
        received_at=builders.moment("2026-08-30 23:58"),
        words="I wish to appeal; I do not want mediation",
    )

    tasks.attach(session, contact, case, by=Actor.staff(town.adviser.id), now=builders.moment("2026-09-01 09:30"))

    assert case.declined_at == (None if declined is None else builders.moment(declined))
    if declined is not None:
        due = decline.certificate_due(session, case)
        assert due is not None
        assert due.day == date(2026, 9, 3)


def test_a_contact_is_dealt_with_once(session: Session, town: Town) -> None:
    contact = intake.record_contact(session, channel=ContactChannel.TEXT, said=Said.OTHER, received_at=NOW)
    tasks.handled(contact, by=Actor.staff(town.adviser.id), now=NOW)

    with pytest.raises(AlreadyDealtWith, match="Nothing was changed"):
        tasks.attach(session, contact, builders.case(session, town), by=Actor.staff(town.coordinator.id), now=NOW)


def test_a_call_back_in_a_case_is_a_line_of_its_history(session: Session, town: Town) -> None:
    case = builders.case(session, town)
    call_back = intake.ask_call_back(session, number="+447700900123", because="asked for a person", case=case, now=NOW)
    tasks.call_back_done(session, call_back, by=Actor.staff(town.adviser.id), now=NOW)

    assert last_line(case) == "The call back was made"
    with pytest.raises(AlreadyDealtWith):
        tasks.call_back_done(session, call_back, by=Actor.staff(town.adviser.id), now=NOW)


@pytest.mark.parametrize("state", [state for state in MessageState if state not in tasks.TROUBLED])
def test_a_message_that_did_not_fail_needs_nobody(session: Session, town: Town, state: MessageState) -> None:
    case = builders.case(session, town)
    message = messages.text(session, case.person, purpose="reminder", body="x", key="k", now=NOW, case=case)
    assert message is not None
    message.state, message.lease_until = state, NOW

    assert not session.scalars(select(Message).where(tasks.reached_nobody())).all()
    with pytest.raises(NothingWrong):
        tasks.message_dealt_with(session, message, by=Actor.staff(town.coordinator.id), now=NOW)
