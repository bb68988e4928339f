"""Closing a venue: which meetings it hits, where each could go instead, and moving them.

What a coordinator is shown before she decides is worked out by the same code that then does it: one meeting after the
other, so that no two are promised the same room or mediator. A meeting for which nothing lawful is free keeps its time
and is handed back as stranded, with the reason: the family needs a call. Meetings that have begun are left alone.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.diary import bookings, claims, slots, why
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.slots import NOTHING, Slot, Supposing
from scheduling.models import (
    SERVICE,
    Actor,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Closure,
    Entry,
    ResourceKind,
    Room,
    Venue,
)
from scheduling.outbox import invites, messages

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Move:
    """A meeting that the closure hits, and where it would go."""

    booking: Booking
    to: Slot | None
    why: str | None
    """Why there is nowhere to go; None when there is."""


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What closing would do."""

    moves: list[Move]
    messages: int
    """How many texts and mails would go out."""

    @property
    def stranded(self) -> list[Move]:
        return [move for move in self.moves if move.to is None]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What closing has done."""

    closure: Closure
    moved: list[Booking]
    stranded: list[Move]


def impact(session: Session, venue: Venue, first_day: date, last_day: date, *, now: datetime) -> Impact:
    """What would happen to the meetings at this venue if it were closed on these days, both included."""
    supposing = Supposing(closed=(venue, first_day, last_day))
    moves = _places(session, _hit(session, venue, first_day, last_day, now=now), supposing, now=now)
    return Impact(moves=moves, messages=sum(_messages(session, move) for move in moves))


def close(
    session: Session, venue: Venue, first_day: date, last_day: date, *, reason: str, by: Actor, now: datetime
) -> Outcome:
    """Close the venue and move its meetings, those with the least time left first."""
    claims.lock(session, [(ResourceKind.ROOM, room.id) for room in venue.rooms])
    closure = Closure(
        venue=venue, first_day=first_day, last_day=last_day, reason=reason, closed_at=now, closed_by_id=by.staff_id
    )
    session.add(closure)
    session.flush()
    moves = impact(session, venue, first_day, last_day, now=now).moves
    tried = [_carry_out(session, move, because=f"{venue.name} is closed: {reason}", by=by, now=now) for move in moves]
    outcome = Outcome(
        closure=closure,
        moved=[move.booking for move in tried if move.to is not None],
        stranded=[move for move in tried if move.to is None],
    )
    _record(session, outcome, by=by, now=now)
    log.info("venue closed", extra={"venue": venue.id, "moved": len(outcome.moved), "stranded": len(outcome.stranded)})
    return outcome


def stranded(session: Session, *, now: datetime) -> list[Booking]:
    """Meetings to come whose venue is closed on their day."""
    # Not joined: a booking is locked and read again before it moves, which PostgreSQL does not do across a join.
    there = selectinload(Booking.room).selectinload(Room.venue).selectinload(Venue.closures)
    meetings = session.scalars(_meetings_to_come(now).where(Venue.closures.any()).options(there))
    return [booking for booking in meetings if is_stranded(booking)]


def place_stranded(session: Session, *, now: datetime) -> list[Booking]:
    """Move the stranded meetings for which a slot has become free since, whatever is wrong with another's."""
    waiting = _tightest_first(stranded(session, now=now))
    return [booking for booking in waiting if _has_been_placed(session, booking, now=now)]


def _has_been_placed(session: Session, booking: Booking, *, now: datetime) -> bool:
    booking_id, because = booking.id, "Its venue is closed on the day."
    try:
        with session.begin_nested():
            [move] = _places(session, [booking], NOTHING, now=now)
            return _carry_out(session, move, because=because, by=SERVICE, now=now).to is not None
    except Exception:  # whatever is wrong with one family's meeting must not keep the others where nobody can meet
        log.exception("a stranded meeting could not be moved", extra={"booking": booking_id})
        return False


def _places(session: Session, hit: Sequence[Booking], supposing: Supposing, *, now: datetime) -> list[Move]:
    """The best place for each, one after the other, nobody's place given twice."""
    moves = []
    for booking in hit:
        found = slots.best(session, booking.case, now=now, limit=1, moving=booking, supposing=supposing)
        if found:
            supposing = replace(supposing, moved={**supposing.moved, booking.id: found[0]})
            moves.append(Move(booking=booking, to=found[0], why=None))
        else:
            because = why.none(session, booking.case, now=now, moving=booking, supposing=supposing)
            moves.append(Move(booking=booking, to=None, why=because))
    return moves


def _carry_out(session: Session, move: Move, *, because: str, by: Actor, now: datetime) -> Move:
    if move.to is None:
        return move
    try:
        bookings.move(session, move.booking, move.to, because=because, by=by, now=now)
    except SlotTaken as refusal:
        return replace(move, to=None, why=str(refusal))
    return move


def _hit(session: Session, venue: Venue, first_day: date, last_day: date, *, now: datetime) -> list[Booking]:
    """The meetings to come on these days."""
    begins, ends = london.at(first_day, time(0)), london.at(last_day + timedelta(days=1), time(0))
    there = _meetings_to_come(now).where(
        Room.venue_id == venue.id, Booking.starts_at >= begins, Booking.starts_at < ends
    )
    return _tightest_first(session.scalars(there).all())


def _meetings_to_come(now: datetime) -> Select[Booking]:
    return (
        select(Booking)
        .join(Booking.room)
        .join(Room.venue)
        .where(
            Booking.kind == BookingKind.MEDIATION,
            Booking.status != BookingStatus.CANCELLED,
            Booking.starts_at > now,
        )
        .order_by(Booking.starts_at, Booking.id)
    )


def _tightest_first(hit: Sequence[Booking]) -> list[Booking]:
    """Those whose 30 days end first have the fewest places to go, so they choose first."""
    return sorted(hit, key=lambda booking: (_told(booking.case), booking.starts_at, booking.id))


def _told(case: Case) -> date:
    return date.max if case.told_at is None else london.london_day(case.told_at)


def is_stranded(booking: Booking) -> bool:
    """Whether nobody can meet there on the day."""
    return booking.room is not None and booking.room.venue.is_closed_on(london.london_day(booking.starts_at))


def _messages(session: Session, move: Move) -> int:
    if move.to is None:
        return 0
    text = messages.why_not_text(session, move.booking.case.person) is None
    return len(invites.recipients(move.booking)) + len(bookings.replaced(move.booking, move.to)) + text


def _record(session: Session, outcome: Outcome, *, by: Actor, now: datetime) -> None:
    closure, moved, left = outcome.closure, len(outcome.moved), len(outcome.stranded)
    days = f"from {london.written_day(closure.first_day)} to {london.written_day(closure.last_day)}"
    what = f"Closed {days}: {moved} {'meeting' if moved == 1 else 'meetings'} moved, {left} without another place"
    session.add(Entry(venue_id=closure.venue_id, at=now, what=what, why=closure.reason, by=by))
    for move in outcome.stranded:
        move.booking.case.record(
            f"{closure.venue.name} is closed {days}, and no other place was found", why=move.why, by=by, now=now
        )
