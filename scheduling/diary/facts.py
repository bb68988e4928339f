"""What the diary knows of places and people: read once, kept in memory, and replaced whole when anything of it changes.

Hours, closures and leave are bits on the grid, so a fact belongs to one grid. None of it is an object of a session:
the row beside a fact is what a session needs to have the object without asking the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduling.diary import grid

Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class RoomFacts:
    """A room of a venue."""

    id: int
    name: str
    capacity: int
    row: Row


@dataclass(frozen=True, eq=False, slots=True)
class VenueFacts:
    """A venue: `hours` when it is open in any week, `closed` when it is not all the same."""

    id: int
    name: str
    is_active: bool
    owner_id: int | None
    outcode: str
    serves: frozenset[int]
    step_free: bool
    hearing_loop: bool
    quiet_room: bool
    parking: bool
    hours: int
    closed: int
    rooms: tuple[RoomFacts, ...]
    row: Row


@dataclass(frozen=True, eq=False, slots=True)
class MediatorFacts:
    """A mediator: `hours` when they can sit in any week, `away` when not, `accredited` while they may."""

    id: int
    is_active: bool
    works_with: frozenset[int]
    authorities: frozenset[int]
    """Those of which they are not independent; so with schools, as they are compared, and with people."""
    schools: frozenset[str]
    people: frozenset[int]
    languages: frozenset[str]
    meets_from_afar: bool
    outcode: str | None
    travels_km: int | None
    meetings_a_day: int
    meetings_a_week: int | None
    hours: int
    away: int
    accredited: int
    row: Row


@dataclass(frozen=True, eq=False, slots=True)
class OfficerFacts:
    """An officer of an authority; `here` until they leave."""

    id: int
    may_decide: bool
    is_manager: bool
    here: int
    row: Row


@dataclass(frozen=True, eq=False, slots=True)
class InterpreterFacts:
    """An interpreter."""

    id: int
    is_active: bool
    languages: frozenset[str]
    row: Row


@dataclass(frozen=True, slots=True)
class Hold:
    """A time that is taken of somebody: by a meeting, by an offer until its time is over, or because they are busy."""

    first: int
    end: int
    booking: int | None = None
    offer: int | None = None
    until: datetime | None = None
    case: int | None = None
    venue: int | None = None
    """Where they are then; None: nowhere, or we do not know."""

    @property
    def bits(self) -> int:
        return grid.span(self.first, self.end)

    @property
    def day(self) -> int:
        """The number of its day."""
        return self.first // grid.LANE


@dataclass(frozen=True, eq=False, slots=True)
class Times:
    """Everything that is taken of one person or room."""

    holds: tuple[Hold, ...] = ()
    cases: frozenset[int] = frozenset()
    bookings: frozenset[int] = frozenset()
    offers: frozenset[int] = frozenset()


NO_TIMES = Times()


def times(holds: tuple[Hold, ...]) -> Times:
    """These holds, and whose they are."""
    return Times(
        holds=holds,
        cases=frozenset(hold.case for hold in holds if hold.case is not None),
        bookings=frozenset(hold.booking for hold in holds if hold.booking is not None),
        offers=frozenset(hold.offer for hold in holds if hold.offer is not None),
    )


def taken(holds: tuple[Hold, ...]) -> int:
    """The bits of all of them."""
    bits = 0
    for hold in holds:
        bits |= hold.bits
    return bits


def meetings(holds: tuple[Hold, ...]) -> frozenset[tuple[int, int]]:
    """Of a mediator: on which days they meet whom. What is offered to a case on a day is one meeting at most."""
    return frozenset((hold.day, hold.case) for hold in holds if hold.case is not None)
