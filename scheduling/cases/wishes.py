"""How and when a family wants to meet, what it needs at the place, and when somebody cannot come.

A wish guides every later search and moves nothing that is booked. A meeting at a time when somebody cannot come is
moved by the clock, as one is that has lost its venue.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import claims
from scheduling.diary.claims import Resource
from scheduling.models import (
    Actor,
    Booking,
    Busy,
    CareBoard,
    CareTelling,
    Case,
    Mode,
    Officer,
    PartOfDay,
    ResourceKind,
)
from scheduling.outbox import invites
from scheduling.refusals import Refused

Other = Officer | CareBoard


class NotInOrder(Refused):
    def __str__(self) -> str:
        return "The end must be later than the beginning, on the same day."


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a family wants of its meeting."""

    mode: Mode
    prefers: PartOfDay | None
    travels_km: int | None
    school: str | None
    step_free: bool
    hearing_loop: bool
    quiet_room: bool
    parking: bool


def of(case: Case) -> Wishes:
    """What is on record."""
    person = case.person
    return Wishes(
        mode=case.meets,
        prefers=person.prefers,
        travels_km=person.travels_km,
        school=case.school,
        step_free=person.needs_step_free,
        hearing_loop=person.needs_hearing_loop,
        quiet_room=person.needs_quiet_room,
        parking=person.needs_parking,
    )


def record(session: Session, case: Case, wishes: Wishes, *, by: Actor, now: datetime) -> None:
    """Keep what the family wants from now on; history says that it changed, and nothing of what is needed."""
    if wishes == of(case):
        return
    person = case.person
    case.meets, case.school = wishes.mode, wishes.school
    person.prefers, person.travels_km = wishes.prefers, wishes.travels_km
    person.needs_step_free, person.needs_hearing_loop = wishes.step_free, wishes.hearing_loop
    person.needs_quiet_room, person.needs_parking = wishes.quiet_room, wishes.parking
    case.record(f"The family's wishes for its meeting were recorded: it meets {wishes.mode}", by=by, now=now)
    session.flush()


def cannot_come(
    session: Session, case: Case, other: Other | None, starts_at: datetime, ends_at: datetime, *, now: datetime
) -> Busy:
    """The family, or this other, cannot come between two times of a day; raises NotInOrder."""
    if ends_at <= starts_at or london.london_day(starts_at) != london.london_day(ends_at):
        raise NotInOrder
    kind, resource_id = _whose(case, other)
    claims.lock(session, [(kind, resource_id)])
    busy = Busy(kind=kind, resource_id=resource_id, starts_at=starts_at, ends_at=ends_at, noted_at=now)
    session.add(busy)
    session.flush()
    return busy


def others(session: Session, case: Case) -> list[Other]:
    """Who is asked for times beside the family: officers who may decide, and the care boards that were told."""
    known = case.authority.officers if case.authority is not None else []
    boards = select(CareBoard).join(CareTelling).where(CareTelling.case_id == case.id).order_by(CareTelling.id)
    return [*(one for one in known if one.left_on is None and one.may_decide), *session.scalars(boards)]


def absences(session: Session, case: Case, other: Other | None, *, now: datetime) -> list[Busy]:
    """When the family, or this other, cannot come, as somebody told us: what is still to come, the next in front."""
    kind, resource_id = _whose(case, other)
    told = select(Busy).where(
        Busy.kind == kind, Busy.resource_id == resource_id, Busy.calendar_id.is_(None), Busy.ends_at > now
    )
    return list(session.scalars(told.order_by(Busy.starts_at, Busy.id)))


def tell_how_to_join(session: Session, booking: Booking, words: str, *, by: Actor, now: datetime) -> None:
    """How to join a meeting that nobody travels to, for everybody's invite: the entry that they have is changed."""
    if booking.joining == words:
        return
    booking.joining = words
    booking.sequence += 1
    booking.case.record("It was written down how to join the meeting", by=by, now=now)
    session.flush()
    invites.send(session, booking, now=now)


def _whose(case: Case, other: Other | None) -> Resource:
    if other is None:
        return ResourceKind.FAMILY, case.person_id
    return (ResourceKind.BOARD if isinstance(other, CareBoard) else ResourceKind.OFFICER), other.id
