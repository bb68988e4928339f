"""The search against one that knows nothing of bits: every hour of every day, tried with plain intervals."""

import random
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import mediation
from scheduling.cases.mediation import NoSlot
from scheduling.diary import bookings, search, slots
from scheduling.models import SERVICE, Booking, Case, Closure, Leave, Mediator, Room, Side
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-12-07 09:00")
FIRST, LAST = date(2026, 12, 15), date(2027, 1, 6)
HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}
TWO_HOURS, HALF, QUARTER = timedelta(hours=2), timedelta(minutes=30), timedelta(minutes=15)


def fill(session: Session, place: Town, dice: random.Random) -> None:
    """A diary as full as December's: other meetings, some of them cancelled, leave and closures."""
    builders.venue(session, place.authority, "Annexe")
    builders.mediator(session, place.authority, "Noor").meetings_a_day = 1
    builders.officer(session, place.authority, "Ada")
    session.flush()
    session.expire(place.authority)
    away, closed = (FIRST + timedelta(days=dice.randrange(20)) for _ in range(2))
    place.mediator.leave.append(Leave(first_day=away, last_day=away + timedelta(days=2)))
    place.venue.closures.append(
        Closure(first_day=closed, last_day=closed + timedelta(days=3), reason="Painting", closed_at=TOLD)
    )
    session.flush()
    for _ in range(22):
        case = builders.case(session, place, told="2026-12-07 09:00", number=None, email=None)
        found = slots.best(session, case, now=TOLD, limit=60)
        if not found:
            return
        booking = bookings.book(session, case, dice.choice(found), by=SERVICE, now=TOLD)
        if dice.random() < 0.2:
            bookings.cancel(session, booking, caused_by=Side.SERVICE, because="Illness", by=SERVICE, now=TOLD)


def hours_by_hand(session: Session, case: Case) -> set[datetime]:
    kept = [booking for booking in session.scalars(select(Booking)) if booking.is_live]
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    starts = (london.at(day, hour) for day in days for hour in search.STARTS if day not in HOLIDAYS)
    return {start for start in starts if start.weekday() < 5 and is_possible(session, case, kept, start)}


def is_possible(session: Session, case: Case, kept: list[Booking], start: datetime) -> bool:
    day, end = start.date(), start + TWO_HOURS

    def meets(booking: Booking, apart: timedelta) -> bool:
        return booking.starts_at < end + apart and start - apart < booking.ends_at

    def may_sit(mediator: Mediator, at: Room) -> bool:
        theirs = [booking for booking in kept if booking.mediator is mediator]
        that_day = [booking for booking in theirs if london.london_day(booking.starts_at) == day]
        return (
            not any(absence.first_day <= day <= absence.last_day for absence in mediator.leave)
            and len(that_day) < mediator.meetings_a_day
            and not any(meets(b, HALF if b.room and b.room.venue is not at.venue else timedelta()) for b in theirs)
        )

    def is_free(room: Room) -> bool:
        return not any(closure.first_day <= day <= closure.last_day for closure in room.venue.closures) and not any(
            meets(booking, 2 * QUARTER) for booking in kept if booking.room is room
        )

    assert case.authority is not None
    return (
        time(9) <= start.time()
        and end.time() <= time(17)
        and any(
            may_sit(mediator, room)
            for room in session.scalars(select(Room))
            if is_free(room)
            for mediator in session.scalars(select(Mediator))
        )
        and any(not any(meets(b, timedelta()) for b in kept if b.officer is o) for o in case.authority.officers)
    )


@pytest.mark.parametrize("seed", range(4))
def test_every_hour_that_is_possible_is_found_and_no_other(session: Session, barnet: Town, seed: int) -> None:
    fill(session, barnet, random.Random(seed))
    case = builders.case(session, barnet, told="2026-12-07 09:00", number=None)

    found = slots.best(session, case, now=TOLD, limit=10_000)

    assert {slot.starts_at for slot in found} == hours_by_hand(session, case)
    assert len({slot.starts_at for slot in found}) == len(found)


def test_what_is_found_can_be_booked_until_nothing_is_left(session: Session, barnet: Town) -> None:
    now = moment("2026-12-21 09:00")
    four_days_with_two_meetings_each = 8

    for _ in range(four_days_with_two_meetings_each):
        case = builders.case(session, barnet, told="2026-12-07 09:00", number=None, email=None)
        mediation.book_best(session, case, by=SERVICE, now=now)

    late = builders.case(session, barnet, told="2026-12-07 09:00", number=None, email=None)
    with pytest.raises(NoSlot, match=r"until Wednesday 6 January 2027 .*no mediator is free"):
        mediation.book_best(session, late, by=SERVICE, now=now)
    assert not {start for start in hours_by_hand(session, late) if start.date() >= date(2026, 12, 31)}
