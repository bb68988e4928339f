"""Whose meeting and whose case it is: the bounds stand in the query, so that beyond them nothing is found.

A mediator has the meetings that are theirs, until two weeks after each or after its case was closed, and knows the
family's first name from the day on which they have taken it. An officer has the cases of which their own authority has
been told. Somebody who has left has neither.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling.cases import owed
from scheduling.models import (
    Attendance,
    Attends,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Mediator,
    Officer,
    Room,
    Telling,
)

KEPT_AFTER: Final = timedelta(days=14)
"""A mediator still sees a meeting for so long after it, to write down what became of it."""


def mediators(staff_id: int) -> ColumnElement[bool]:
    """Which bookings are meetings that this mediator takes, as a condition on `Booking`."""
    theirs = exists().where(Mediator.id == Booking.mediator_id, and_(Mediator.staff_id == staff_id, Mediator.is_active))
    return and_(Booking.kind == BookingKind.MEDIATION, theirs)


def officers(officer: Officer) -> ColumnElement[bool]:
    """Which cases this officer's authority has been told of, as a condition on `Case`."""
    theirs = exists().where(
        Officer.authority_id == Case.authority_id, and_(Officer.id == officer.id, Officer.left_on.is_(None))
    )
    return and_(theirs, exists().where(Telling.case_id == Case.id))


def meetings_of_mediator(session: Session, staff_id: int, *, now: datetime) -> list[Booking]:
    """What a mediator has before them, and what was lately, the next in front."""
    kept = _meetings(staff_id).where(_lasts(now))
    return list(session.scalars(kept.order_by(Booking.starts_at, Booking.id)))


def meeting_of_mediator(session: Session, booking_id: int, staff_id: int, *, now: datetime) -> Booking | None:
    """One meeting of this mediator; None where there is none any more or it is another's."""
    return session.scalar(_meetings(staff_id).where(Booking.id == booking_id, _lasts(now)))


def accepted(session: Session, booked: Collection[Booking]) -> set[int]:
    """Which of these meetings their mediators have taken, by their ids.

    A time that was moved is asked about again; the family is not unknown to them again by that.
    """
    said = select(Attendance).where(
        Attendance.booking_id.in_([booking.id for booking in booked]), Attendance.answer == Attends.YES
    )
    yes = {(one.booking_id, one.address) for one in session.scalars(said)}
    return {one.id for one in booked if one.mediator is not None and (one.id, one.mediator.email.lower()) in yes}


def officer_with_account(session: Session, staff_id: int) -> Officer | None:
    """The officer who signs in with this account; None for one who has left."""
    return session.scalar(select(Officer).where(Officer.staff_id == staff_id, Officer.left_on.is_(None)))


def cases_of_officer(session: Session, officer: Officer) -> list[Case]:
    """The cases of which an officer's authority has been told and that are not over, the one told first in front.

    What was promised may still be owed when a case is closed.
    """
    found = session.scalars(_cases(officer).where(owed.anywhere()))
    return sorted(found, key=lambda case: (case.tellings[0].told_at, case.id))


def case_of_officer(session: Session, reference: str, officer: Officer) -> Case | None:
    """One case of the officer's own authority; None where there is none or it is another's."""
    return session.scalar(_cases(officer).where(Case.reference == reference))


def _lasts(now: datetime) -> ColumnElement[bool]:
    """A mediator still sees it: it stands, and it or its case was not over two weeks ago."""
    is_lately = and_(
        Booking.ends_at > now - KEPT_AFTER,
        exists().where(Case.id == Booking.case_id, or_(Case.closed_at.is_(None), Case.closed_at > now - KEPT_AFTER)),
    )
    return and_(Booking.status != BookingStatus.CANCELLED, is_lately)


def _meetings(staff_id: int) -> Select[Booking]:
    return (
        select(Booking)
        .where(mediators(staff_id))
        .options(
            selectinload(Booking.room).selectinload(Room.venue),
            selectinload(Booking.officer),
            selectinload(Booking.mediator),
            # Not by joins: whoever moves a booking reads it again with a lock, and PostgreSQL locks no outer join.
            selectinload(Booking.case).options(selectinload(Case.person), selectinload(Case.authority)),
        )
    )


def _cases(officer: Officer) -> Select[Case]:
    return (
        select(Case)
        .where(officers(officer))
        .options(
            joinedload(Case.person),
            selectinload(Case.tellings).selectinload(Telling.officer).selectinload(Officer.authority),
        )
    )
