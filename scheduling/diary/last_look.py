"""The last look before a time is kept: what has come in its way since it was found.

The search reads the diary a moment before, or a day before where a time was offered. A calendar that was read since, a
leave or a closure is seen here, with everybody's lock in hand: whoever writes one of these holds the same lock.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import claims
from scheduling.models import Booking, BookingKind, Busy, Closure, Leave, Offer, ResourceKind

WHO = {
    ResourceKind.ROOM: "The room is not free at this time any more.",
    ResourceKind.MEDIATOR: "The mediator cannot come at this time any more.",
    ResourceKind.OFFICER: "The authority's officer cannot come at this time any more.",
    ResourceKind.FAMILY: "The family cannot come at this time any more.",
    ResourceKind.INTERPRETER: "The interpreter cannot come at this time any more.",
    ResourceKind.BOARD: "The integrated care board cannot come at this time any more.",
}
CLOSED = "The venue is closed on that day."
AWAY = "The mediator is away on that day."


def obstacle(session: Session, kept: Booking | Offer) -> str | None:
    """Who or what stands in the way of keeping it, as a sentence; None where nothing does."""
    if isinstance(kept, Booking) and kept.kind is BookingKind.ADVICE:
        return None  # a call has no place, and whoever rings in can talk
    return next(_obstacles(session, kept), None)


def _obstacles(session: Session, kept: Booking | Offer) -> Iterator[str]:
    day = london.london_day(kept.starts_at)
    if kept.room is not None:
        closures = session.scalars(select(Closure).where(Closure.venue_id == kept.room.venue_id))
        if any(closure.covers(day) for closure in closures):
            yield CLOSED
    if kept.mediator is not None:
        away = select(Leave.id).where(
            Leave.mediator_id == kept.mediator.id, Leave.first_day <= day, Leave.last_day >= day
        )
        if session.scalar(away.limit(1)) is not None:
            yield AWAY
    for kind in _busy(session, kept, kept.starts_at, kept.ends_at):
        yield WHO[kind]


def _busy(session: Session, kept: Booking | Offer, starts_at: datetime, ends_at: datetime) -> list[ResourceKind]:
    asked = or_(
        *(
            and_(Busy.kind == kind, Busy.resource_id == resource_id)
            for kind, resource_id in (need.resource for need in claims.needed_by(kept))
        )
    )
    told = select(Busy.kind).where(asked, Busy.starts_at < ends_at, Busy.ends_at > starts_at)
    return [ResourceKind(kind) for kind in session.scalars(told.order_by(Busy.kind).limit(1))]
