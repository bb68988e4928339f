"""A better plan: take a few meetings down that stand in somebody's way, and place them anew in another order.

A step that places fewer is undone. One that places as many is kept when the families wait no longer, and at first also
when they wait a little longer: so the search walks on where no single step would place one more (annealing). The same
dice and number of steps give the same plan.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from scheduling.diary.plan import greedy
from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Instance, Placement

HOT, COLD = 40.0, 2.0
"""Days of waiting that are taken lightly at the beginning and at the end."""
ONE_ALONE = 0.8
"""How often a single meeting is taken down; else several."""
SEVERAL = 12
NEIGHBOURS = 6
"""So many of a meeting's mediators are looked at for what stands in its way."""
ANYWHERE = 0.05
"""How often a meeting is placed wherever chance will have it, as the best plan may hold a strange place."""
ANY_DAY = 0.7
"""How often a meeting is placed on whichever day comes up, rather than its earliest: the order alone changes little."""


POLISHING = 0.2
"""The share of the budget that is spent on shorter waits once everybody who can be is placed."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How long to search: seconds of the clock, or steps where the same plan is wanted each time."""

    seconds: float
    steps: int | None = None
    begun: float = field(default_factory=time.perf_counter)

    def used(self, steps: int) -> float:
        """The share that is spent after so many steps."""
        if self.steps is not None:
            return steps / self.steps if self.steps else 1.0
        return (time.perf_counter() - self.begun) / self.seconds if self.seconds > 0 else 1.0


def improve(
    board: Board,
    budget: Budget,
    *,
    dice: Random,
    movable: Sequence[int],
    between: tuple[float, float] = (0.0, 1.0),
    progress: Callable[[float, int], None] | None = None,
) -> None:
    """Search until the budget is spent, and move only the movable.

    ``between`` says which part of a longer search this is, from 0 to 1.
    """
    search, steps = _Search(board, dice, movable), 0
    begins, ends = between
    while search.has_work and (used := budget.used(steps)) < (1 if search.waiting else POLISHING):
        search.step(HOT * (COLD / HOT) ** (begins + (ends - begins) * used))
        steps += 1
        if progress is not None and steps % 500 == 0:
            progress(used, len(board.placed))


def hopeful(instance: Instance) -> list[int]:
    """Who could be placed if nobody else were waiting."""
    board = Board(instance)
    return [meeting for meeting in _open(instance) if board.earliest(meeting) is not None]


def _open(instance: Instance) -> Iterable[int]:
    return (meeting for meeting in range(len(instance.meetings)) if meeting not in instance.kept)


class _Search:
    """The board, and who is not on it."""

    def __init__(self, board: Board, dice: Random, movable: Sequence[int]) -> None:
        self._board, self._dice = board, dice
        self._instance = board.instance
        self._movable = movable
        self._may_move = frozenset(self._movable)
        self.waiting = [meeting for meeting in self._movable if meeting not in board.placed]
        self._missed: Counter[int] = Counter()
        self._days = [day.toordinal() for day in self._instance.days]
        self._told = [meeting.told.toordinal() for meeting in self._instance.meetings]

    @property
    def has_work(self) -> bool:
        return bool(self._movable)

    def step(self, heat: float) -> None:
        """Make room for somebody who waits; when nobody does, let somebody wait less."""
        wanted = self._dice.choice(self.waiting or self._movable)
        found = None if wanted in self._board.placed else self._board.earliest(wanted)
        if found is not None:
            self._board.place(found)
            self.waiting.remove(wanted)
        elif in_the_way := self._in_the_way(wanted):
            self._place_anew(wanted, in_the_way, heat)

    def _in_the_way(self, wanted: int) -> list[int]:
        """Some of the meetings that its mediators and officers have on one of its days."""
        meeting = self._instance.meetings[wanted]
        day, board = self._dice.choice(meeting.days), self._board
        some = self._dice.sample(meeting.mediators, k=min(NEIGHBOURS, len(meeting.mediators)))
        near = {other.meeting for mediator in some for other in board.beside(mediator, day)}
        near.update(other.meeting for officer in meeting.officers for other in board.with_officer(officer, day))
        near = (near & self._may_move) - {wanted}
        number = 1 if self._dice.random() < ONE_ALONE else self._dice.randint(2, SEVERAL)
        return self._dice.sample(sorted(near), k=min(number, len(near)))

    def _place_anew(self, wanted: int, in_the_way: Sequence[int], heat: float) -> None:
        was_waiting = wanted not in self._board.placed
        down = [self._board.take_down(meeting) for meeting in in_the_way]
        if not was_waiting:
            down.append(self._board.take_down(wanted))
        made, lost = self._place([wanted, *self._in_some_order(in_the_way)], may_lose=int(was_waiting))
        if self._is_kept(down, made, heat):
            if was_waiting:
                self.waiting.remove(wanted)
            self.waiting.extend(lost)
            self._missed.update(lost)
            return
        self._missed[wanted] += 1
        for placement in made:
            self._board.take_down(placement.meeting)
        for placement in down:
            self._board.place(placement)

    def _place(self, meetings: Iterable[int], *, may_lose: int) -> tuple[list[Placement], list[int]]:
        """What could be placed and what not; given up as soon as too many are lost."""
        made: list[Placement] = []
        lost: list[int] = []
        for meeting in meetings:
            found = self._somewhere(meeting)
            if found is not None:
                self._board.place(found)
                made.append(found)
            else:
                lost.append(meeting)
                if len(lost) > may_lose:
                    break
        return made, lost

    def _somewhere(self, meeting: int) -> Placement | None:
        chance = self._dice.random()
        if chance < ANYWHERE and (found := self._board.anywhere(meeting, self._dice)) is not None:
            return found
        if chance > ANY_DAY:
            return self._board.earliest(meeting)
        days = list(self._instance.meetings[meeting].days)
        self._dice.shuffle(days)
        return self._board.earliest(meeting, days)

    def _in_some_order(self, meetings: Sequence[int]) -> list[int]:
        """By chance, whoever was left out most often in front, or the most urgent."""
        order = list(meetings)
        self._dice.shuffle(order)
        how = self._dice.random()
        if how < 0.3:
            order.sort(key=lambda meeting: -self._missed[meeting])
        elif how < 0.6:
            order.sort(key=lambda meeting: greedy.urgency(self._instance, meeting))
        return order

    def _is_kept(self, before: Sequence[Placement], after: Sequence[Placement], heat: float) -> bool:
        if len(after) != len(before):
            return len(after) > len(before)
        longer = sum(map(self._wait, after)) - sum(map(self._wait, before))
        return longer <= 0 or self._dice.random() < math.exp(-longer / heat)

    def _wait(self, placement: Placement) -> int:
        return self._days[placement.day] - self._told[placement.meeting]
