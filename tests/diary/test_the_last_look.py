"""What has come in the way between the search and the booking is seen when the time is kept, and said."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.diary import bookings, calendars, holds, offers, slots
from scheduling.diary.bookings import InTheWay
from scheduling.diary.offers import Became
from scheduling.diary.slots import Slot
from scheduling.models import SERVICE, Booking, Busy, Case, Closure, Interpreter, Leave, ResourceKind
from scheduling.reference import policies
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:25")
Happens = Callable[[Session, Town, Slot], None]


def in_the_mediators_calendar(session: Session, barnet: Town, slot: Slot) -> None:
    calendars.upload(session, barnet.mediator, [(slot.starts_at, slot.ends_at)], now=NOW)


def on_leave(session: Session, barnet: Town, slot: Slot) -> None:
    day = slot.starts_at.date()
    session.add(Leave(mediator_id=barnet.mediator.id, first_day=day, last_day=day))


def closed(session: Session, barnet: Town, slot: Slot) -> None:
    day, by = slot.starts_at.date(), barnet.coordinator.id
    closure = Closure(first_day=day, last_day=day, reason="Flood", closed_at=NOW, closed_by_id=by)
    closure.venue_id = barnet.venue.id
    session.add(closure)


def told_by(kind: ResourceKind) -> Happens:
    def happens(session: Session, _barnet: Town, slot: Slot) -> None:
        who = {
            ResourceKind.OFFICER: slot.officer,
            ResourceKind.BOARD: slot.board,
            ResourceKind.INTERPRETER: slot.interpreter,
            ResourceKind.ROOM: slot.room,
            ResourceKind.FAMILY: session.scalars(select(Case)).one().person,
        }[kind]
        assert who is not None
        # The last quarter of an hour is enough.
        starts_at = slot.ends_at.replace(minute=45, hour=slot.ends_at.hour - 1)
        session.add(Busy(kind=kind, resource_id=who.id, starts_at=starts_at, ends_at=slot.ends_at, noted_at=NOW))

    return happens


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        pytest.param(in_the_mediators_calendar, "The mediator cannot come", id="a calendar was read"),
        pytest.param(on_leave, "The mediator is away", id="a leave was written down"),
        pytest.param(closed, "The venue is closed", id="the venue closes"),
        pytest.param(told_by(ResourceKind.OFFICER), "The authority's officer cannot come", id="the officer rang"),
        pytest.param(told_by(ResourceKind.FAMILY), "The family cannot come", id="the family rang"),
        pytest.param(told_by(ResourceKind.BOARD), "The integrated care board cannot come", id="the care board rang"),
        pytest.param(told_by(ResourceKind.INTERPRETER), "The interpreter cannot come", id="the interpreter rang"),
        pytest.param(told_by(ResourceKind.ROOM), "The room is not free", id="the room is wanted by its owner"),
    ],
)
def test_what_came_after_the_search_refuses_the_booking(
    session: Session, barnet: Town, case: Case, happens: Happens, sentence: str
) -> None:
    ira = Interpreter(name="Ira", email="ira@interpreters.example")
    session.add(ira)
    builders.care_board(session, case)
    [slot] = slots.best(session, case, now=NOW, limit=1)
    slot = Slot(**{**vars(slot), "interpreter": ira})
    happens(session, barnet, slot)
    session.flush()

    with pytest.raises(InTheWay, match=f"{sentence}.* Please choose another time."):
        bookings.book(session, case, slot, by=SERVICE, now=NOW)

    assert session.scalars(select(Booking)).all() == []


def test_a_held_time_is_given_up_for_the_next_when_the_mediator_turns_out_to_be_busy(
    session: Session, barnet: Town, case: Case
) -> None:
    policies.choose(session, policies.OFFER_HOURS, 12, by_staff_id=None, now=NOW)  # shorter than the hold
    first, second, _ = offers.offer(session, case, now=NOW, by=SERVICE)
    in_the_mediators_calendar(session, barnet, holds.slot_of(first))

    settled = offers.settle(session, case, now=first.closes_at)

    assert settled.became is Became.BOOKED
    assert settled.booking is not None
    assert settled.booking.starts_at == second.starts_at
    assert "The mediator cannot come at this time any more. Please choose another time." in [
        entry.why for entry in case.history
    ]


def test_a_meeting_moves_to_no_time_at_which_the_mediator_has_become_busy(
    session: Session, barnet: Town, case: Case
) -> None:
    first, second = slots.best(session, case, now=NOW, limit=2)
    booking = bookings.book(session, case, first, by=SERVICE, now=NOW)
    in_the_mediators_calendar(session, barnet, second)

    with pytest.raises(InTheWay):
        bookings.move(session, booking, second, because="The family asked", by=SERVICE, now=NOW)

    session.refresh(booking)
    assert (booking.starts_at, booking.sequence) == (first.starts_at, 0)


def test_what_a_calendar_says_of_another_day_or_the_next_hour_is_in_nobody_s_way(
    session: Session, barnet: Town, case: Case
) -> None:
    [slot] = slots.best(session, case, now=NOW, limit=1)
    after, before = moment("2026-12-20 10:00"), moment("2026-11-20 10:00")
    calendars.upload(session, barnet.mediator, [(slot.ends_at, after), (before, slot.starts_at)], now=NOW)

    booking = bookings.book(session, case, slot, by=SERVICE, now=NOW)

    assert booking.starts_at.date() == slot.starts_at.date() > date(2026, 11, 23)
