"""A time as a form names it: what was chosen is found again in a fresh search, or it has gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduling.diary.slots import Slot

LONGEST_MOMENT = 10
"""Digits of a moment in seconds, until the year 2286."""


@dataclass(frozen=True)
class Choice:
    """A slot, and the name that it has in a form."""

    key: str
    slot: Slot


def choice_of(slot: Slot) -> Choice:
    """The slot under the name that it has in a form."""
    room_id = 0 if slot.room is None else slot.room.id
    return Choice(f"{slot.starts_at.timestamp():.0f}-{room_id}-{slot.mediator.id}-{slot.officer.id}", slot)


def wanted(key: str) -> datetime | None:
    """When the time begins that a form named; None for what names none."""
    digits = key.partition("-")[0]
    is_moment = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_MOMENT
    return datetime.fromtimestamp(int(digits), UTC) if is_moment else None


def nearest(found: Sequence[Slot], key: str, *, limit: int = 3) -> list[Slot]:
    """The free times that are nearest to the one that has gone; the best where it is not known which that was."""
    when = wanted(key)
    if when is None:
        return list(found[:limit])
    return sorted(found, key=lambda slot: abs(slot.starts_at - when))[:limit]
