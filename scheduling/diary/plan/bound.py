"""More than this nobody can place: what would fit if rooms and officers had to be shared by nobody.

Each meeting flows to a day on which it could be held alone, on to a mediator who could sit on that day, and out through
the mediator's week; no more flows through a mediator's day than meetings of the shortest length fit into it. Every plan
is such a flow, so no plan places more than the greatest of them. It is found by our own few lines (Dinic's way, which
here needs a handful of rounds): a solver's package would be several times as large as the whole service.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Instance

SOURCE, SINK = 0, 1


@dataclass
class Network:
    """Pipes from node to node, each with the opposite one beside it, through which a flow can be taken back."""

    numbers: dict[Hashable, int] = field(default_factory=lambda: {"source": SOURCE, "sink": SINK})
    pipes_of: list[list[int]] = field(default_factory=lambda: [[], []])
    heads: list[int] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)

    def pipe(self, tail: Hashable, head: Hashable, capacity: int) -> None:
        one, other = self._number(tail), self._number(head)
        self.pipes_of[one].append(len(self.heads))
        self.pipes_of[other].append(len(self.heads) + 1)
        self.heads += (other, one)
        self.capacities += (capacity, 0)

    def _number(self, node: Hashable) -> int:
        number = self.numbers.setdefault(node, len(self.numbers))
        if number == len(self.pipes_of):
            self.pipes_of.append([])
        return number

    def greatest_flow(self) -> int:
        """Fill up the shortest ways until none is left."""
        flow = 0
        while (levels := self._levels())[SINK] >= 0:
            tried = [0] * len(self.pipes_of)
            while way := self._way(levels, tried):
                for pipe in way:  # one meeting at a time: each way begins with a pipe for one
                    self.capacities[pipe] -= 1
                    self.capacities[pipe ^ 1] += 1
                flow += 1
        return flow

    def _levels(self) -> list[int]:
        """How many pipes away from the source each node is; -1 where nothing flows."""
        levels = [-1] * len(self.pipes_of)
        levels[SOURCE] = 0
        shore = [SOURCE]
        while shore and levels[SINK] < 0:
            reached = []
            for node in shore:
                for pipe in self.pipes_of[node]:
                    head = self.heads[pipe]
                    if levels[head] < 0 and self.capacities[pipe]:
                        levels[head] = levels[node] + 1
                        reached.append(head)
            shore = reached
        return levels

    def _way(self, levels: list[int], tried: list[int]) -> list[int]:
        """Pipes from the source to the sink, each one level on; what led nowhere is not tried again."""
        way: list[int] = []
        node = SOURCE
        while node != SINK:
            pipe = self._onward(node, levels, tried)
            if pipe is not None:
                way.append(pipe)
                node = self.heads[pipe]
            elif way:
                node = self.heads[way.pop() ^ 1]
                tried[node] += 1
            else:
                return []
        return way

    def _onward(self, node: int, levels: list[int], tried: list[int]) -> int | None:
        pipes = self.pipes_of[node]
        while tried[node] < len(pipes):
            pipe = pipes[tried[node]]
            if self.capacities[pipe] and levels[self.heads[pipe]] == levels[node] + 1:
                return pipe
            tried[node] += 1
        return None


def most(instance: Instance) -> int:
    """No plan places more, the bookings that are kept included."""
    return len(instance.kept) + network(instance).greatest_flow()


def network(instance: Instance) -> Network:
    """The pipes for whoever waits, beside the bookings that are kept."""
    board, net = Board(instance), Network()
    groups: dict[tuple[tuple[int, ...], int, int], int] = defaultdict(int)
    for index, meeting in enumerate(instance.meetings):
        days = {day: board.hours(meeting, day) for day in _days_alone(board, index)}
        if days:
            net.pipe("source", index, 1)
        for day, starts in days.items():
            groups[meeting.mediators, meeting.quarters, day] |= starts
            net.pipe(index, (meeting.mediators, meeting.quarters, day), 1)
    used = {}
    for (mediators, quarters, day), starts in groups.items():
        for mediator in mediators:
            if board.sits(mediator, day, quarters) & starts:
                used[mediator, day] = instance.week_of(day)
                net.pipe((mediators, quarters, day), (mediator, day), len(instance.meetings))
    _out_through_weeks(net, board, used)
    return net


def _days_alone(board: Board, index: int) -> Iterator[int]:
    """The days on which a meeting could be held if nobody else were waiting."""
    if index not in board.placed:
        yield from (day for day in board.instance.meetings[index].days if board.earliest(index, (day,)))


def _out_through_weeks(net: Network, board: Board, used: dict[tuple[int, int], int]) -> None:
    instance = board.instance
    shortest = min((meeting.quarters for meeting in instance.meetings), default=1)
    pause = min((min(row) for row in instance.journeys), default=0)
    for (mediator, day), week in used.items():
        net.pipe((mediator, day), ("week", mediator, week), board.room_left(mediator, day, shortest, pause))
    for mediator, week in dict.fromkeys((mediator, week) for (mediator, _day), week in used.items()):
        net.pipe(("week", mediator, week), "sink", board.left_in_week(mediator, week))
