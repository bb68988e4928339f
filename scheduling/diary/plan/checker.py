"""Proof that a plan keeps every rule: each is looked at once more, slowly, by code that the search does not use."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from scheduling.diary.plan.instance import QUARTERS_A_DAY, Instance, Placement, Plan


def faults(instance: Instance, plan: Plan) -> list[str]:
    """Every broken rule as a sentence; none when the plan can be kept."""
    everything = (
        _counts(instance, plan),
        _keeps(instance, plan),
        *(_suits(instance, placement) for placement in plan.placements),
        _hours_apart(instance, plan.placements),
        _after_what_they_have(instance, plan.placements),
        _rests(instance, plan.placements),
    )
    return [fault for several in everything for fault in several]


def _counts(instance: Instance, plan: Plan) -> Iterator[str]:
    seen = Counter(placement.meeting for placement in plan.placements)
    seen.update(plan.unplaced)
    for meeting in range(len(instance.meetings)):
        if seen[meeting] != 1:
            yield f"Meeting {meeting} is told of {seen[meeting]} times."


def _keeps(instance: Instance, plan: Plan) -> Iterator[str]:
    where = {placement.meeting: placement for placement in plan.placements}
    for meeting, booked in instance.kept.items():
        if where.get(meeting) != booked:
            yield f"Meeting {meeting} was booked and is not where it was."


def _suits(instance: Instance, placement: Placement) -> Iterator[str]:
    """The day, the people and the room are among the meeting's own, and free."""
    meeting = instance.meetings[placement.meeting]
    name = f"Meeting {placement.meeting}"
    needed = range(placement.start, placement.start + meeting.quarters)
    if placement.day not in meeting.days:
        yield f"{name} is outside its window."
    if not all(0 <= quarter < QUARTERS_A_DAY for quarter in needed):
        yield f"{name} is not within a day."
        return
    if not instance.starts & 2**placement.start:
        yield f"{name} begins when no meeting may."
    if placement.mediator not in meeting.mediators:
        yield f"{name} has a mediator who may not sit in it."
    if placement.officer not in meeting.officers:
        yield f"{name} has an officer of somebody else."
    if placement.room not in meeting.rooms:
        yield f"{name} is in a room that does not suit it."
    reaches = instance.mediators[placement.mediator].reaches
    if reaches is not None and placement.room not in reaches:
        yield f"{name} is in a room too far for its mediator."
    free = {
        "family": instance.families[meeting.family].free,
        "officer": instance.officers[placement.officer].free,
        "mediator": instance.mediators[placement.mediator].free,
        "room": instance.rooms[placement.room].free,
    }
    for who, days in free.items():
        if any(not days[placement.day] & 2**quarter for quarter in needed):
            yield f"{name} is at an hour when its {who} is not free."


def _hours_apart(instance: Instance, placements: Iterable[Placement]) -> Iterator[str]:
    """Nobody and nothing is in two meetings at once, nor too soon after one."""
    rooms, officers, families = instance.rooms, instance.officers, instance.families

    def road(one: Placement, other: Placement) -> int:
        return instance.journeys[rooms[one.room].venue][rooms[other.room].venue]

    kinds: dict[str, tuple[Callable[[Placement], int], Callable[[Placement, Placement], int]]] = {
        "room": (lambda p: p.room, lambda p, _other: rooms[p.room].gap),
        "officer": (lambda p: p.officer, lambda p, _other: officers[p.officer].gap),
        "family": (_family_in(instance), lambda p, _other: families[instance.meetings[p.meeting].family].gap),
        "mediator": (lambda p: p.mediator, road),
    }
    placements = list(placements)
    for kind, (who, gap) in kinds.items():
        for several in _together(placements, who):
            for one, other in combinations(several, 2):
                first, second = sorted((one, other), key=lambda placement: placement.start)
                end = first.start + instance.meetings[first.meeting].quarters
                if second.start < end + gap(first, second):
                    yield f"Meetings {first.meeting} and {second.meeting} are too close for their {kind}."


def _after_what_they_have(instance: Instance, placements: Iterable[Placement]) -> Iterator[str]:
    """There is time for the way from and to the meetings that mediators have already."""
    for placement in placements:
        end = placement.start + instance.meetings[placement.meeting].quarters
        for sitting in instance.mediators[placement.mediator].has:
            way = instance.journeys[instance.rooms[placement.room].venue][sitting.venue]
            is_apart = sitting.end + way <= placement.start or end + way <= sitting.start
            if sitting.day == placement.day and not is_apart:
                yield f"Meeting {placement.meeting} is too close to what its mediator has already."


def _family_in(instance: Instance) -> Callable[[Placement], int]:
    return lambda placement: instance.meetings[placement.meeting].family


def _together(placements: Iterable[Placement], who: Callable[[Placement], int]) -> list[list[Placement]]:
    """Those of the same one on the same day."""
    days: dict[tuple[int, int], list[Placement]] = defaultdict(list)
    for placement in placements:
        days[who(placement), placement.day].append(placement)
    return list(days.values())


def _rests(instance: Instance, placements: Iterable[Placement]) -> Iterator[str]:
    """No mediator sits more often a day or a week than is sat well."""
    days: Counter[tuple[int, int]] = Counter()
    weeks: Counter[tuple[int, int, int]] = Counter()
    planned = [(placement.mediator, placement.day) for placement in placements]
    had = [(one, sitting.day) for one in {one for one, _day in planned} for sitting in instance.mediators[one].has]
    for mediator, day in (*planned, *had):
        year, week, _ = instance.days[day].isocalendar()
        days[mediator, day] += 1
        weeks[mediator, year, week] += 1
    for (mediator, day), number in days.items():
        if number > instance.mediators[mediator].a_day:
            yield f"Mediator {mediator} sits {number} times on day {day}."
    for (mediator, _year, week), number in weeks.items():
        if number > instance.mediators[mediator].a_week:
            yield f"Mediator {mediator} sits {number} times in week {week}."
