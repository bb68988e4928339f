"""Closing a venue, once or again and again: which meetings it hits, where each could go instead, and moving them."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import alterations, places, undoing
from scheduling.diary.alterations import Alteration
from scheduling.diary.moves import Cause, Impact, Move
from scheduling.models import Actor, Booking, Closure, Entry, Repeats, Side, Venue

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
    """What would happen to the meetings and offers at this venue if it were closed on these days."""
    closing = _closing(venue, days.closure("", by=None, now=now), reason="")
    return alterations.impact(session, closing, now=now)


def close(session: Session, venue: Venue, days: Days, *, reason: str, by: Actor, now: datetime) -> Outcome:
    """Close the venue and move its meetings, those with the least time left first."""
    closure, before = days.closure(reason, by=by, now=now), undoing.places(session, venue, now=now)
    done = alterations.carry_out(session, _closing(venue, closure, reason=reason), by=by, now=now)
    outcome = Outcome(closure=closure, moved=done.moved, stranded=done.stranded)
    undoing.remember(session, closure, outcome.moved, before, now=now)
    _record(session, outcome, by=by, now=now)
    log.info("venue closed", extra={"venue": venue.id, "moved": len(outcome.moved), "stranded": len(outcome.stranded)})
    return outcome


def reopen(session: Session, closure: Closure, *, by: Actor, now: datetime) -> None:
    """Forget a closure. Meetings that were moved stay where they are: everybody has been told of it."""
    venue = closure.venue
    session.add(Entry(venue_id=venue.id, at=now, what=f"Open again, not closed {_days(closure)}", why=None, by=by))
    venue.closures.remove(closure)
    session.flush()


def undo(session: Session, closure: Closure, *, by: Actor, now: datetime) -> list[Booking]:
    """Take a closure back of which nobody has heard yet, and put its meetings where they were."""
    venue, what = closure.venue, f"The closure {_days(closure)} was undone, before anybody was told"
    put_back = undoing.undo(session, closure, by=by, now=now)
    session.add(Entry(venue_id=venue.id, at=now, what=what, why=None, by=by))
    session.flush()
    return put_back


def _closing(venue: Venue, closure: Closure, *, reason: str) -> Alteration:
    cause = Cause(side=Side.VENUE, because=f"{venue.name} is closed: {reason}")
    return Alteration(resources=places.rooms_of(venue), make=lambda: venue.closures.append(closure), cause=cause)


def _record(session: Session, outcome: Outcome, *, by: Actor, now: datetime) -> None:
    closure, moved, left = outcome.closure, len(outcome.moved), len(outcome.stranded)
    meetings = f"{moved} {'meeting' if moved == 1 else 'meetings'} moved, {left} without another place"
    what = f"Closed {_days(closure)}: {meetings}"
    session.add(Entry(venue_id=closure.venue_id, at=now, what=what, why=closure.reason, by=by))


def _days(closure: Closure) -> str:
    return f"from {london.written_day(closure.first_day)} to {london.written_day(closure.last_day)}"
