"""Caseloads so small that a person, or trying everything, finds the best plan."""

from datetime import date, timedelta
from itertools import product
from random import Random

from scheduling.diary.plan import checker, words
from scheduling.diary.plan.instance import Instance, Mediator, Meeting, Person, Placement, Plan, Room, Sitting

MONDAY = date(2026, 11, 30)
ALWAYS = words.span(0, 40)


def meeting(
    family: int,
    *,
    days: tuple[int, ...] = (0,),
    quarters: int = 8,
    officers: tuple[int, ...] = (0,),
    mediators: tuple[int, ...] = (0,),
    rooms: tuple[int, ...] = (0,),
) -> Meeting:
    return Meeting(
        family=family,
        told=MONDAY - timedelta(days=7),
        days=days,
        quarters=quarters,
        officers=officers,
        mediators=mediators,
        rooms=rooms,
    )


def instance(
    *meetings: Meeting,
    days: int = 1,
    families: tuple[Person, ...] | None = None,
    officers: tuple[Person, ...] | None = None,
    mediators: tuple[Mediator, ...] | None = None,
    rooms: tuple[Room, ...] | None = None,
    road: int = 0,
    kept: dict[int, Placement] | None = None,
) -> Instance:
    """Everybody always free, unless said otherwise, and one officer for each meeting."""
    always = (ALWAYS,) * days
    rooms = rooms or (Room(free=always, venue=0),)
    venues = max(room.venue for room in rooms) + 1
    return Instance(
        days=tuple(MONDAY + timedelta(days=number) for number in range(days)),
        meetings=meetings,
        families=families or tuple(Person(free=always) for _ in meetings),
        officers=officers or tuple(Person(free=always) for _ in meetings),
        mediators=mediators or (Mediator(free=always, a_day=2, a_week=5),),
        rooms=rooms,
        journeys=tuple(bytes(0 if one == other else road for other in range(venues)) for one in range(venues)),
        kept=kept or {},
    )


def by_chance(seed: int, *, meetings: int = 3, hours: int = 5) -> Instance:
    """Two days of few hours, two mediators, two rooms in two venues, and as many meetings as hardly fit."""
    dice = Random(seed)

    def free() -> tuple[int, ...]:
        return tuple(words.span(dice.randrange(2), hours - dice.randrange(2)) for _ in range(2))

    wanted = tuple(
        meeting(
            index,
            days=dice.choice(((0,), (1,), (0, 1))),
            quarters=dice.choice((2, 2, 3)),
            officers=dice.choice(((0,), (1,), (0, 1))),
            mediators=dice.choice(((0,), (1,), (0, 1))),
            rooms=dice.choice(((0,), (1,), (0, 1))),
        )
        for index in range(meetings)
    )
    return instance(
        *wanted,
        days=2,
        families=tuple(Person(free=free()) for _ in wanted),
        officers=(Person(free=free(), gap=1), Person(free=free())),
        mediators=(
            Mediator(free=free(), a_day=2, a_week=3, has=(Sitting(day=0, start=hours, end=hours + 2, venue=1),)),
            Mediator(free=free(), a_day=1, a_week=2),
        ),
        rooms=(Room(free=free(), venue=0, gap=1), Room(free=free(), venue=1)),
        road=1,
    )


def most(given: Instance) -> int:
    """How many can be placed, by trying everything; what the checker refuses does not count."""
    return _best(given, 0, ())


def _best(given: Instance, index: int, chosen: tuple[Placement, ...]) -> int:
    if index == len(given.meetings):
        return len(chosen)
    best = 0
    for placement in _everywhere(given, index):
        more = (*chosen, placement)
        if not checker.faults(given, whole(given, more)):
            best = max(best, _best(given, index + 1, more))
        if best == len(chosen) + len(given.meetings) - index:
            return best
    return max(best, _best(given, index + 1, chosen))


def _everywhere(given: Instance, index: int) -> list[Placement]:
    wanted = given.meetings[index]
    choices = product(wanted.days, range(6), wanted.mediators, wanted.officers, wanted.rooms)
    return [Placement(index, day, start, who, officer, room) for day, start, who, officer, room in choices]


def whole(given: Instance, placements: tuple[Placement, ...]) -> Plan:
    placed = {placement.meeting for placement in placements}
    return Plan(placements=placements, unplaced=tuple(m for m in range(len(given.meetings)) if m not in placed))
