"""A booked meeting gives way only where a plan may move it, and only for somebody who would be left out."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.diary.plan import checker, giving_way, greedy, planner
from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Instance
from tests.diary.plan import small


def with_bookings(seed: int, number: int) -> Instance:
    """The first few meetings of a small caseload are booked where a greedy plan has them."""
    instance = small.by_chance(seed, meetings=8, hours=5)
    board = Board(instance)
    greedy.place(board, range(number))
    return replace(instance, kept=dict(board.placed))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 6))
def test_no_booked_meeting_is_elsewhere_in_a_plan_that_may_move_none(seed: int, number: int) -> None:
    instance = with_bookings(seed, number)
    plan = planner.plan(instance, seconds=0, steps=60, seed=1)

    new = giving_way.rearranged(instance, plan, movable=())

    assert new.moved == {}
    assert set(instance.kept.values()) <= set(new.plan.placements)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 6))
def test_each_move_makes_room_for_one_more_and_nobody_else_is_disturbed(seed: int, number: int) -> None:
    instance = with_bookings(seed, number)
    plan = planner.plan(instance, seconds=0, steps=60, seed=1)
    movable = sorted(instance.kept)[::2]

    new = giving_way.rearranged(instance, plan, movable)

    placed = {placement.meeting: placement for placement in new.plan.placements}
    assert {one for one, at in instance.kept.items() if placed[one] != at} == set(new.moved) <= set(movable)
    assert len(set(new.moved.values())) == len(new.moved)
    assert set(new.moved.values()) <= set(plan.unplaced) - set(new.plan.unplaced)
    others = {one: at for one, at in instance.kept.items() if one not in new.moved}
    assert checker.faults(replace(instance, kept=others), new.plan) == []


def test_when_its_time_is_over_what_was_found_until_then_stands() -> None:
    instance = next(one for one in (with_bookings(seed, 4) for seed in range(40)) if moves(one))
    plan = planner.plan(instance, seconds=0, steps=60, seed=1)
    tries = iter([False, True])

    at_once = giving_way.rearranged(instance, plan, instance.kept, is_over=lambda: True)
    after_one = giving_way.rearranged(instance, plan, instance.kept, is_over=lambda: next(tries, True))

    assert at_once.moved == {}
    assert set(at_once.plan.placements) == set(plan.placements)
    assert len(after_one.moved) <= 1
    assert checker.faults(replace(instance, kept={}), after_one.plan) == []


def moves(instance: Instance) -> bool:
    plan = planner.plan(instance, seconds=0, steps=60, seed=1)
    return bool(giving_way.rearranged(instance, plan, instance.kept).moved)


def test_there_are_caseloads_in_which_a_move_helps() -> None:
    instances = [with_bookings(seed, 4) for seed in range(40)]
    plans = [planner.plan(one, seconds=0, steps=60, seed=1) for one in instances]

    moved = [giving_way.rearranged(one, plan, one.kept).moved for one, plan in zip(instances, plans, strict=True)]

    assert any(moved)
