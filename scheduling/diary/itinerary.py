"""A mediator's day and week as they are kept: not more meetings than they sit well, and time for the way between two.

Two meetings that do not overlap may still be too far apart, which no cell of the diary refuses. So this is asked once
more when a time is kept, with the mediator's lock in hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import distance
from scheduling.models import Booking, BookingKind, BookingStatus, Mediator, Offer, OfferState, Venue
from scheduling.reference import outcodes


@dataclass(frozen=True)
class Sitting:
    """A time at which the mediator is with another family, or is held for one."""

    case_id: int
    starts_at: datetime
    ends_at: datetime
    venue: Venue | None


def holds(session: Session, kept: Booking | Offer, *, now: datetime) -> bool:
    """Whether the mediator's other meetings leave room for this one."""
    if kept.mediator is None:
        return True
    venue, week = None if kept.room is None else kept.room.venue, list(_week(session, kept, now=now))
    return _has_strength(kept, kept.mediator, week) and all(
        sitting.ends_at + _way(sitting.venue, venue) <= kept.starts_at
        or kept.ends_at + _way(sitting.venue, venue) <= sitting.starts_at
        for sitting in week
    )


def _has_strength(kept: Booking | Offer, mediator: Mediator, week: list[Sitting]) -> bool:
    meetings = {(london.london_day(one.starts_at), one.case_id) for one in week}
    that_day = {case_id for day, case_id in meetings if day == london.london_day(kept.starts_at)}
    is_full = mediator.meetings_a_week is not None and len(meetings) >= mediator.meetings_a_week
    return len(that_day) < mediator.meetings_a_day and not is_full


def _way(here: Venue | None, there: Venue | None) -> timedelta:
    if here is None or there is None or here.id == there.id:
        return timedelta()
    return distance.journey(outcodes.of_postcode(here.postcode), outcodes.of_postcode(there.postcode))


def _week(session: Session, kept: Booking | Offer, *, now: datetime) -> Iterator[Sitting]:
    """The mediator's meetings with others in the week, Monday to Sunday."""
    day = london.london_day(kept.starts_at)
    monday = day - timedelta(days=day.weekday())
    begins, ends = london.at(monday, time(0)), london.at(monday + timedelta(days=7), time(0))

    def of(kind: type[Booking] | type[Offer]) -> ColumnElement[bool]:
        is_theirs = (kind.mediator_id == kept.mediator_id) & (kind.case_id != kept.case.id)
        return is_theirs & (kind.starts_at >= begins) & (kind.starts_at < ends)

    booked = select(Booking).where(
        of(Booking), Booking.kind == BookingKind.MEDIATION, Booking.status != BookingStatus.CANCELLED
    )
    held = select(Offer).where(of(Offer), Offer.state == OfferState.HELD, Offer.held_until > now)
    for one in (*session.scalars(booked), *session.scalars(held)):
        yield Sitting(one.case_id, one.starts_at, one.ends_at, None if one.room is None else one.room.venue)
