"""What a booking keeps for itself, and an offer while it is held: claims that fill quarter-hour cells.

The tables refuse a cell that is filled already, so a search may be wrong by a second and nobody is booked twice. Cells
go in sorted, in one statement, and on PostgreSQL after a lock on each person and room in the same order: without the
locks, writers who want the same hours wait for each other in a ring and the database has to break it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from scheduling.diary import quarters
from scheduling.models import (
    Booking,
    CareBoard,
    Case,
    Cell,
    Claim,
    Interpreter,
    Mediator,
    Offer,
    Officer,
    ResourceKind,
    Room,
)

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


class Together(Protocol):
    """A time and everybody who is needed at it: a slot, an offer or a booking."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def room(self) -> Room | None: ...
    @property
    def mediator(self) -> Mediator | None: ...
    @property
    def officer(self) -> Officer | None: ...
    @property
    def interpreter(self) -> Interpreter | None: ...
    @property
    def board(self) -> CareBoard | None: ...


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
    """A mediator. The way to the next meeting depends on where both are: see `itinerary`."""
    return _around((ResourceKind.MEDIATOR, mediator_id), starts_at, ends_at)


def family(person_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    return _around((ResourceKind.FAMILY, person_id), starts_at, ends_at)


def officer(officer_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    return _around((ResourceKind.OFFICER, officer_id), starts_at, ends_at)


def adviser(staff_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    return _around((ResourceKind.ADVISER, staff_id), starts_at, ends_at)


def interpreter(interpreter_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    return _around((ResourceKind.INTERPRETER, interpreter_id), starts_at, ends_at)


def board(board_id: int, starts_at: datetime, ends_at: datetime) -> Need:
    return _around((ResourceKind.BOARD, board_id), starts_at, ends_at)


def needed_by(kept: Booking | Offer) -> list[Need]:
    """Everything that a booking or a held offer must keep, in the order in which it is locked and inserted."""
    needs = of_slot(kept.case, kept)
    if isinstance(kept, Booking) and kept.adviser is not None:
        needs.append(adviser(kept.adviser.id, kept.starts_at, kept.ends_at))
    return sorted(needs, key=lambda need: need.resource)


def of_slot(case: Case, slot: Together) -> list[Need]:
    """Everything that a slot needs if it is to be the case's, in the same order."""
    needs = [*of_people(slot), family(case.person.id, slot.starts_at, slot.ends_at)]
    return sorted(needs, key=lambda need: need.resource)


def of_people(slot: Together) -> list[Need]:
    """The same without the family, whosever it would be."""
    wanted = (
        (room, slot.room),
        (mediator, slot.mediator),
        (officer, slot.officer),
        (interpreter, slot.interpreter),
        (board, slot.board),
    )
    return [need(who.id, slot.starts_at, slot.ends_at) for need, who in wanted if who is not None]


def taken(
    session: Session,
    resources: Collection[Resource],
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    leaving_out: Collection[int] = (),
    without_offers: Collection[int] = (),
) -> Taken:
    """What is taken of these resources between two moments, by all bookings and offers but those left out (by ids).

    An offer whose time is over takes nothing, whether or not anybody has tidied up.
    """
    since, words = quarters.of(starts_at), dict.fromkeys(resources, 0)
    if not resources:
        return Taken(since=since, words=words)
    wanted = select(Cell.kind, Cell.resource_id, Cell.quarter).where(
        or_(*(and_(Cell.kind == kind, Cell.resource_id.in_(ids)) for kind, ids in _by_kind(resources).items())),
        Cell.quarter.between(since, quarters.of(ends_at)),
    )
    theirs = select(Claim.id).where(
        or_(
            Claim.booking_id.in_(leaving_out),
            Claim.offer_id.in_(without_offers),
            Claim.offer_id.in_(select(Offer.id).where(Offer.held_until <= now)),
        )
    )
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


def keep(session: Session, kept: Booking | Offer, *, now: datetime) -> None:
    """Claim everything that a booking or an offer needs, or let the database refuse.

    Offers whose time is over give way at once; the sweep that tidies them up may come later.
    """
    needs = needed_by(kept)
    _clear(session, needs, now=now)
    owner = {"booking_id": kept.id} if isinstance(kept, Booking) else {"offer_id": kept.id}
    rows = [
        {
            **owner,
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
    _forget_claims(session, kept)


def free(session: Session, kept: Booking | Offer) -> None:
    """Give back everything that the booking or the offer kept."""
    owner = Claim.booking_id if isinstance(kept, Booking) else Claim.offer_id
    session.execute(delete(Claim).where(owner == kept.id))
    _forget_claims(session, kept)


def _clear(session: Session, needs: Iterable[Need], *, now: datetime) -> None:
    """Take what offers whose time is over still hold of these hours."""
    in_the_way = or_(
        *(
            and_(
                Claim.kind == need.resource[0],
                Claim.resource_id == need.resource[1],
                Claim.starts_at < need.ends_at,
                Claim.ends_at > need.starts_at,
            )
            for need in needs
        )
    )
    over = select(Offer.id).where(Offer.held_until <= now)
    session.execute(
        delete(Claim).where(in_the_way, Claim.offer_id.in_(over)).execution_options(synchronize_session=False)
    )


def _forget_claims(session: Session, kept: Booking | Offer) -> None:
    if isinstance(kept, Booking):
        session.expire(kept, ["claims"])


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
