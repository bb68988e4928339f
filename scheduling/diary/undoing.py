"""Taking a closure back: the meetings that it moved go where they were, as long as nobody has heard of the move.

A text or a mail that has gone cannot be fetched back, so one alone refuses it all. How long messages wait for somebody
to think again is a policy, and none waits into the next day: notice counts from the day on which a family hears.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.diary import bookings, moves
from scheduling.diary.bookings import SlotTaken
from scheduling.models import (
    Actor,
    Booking,
    Channel,
    Closure,
    Message,
    MessageState,
    MovedBooking,
    MovedByClosure,
    Venue,
)
from scheduling.outbox import invites
from scheduling.reference import policies
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

BECAUSE = "The closure was taken back before anybody was told."
BY = {Channel.SMS: "a text", Channel.EMAIL: "a mail", Channel.CALL: "a call"}

Place = Mapping[str, Any]


@dataclass(eq=False)
class ToldAlready(Refused):
    """Somebody has heard of the new time."""

    sent: Sequence[str]
    """What has gone, and to whom: "a mail to the authority"."""

    def __str__(self) -> str:
        gone = ", ".join(sorted(set(self.sent)))
        return f"It cannot be undone any more, because this has gone already: {gone}. Open the venue again instead."


class ChangedSince(Refused):
    def __str__(self) -> str:
        return "One of the meetings has been changed since, so it cannot be undone. Open the venue again instead."


class PlaceGone(Refused):
    def __str__(self) -> str:
        return "One of the meetings cannot go back: its time has been taken since. Open the venue again instead."


def places(session: Session, venue: Venue, *, now: datetime) -> dict[int, Place]:
    """Where the meetings to come at this venue are, before anything moves."""
    there = moves.to_come(now).where(Booking.room_id.in_([room.id for room in venue.rooms]))
    return {booking.id: bookings.facts(booking) for booking in session.scalars(there)}


def remember(
    session: Session, closure: Closure, moved: Sequence[Booking], before: Mapping[int, Place], *, now: datetime
) -> None:
    """Keep where they were, and let what tells of the move wait for as long as the policy says."""
    for booking in moved:
        kept = MovedByClosure(closure_id=closure.id, booking_id=booking.id, sequence=booking.sequence)
        for name, value in before[booking.id].items():
            setattr(kept, name, value)
        session.add(kept)
    until = now + timedelta(minutes=policies.value(session, policies.UNDO_MINUTES))
    until = min(until, london.at(london.london_day(now), time(23, 59)))
    for message in _telling(session, closure, moved):
        if until > now:
            message.not_before = max(message.not_before or until, until)
    session.flush()


def obstacle(session: Session, closure: Closure) -> Refused | None:
    """What keeps this closure from being undone now; None where nothing does."""
    moved = _moved(session, closure)
    told = [m for m in _telling(session, closure, [one.booking for one in moved]) if _may_have_gone(m)]
    if told:
        return ToldAlready([f"{BY[message.channel]} to {message.recipient}" for message in told])
    if any(one.booking.sequence != one.sequence or not one.booking.is_live for one in moved):
        return ChangedSince()
    return None


def undo(session: Session, closure: Closure, *, by: Actor, now: datetime) -> list[Booking]:
    """Open the venue again and put the meetings back, the last moved first, so that each finds its place as it was."""
    moved = _moved(session, closure)
    affected = [one.booking for one in moved]
    messages = _telling(session, closure, affected)
    refusal = obstacle(session, closure)
    if refusal is not None:
        raise refusal
    were = [(one.booking, bookings.facts(one)) for one in moved]
    for message in messages:
        message.state = MessageState.DROPPED
    closed_at = closure.closed_at
    closure.venue.closures.remove(closure)
    session.flush()
    for booking, place in reversed(were):
        try:
            bookings.put_back(session, booking, place, because=BECAUSE, by=by, now=now)
        except SlotTaken as refusal_of_one:
            raise PlaceGone from refusal_of_one
        _say_what_was_dropped(session, booking, closed_at, now=now)
    _count_no_more(session, affected, closed_at)
    log.info("closure undone", extra={"venue": closure.venue_id, "put_back": len(affected)})
    return affected


def _moved(session: Session, closure: Closure) -> list[MovedByClosure]:
    wanted = select(MovedByClosure).where(MovedByClosure.closure_id == closure.id).order_by(MovedByClosure.id)
    return list(session.scalars(wanted.options(selectinload(MovedByClosure.booking))))


def _telling(session: Session, closure: Closure, moved: Sequence[Booking]) -> Sequence[Message]:
    """The messages that tell of the moves, locked against whoever would carry them meanwhile."""
    ids = [booking.id for booking in moved]
    wanted = select(Message).where(Message.booking_id.in_(ids), Message.written_at == closure.closed_at)
    return session.scalars(wanted.order_by(Message.id).with_for_update()).all()


def _may_have_gone(message: Message) -> bool:
    """A carrier that was asked once may have carried it, whatever it answered."""
    is_here = message.state is MessageState.QUEUED and message.attempts == 0
    return not is_here and message.state is not MessageState.DROPPED


def _say_what_was_dropped(session: Session, booking: Booking, closed_at: datetime, *, now: datetime) -> None:
    """The move took back a text of the old time that had not gone yet: it is true again."""
    before = select(Message).where(
        Message.booking_id == booking.id, Message.channel == Channel.SMS, Message.written_at < closed_at
    )
    last = session.scalar(before.order_by(Message.id.desc()).limit(1))
    if last is not None and last.state is MessageState.DROPPED and last.purpose in {invites.BOOKED, invites.MOVED}:
        bookings.tell_by_text(session, booking, last.purpose, now=now)


def _count_no_more(session: Session, moved: Sequence[Booking], at: datetime) -> None:
    ids = [booking.id for booking in moved]
    for counted in session.scalars(
        select(MovedBooking).where(MovedBooking.booking_id.in_(ids), MovedBooking.moved_at == at)
    ):
        session.delete(counted)
    session.flush()
