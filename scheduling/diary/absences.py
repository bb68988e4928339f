"""Somebody cannot come: a mediator's leave or illness, or a party who is kept away.

The meeting goes to somebody else at the same time where it can, else to another time in the same 30 days; both parties
are told, and it is counted to the side that caused it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import alterations, claims, mediators, moves, standing
from scheduling.diary.claims import Resource
from scheduling.diary.moves import Cause, Hit, Impact, Move
from scheduling.models import Actor, Booking, Busy, Leave, Mediator, ResourceKind, Side
from scheduling.reference import changes

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Who is away, which meetings that hits, and how it is written down."""

    resource: Resource
    hit: list[Booking]
    change: Callable[[], object]
    cause: Cause


def leave(session: Session, mediator: Mediator, first_day: date, last_day: date, *, now: datetime) -> Absence:
    """A mediator is away from one day to another, both included."""
    begins, ends = london.at(first_day, time(0)), london.at(last_day + timedelta(days=1), time(0))
    theirs = moves.to_come(now).where(
        Booking.mediator_id == mediator.id, Booking.starts_at >= begins, Booking.starts_at < ends
    )
    return Absence(
        resource=(ResourceKind.MEDIATOR, mediator.id),
        hit=list(session.scalars(theirs)),
        change=lambda: mediator.leave.append(Leave(first_day=first_day, last_day=last_day)),
        cause=Cause(side=Side.MEDIATOR, because=standing.AWAY),
    )


def cannot_come(session: Session, booking: Booking, side: Side, because: str, *, now: datetime) -> Absence:
    """A side cannot come to this one meeting at its time."""
    kind, resource_id = _of_the_side(booking, side)
    return Absence(
        resource=(kind, resource_id),
        hit=[booking],
        change=lambda: session.add(
            Busy(
                kind=kind,
                resource_id=resource_id,
                starts_at=booking.starts_at,
                ends_at=booking.ends_at,
                noted_at=now,
            )
        ),
        cause=Cause(side=side, because=because),
    )


def impact(session: Session, absence: Absence, *, now: datetime) -> Impact:
    """What the absence would do to the meetings that it hits."""
    return moves.foresee(session, lambda: _made(session, absence, now=now), now=now)


def record(session: Session, absence: Absence, *, by: Actor, now: datetime) -> list[Move]:
    """Write the absence down and move the meetings that it hits; those that stay are stranded, and say why."""
    claims.lock(session, [absence.resource])
    hit = _made(session, absence, now=now)
    tried = moves.carry_out(session, hit.bookings, absence.cause, by=by, now=now)
    for move in tried:
        if move.to is None:
            what = f"{absence.cause.because.rstrip('.')}, and no other time was found"
            move.booking.case.record(what, why=move.why, by=by, now=now)
    kind, resource_id = absence.resource
    log.info("an absence was recorded", extra={"kind": kind.name, "resource": resource_id, "meetings": len(tried)})
    return tried


def comes_after_all(session: Session, mediator: Mediator, day: date, *, because: str, by: Actor, now: datetime) -> None:
    """The mediator comes on one day of their leave: it ends before that day, or goes on after it."""
    a_day = timedelta(days=1)
    for one in [one for one in mediator.leave if one.first_day <= day <= one.last_day]:
        spells = ((one.first_day, day - a_day), (day + a_day, one.last_day))
        mediator.leave.remove(one)
        session.delete(one)
        mediator.leave.extend(Leave(first_day=first, last_day=last) for first, last in spells if first <= last)
    what = f"{mediator.name} comes on {london.written_day(day)} in spite of leave"
    changes.record(session, mediators.about(mediator), what, why=because, by=by, now=now)
    session.flush()


def can_come_after_all(session: Session, resource: Resource, starts_at: datetime, ends_at: datetime) -> None:
    """Whoever told us that they could not come between two moments can; what they said of other hours stands."""
    kind, resource_id = resource
    told = select(Busy).where(
        Busy.kind == kind,
        Busy.resource_id == resource_id,
        Busy.calendar_id.is_(None),
        Busy.starts_at < ends_at,
        Busy.ends_at > starts_at,
    )
    for one in session.scalars(told).all():
        spells = ((one.starts_at, starts_at), (ends_at, one.ends_at))
        left = [
            Busy(kind=kind, resource_id=resource_id, starts_at=begins, ends_at=ends, noted_at=one.noted_at)
            for begins, ends in spells
            if begins < ends
        ]
        session.delete(one)
        session.add_all(left)
    session.flush()


def _made(session: Session, absence: Absence, *, now: datetime) -> Hit:
    """Write it down, and give back what is held with somebody who will not be there."""
    absence.change()
    session.flush()
    offers = alterations.give_back(session, [absence.resource], absence.cause.because, now=now)
    return Hit(bookings=absence.hit, offers=offers)


def _of_the_side(booking: Booking, side: Side) -> Resource:
    known = {
        Side.FAMILY: (ResourceKind.FAMILY, booking.case.person_id),
        Side.AUTHORITY: (ResourceKind.OFFICER, booking.officer_id),
        Side.MEDIATOR: (ResourceKind.MEDIATOR, booking.mediator_id),
        Side.HEALTH: (ResourceKind.BOARD, booking.board_id),
        Side.VENUE: (ResourceKind.ROOM, booking.room_id),
    }
    kind, resource_id = known.get(side, (None, None))
    if kind is None or resource_id is None:
        message = f"{side} takes no part in booking {booking.id}"
        raise ValueError(message)
    return kind, resource_id
