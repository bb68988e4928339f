"""Closing a venue, once or again and again: which meetings it hits, where each could go instead, and moving them."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import claims, moves
from scheduling.diary.moves import Cause, Impact, Move
from scheduling.models import Actor, Booking, Closure, Entry, Repeats, ResourceKind, Side, Venue

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What closing has done."""

    closure: Closure
    moved: list[Booking]
    stranded: list[Move]


@dataclass(frozen=True, kw_only=True)
class Days:
    """When a venue is closed: from one day to another, both included, and when it is so again."""

    first: date
    last: date
    repeats: Repeats | None = None
    repeats_until: date | None = None

    def closure(self, reason: str, *, by: Actor | None, now: datetime) -> Closure:
        """The same as a line of the record."""
        return Closure(
            first_day=self.first,
            last_day=self.last,
            repeats=self.repeats,
            repeats_until=self.repeats_until,
            reason=reason,
            closed_at=now,
            closed_by_id=None if by is None else by.staff_id,
        )


def impact(session: Session, venue: Venue, days: Days, *, now: datetime) -> Impact:
    """What would happen to the meetings at this venue if it were closed on these days."""
    closure = days.closure("", by=None, now=now)
    return moves.impact(
        session, _hit(session, venue, closure, now=now), lambda: venue.closures.append(closure), now=now
    )


def close(session: Session, venue: Venue, days: Days, *, reason: str, by: Actor, now: datetime) -> Outcome:
    """Close the venue and move its meetings, those with the least time left first."""
    claims.lock(session, [(ResourceKind.ROOM, room.id) for room in venue.rooms])
    closure = days.closure(reason, by=by, now=now)
    venue.closures.append(closure)
    session.flush()
    cause = Cause(side=Side.VENUE, because=f"{venue.name} is closed: {reason}")
    tried = moves.carry_out(session, _hit(session, venue, closure, now=now), cause, by=by, now=now)
    outcome = Outcome(
        closure=closure,
        moved=[move.booking for move in tried if move.to is not None],
        stranded=[move for move in tried if move.to is None],
    )
    _record(session, outcome, by=by, now=now)
    log.info("venue closed", extra={"venue": venue.id, "moved": len(outcome.moved), "stranded": len(outcome.stranded)})
    return outcome


def _hit(session: Session, venue: Venue, closure: Closure, *, now: datetime) -> list[Booking]:
    """The meetings to come there on these days."""
    there = moves.to_come(now).where(Booking.room_id.in_([room.id for room in venue.rooms]))
    return [one for one in session.scalars(there) if closure.covers(london.london_day(one.starts_at))]


def _record(session: Session, outcome: Outcome, *, by: Actor, now: datetime) -> None:
    closure, moved, left = outcome.closure, len(outcome.moved), len(outcome.stranded)
    days = f"from {london.written_day(closure.first_day)} to {london.written_day(closure.last_day)}"
    what = f"Closed {days}: {moved} {'meeting' if moved == 1 else 'meetings'} moved, {left} without another place"
    session.add(Entry(venue_id=closure.venue_id, at=now, what=what, why=closure.reason, by=by))
    for move in outcome.stranded:
        move.booking.case.record(
            f"{closure.venue.name} is closed {days}, and no other place was found", why=move.why, by=by, now=now
        )
