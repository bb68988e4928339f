"""As many as possible are placed together, and nothing that anybody relies on is broken for it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import max_flow

from benchmarks import instances
from scheduling.diary.plan import bound, checker, greedy, planner, words
from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Instance, Mediator, Plan, Room
from tests.diary.plan import small


def greedy_plan(instance: Instance) -> Plan:
    board = Board(instance)
    greedy.fill(board)
    return planner.as_plan(instance, board.placed)


@pytest.mark.parametrize("seed", range(30))
def test_of_a_few_meetings_as_many_are_placed_as_trying_everything_finds(seed: int) -> None:
    instance = small.by_chance(seed)

    plan = planner.plan(instance, seconds=0, steps=200, seed=1)

    assert len(plan.placements) == small.most(instance)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), meetings=st.integers(0, 9), hours=st.integers(2, 9))
def test_every_plan_is_proved_and_no_worse_than_the_greedy_one(seed: int, meetings: int, hours: int) -> None:
    instance = small.by_chance(seed, meetings=meetings, hours=hours)

    plan = planner.plan(instance, seconds=0, steps=60, seed=seed)

    assert checker.faults(instance, plan) == []
    assert len(greedy_plan(instance).placements) <= len(plan.placements) <= bound.most(instance)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_bookings_that_are_kept_stay_where_they_are(seed: int) -> None:
    instance = small.by_chance(seed, meetings=7, hours=9)
    booked = greedy_plan(instance).placements[::2]
    instance = replace(instance, kept={placement.meeting: placement for placement in booked})

    plan = planner.plan(instance, seconds=0, steps=60, seed=seed)

    assert set(booked) <= set(plan.placements)
    assert checker.faults(instance, plan) == []


def test_the_same_seed_gives_the_same_plan() -> None:
    instance = instances.make(120, seed=1, variant="scarce").instance

    plans = [planner.plan(instance, seconds=0, steps=400, seed=7) for _ in range(2)]

    assert plans[0] == plans[1]


def test_somebody_moves_over_so_that_two_can_be_placed() -> None:
    always = (small.ALWAYS,)
    instance = small.instance(
        small.meeting(0, mediators=(0, 1)),
        small.meeting(1, mediators=(0,), quarters=24),
        mediators=(Mediator(free=always, a_day=1, a_week=5), Mediator(free=(words.span(0, 8),), a_day=1, a_week=5)),
        rooms=(Room(free=always, venue=0), Room(free=always, venue=0)),
    )
    instance = replace(instance, meetings=tuple(replace(m, officers=(i,)) for i, m in enumerate(instance.meetings)))
    instance = replace(instance, meetings=tuple(replace(m, rooms=(0, 1)) for m in instance.meetings))

    plan = planner.plan(instance, seconds=0, steps=50, seed=1)

    assert plan.unplaced == ()


def test_whoever_has_no_day_left_is_named() -> None:
    instance = small.instance(small.meeting(0, days=()), small.meeting(1))

    plan = planner.plan(instance, seconds=0, steps=10, seed=1)

    assert plan.unplaced == (0,)


def test_nobody_is_asked_to_come_at_christmas() -> None:
    instance = instances.make(200, seed=2, variant="plain").instance

    plan = planner.plan(instance, seconds=0, steps=200, seed=1)

    held = {instance.days[placement.day] for placement in plan.placements}
    assert held.isdisjoint({date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 27), date(2026, 12, 28)})
    assert max(held) > date(2026, 12, 28)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_mediators_are_scarce_more_are_placed_than_greedily(seed: int) -> None:
    instance = instances.make(300, seed=seed, variant="scarce").instance

    plan = planner.plan(instance, seconds=0, steps=1500, seed=seed)

    assert len(plan.placements) > len(greedy_plan(instance).placements)
    assert checker.faults(instance, plan) == []


def test_two_processes_make_one_plan_and_the_same_one_each_time() -> None:
    instance = instances.make(500, seed=1, variant="scarce").instance

    plans = [planner.plan(instance, seconds=0, steps=1200, seed=3, processes=2) for _ in range(2)]

    assert plans[0] == plans[1]
    assert checker.faults(instance, plans[0]) == []
    assert len(plans[0].placements) >= len(greedy_plan(instance).placements)


def test_progress_is_told_from_the_first_plan_on() -> None:
    heard: list[tuple[float, int]] = []
    instance = small.by_chance(1)

    planner.plan(instance, seconds=0, steps=600, seed=1, progress=lambda share, placed: heard.append((share, placed)))

    assert heard[0][0] == 0
    assert all(0 <= share <= 1 for share, _placed in heard)


@pytest.mark.parametrize("variant", list(instances.VARIANTS))
def test_two_ways_of_reckoning_the_bound_agree(variant: str) -> None:
    net = bound.network(instances.make(200, seed=1, variant=variant).instance)

    theirs = max_flow.SimpleMaxFlow()
    heads = np.array(net.heads)
    theirs.add_arcs_with_capacity(heads[1::2], heads[::2], np.array(net.capacities[::2]))
    theirs.solve(bound.SOURCE, bound.SINK)

    assert net.greatest_flow() == theirs.optimal_flow()
