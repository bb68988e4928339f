"""Whose meeting and whose case it is: the bounds stand in the query, so that beyond them nothing is found.

A mediator has the meetings that they take, from the booking until two weeks after it; an officer has the cases of
which their own authority has been told. Somebody who has left has neither.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling.cases import agreements
from scheduling.models import Booking, BookingKind, BookingStatus, Case, Mediator, Officer, Room, Telling

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
    kept = _meetings(staff_id).where(Booking.status != BookingStatus.CANCELLED, Booking.ends_at > now - KEPT_AFTER)
    return list(session.scalars(kept.order_by(Booking.starts_at, Booking.id)))


def meeting_of_mediator(session: Session, booking_id: int, staff_id: int, *, now: datetime) -> Booking | None:
    """One meeting of this mediator; None where there is none or it is another's."""
    wanted = _meetings(staff_id).where(Booking.id == booking_id, Booking.ends_at > now - KEPT_AFTER)
    return session.scalar(wanted)


def officer_with_account(session: Session, staff_id: int) -> Officer | None:
    """The officer who signs in with this account; None for one who has left."""
    return session.scalar(select(Officer).where(Officer.staff_id == staff_id, Officer.left_on.is_(None)))


def cases_of_officer(session: Session, officer: Officer) -> list[Case]:
    """The cases of which an officer's authority has been told and that are not over, the one told first in front.

    What was promised may still be owed when a case is closed.
    """
    found = session.scalars(_cases(officer).where(agreements.has_more_to_come()))
    return sorted(found, key=lambda case: (case.tellings[0].told_at, case.id))


def case_of_officer(session: Session, reference: str, officer: Officer) -> Case | None:
    """One case of the officer's own authority; None where there is none or it is another's."""
    return session.scalar(_cases(officer).where(Case.reference == reference))


def _meetings(staff_id: int) -> Select[Booking]:
    return (
        select(Booking)
        .where(mediators(staff_id))
        .options(
            selectinload(Booking.room).selectinload(Room.venue),
            selectinload(Booking.officer),
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
