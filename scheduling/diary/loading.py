"""Reading the diary's facts from the database: all of them, or those that have changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, time, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from scheduling import london
from scheduling.diary import facts
from scheduling.diary.facts import (
    Hold,
    InterpreterFacts,
    MediatorFacts,
    OfficerFacts,
    RoomFacts,
    Row,
    Times,
    VenueFacts,
)
from scheduling.diary.grid import DAYS, Grid
from scheduling.models import (
    Booking,
    BookingKind,
    BookingStatus,
    Busy,
    Case,
    CasePerson,
    Claim,
    Closure,
    Conflict,
    Interpreter,
    InterpreterLanguage,
    Leave,
    Mediator,
    MediatorHours,
    MediatorLanguage,
    Offer,
    Officer,
    ResourceKind,
    Room,
    RoomUse,
    Venue,
    VenueHours,
)
from scheduling.models.mediator import mediator_works_with
from scheduling.models.venue import venue_serves
from scheduling.reference import outcodes

Chosen = TypeVar("Chosen", bound=Select[*tuple[Any, ...]])

Ids = Collection[int] | None
"""Which to read; None: all there are."""
Resource = tuple[int, int]
"""A `ResourceKind` and an id."""
Mediated = tuple[tuple[int, int, int], ...]
"""For a family: case, mediator, and the second at which their meeting ends."""

TURNAROUND_QUARTERS: Final = 1
"""A room is left alone for a quarter of an hour on either side of a meeting; a claim on one has its own in it."""
WITHOUT_A_PART: Final = (ResourceKind.ADVISER,)
"""Kinds of resource that no mediation needs."""


def venues(session: Session, grid: Grid, ids: Ids = None) -> dict[int, VenueFacts]:
    """Venues with their rooms."""
    serves = _grouped(session, venue_serves, "venue_id", ids)
    hours = _grouped(session, VenueHours.__table__, "venue_id", ids)
    closures = _grouped(session, Closure.__table__, "venue_id", ids)
    rooms = _grouped(session, Room.__table__, "venue_id", ids)
    used = {
        venue_id: sorted(
            (one for one in of_one if one["used_for"] == RoomUse.MEETINGS), key=lambda one: (one["name"], one["id"])
        )
        for venue_id, of_one in rooms.items()
    }
    return {
        row["id"]: VenueFacts(
            id=row["id"],
            name=row["name"],
            is_active=row["is_active"],
            owner_id=row["owner_id"],
            outcode=outcodes.of_postcode(row["postcode"]),
            serves=frozenset(one["authority_id"] for one in serves[row["id"]]),
            step_free=row["step_free"],
            hearing_loop=row["hearing_loop"],
            quiet_room=row["quiet_room"],
            parking=row["parking"],
            hours=grid.weekly((one["weekday"], one["opens"], one["closes"]) for one in hours[row["id"]]),
            closed=_closed(grid, closures[row["id"]]),
            rooms=tuple(_room(one) for one in used.get(row["id"], ())),
            row=row,
        )
        for row in _rows(session, Venue.__table__, "id", ids)
    }


def mediators(session: Session, grid: Grid, ids: Ids = None) -> dict[int, MediatorFacts]:
    """Mediators with everything that says when and with whom they sit."""
    works_with = _grouped(session, mediator_works_with, "mediator_id", ids)
    hours = _grouped(session, MediatorHours.__table__, "mediator_id", ids)
    leave = _grouped(session, Leave.__table__, "mediator_id", ids)
    conflicts = _grouped(session, Conflict.__table__, "mediator_id", ids)
    spoken = _grouped(session, MediatorLanguage.__table__, "mediator_id", ids)
    return {
        row["id"]: MediatorFacts(
            id=row["id"],
            is_active=row["is_active"],
            works_with=frozenset(one["authority_id"] for one in works_with[row["id"]]),
            authorities=_present(one["authority_id"] for one in conflicts[row["id"]]),
            schools=frozenset(compared(one["school"]) for one in conflicts[row["id"]] if one["school"]),
            people=_present(one["person_id"] for one in conflicts[row["id"]]),
            languages=frozenset(compared(one["language"]) for one in spoken[row["id"]]),
            meets_from_afar=row["meets_from_afar"],
            outcode=row["outcode"],
            travels_km=row["travels_km"],
            meetings_a_day=row["meetings_a_day"],
            meetings_a_week=row["meetings_a_week"],
            hours=grid.weekly((one["weekday"], one["starts"], one["ends"]) for one in hours[row["id"]]),
            away=_together(grid.days(one["first_day"], one["last_day"]) for one in leave[row["id"]]),
            accredited=_until(grid, row["accredited_until"]),
            row=row,
        )
        for row in _rows(session, Mediator.__table__, "id", ids)
    }


def officers(session: Session, grid: Grid, authority_ids: Ids = None) -> dict[int, tuple[OfficerFacts, ...]]:
    """The officers of each authority, in order."""
    rows = _grouped(session, Officer.__table__, "authority_id", authority_ids)
    return {
        authority_id: tuple(
            OfficerFacts(
                id=row["id"],
                may_decide=row["may_decide"],
                is_manager=row["is_manager"],
                here=_until(grid, None if row["left_on"] is None else row["left_on"] - timedelta(days=1)),
                row=row,
            )
            for row in sorted(of_one, key=lambda row: int(row["id"]))
        )
        for authority_id, of_one in rows.items()
    }


def interpreters(session: Session, ids: Ids = None) -> dict[int, InterpreterFacts]:
    """Interpreters and their languages."""
    spoken = _grouped(session, InterpreterLanguage.__table__, "interpreter_id", ids)
    return {
        row["id"]: InterpreterFacts(
            id=row["id"],
            is_active=row["is_active"],
            languages=frozenset(compared(one["language"]) for one in spoken[row["id"]]),
            row=row,
        )
        for row in _rows(session, Interpreter.__table__, "id", ids)
    }


def times(session: Session, grid: Grid, resources: Collection[Resource] | None = None) -> dict[Resource, Times]:
    """What is taken of everybody and every room, or of these."""
    holds: dict[Resource, list[Hold]] = defaultdict(list)
    for resource, hold in _claims(session, grid, resources):
        holds[resource].append(hold)
    for resource, hold in _busy(session, grid, resources):
        holds[resource].append(hold)
    return {resource: facts.times(tuple(of_one)) for resource, of_one in holds.items()}


def mediated(session: Session, person_ids: Ids = None) -> dict[int, Mediated]:
    """Who has mediated for a family, in which case and when."""
    held = (
        select(Case.person_id, Booking.case_id, Booking.mediator_id, Booking.ends_at)
        .join(Booking, Booking.case_id == Case.id)
        .where(Booking.kind == BookingKind.MEDIATION, Booking.status != BookingStatus.CANCELLED)
        .order_by(Booking.id)
    )
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for person_id, case_id, mediator_id, ends_at in session.execute(_narrowed(held, Case.person_id, person_ids)):
        if mediator_id is not None:
            found[person_id].append((case_id, mediator_id, int(ends_at.timestamp())))
    return {person_id: tuple(of_one) for person_id, of_one in found.items()}


def company(session: Session, case_ids: Ids = None) -> dict[int, int]:
    """How many others come to the meeting of a case."""
    coming = (
        select(CasePerson.case_id, func.count()).where(CasePerson.comes_to_the_meeting).group_by(CasePerson.case_id)
    )
    return {row[0]: row[1] for row in session.execute(_narrowed(coming, CasePerson.case_id, case_ids))}


def compared(name: str) -> str:
    """A name as it is compared: without regard to capitals and blanks."""
    return " ".join(name.casefold().split())


def _claims(session: Session, grid: Grid, resources: Collection[Resource] | None) -> Iterator[tuple[Resource, Hold]]:
    found = session.execute(_OF_ALL if resources is None else _OF_SOME, _asked(grid, resources))
    for kind, resource_id, starts_at, ends_at, booking, offer, until, booked_for, case, venue in found:
        more = TURNAROUND_QUARTERS if kind == ResourceKind.ROOM else 0
        yield (
            (kind, resource_id),
            Hold(
                first=max(grid.position(starts_at) - more, 0),
                end=grid.position(ends_at, up=True) + more,
                booking=booking,
                offer=offer,
                until=until,
                case=None if booked_for is BookingKind.ADVICE else case,
                venue=venue,
            ),
        )


def _busy(session: Session, grid: Grid, resources: Collection[Resource] | None) -> Iterator[tuple[Resource, Hold]]:
    found = session.execute(_BUSY_ALL if resources is None else _BUSY_SOME, _asked(grid, resources))
    for kind, resource_id, starts_at, ends_at in found:
        more = TURNAROUND_QUARTERS if kind == ResourceKind.ROOM else 0
        first, end = max(grid.position(starts_at) - more, 0), grid.position(ends_at, up=True) + more
        if first < end:
            yield (kind, resource_id), Hold(first=first, end=end)


def _asked(grid: Grid, resources: Collection[Resource] | None) -> dict[str, Any]:
    """What is put into the statements below."""
    of_kind: dict[str, Any] = {f"of_{kind.value}": [] for kind in _KINDS} if resources is not None else {}
    for kind, which in resources or ():
        of_kind[f"of_{int(kind)}"].append(which)
    return {"begins": london.at(grid.monday, time(0)), "ends": london.at(grid.end, time(0)), **of_kind}


def _among(kind: Any, resource_id: Any) -> ColumnElement[bool]:
    return or_(
        *(and_(kind == one.value, resource_id.in_(bindparam(f"of_{one.value}", expanding=True))) for one in _KINDS)
    )


def _while_the_grid_lasts(table: type[Claim] | type[Busy]) -> ColumnElement[bool]:
    return and_(table.ends_at > bindparam("begins"), table.starts_at < bindparam("ends"))


def _rows(session: Session, table: FromClause, key: str, ids: Ids) -> list[Row]:
    found = session.execute(_narrowed(select(table), table.c[key], ids))
    return [dict(row) for row in found.mappings()]


def _grouped(session: Session, table: FromClause | Table, key: str, ids: Ids) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in _rows(session, table, key, ids):
        found[row[key]].append(row)
    return found


def _narrowed(wanted: Chosen, column: Any, ids: Ids) -> Chosen:
    return wanted if ids is None else wanted.where(column.in_(ids))


def _room(row: Row) -> RoomFacts:
    return RoomFacts(id=row["id"], name=row["name"], capacity=row["capacity"], row=row)


def _closed(grid: Grid, closures: Iterable[Row]) -> int:
    bits = 0
    for row in closures:
        if row["repeats"] is None:
            bits |= grid.days(row["first_day"], row["last_day"])
            continue
        again = Closure(
            first_day=row["first_day"],
            last_day=row["last_day"],
            repeats=row["repeats"],
            repeats_until=row["repeats_until"],
        )
        days = (grid.monday + timedelta(days=number) for number in range(DAYS))
        bits |= _together(grid.days(day, day) for day in days if again.covers(day))
    return bits


def _until(grid: Grid, last_day: date | None) -> int:
    return grid.whole if last_day is None else grid.days(grid.monday, last_day)


def _together(several: Iterable[int]) -> int:
    bits = 0
    for one in several:
        bits |= one
    return bits


def _present(ids: Iterable[int | None]) -> frozenset[int]:
    return frozenset(one for one in ids if one is not None)


_KINDS: Final = tuple(kind for kind in ResourceKind if kind not in WITHOUT_A_PART)
_BOOKED_ROOM, _OFFERED_ROOM = aliased(Room), aliased(Room)
# Built once: to build a statement of this size takes longer than SQLite needs to answer it.
_CLAIMS: Final = (
    select(
        Claim.kind,
        Claim.resource_id,
        Claim.starts_at,
        Claim.ends_at,
        Claim.booking_id,
        Claim.offer_id,
        Offer.held_until,
        Booking.kind,
        func.coalesce(Booking.case_id, Offer.case_id),
        func.coalesce(_BOOKED_ROOM.venue_id, _OFFERED_ROOM.venue_id),
    )
    .outerjoin(Booking, Booking.id == Claim.booking_id)
    .outerjoin(Offer, Offer.id == Claim.offer_id)
    .outerjoin(_BOOKED_ROOM, _BOOKED_ROOM.id == Booking.room_id)
    .outerjoin(_OFFERED_ROOM, _OFFERED_ROOM.id == Offer.room_id)
    .where(_while_the_grid_lasts(Claim))
)
_OF_ALL: Final = _CLAIMS.where(Claim.kind.not_in(WITHOUT_A_PART))
_OF_SOME: Final = _CLAIMS.where(_among(Claim.kind, Claim.resource_id))
_BUSY: Final = select(Busy.kind, Busy.resource_id, Busy.starts_at, Busy.ends_at).where(_while_the_grid_lasts(Busy))
_BUSY_ALL: Final = _BUSY.where(Busy.kind.not_in(WITHOUT_A_PART))
_BUSY_SOME: Final = _BUSY.where(_among(Busy.kind, Busy.resource_id))
