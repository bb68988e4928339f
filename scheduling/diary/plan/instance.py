"""What there is to plan with, as plain values: meetings that wait, people with free hours, rooms, and roads.

Everybody is known by an index, a working day by its place in the horizon, and an hour by the quarters since the grid
of a day begins, on London's clocks: no clock change touches working hours. Free hours are words, one number of 64 bits
a day.
What the law, neutrality, access, language or distance forbid is not here: such days, rooms and mediators are not
among a meeting's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

QUARTERS_A_DAY = 64
ANY_QUARTER = (1 << QUARTERS_A_DAY) - 1

Words = tuple[int, ...]
"""Free quarter-hours, a word for each day of the horizon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A meeting that waits for its place, with everything and everybody that would do."""

    family: int
    told: date
    """The family waits from this day."""
    days: tuple[int, ...]
    """The days on which it may lawfully be held, in order."""
    quarters: int
    """Its length."""
    officers: tuple[int, ...]
    mediators: tuple[int, ...]
    rooms: tuple[int, ...]
    """The nearest to the family first."""


class Sitting(NamedTuple):
    """A meeting that a mediator has already and that no plan can move: its hours are not among the free ones."""

    day: int
    start: int
    end: int
    venue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mediator:
    """Sits so often a day and a week at most, in rooms within reach."""

    free: Words
    a_day: int
    a_week: int
    reaches: frozenset[int] | None = None
    """Rooms to which the mediator comes; None where every room is near enough."""
    has: tuple[Sitting, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """Holds one meeting at a time, and is left as it was found before the next."""

    free: Words
    venue: int
    gap: int = 0
    """Quarters from one meeting to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """An officer or a family: somebody who only has to be free."""

    free: Words
    gap: int = 0


class Placement(NamedTuple):
    """Where and when a meeting is held, and by whom."""

    meeting: int
    day: int
    start: int
    """In quarters since the grid of the day begins."""
    mediator: int
    officer: int
    room: int


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Everything that one plan is made from."""

    days: tuple[date, ...]
    """Working days only, in order."""
    meetings: tuple[Meeting, ...]
    families: tuple[Person, ...]
    officers: tuple[Person, ...]
    mediators: tuple[Mediator, ...]
    rooms: tuple[Room, ...]
    journeys: tuple[bytes, ...]
    """Quarters that a mediator needs between meetings in two venues, for each pair; in one venue, the pause."""
    starts: int = ANY_QUARTER
    """The quarters at which a meeting may begin."""
    kept: Mapping[int, Placement] = field(default_factory=dict)
    """Bookings that stay as they are, by their meeting."""

    def week_of(self, day: int) -> int:
        """Weeks begin on Monday; which number one has does not matter."""
        return (self.days[day].toordinal() - 1) // 7


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where everybody is placed, kept bookings included, and who is not."""

    placements: tuple[Placement, ...]
    unplaced: tuple[int, ...]
