"""Booked meetings that give way: one moves where that lets somebody be placed for whom there is no room otherwise.

A meeting that people expect is disturbed for nothing less than that, once at most, and stays as near to its day as it
can.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from scheduling.diary.plan import greedy, planner
from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Instance, Plan


@dataclass(frozen=True, kw_only=True)
class Rearranged:
    """A plan, and for each booked meeting that moves in it the one for which it made room."""

    plan: Plan
    moved: dict[int, int]


def rearranged(
    instance: Instance, plan: Plan, movable: Collection[int], *, is_over: Callable[[], bool] = lambda: False
) -> Rearranged:
    """Place whoever is left out where one of the movable bookings can give way; all others stay as they are.

    Before each try it asks whether the time for it is over; what was found until then stands.
    """
    if not movable:
        return Rearranged(plan=plan, moved={})
    board = Board(replace(instance, kept={}))
    for placement in plan.placements:
        board.place(placement)
    moved: dict[int, int] = {}
    for waiting in sorted(plan.unplaced, key=lambda meeting: greedy.urgency(instance, meeting)):
        for booked in _in_the_way(board, waiting, [one for one in movable if one not in moved]):
            if is_over():
                break
            if _gives_way(board, booked, waiting):
                moved[booked] = waiting
                break
    return Rearranged(plan=planner.as_plan(instance, board.placed), moved=moved)


def _in_the_way(board: Board, waiting: int, movable: Collection[int]) -> Iterator[int]:
    """Those who have a mediator, an officer or a room in a week in which this one could be held."""
    wanted, instance = board.instance.meetings[waiting], board.instance
    weeks = {instance.week_of(day) for day in wanted.days}
    mediators, officers, rooms = set(wanted.mediators), set(wanted.officers), set(wanted.rooms)
    for booked in sorted(movable):
        at = board.placed[booked]
        uses_the_same = at.mediator in mediators or at.officer in officers or at.room in rooms
        if uses_the_same and instance.week_of(at.day) in weeks:
            yield booked


def _gives_way(board: Board, booked: int, waiting: int) -> bool:
    was = board.take_down(booked)
    found = board.earliest(waiting)
    if found is not None:
        board.place(found)
        near = sorted(board.instance.meetings[booked].days, key=lambda day: (abs(day - was.day), day))
        elsewhere = board.earliest(booked, near)
        if elsewhere is not None:
            board.place(elsewhere)
            return True
        board.take_down(waiting)
    board.place(was)
    return False
