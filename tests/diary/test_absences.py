"""Somebody cannot come: the meeting goes to somebody else or to another time, everybody is told, and it is counted."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import mediation
from scheduling.diary import absences, alterations, cancellations, mediators, moves
from scheduling.diary.absences import Absence
from scheduling.models import SERVICE, Actor, Booking, Case, Leave, Message, MovedBooking, Side
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
NOW = moment("2026-11-23 16:00")
DAY = date(2026, 12, 1)


@pytest.fixture
def coordinator(barnet: Town) -> Actor:
    return Actor.staff(barnet.coordinator.id)


@pytest.fixture
def booking(session: Session, case: Case) -> Booking:
    """At ten on Tuesday 1 December at Barnet Library."""
    return mediation.book_best(session, case, by=SERVICE, now=TOLD)


def everywhere(session: Session, absence: Absence) -> set[tuple[str | None, str | None]]:
    """To whom mails went after the absence, and what their calendars were told."""
    last = session.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).one()
    absences.record(session, absence, by=SERVICE, now=NOW)
    new = session.scalars(select(Message).where(Message.id > last, Message.calendar_method.is_not(None)))
    return {(message.address, message.calendar_method) for message in new}


def test_another_mediator_sits_at_the_same_time_where_there_is_one(
    session: Session, barnet: Town, booking: Booking
) -> None:
    other = builders.mediator(session, barnet.authority, "Noor of Barnet")
    was = booking.starts_at

    told = everywhere(session, absences.leave(session, barnet.mediator, DAY, DAY, now=NOW))

    assert (booking.mediator, booking.starts_at, booking.sequence) == (other, was, 1)
    assert told == {
        ("sam@family.example", "REQUEST"),
        ("olu@barnet.example", "REQUEST"),
        (other.email, "REQUEST"),
        (barnet.mediator.email, "CANCEL"),
    }


def test_the_meeting_moves_to_another_day_where_there_is_none(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    absence = absences.leave(session, barnet.mediator, DAY, DAY, now=NOW)

    [move] = absences.record(session, absence, by=coordinator, now=NOW)

    assert move.to is not None
    assert london.london_day(booking.starts_at) == date(2026, 12, 2)
    assert booking.case.history[-1].why == "The mediator is away on the day."


@pytest.mark.parametrize("days", [(DAY, DAY), (date(2026, 11, 23), date(2026, 12, 23))], ids=["a day", "for good"])
def test_the_preview_promises_what_the_absence_then_does_and_changes_nothing(
    session: Session, barnet: Town, booking: Booking, days: tuple[date, date]
) -> None:
    before = len(session.scalars(select(Message)).all())

    preview = absences.impact(session, absences.leave(session, barnet.mediator, *days, now=NOW), now=NOW)
    assert booking.sequence == 0
    assert barnet.mediator.leave == []
    done = absences.record(session, absences.leave(session, barnet.mediator, *days, now=NOW), by=SERVICE, now=NOW)

    assert [(m.booking, m.to and m.to.starts_at, m.why) for m in preview.moves] == [
        (m.booking, m.to and m.to.starts_at, m.why) for m in done
    ]
    assert len(session.scalars(select(Message)).all()) - before == preview.messages


def test_a_meeting_that_nobody_can_take_is_stranded_and_placed_when_somebody_can(
    session: Session, barnet: Town, booking: Booking
) -> None:
    gone = replace(mediators.described(barnet.mediator), is_active=False)
    leaves = mediators.alter(session, barnet.mediator, gone, by=SERVICE, now=NOW)
    alterations.carry_out(session, leaves, by=SERVICE, now=NOW)
    assert list(moves.stranded(session, now=NOW)) == [booking]
    assert moves.place_stranded(session, now=NOW) == []

    other = builders.mediator(session, barnet.authority, "Noor of Barnet")
    session.flush()

    assert moves.place_stranded(session, now=NOW) == [booking]
    assert booking.mediator is other


def test_an_officer_who_leaves_is_replaced_by_one_who_may_decide(
    session: Session, barnet: Town, booking: Booking
) -> None:
    other = builders.officer(session, barnet.authority, "Ada")
    was = booking.starts_at

    barnet.officer.left_on = DAY
    session.flush()
    moves.place_stranded(session, now=NOW)

    assert (booking.officer, booking.starts_at) == (other, was)


@pytest.mark.parametrize("side", [Side.FAMILY, Side.MEDIATOR, Side.AUTHORITY, Side.VENUE])
def test_a_side_that_cannot_come_gets_another_time_in_the_same_thirty_days_and_it_is_counted(
    session: Session, barnet: Town, booking: Booking, side: Side
) -> None:
    was, uid = booking.starts_at, booking.uid

    absence = absences.cannot_come(session, booking, side, "Called away to another duty.", now=NOW)
    [move] = absences.record(session, absence, by=SERVICE, now=NOW)

    assert move.to is not None
    assert (booking.uid, booking.sequence) == (uid, 1)
    assert booking.starts_at > was
    assert london.london_day(booking.starts_at) <= date(2026, 12, 23)
    [counted] = session.scalars(select(MovedBooking))
    assert (counted.caused_by, counted.was_at, counted.is_at) == (side, was, booking.starts_at)
    assert cancellations.of_the_last_year(session, barnet.authority, now=NOW) == Counter({side: 1})


def test_a_side_that_cannot_come_and_finds_no_other_time_waits_for_a_coordinator(
    session: Session, barnet: Town, booking: Booking
) -> None:
    absence = absences.cannot_come(session, booking, Side.FAMILY, "Ill.", now=moment("2026-11-30 09:00"))
    barnet.mediator.leave.append(Leave(first_day=date(2026, 12, 2), last_day=date(2026, 12, 23)))
    session.flush()

    [move] = absences.record(session, absence, by=SERVICE, now=moment("2026-11-30 09:00"))

    assert move.to is None
    assert list(moves.stranded(session, now=moment("2026-11-30 09:00"))) == [booking]
    cause = moves.why_stranded(session, booking)
    assert cause is not None
    assert (cause.side, cause.because) == (Side.FAMILY, "The family cannot come.")


def test_notice_is_owed_for_the_new_time_as_well(session: Session, barnet: Town, booking: Booking) -> None:
    late = moment("2026-11-30 09:00")

    absence = absences.cannot_come(session, booking, Side.FAMILY, "Ill.", now=late)
    absences.record(session, absence, by=SERVICE, now=late)

    assert london.london_day(booking.starts_at) == date(2026, 12, 8)
