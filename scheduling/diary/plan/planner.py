"""The whole plan: a first one at once, and then better ones until the time is up.

Regions hardly meet, so two processes work beside each other, each on its half of the country, and after a while the
country is cut elsewhere. A small caseload stays in this process: starting others would take longer than the search.
"""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from random import Random

from scheduling.diary.plan import greedy, regions, ruin
from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Instance, Placement, Plan
from scheduling.diary.plan.regions import Side
from scheduling.diary.plan.ruin import Budget

Placed = dict[int, Placement]
Progress = Callable[[float, int], None]
"""Hears which share of the time is used and how many are placed."""

PAYS_FROM = 300
"""Meetings that wait, from which on a second process is worth its start."""
ROUNDS = 4
"""So often the country is cut at most."""
TO_UNDERSTAND = 8
"""A round lasts so many times as long as the first plan took, which tells how busy the machine is."""


def plan(
    instance: Instance,
    *,
    seconds: float,
    seed: int,
    progress: Progress | None = None,
    steps: int | None = None,
    processes: int = 2,
) -> Plan:
    """Place as many as possible; the bookings in ``instance.kept`` stay as they are.

    With ``steps`` the search ends after so many and not by the clock: the same seed then gives the same plan.
    """
    budget = Budget(seconds=seconds, steps=steps)
    board = Board(instance)
    greedy.fill(board)
    tell = progress or (lambda _share, _placed: None)
    tell(budget.used(0), len(board.placed))
    waiting = len(instance.meetings) - len(instance.kept)
    if waiting < PAYS_FROM or min(processes, os.cpu_count() or 1) < 2:
        ruin.improve(board, budget, dice=Random(seed), movable=ruin.hopeful(instance), progress=tell)
        return as_plan(instance, board.placed)
    rounds = _rounds(budget)
    return as_plan(instance, _in_two_processes(instance, board.placed, budget, rounds=rounds, seed=seed, tell=tell))


def as_plan(instance: Instance, placed: Placed) -> Plan:
    """What is on a board, as a plan."""
    return Plan(
        placements=tuple(placed[meeting] for meeting in sorted(placed)),
        unplaced=tuple(meeting for meeting in range(len(instance.meetings)) if meeting not in placed),
    )


def _rounds(budget: Budget) -> int:
    """How often to cut, right after the first plan."""
    if budget.steps is not None:
        return ROUNDS
    return max(1, min(ROUNDS, int(1 / (TO_UNDERSTAND * max(budget.used(0), 1e-6)))))


def _in_two_processes(
    instance: Instance, placed: Placed, budget: Budget, *, rounds: int, seed: int, tell: Progress
) -> Placed:
    dice = Random(seed)
    spawn = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
    with ProcessPoolExecutor(
        2, mp_context=spawn, initializer=_remember, initargs=(instance, frozenset(ruin.hopeful(instance)))
    ) as pool:
        for number in range(rounds):
            part = _part(budget, rounds, number)
            if part is None:
                break
            between = number / rounds, (number + 1) / rounds
            found = [
                pool.submit(_improve_side, placed, side, part, dice.randrange(2**32), between)
                for side in regions.halves(instance, placed, dice)
            ]
            _watch(found, budget, number / rounds, len(placed), tell)
            placed = {meeting: at for half in found for meeting, at in half.result().items()}
    return placed


def _part(budget: Budget, rounds: int, number: int) -> Budget | None:
    """The share of what is left for this round; None when nothing is left."""
    if budget.steps is not None:
        return Budget(seconds=0, steps=budget.steps // rounds)
    left = budget.seconds * (1 - budget.used(0))
    return Budget(seconds=left / (rounds - number)) if left > 0 else None


def _watch(found: list[Future[Placed]], budget: Budget, done: float, placed: int, tell: Progress) -> None:
    while wait(found, timeout=0.2).not_done:
        share = done if budget.steps is not None else budget.used(0)
        tell(min(share, 1.0), placed)


_known: list[tuple[Instance, frozenset[int]]] = []
"""In a process beside ours: the instance and who could be placed alone, sent once."""


def _remember(instance: Instance, hopeful: frozenset[int]) -> None:
    _known[:] = [(instance, hopeful)]


def _improve_side(placed: Placed, side: Side, part: Budget, seed: int, between: tuple[float, float]) -> Placed:
    """What one side makes of its meetings; the time began to run when it was asked."""
    instance, hopeful = _known[0]
    board = Board(regions.as_seen_from(instance, placed, side))
    movable = sorted(meeting for meeting in hopeful & side.meetings if meeting not in board.placed)
    for meeting in movable:
        if meeting in placed:
            board.place(placed[meeting])
    ruin.improve(board, part, dice=Random(seed), movable=movable, between=between)
    return {meeting: board.placed[meeting] for meeting in side.meetings if meeting in board.placed}
