"""Two halves of the country beside each other: what one may change does not touch what the other may.

A cut is found by letting numbers spread between meetings and their mediators until neighbours have similar ones; the
lower half goes to one side. Whatever is shared belongs to the side that uses it more, and bookings across the cut stay
as they are until the next cut, which lies elsewhere.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from scheduling.diary.plan.instance import Instance, Placement

SPREADS = 12

Several = tuple[int, ...]
"""Those who would do for a meeting: neighbours have the same."""

COULD_USE = 1e-6
"""What a meeting's possible mediators weigh in dividing them, beside the one whom it has."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one half may change and use."""

    meetings: frozenset[int]
    mediators: frozenset[int]
    officers: frozenset[int]
    rooms: frozenset[int]


def halves(instance: Instance, placed: Mapping[int, Placement], dice: Random) -> tuple[Side, Side]:
    """A new cut through the country."""
    lower = _lower_half(instance, dice)
    sides = [1 if meeting in lower else -1 for meeting in range(len(instance.meetings))]
    meetings = instance.meetings
    mediators = _shared_out(sides, [m.mediators for m in meetings], placed, lambda placement: placement.mediator)
    officers = _shared_out(sides, [m.officers for m in meetings], placed, lambda placement: placement.officer)
    rooms = _shared_out(sides, [m.rooms for m in meetings], placed, lambda placement: placement.room)
    first, second = (
        Side(
            meetings=frozenset(meeting for meeting, side in enumerate(sides) if side == wanted),
            mediators=frozenset(one for one, side in mediators.items() if side == wanted),
            officers=frozenset(one for one, side in officers.items() if side == wanted),
            rooms=frozenset(one for one, side in rooms.items() if side == wanted),
        )
        for wanted in (1, -1)
    )
    return first, second


def as_seen_from(instance: Instance, placed: Mapping[int, Placement], side: Side) -> Instance:
    """The instance in which only this side's meetings can be placed, and only with what is this side's."""
    mediators, officers, rooms = _Only(side.mediators), _Only(side.officers), _Only(side.rooms)
    kept = {m: at for m, at in placed.items() if m in instance.kept or not _is_within(side, at)}
    meetings = tuple(
        replace(
            meeting,
            mediators=mediators(meeting.mediators),
            officers=officers(meeting.officers),
            rooms=rooms(meeting.rooms),
        )
        if index in side.meetings and index not in kept
        else meeting
        for index, meeting in enumerate(instance.meetings)
    )
    others = {index for index in range(len(meetings)) if index not in side.meetings}
    meetings = tuple(replace(m, days=()) if i in others and i not in kept else m for i, m in enumerate(meetings))
    return replace(instance, meetings=meetings, kept=kept)


def _is_within(side: Side, placement: Placement) -> bool:
    return (
        placement.meeting in side.meetings
        and placement.mediator in side.mediators
        and placement.officer in side.officers
        and placement.room in side.rooms
    )


class _Only:
    """Leaves of several those who are allowed, once for each tuple: equal ones stay one object."""

    def __init__(self, allowed: frozenset[int]) -> None:
        self._allowed = allowed
        self._known: dict[Several, Several] = {}

    def __call__(self, several: Several) -> Several:
        if several not in self._known:
            self._known[several] = tuple(one for one in several if one in self._allowed)
        return self._known[several]


def _lower_half(instance: Instance, dice: Random) -> frozenset[int]:
    """The meetings on one side of a cut between neighbourhoods; those of one family are never parted."""
    families: dict[int, list[int]] = defaultdict(list)
    for index, meeting in enumerate(instance.meetings):
        families[meeting.family].append(index)
    where = _spread(instance, dice)
    in_order = sorted(
        families.values(), key=lambda several: (where[instance.meetings[several[0]].mediators], several[0])
    )
    lower: list[int] = []
    for several in in_order:
        if 2 * len(lower) < len(instance.meetings):
            lower.extend(several)
    return frozenset(lower)


def _spread(instance: Instance, dice: Random) -> dict[Several, float]:
    """A number for each neighbourhood, near to those of its neighbours."""
    places = dict.fromkeys(meeting.mediators for meeting in instance.meetings)
    heights = [dice.random() for _ in instance.mediators]
    found: dict[Several, float] = {}
    for _ in range(SPREADS):
        found = {place: sum(heights[one] for one in place) / max(len(place), 1) for place in places}
        middle = sum(found.values()) / max(len(found), 1)
        sums, times = [0.0] * len(heights), [0] * len(heights)
        for place, height in found.items():
            for one in place:
                sums[one] += height - middle
                times[one] += 1
        heights = [total / number if number else 0.0 for total, number in zip(sums, times, strict=True)]
    return found


def _shared_out(
    sides: Sequence[int],
    possible: Sequence[Several],
    placed: Mapping[int, Placement],
    chosen: Callable[[Placement], int],
) -> dict[int, int]:
    """Each mediator, officer or room to the side that uses it more."""
    balance: dict[int, float] = defaultdict(float)
    groups: dict[Several, int] = defaultdict(int)
    for side, several in zip(sides, possible, strict=True):
        groups[several] += side
    for several, difference in groups.items():
        for one in several:
            balance[one] += COULD_USE * difference
    for meeting, placement in placed.items():
        balance[chosen(placement)] += sides[meeting]
    return {one: 1 if difference > 0 else -1 for one, difference in balance.items()}
