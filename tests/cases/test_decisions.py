"""What the service decides by itself says why, and a person decides otherwise with a reason that stands beside it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from scheduling.cases import advice, calling, decisions, mediation, offering, people, routes, thirty_days
from scheduling.cases.decisions import Decision
from scheduling.diary import bookings
from scheduling.law.routes import Decision as Decided
from scheduling.models import FAMILY, SERVICE, Actor, BookingKind, Case, Channel, Message, OutgoingCall, Rung, Side
from scheduling.outbox import messages
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:25")


@pytest.fixture
def barnet(session: Session) -> Town:
    return builders.town(session)


@pytest.fixture
def coordinator(barnet: Town) -> Actor:
    return Actor.staff(barnet.coordinator.id)


def decided(session: Session, case: Case) -> dict[Decision, decisions.Line]:
    """The last line of each kind."""
    return {one.decision: one for one in decisions.lines(session, case, now=NOW) if one.decision is not None}


def reminded(session: Session, case: Case) -> None:
    """A call of ours reaches the family."""
    booking = bookings.of(session, case, BookingKind.MEDIATION)
    assert booking is not None
    message = Message(
        key="call",
        channel=Channel.CALL,
        purpose="reminder",
        address="+447700900123",
        recipient="the family",
        body="",
        written_at=NOW,
        case_id=case.id,
        booking_id=booking.id,
    )
    messages.write(session, message)
    session.flush()
    calling.take(session, OutgoingCall(message=message, booking=booking, rung=Rung.REMINDER, begun_at=NOW), now=NOW)


def test_every_decision_of_a_case_s_life_is_known_and_says_why(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet)
    advice.book(session, case, by=FAMILY, now=NOW)
    parts = {"about_education": True, "about_school": False, "health": False, "social_care": False}
    routes.answer(session, case, decision=next(iter(Decided)), **parts, discrimination=False, by=FAMILY, now=NOW)
    mediation.want(session, case, by=FAMILY, now=NOW, said_at=NOW)
    offering.offer(session, case, by=SERVICE, now=NOW)
    offering.settle(session, case, now=moment("2026-11-25 12:00"))
    thirty_days.prepare(session, case.id, now=moment("2026-12-14 10:00"))
    mediation.explain_once(session, case, "No mediator is free.", now=NOW)
    born = moment("2012-05-01 00:00").date()
    people.record_child(session, case, name="Robin", born=born, by=FAMILY, now=NOW, today=NOW.date())
    reminded(session, case)
    thirty_days.note_breach(session, case.id, now=moment("2027-01-04 10:00"))

    known = decided(session, case)

    assert set(known) == set(Decision)
    assert [line.entry.what for line in known.values() if not line.entry.why] == []


def test_a_person_decides_otherwise_once_with_a_reason_that_never_changes(
    session: Session, barnet: Town, coordinator: Actor
) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    mediation.book_waiting(session, now=NOW)
    line = decided(session, case)[Decision.PLACED]
    assert line.is_open

    other = decisions.override(
        session,
        case,
        line.entry,
        how="the meeting is to be at another time",
        because="A wedding",
        by=coordinator,
        now=NOW,
    )

    assert other.overrides_id == line.entry.id
    assert decided(session, case)[Decision.PLACED].overridden is other
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(text("UPDATE history SET overrides_id = NULL WHERE overrides_id IS NOT NULL"))
    with pytest.raises(decisions.ReasonMissing):
        decisions.override(session, case, line.entry, how="otherwise", because=" ", by=coordinator, now=NOW)


def test_what_is_over_or_a_person_s_own_is_not_decided_otherwise(
    session: Session, barnet: Town, coordinator: Actor
) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    mediation.book_waiting(session, now=NOW)
    entry = decided(session, case)[Decision.PLACED].entry
    kept = bookings.of(session, case, BookingKind.MEDIATION)
    assert kept is not None
    bookings.cancel(session, kept, caused_by=Side.FAMILY, because="Ill", by=SERVICE, now=NOW)

    with pytest.raises(decisions.StandsAsItIs):
        decisions.override(session, case, entry, how="otherwise", because="Too late", by=coordinator, now=NOW)
    mediation.book_best(session, case, by=coordinator, now=NOW)
    assert decided(session, case)[Decision.PLACED].entry is entry
    assert not decided(session, case)[Decision.PLACED].is_open
