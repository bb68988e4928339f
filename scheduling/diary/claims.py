"""What a booking keeps for itself: a claim on every person and room, filled into quarter-hour cells.

The tables refuse a cell that is filled already, so a search may be wrong by a second and nobody is booked twice. Cells
go in sorted, in one statement, and on PostgreSQL after a lock on each person and room in the same order: without the
locks, writers who want the same hours wait for each other in a ring and the database has to break it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from scheduling.diary import quarters
from scheduling.models import Booking, Cell, Claim, ResourceKind

TRAVEL = timedelta(minutes=30)
"""Kept free before and after a mediator's meeting; between two meetings it adds up to an hour."""
TURNAROUND = timedelta(minutes=15)
"""Kept free before and after a meeting in a room."""

Resource = tuple[ResourceKind, int]
"""Anything that can be in only one place at a time, by its kind and id."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """One resource for one time, travel and turnaround included."""

    resource: Resource
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What is taken of some resources, read once: each one's quarter-hours as bits since the first."""

    since: int
    words: Mapping[Resource, int]

    def leaves(self, need: Need) -> bool:
        """Whether everything that is needed is still free."""
        return not self.words.get(need.resource, 0) & quarters.bits(need.starts_at, need.ends_at, since=self.since)

    def beside(self, needs: Iterable[Need]) -> "Taken":
        """The same with more taken."""
        words = dict(self.words)
        for need in needs:
            added = quarters.bits(need.starts_at, need.ends_at, since=self.since)
            words[need.resource] = words.get(need.resource, 0) | added
        return Taken(since=self.since, words=words)


def room(room_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    """A room, with time to leave it as it was found."""
    return _around((ResourceKind.ROOM, room_id), starts_at, ends_at, TURNAROUND)


def mediator(mediator_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    """A mediator, with time to travel."""
    return _around((ResourceKind.MEDIATOR, mediator_id), starts_at, ends_at, TRAVEL)


def family(person_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    return _around((ResourceKind.FAMILY, person_id), starts_at, ends_at)


def officer(officer_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    return _around((ResourceKind.OFFICER, officer_id), starts_at, ends_at)


def adviser(staff_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    return _around((ResourceKind.ADVISER, staff_id), starts_at, ends_at)


def needed_by(booking: Booking) -> list[Need]:
    """Everything that a booking must keep, in the order in which it is locked and inserted."""
    wanted = (
        (room, booking.room),
        (mediator, booking.mediator),
        (family, booking.case.person),
        (officer, booking.officer),
        (adviser, booking.adviser),
    )
    needs = [need(who.id, booking.starts_at, booking.ends_at) for need, who in wanted if who is not None]
    return sorted(needs, key=lambda need: need.resource)


def taken(
    session: Session,
    resources: Collection[Resource],
    starts_at: datetime,
    ends_at: datetime,
    *,
    leaving_out: Collection[int] = (),
) -> Taken:
    """What is taken of these resources between two moments, by all bookings but those left out (by their ids)."""
    since, words = quarters.of(starts_at), dict.fromkeys(resources, 0)
    if not resources:
        return Taken(since=since, words=words)
    wanted = select(Cell.kind, Cell.resource_id, Cell.quarter).where(
        or_(*(and_(Cell.kind == kind, Cell.resource_id.in_(ids)) for kind, ids in _by_kind(resources).items())),
        Cell.quarter.between(since, quarters.of(ends_at)),
    )
    if leaving_out:
        theirs = select(Claim.id).where(Claim.booking_id.in_(leaving_out))
        wanted = wanted.where(Cell.claim_id.not_in(theirs))
    for kind, resource_id, quarter in session.execute(wanted):
        words[ResourceKind(kind), resource_id] |= 1 << (quarter - since)
    return Taken(since=since, words=words)


def lock(session: Session, resources: Iterable[Resource]) -> None:
    """Let nobody else claim these until our transaction ends; on SQLite there is only one writer anyway."""
    if session.get_bind().dialect.name == "sqlite":
        return
    for kind, resource_id in sorted(resources):
        session.execute(select(func.pg_advisory_xact_lock(int(kind), resource_id)))


def keep(session: Session, booking: Booking) -> None:
    """Claim everything that the booking needs, or let the database refuse."""
    needs = needed_by(booking)
    rows = [
        {
            "booking_id": booking.id,
            "kind": need.resource[0],
            "resource_id": need.resource[1],
            "starts_at": need.starts_at,
            "ends_at": need.ends_at,
        }
        for need in needs
    ]
    made = insert(Claim).returning(Claim.kind, Claim.resource_id, Claim.id)
    ids = {(kind, resource_id): claim_id for kind, resource_id, claim_id in session.execute(made, rows)}
    session.execute(insert(Cell).values([cell for need in needs for cell in _cells(need, ids[need.resource])]))
    session.expire(booking, ["claims"])


def free(session: Session, booking: Booking) -> None:
    """Give back everything that the booking kept."""
    session.execute(delete(Claim).where(Claim.booking_id == booking.id))
    session.expire(booking, ["claims"])


def _around(resource: Resource, starts_at: datetime, ends_at: datetime, apart: timedelta = timedelta()) -> Need:
    return Need(resource=resource, starts_at=starts_at - apart, ends_at=ends_at + apart)


def _cells(need: Need, claim_id: int) -> list[dict[str, int]]:
    kind, resource_id = need.resource
    return [
        {"kind": int(kind), "resource_id": resource_id, "quarter": quarter, "claim_id": claim_id}
        for quarter in quarters.spanning(need.starts_at, need.ends_at)
    ]


def _by_kind(resources: Iterable[Resource]) -> dict[ResourceKind, list[int]]:
    kinds: dict[ResourceKind, list[int]] = {}
    for kind, resource_id in resources:
        kinds.setdefault(kind, []).append(resource_id)
    return kinds
