"""Reading the diary's facts from the database: all of them, or those that have changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import facts
from scheduling.diary.facts import (
    Hold,
    InterpreterFacts,
    MediatorFacts,
    OfficerFacts,
    RoomFacts,
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


@dataclass(frozen=True, kw_only=True)
class Engagements:
    """What people and rooms are taken for, and who has mediated for a family, in which case and when."""

    times: dict[Resource, Times]
    mediated: dict[int, Mediated]


NOTHING: Final = Engagements(times={}, mediated={})


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


def engagements(session: Session, grid: Grid, resources: Collection[Resource] | None = None) -> Engagements:
    """What is taken of everybody and every room, or of these, and who has mediated for their families."""
    holds: dict[Resource, list[Hold]] = defaultdict(list)
    sat: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for kind, which, starts, ends, booking, offer, until, booked_for, case, venue, mediator in _asked(
        session, grid, resources
    ):
        if mediator is not None:
            sat[which].append((case, mediator, int(ends.timestamp())))
            continue
        more = TURNAROUND_QUARTERS if kind == ResourceKind.ROOM else 0
        first, end = max(grid.position(starts) - more, 0), grid.position(ends, up=True) + more
        if first < end:
            whose = None if booked_for is BookingKind.ADVICE else case
            holds[kind, which].append(Hold(first, end, booking, offer, until, whose, venue))
    return Engagements(
        times={resource: facts.times(tuple(of_one)) for resource, of_one in holds.items()},
        mediated={person: tuple(of_one) for person, of_one in sat.items()},
    )


def company(session: Session, case_ids: Ids = None) -> dict[int, int]:
    """How many others come to the meeting of a case."""
    coming = (
        select(CasePerson.case_id, func.count()).where(CasePerson.comes_to_the_meeting).group_by(CasePerson.case_id)
    )
    return {row[0]: row[1] for row in session.execute(_narrowed(coming, CasePerson.case_id, case_ids))}


def compared(name: str) -> str:
    """A name as it is compared: without regard to capitals and blanks."""
    return " ".join(name.casefold().split())


def _asked(session: Session, grid: Grid, resources: Collection[Resource] | None) -> Sequence[Row[*tuple[Any, ...]]]:
    asked: dict[str, Any] = {"begins": london.at(grid.monday, time(0)), "ends": london.at(grid.end, time(0))}
    if resources is None:
        return session.execute(_OF_ALL, asked).all()
    of_kind: dict[int, list[int]] = defaultdict(list)
    for kind, which in sorted(resources):
        of_kind[int(kind)].append(which)
    asked.update((f"of_{kind}", ids if len(ids) > 1 else ids[0]) for kind, ids in of_kind.items())
    return session.execute(_of_some(tuple((kind, len(ids) > 1) for kind, ids in of_kind.items())), asked).all()


def _rows(session: Session, table: FromClause, key: str, ids: Ids) -> list[facts.Row]:
    found = session.execute(_narrowed(select(table), table.c[key], ids))
    return [dict(row) for row in found.mappings()]


def _grouped(session: Session, table: FromClause | Table, key: str, ids: Ids) -> dict[int, list[facts.Row]]:
    found: dict[int, list[facts.Row]] = defaultdict(list)
    for row in _rows(session, table, key, ids):
        found[row[key]].append(row)
    return found


def _narrowed(wanted: Chosen, column: Any, ids: Ids) -> Chosen:
    return wanted if ids is None else wanted.where(column.in_(ids))


def _room(row: facts.Row) -> RoomFacts:
    return RoomFacts(id=row["id"], name=row["name"], capacity=row["capacity"], row=row)


def _closed(grid: Grid, closures: Iterable[facts.Row]) -> int:
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


# Built once, and of tables rather than of classes: to build and to open such a statement takes longer than SQLite needs
# to answer it.
_CLAIM, _BUSY, _BOOKING = Claim.__table__.c, Busy.__table__.c, Booking.__table__.c
_OFFER, _CASE = Offer.__table__.c, Case.__table__.c
_BOOKED_ROOM, _OFFERED_ROOM = Room.__table__.alias(), Room.__table__.alias()
_CLAIMED: Final = (
    select(
        _CLAIM.kind,
        _CLAIM.resource_id,
        _CLAIM.starts_at,
        _CLAIM.ends_at,
        _CLAIM.booking_id,
        _CLAIM.offer_id,
        _OFFER.held_until,
        _BOOKING.kind,
        func.coalesce(_BOOKING.case_id, _OFFER.case_id),
        func.coalesce(_BOOKED_ROOM.c.venue_id, _OFFERED_ROOM.c.venue_id),
        cast(null(), Integer),  # PostgreSQL takes it for a text otherwise
    )
    .select_from(Claim.__table__)
    .outerjoin(Booking.__table__, _BOOKING.id == _CLAIM.booking_id)
    .outerjoin(Offer.__table__, _OFFER.id == _CLAIM.offer_id)
    .outerjoin(_BOOKED_ROOM, _BOOKED_ROOM.c.id == _BOOKING.room_id)
    .outerjoin(_OFFERED_ROOM, _OFFERED_ROOM.c.id == _OFFER.room_id)
    .where(_CLAIM.ends_at > bindparam("begins"), _CLAIM.starts_at < bindparam("ends"))
)
_ELSEWHERE: Final = select(_BUSY.kind, _BUSY.resource_id, _BUSY.starts_at, _BUSY.ends_at, *(null(),) * 7).where(
    _BUSY.ends_at > bindparam("begins"), _BUSY.starts_at < bindparam("ends")
)
_SAT: Final = (
    select(
        literal_column(str(ResourceKind.FAMILY.value)),
        _CASE.person_id,
        _BOOKING.starts_at,
        _BOOKING.ends_at,
        *(null(),) * 4,
        _BOOKING.case_id,
        null(),
        _BOOKING.mediator_id,
    )
    .join_from(Case.__table__, Booking.__table__, _BOOKING.case_id == _CASE.id)
    .where(
        _BOOKING.kind == BookingKind.MEDIATION,
        _BOOKING.status != BookingStatus.CANCELLED,
        _BOOKING.mediator_id.is_not(None),
    )
)
_OF_ALL: Final = union_all(
    _CLAIMED.where(_CLAIM.kind.not_in(WITHOUT_A_PART)), _ELSEWHERE.where(_BUSY.kind.not_in(WITHOUT_A_PART)), _SAT
)


@cache
def _of_some(kinds: tuple[tuple[int, bool], ...]) -> CompoundSelect[*tuple[Any, ...]]:
    """Those of these kinds, one or several of each; a booking has one, and equality costs a third less than a list.

    Each kind is looked up by itself in an index, where pairs of kind and id would be searched for.
    """

    def among(column: ColumnElement[int], kind: int, *, is_list: bool) -> ColumnElement[bool]:
        asked: BindParameter[Any] = bindparam(f"of_{kind}", expanding=is_list)
        return column.in_(asked) if is_list else column == asked

    def of(table: Any) -> ColumnElement[bool]:
        each = (  # kinds are written into it, so that nothing has to be put in each time
            and_(table.kind == literal_column(str(kind)), among(table.resource_id, kind, is_list=several))
            for kind, several in kinds
        )
        return or_(*each)

    families = (several for kind, several in kinds if kind == ResourceKind.FAMILY)
    return union_all(
        _CLAIMED.where(of(_CLAIM)),
        _ELSEWHERE.where(of(_BUSY)),
        *(_SAT.where(among(_CASE.person_id, ResourceKind.FAMILY.value, is_list=several)) for several in families),
    )
