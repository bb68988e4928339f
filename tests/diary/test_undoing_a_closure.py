"""A closure is taken back as long as nobody has heard of it: meetings, messages, counting and history."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import mediation
from scheduling.diary import bookings, slots, undoing, venues
from scheduling.diary.undoing import ChangedSince, PlaceGone, ToldAlready
from scheduling.diary.venues import Days
from scheduling.models import (
    SERVICE,
    Actor,
    Booking,
    Case,
    Closure,
    Entry,
    Message,
    MessageState,
    MovedBooking,
    MovedByClosure,
)
from scheduling.reference import policies
from tests import builders
from tests.builders import Town, moment

TOLD, CLOSED, LATER = (moment(f"2026-11-{at}") for at in ("23 10:25", "24 09:00", "24 09:02"))
DAYS = Days(first=date(2026, 11, 30), last=date(2026, 12, 4))


@pytest.fixture
def coordinator(barnet: Town) -> Actor:
    return Actor.staff(barnet.coordinator.id)


@pytest.fixture
def booking(session: Session, case: Case) -> Booking:
    booking = mediation.book_best(session, case, by=SERVICE, now=TOLD)
    for message in session.scalars(select(Message)):
        message.state = MessageState.SENT
    return booking


def close(session: Session, place: Town, by: Actor, *, at: datetime = CLOSED) -> Closure:
    return venues.close(session, place.venue, DAYS, reason="Burst pipe", by=by, now=at).closure


def of_the_move(session: Session, at: datetime = CLOSED) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.written_at == at)))


def test_meetings_go_back_to_where_they_were_and_nobody_is_told(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    was = bookings.facts(booking)
    second = mediation.book_best(session, builders.case(session, barnet, told="2026-11-23 10:25"), by=SERVICE, now=TOLD)
    was_second = bookings.facts(second)
    closure = close(session, barnet, coordinator)
    assert bookings.facts(booking) != was

    assert set(venues.undo(session, closure, by=coordinator, now=LATER)) == {booking, second}

    assert (bookings.facts(booking), bookings.facts(second)) == (was, was_second)
    assert {message.state for message in of_the_move(session)} == {MessageState.DROPPED}
    assert barnet.venue.closures == []
    assert session.scalars(select(MovedBooking)).all() == []
    assert session.scalars(select(MovedByClosure)).all() == []
    assert booking.case.history[-1].what.startswith("Mediation was put back from Monday 7 December 2026")
    told = session.scalars(select(Entry.what).where(Entry.venue_id == barnet.venue.id)).all()
    assert told[-1].endswith("was undone, before anybody was told")


def test_one_message_that_may_have_gone_refuses_it_all_and_is_named(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    closure = close(session, barnet, coordinator)
    is_at = bookings.facts(booking)
    gone = next(message for message in of_the_move(session) if message.recipient == "the authority")
    gone.state = MessageState.SENT

    with pytest.raises(ToldAlready, match="this has gone already: a mail to the authority"):
        venues.undo(session, closure, by=coordinator, now=LATER)

    assert bookings.facts(booking) == is_at
    assert barnet.venue.closures == [closure]


def test_messages_wait_as_long_as_the_policy_says_and_never_into_the_next_day(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    policies.choose(session, policies.UNDO_MINUTES, 10, by_staff_id=None, now=CLOSED)
    midnight = moment("2026-11-24 23:55")

    closure = close(session, barnet, coordinator)
    assert min(m.not_before for m in of_the_move(session) if m.not_before) == CLOSED + timedelta(minutes=10)
    venues.undo(session, closure, by=coordinator, now=LATER)
    close(session, barnet, coordinator, at=midnight)

    mails = [message.not_before for message in of_the_move(session, midnight) if message.subject]
    assert set(mails) == {moment("2026-11-24 23:59")}


def test_a_meeting_that_was_changed_since_or_whose_mediator_is_taken_refuses_it(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    closure = close(session, barnet, coordinator)
    was = session.scalars(select(MovedByClosure)).one()
    builders.venue(session, barnet.authority, "Finchley Library")
    session.flush()
    rival = builders.case(session, barnet, told="2026-11-23 10:25")
    theirs = next(s for s in slots.best(session, rival, now=TOLD, limit=50) if s.starts_at == was.starts_at)
    bookings.book(session, rival, theirs, by=SERVICE, now=TOLD)

    with pytest.raises(PlaceGone), session.begin_nested():
        venues.undo(session, closure, by=coordinator, now=LATER)
    booking.sequence += 1
    session.flush()
    with pytest.raises(ChangedSince):
        venues.undo(session, closure, by=coordinator, now=LATER)


def test_a_text_that_the_move_took_back_is_written_once_more(
    session: Session, barnet: Town, case: Case, coordinator: Actor
) -> None:
    booking = mediation.book_best(session, case, by=SERVICE, now=TOLD)
    closure = close(session, barnet, coordinator)

    assert undoing.obstacle(session, closure) is None
    venues.undo(session, closure, by=coordinator, now=LATER)

    texts = [m for m in session.scalars(select(Message).order_by(Message.id)) if m.channel == "sms"]
    waiting = [(m.purpose, m.booking_id) for m in texts if m.state is MessageState.QUEUED]
    assert waiting == [("meeting booked", booking.id)]
