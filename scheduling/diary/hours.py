"""Weekly hours of a place or a mediator, as people type and read them: "9:00-12:30, 13:30-17:00" on a weekday."""

import itertools
import re
from collections.abc import Iterable
from datetime import time

from scheduling import london

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Hours = tuple[tuple[int, time, time], ...]
"""Weekday, from, to; in order."""

_SPELL = re.compile(r"([0-9]{1,2})[:.]?([0-9]{2})\s*(?:-|\u2013|to)\s*([0-9]{1,2})[:.]?([0-9]{2})")


def in_order(hours: Iterable[tuple[int, time, time]]) -> Hours:
    """Hours as they are compared and written."""
    return tuple(sorted(hours))


def of_day(weekday: int, typed: str) -> Hours | None:
    """The hours of one weekday; none where nothing is typed, and None where it cannot be understood."""
    spells = [_spell(weekday, words.strip()) for words in typed.split(",")] if typed.strip() else []
    known = in_order(spell for spell in spells if spell is not None)
    overlap = any(before[2] > after[1] for before, after in itertools.pairwise(known))
    return None if overlap or len(known) < len(spells) else known


def typed_for(weekday: int, hours: Hours) -> str:
    """The same back again, for a field or a table."""
    return ", ".join(f"{begins:%H:%M}-{ends:%H:%M}" for day, begins, ends in hours if day == weekday)


def written(hours: Hours) -> str:
    """Monday 9am to 5pm, Tuesday 9am to midday."""
    return ", ".join(
        f"{WEEKDAYS[weekday]} {london.written_time(begins)} to {london.written_time(ends)}"
        for weekday, begins, ends in hours
    )


def _spell(weekday: int, words: str) -> tuple[int, time, time] | None:
    found = _SPELL.fullmatch(words)
    if found is None:
        return None
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    if max(first_hour, last_hour) > 23 or max(first_minute, last_minute) > 59:
        return None
    begins, ends = time(first_hour, first_minute), time(last_hour, last_minute)
    return (weekday, begins, ends) if begins < ends else None
