from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import mediation
from scheduling.diary import bookings, moves, slots, venues
from scheduling.diary.venues import Days
from scheduling.models import SERVICE, Actor, Booking, Case, Entry, Message, Venue
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
FIRST_WEEK = (date(2026, 11, 30), date(2026, 12, 4))
WHOLE_WINDOW = (date(2026, 11, 23), date(2026, 12, 23))


@pytest.fixture
def coordinator(barnet: Town) -> Actor:
    return Actor.staff(barnet.coordinator.id)


@pytest.fixture
def booking(session: Session, case: Case) -> Booking:
    """At ten on Tuesday 1 December at Barnet Library."""
    return mediation.book_best(session, case, by=SERVICE, now=TOLD)


def another(session: Session, place: Town, told: str = "2026-11-23 10:25") -> Booking:
    case = builders.case(session, place, told=told, number=None)
    return mediation.book_best(session, case, by=SERVICE, now=TOLD)


def close(
    session: Session, venue: Venue, days: tuple[date, date], by: Actor, now: str = "2026-11-24 09:00"
) -> venues.Outcome:
    return venues.close(session, venue, Days(first=days[0], last=days[1]), reason="Burst pipe", by=by, now=moment(now))


def test_a_meeting_at_a_closed_venue_moves_to_the_next_lawful_time(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    uid = booking.uid

    outcome = close(session, barnet.venue, FIRST_WEEK, coordinator)

    assert (outcome.moved, outcome.stranded) == ([booking], [])
    assert london.london_day(booking.starts_at) == date(2026, 12, 7)
    assert (booking.uid, booking.sequence) == (uid, 1)
    assert booking.case.history[-1].why == "Barnet Library is closed: Burst pipe"


def test_it_stays_on_its_day_where_another_venue_is_open(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    library = builders.venue(session, barnet.authority, "Finchley Library")
    was = booking.starts_at

    outcome = close(session, barnet.venue, FIRST_WEEK, coordinator, now="2026-11-23 16:00")

    assert outcome.moved == [booking]
    assert booking.starts_at == was
    assert booking.room is not None
    assert booking.room.venue is library


def test_notice_rules_hold_for_a_move_as_well(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    builders.venue(session, barnet.authority, "Finchley Library")

    close(session, barnet.venue, FIRST_WEEK, coordinator, now="2026-11-30 09:00")

    assert london.london_day(booking.starts_at) == date(2026, 12, 8)


def test_the_preview_promises_what_closing_then_does(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    others = [another(session, barnet) for _ in range(3)]

    preview = venues.impact(
        session, barnet.venue, Days(first=FIRST_WEEK[0], last=FIRST_WEEK[1]), now=moment("2026-11-24 09:00")
    )
    before = len(session.scalars(select(Message)).all())
    promised = {move.booking.id: move.to.starts_at for move in preview.moves if move.to is not None}
    assert all(b.sequence == 0 for b in (booking, *others))
    close(session, barnet.venue, FIRST_WEEK, coordinator)

    assert promised == {b.id: b.starts_at for b in (booking, *others)}
    assert len(set(promised.values())) == 4
    assert len(session.scalars(select(Message)).all()) - before == preview.messages


def test_a_meeting_with_nowhere_to_go_keeps_its_time_and_is_named_with_the_reason(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    outcome = close(session, barnet.venue, WHOLE_WINDOW, coordinator)

    [stranded] = outcome.stranded
    assert outcome.moved == []
    assert stranded.booking is booking
    assert stranded.why == "At every lawful hour until Wednesday 23 December 2026 no room is free."
    assert (booking.is_live, booking.sequence) == (True, 0)
    assert booking.case.history[-1].why == stranded.why
    assert list(moves.stranded(session, now=moment("2026-11-24 09:00"))) == [booking]


def test_a_stranded_meeting_is_placed_when_another_venue_opens(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    close(session, barnet.venue, WHOLE_WINDOW, coordinator)
    now = moment("2026-11-24 10:00")
    assert moves.place_stranded(session, now=now) == []

    library = builders.venue(session, barnet.authority, "Finchley Library")
    session.flush()

    assert moves.place_stranded(session, now=now) == [booking]
    assert booking.room is not None
    assert booking.room.venue is library
    assert moves.place_stranded(session, now=now) == []


def test_a_meeting_that_has_begun_is_left_alone(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    outcome = close(session, barnet.venue, FIRST_WEEK, coordinator, now="2026-12-01 10:30")

    assert (outcome.moved, outcome.stranded) == ([], [])
    assert booking.sequence == 0


def test_the_family_with_the_least_time_left_chooses_first(session: Session, barnet: Town, coordinator: Actor) -> None:
    late = another(session, barnet, told="2026-11-23 10:25")
    early = another(session, barnet, told="2026-11-20 10:25")

    outcome = close(session, barnet.venue, FIRST_WEEK, coordinator)

    assert outcome.moved == [early, late]


def test_the_closure_stands_in_the_venues_history(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    outcome = close(session, barnet.venue, FIRST_WEEK, coordinator)

    [entry] = session.scalars(select(Entry).where(Entry.venue_id == barnet.venue.id))
    assert entry.what == (
        "Closed from Monday 30 November 2026 to Friday 4 December 2026: 1 meeting moved, 0 without another place"
    )
    assert (entry.why, entry.by) == ("Burst pipe", coordinator)
    assert outcome.closure.closed_by_id == barnet.coordinator.id
    assert barnet.venue.is_closed_on(date(2026, 12, 2))


def test_nothing_new_is_booked_into_the_closure(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    close(session, barnet.venue, FIRST_WEEK, coordinator)

    case = builders.case(session, barnet, told="2026-11-24 09:30", number=None)

    [slot] = slots.best(session, case, now=moment("2026-11-24 09:30"), limit=1)
    assert london.london_day(slot.starts_at) == date(2026, 12, 7)
    bookings.book(session, case, slot, by=SERVICE, now=moment("2026-11-24 09:30"))
