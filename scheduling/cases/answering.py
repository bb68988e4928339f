"""When somebody takes calls, as families are told it: the rota in a few words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import numbers
from scheduling.models import Role, Shift, Staff

Stretch = tuple[time, time]


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Days in a row on which calls are taken between the same times."""

    first: int
    """Monday is 0."""
    last: int
    stretches: tuple[Stretch, ...]


def hours(session: Session) -> list[Opening]:
    """Every stretch of the week in which an adviser with a telephone is on shift; bank holidays are closed."""
    advisers = select(Shift, Staff.number).join(Staff, Staff.id == Shift.staff_id)
    rows = session.execute(advisers.where(Staff.role == Role.ADVISER, Staff.is_active, Staff.number.is_not(None)))
    shifts = [shift for shift, number in rows if numbers.may_be_rung(number or "")]
    return list(_openings([_merged([(s.starts, s.ends) for s in shifts if s.weekday == day]) for day in range(7)]))


def _merged(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    """Shifts that overlap or follow at once are one stretch to whoever rings."""
    merged: list[Stretch] = []
    for starts, ends in sorted(stretches):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((starts, ends))
    return tuple(merged)


def _openings(week: list[tuple[Stretch, ...]]) -> Iterator[Opening]:
    for stretches, alike in groupby(range(7), key=lambda day: week[day]):
        days = list(alike)
        if stretches:
            yield Opening(first=days[0], last=days[-1], stretches=stretches)
