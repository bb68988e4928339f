"""Invented caseloads for the planner: one seed, one caseload, of any size, in a December with Christmas inside.

Sixty-four authorities lie about the country as towns do. Venues are near their towns, and a third belong to the
authority, so that its own families cannot meet there. Mediators live somewhere, go so far, and have a life besides.
Officers have full diaries. Some meetings are booked already, as they came.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from scheduling.diary.plan import words
from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Instance, Mediator, Meeting, Person, Room
from scheduling.law import window
from scheduling.reference import bank_holidays

TODAY = date(2026, 11, 30)
TOLD_FROM = date(2026, 11, 9)
VARIANTS = {"plain": 0.068, "scarce": 0.055}
"""Mediators for each meeting that waits."""
AUTHORITIES = 64
WIDE, LONG = 300, 450
"""Kilometres, for five thousand cases and more; a smaller caseload is from a smaller part of the country."""
LENGTHS = (8, 12, 16)

Place = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Caseload:
    """An instance, and where things are, for reckoning how far people travel."""

    instance: Instance
    homes: tuple[Place, ...]
    venues: tuple[Place, ...]

    def kilometres(self, meeting: int, room: int) -> float:
        """How far the family goes."""
        return math.dist(self.homes[meeting], self.venues[self.instance.rooms[room].venue])


@dataclass(frozen=True, kw_only=True)
class _Town:
    """An authority: its place, its districts, and the share of families that live there."""

    at: Place
    districts: tuple[Place, ...]
    weight: float


def make(cases: int, *, seed: int, variant: str) -> Caseload:
    """The caseload of this seed."""
    dice = Random(f"{cases} {seed} {variant}")
    days = _days()
    part = min(1, cases / 5000) ** 0.5
    towns = [_town(dice, part) for _ in range(min(AUTHORITIES, max(2, cases // 15)))]
    of = dice.choices(range(len(towns)), weights=[town.weight for town in towns], k=cases)
    venues, owners, rooms = _venues(dice, towns, max(3, round(cases * 0.042)), len(days))
    mediators, conflicts = _mediators(dice, towns, venues, rooms, number=round(cases * VARIANTS[variant]), days=days)
    officers, officers_of = _officers(dice, of, len(towns), len(days))
    suit = _Suiting(towns, venues, owners, rooms, mediators=mediators, conflicts=conflicts)
    meetings, families, homes = [], [], []
    for index, town in enumerate(of):
        home, (near, sit) = suit.at(town, dice.randrange(len(towns[town].districts)))
        told = TOLD_FROM + timedelta(days=dice.randrange((TODAY - TOLD_FROM).days + 1))
        lawful = window.of_mediation(told, bank_holidays.england(), notice_on=TODAY)
        one_or_two = dice.sample(officers_of[town], k=min(2, len(officers_of[town])))
        homes.append(home)
        families.append(Person(free=tuple(_family_day(dice) for _ in days)))
        meetings.append(
            Meeting(
                family=index,
                told=told,
                days=tuple(number for number, day in enumerate(days) if day in lawful),
                quarters=dice.choices(LENGTHS, weights=(6, 3, 1))[0],
                officers=tuple(one_or_two),
                mediators=sit,
                rooms=near,
            )
        )
    instance = Instance(
        days=days,
        meetings=tuple(meetings),
        families=tuple(families),
        officers=tuple(officers),
        mediators=tuple(mediators),
        rooms=tuple(rooms),
        journeys=_journeys(dice, len(venues)),
    )
    booked = _book_some(dice, instance)
    return Caseload(instance=booked, homes=tuple(homes), venues=tuple(venues))


def _days() -> tuple[date, ...]:
    calendar = bank_holidays.england()
    return tuple(window.of_mediation(TODAY, calendar, notice_on=TODAY).working_days(calendar))


def _town(dice: Random, part: float) -> _Town:
    at = dice.uniform(0, WIDE * part), dice.uniform(0, LONG * part)
    districts = tuple(_near(dice, at, 10) for _ in range(6))
    return _Town(at=at, districts=districts, weight=dice.lognormvariate(0, 0.6))


def _near(dice: Random, at: Place, far: float) -> Place:
    return at[0] + dice.gauss(0, far), at[1] + dice.gauss(0, far)


def _venues(
    dice: Random, towns: Sequence[_Town], number: int, days: int
) -> tuple[list[Place], list[int | None], list[Room]]:
    places, owners, rooms = [], [], []
    weights = [town.weight for town in towns]
    for venue in range(number):
        town = dice.choices(range(len(towns)), weights=weights)[0]
        places.append(_near(dice, towns[town].at, 12))
        owners.append(town if dice.random() < 0.3 else None)
        hours = words.span(dice.choice((2, 4)), dice.choice((34, 36, 40)))
        shut = {dice.randrange(days) for _ in range(dice.choice((0, 1, 2)))}
        for _ in range(dice.choice((1, 2, 2, 3))):
            free = tuple(0 if day in shut else hours & ~_busy(dice, 0.25) for day in range(days))
            rooms.append(Room(free=free, venue=venue, gap=2))
    return places, owners, rooms


def _mediators(
    dice: Random,
    towns: Sequence[_Town],
    venues: Sequence[Place],
    rooms: Sequence[Room],
    *,
    number: int,
    days: Sequence[date],
) -> tuple[list[Mediator], list[set[int]]]:
    weights = [town.weight for town in towns]
    made, conflicts = [], []
    for _ in range(number):
        home = _near(dice, dice.choices(towns, weights=weights)[0].at, 20)
        far = dice.choice((40, 60, 80, 120))
        within = {venue for venue, place in enumerate(venues) if math.dist(home, place) <= far}
        works_on = set(dice.sample(range(5), k=dice.choice((3, 4, 4, 5))))
        hours = words.span(dice.choice((3, 4, 6)), dice.choice((34, 36, 38)))
        away = _leave(dice, days)
        free = tuple(
            0 if number in away or day.weekday() not in works_on else hours & ~_busy(dice, 0.2)
            for number, day in enumerate(days)
        )
        reaches = frozenset(number for number, room in enumerate(rooms) if room.venue in within)
        made.append(Mediator(free=free, a_day=2, a_week=dice.choice((5, 6, 8)), reaches=reaches))
        conflicts.append({town for town in range(len(towns)) if dice.random() < 0.04})
    return made, conflicts


def _leave(dice: Random, days: Sequence[date]) -> set[int]:
    """Many are away between Christmas and the New Year, and some for a few days before."""
    christmas = {number for number, day in enumerate(days) if day >= date(2026, 12, 23)}
    away = christmas if dice.random() < 0.5 else set()
    first = dice.randrange(len(days))
    return away | set(range(first, first + 3)) if dice.random() < 0.2 else away


def _officers(dice: Random, of: Sequence[int], towns: int, days: int) -> tuple[list[Person], list[list[int]]]:
    officers: list[Person] = []
    officers_of: list[list[int]] = []
    for town in range(towns):
        number = max(2, math.ceil(of.count(town) / 12))
        officers_of.append(list(range(len(officers), len(officers) + number)))
        for _ in range(number):
            hours = words.span(4, 36)
            free = tuple(0 if dice.random() < 0.2 else hours & ~_busy(dice, 0.5) for _ in range(days))
            officers.append(Person(free=free, gap=1))
    return officers, officers_of


def _family_day(dice: Random) -> int:
    """Some days never, some only between the ways to school."""
    if dice.random() < 0.1:
        return 0
    return words.span(6, 27) if dice.random() < 0.15 else words.span(4, 38) & ~_busy(dice, 0.2)


def _busy(dice: Random, chance: float) -> int:
    """With this chance an hour or more of the day is taken by something else."""
    if dice.random() >= chance:
        return 0
    start = dice.randrange(4, 34)
    return words.span(start, start + dice.choice((4, 6, 8, 12)))


def _journeys(dice: Random, venues: int) -> tuple[bytes, ...]:
    """So long to reach the road from each venue, and so long from the road to the next."""
    to_the_road = [dice.choice((1, 1, 2, 2, 3)) for _ in range(venues)]
    return tuple(bytes(here + there for there in to_the_road) for here in to_the_road)


class _Suiting:
    """Which rooms and mediators would do for a family, by where it lives."""

    def __init__(
        self,
        towns: Sequence[_Town],
        venues: Sequence[Place],
        owners: Sequence[int | None],
        rooms: Sequence[Room],
        *,
        mediators: Sequence[Mediator],
        conflicts: Sequence[set[int]],
    ) -> None:
        self._given = towns, venues, owners, rooms
        self._mediators = list(zip(mediators, conflicts, strict=True))
        self._known: dict[tuple[int, int], tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def at(self, town: int, district: int) -> tuple[Place, tuple[tuple[int, ...], tuple[int, ...]]]:
        """The district's place, its rooms, the nearest first, and its mediators."""
        towns, venues, owners, rooms = self._given
        home = towns[town].districts[district]
        if (town, district) not in self._known:
            far = {number: math.dist(home, venues[room.venue]) for number, room in enumerate(rooms)}
            fit = [n for n, room in enumerate(rooms) if owners[room.venue] != town and far[n] <= 45]
            near = tuple(sorted(fit, key=lambda number: (far[number], number)))
            sit = tuple(
                number
                for number, (mediator, conflicts) in enumerate(self._mediators)
                if town not in conflicts and not (mediator.reaches or frozenset()).isdisjoint(near)
            )
            self._known[town, district] = near, sit
        return home, self._known[town, district]


def _book_some(dice: Random, instance: Instance) -> Instance:
    """Every eighth meeting has been booked as it came, on the first good day from some day on."""
    board = Board(instance)
    for meeting in dice.sample(range(len(instance.meetings)), k=len(instance.meetings) // 8):
        days = instance.meetings[meeting].days
        found = board.earliest(meeting, days[dice.randrange(len(days)) :] if days else ())
        if found is not None:
            board.place(found)
    return replace(instance, kept=dict(board.placed))
