"""The same caseload put to OR-Tools' CP-SAT as one model, for comparison.

An optional interval for each meeting with each mediator, officer and room that would do; nobody and nothing is in two
intervals at once. The way from one venue to the next is the time to the road and from it, so half of each way belongs
to a mediator's interval; for the roads of our caseloads this is exact.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ortools.sat.python import cp_model

from scheduling.diary.plan import words
from scheduling.diary.plan.instance import QUARTERS_A_DAY, Instance, Placement, Plan

PLACED = 100
"""A place is worth more than any wait."""
LONGEST_ROAD = 3

Var = cp_model.IntVar


class TooLarge(Exception):  # noqa: N818 - says what is the matter
    """The model could not even be written down in the time."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """When a meeting is, and when its mediator leaves for it and is back."""

    start: Var
    leaves: Var
    away: Var
    back: Var
    road: Var


class Model:
    """The caseload in CP-SAT's terms; given up when it is not whole by this moment of the performance counter."""

    def __init__(self, instance: Instance, *, built_by: float) -> None:
        self._instance, self._model = instance, cp_model.CpModel()
        self._people = {"room": instance.rooms, "mediator": instance.mediators, "officer": instance.officers}
        self._road = [row[venue] // 2 for venue, row in enumerate(instance.journeys)]
        self._at: dict[int, Times] = {}
        self._chosen: dict[tuple[str, int, int], Var] = {}
        self._busy: dict[tuple[str, int], list[cp_model.IntervalVar]] = defaultdict(list)
        self._sits: dict[tuple[int, int], list[cp_model.LinearExprT]] = defaultdict(list)
        worth = []
        for index in range(len(instance.meetings)):
            if time.perf_counter() > built_by:
                raise TooLarge
            if index in instance.kept:
                self._keep(instance.kept[index])
            elif (gain := self._ask(index)) is not None:
                worth.append(gain)
        self._limit()
        self._model.maximize(sum(worth))

    def solve(self, *, seconds: float, seed: int, workers: int) -> Plan:
        """The best plan that it finds in this time; only what is kept where it finds none."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        found = solver.solve(self._model)
        placed = dict(self._instance.kept)
        if found in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            placed.update({placement.meeting: placement for placement in self._read(solver)})
        unplaced = tuple(index for index in range(len(self._instance.meetings)) if index not in placed)
        return Plan(placements=tuple(placed.values()), unplaced=unplaced)

    def _ask(self, index: int) -> cp_model.LinearExprT | None:
        """Place the meeting or not; gives what that is worth."""
        instance, model = self._instance, self._model
        meeting = instance.meetings[index]
        free = instance.families[meeting.family].free
        possible = self._hours(index, free)
        if possible.is_empty():
            return None
        times = self._at[index] = self._times(meeting.quarters, possible)
        here = model.new_bool_var("")
        everybody = (("room", meeting.rooms), ("mediator", meeting.mediators), ("officer", meeting.officers))
        for kind, several in everybody:
            model.add(sum(self._choose(kind, one, index) for one in several) == here)
        self._stay_within_reach(index)
        return PLACED * here - self._on_a_day(index, here, times)

    def _times(self, quarters: int, possible: cp_model.Domain) -> Times:
        model, end = self._model, len(self._instance.days) * QUARTERS_A_DAY
        start, road = model.new_int_var_from_domain(possible, ""), model.new_int_var(0, LONGEST_ROAD, "")
        leaves, back = model.new_int_var(-LONGEST_ROAD, end, ""), model.new_int_var(0, end + LONGEST_ROAD, "")
        away = model.new_int_var(quarters, quarters + 2 * LONGEST_ROAD, "")
        model.add(away == quarters + 2 * road)
        model.add(leaves == start - road)
        model.add(back == leaves + away)
        return Times(start=start, leaves=leaves, away=away, back=back, road=road)

    def _choose(self, kind: str, one: int, index: int) -> cp_model.LinearExprT:
        """Whether this one is chosen: only at hours when it is free, and then it is busy."""
        model, times = self._model, self._at[index]
        quarters = self._instance.meetings[index].quarters
        hours = self._hours(index, self._people[kind][one].free)
        if hours.is_empty():
            return 0
        chosen = self._chosen[kind, one, index] = model.new_bool_var("")
        model.add_linear_expression_in_domain(times.start, hours).only_enforce_if(chosen)
        if kind == "mediator":
            busy = model.new_optional_interval_var(times.leaves, times.away, times.back, chosen, "")
        else:
            busy = model.new_optional_fixed_size_interval_var(times.start, quarters + self._gap(kind, one), chosen, "")
        if kind == "room":
            model.add(times.road == self._road[self._instance.rooms[one].venue]).only_enforce_if(chosen)
        self._busy[kind, one].append(busy)
        return chosen

    def _stay_within_reach(self, index: int) -> None:
        meeting = self._instance.meetings[index]
        for mediator in meeting.mediators:
            reaches = self._instance.mediators[mediator].reaches
            sits = self._chosen.get(("mediator", mediator, index))
            far = [room for room in meeting.rooms if reaches is not None and room not in reaches]
            held = [self._chosen[key] for room in far if (key := ("room", room, index)) in self._chosen]
            if sits is not None and held:
                self._model.add(sum(held) == 0).only_enforce_if(sits)

    def _on_a_day(self, index: int, here: Var, times: Times) -> cp_model.LinearExprT:
        """On which day it is, for the limits of each mediator; gives how long the family waits."""
        model, meeting = self._model, self._instance.meetings[index]
        days = {day: model.new_bool_var("") for day in meeting.days}
        model.add(sum(days.values()) == here)
        sits = [(m, self._chosen[key]) for m in meeting.mediators if (key := ("mediator", m, index)) in self._chosen]
        for day, on in days.items():
            begins, ends = day * QUARTERS_A_DAY, (day + 1) * QUARTERS_A_DAY - 1
            model.add_linear_constraint(times.start, begins, ends).only_enforce_if(on)
            for mediator, chosen in sits:
                both = model.new_bool_var("")
                model.add_bool_or(both, ~chosen, ~on)
                self._sits[mediator, day].append(both)
        return sum((self._instance.days[day] - self._instance.days[0]).days * on for day, on in days.items())

    def _keep(self, placement: Placement) -> None:
        model, quarters = self._model, self._instance.meetings[placement.meeting].quarters
        start = placement.day * QUARTERS_A_DAY + placement.start
        road = self._road[self._instance.rooms[placement.room].venue]
        for kind, one in (("room", placement.room), ("officer", placement.officer)):
            busy = model.new_fixed_size_interval_var(start, quarters + self._gap(kind, one), "")
            self._busy[kind, one].append(busy)
        away = model.new_fixed_size_interval_var(start - road, quarters + 2 * road, "")
        self._busy["mediator", placement.mediator].append(away)
        self._sits[placement.mediator, placement.day].append(1)

    def _limit(self) -> None:
        """Nobody in two places at once, and no mediator too often a day or a week."""
        for intervals in self._busy.values():
            self._model.add_no_overlap(intervals)
        weeks: dict[tuple[int, int], list[cp_model.LinearExprT]] = defaultdict(list)
        for (mediator, day), meetings in self._sits.items():
            self._at_most(meetings, self._instance.mediators[mediator].a_day)
            weeks[mediator, self._instance.week_of(day)].extend(meetings)
        for (mediator, _week), meetings in weeks.items():
            self._at_most(meetings, self._instance.mediators[mediator].a_week)

    def _at_most(self, meetings: list[cp_model.LinearExprT], number: int) -> None:
        if len(meetings) > number:
            self._model.add(sum(meetings) <= number)

    def _gap(self, kind: str, one: int) -> int:
        return self._instance.rooms[one].gap if kind == "room" else self._instance.officers[one].gap

    def _hours(self, index: int, free: tuple[int, ...]) -> cp_model.Domain:
        """The meeting's days and hours at which somebody could begin, on one line of quarters."""
        meeting = self._instance.meetings[index]
        return cp_model.Domain.from_values(
            [
                day * QUARTERS_A_DAY + start
                for day in meeting.days
                for start in words.each(words.starts_in(free[day], meeting.quarters) & self._instance.starts)
            ]
        )

    def _read(self, solver: cp_model.CpSolver) -> Iterator[Placement]:
        picked: dict[int, dict[str, int]] = defaultdict(dict)
        for (kind, one, index), chosen in self._chosen.items():
            if solver.boolean_value(chosen):
                picked[index][kind] = one
        for index, who in picked.items():
            day, start = divmod(solver.value(self._at[index].start), QUARTERS_A_DAY)
            yield Placement(index, day, start, mediator=who["mediator"], officer=who["officer"], room=who["room"])
