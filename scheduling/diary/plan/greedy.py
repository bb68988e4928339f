"""A first plan: whoever has to be placed soonest is placed first, and among them whoever has the fewest choices."""

from collections.abc import Iterable

from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Instance


def fill(board: Board) -> None:
    """Place in this order everybody who can be placed."""
    waiting = (meeting for meeting in range(len(board.instance.meetings)) if meeting not in board.placed)
    place(board, sorted(waiting, key=lambda meeting: urgency(board.instance, meeting)))


def place(board: Board, meetings: Iterable[int]) -> None:
    """Give each in turn the earliest place that is left."""
    for meeting in meetings:
        found = board.earliest(meeting)
        if found is not None:
            board.place(found)


def urgency(instance: Instance, meeting: int) -> tuple[int, int, int]:
    """The last day, then the number of choices."""
    wanted = instance.meetings[meeting]
    last_day = wanted.days[-1] if wanted.days else -1
    return last_day, len(wanted.days) * len(wanted.mediators), meeting
