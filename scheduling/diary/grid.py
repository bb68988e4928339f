"""Twelve weeks of quarter-hours on London's clocks, as the bits of one number: seven in the morning to seven at night.

Ten in the morning is the same bit of its day on either side of a clock change, because no meeting lies in the night in
which the clocks change. Whether a time is free is one `&`, and so is whether it is free for two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Final

from scheduling import london

OPENS: Final = time(7)
LANE: Final = 48
"""Quarters of a day: one lane of bits."""
WEEK: Final = 7 * LANE
WEEKS: Final = 12
DAYS: Final = 7 * WEEKS
QUARTER: Final = 15
MEETING: Final = 8
"""Quarters of a meeting."""
_WHOLE_LANE: Final = (1 << LANE) - 1


@dataclass(frozen=True)
class Grid:
    """The quarters from a Monday on."""

    monday: date

    @classmethod
    def around(cls, day: date) -> "Grid":
        """The twelve weeks that begin with the week of this day."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def end(self) -> date:
        """The first day after it."""
        return self.monday + timedelta(days=DAYS)

    def covers(self, first_day: date, last_day: date) -> bool:
        return self.monday <= first_day and last_day < self.end

    def number(self, day: date) -> int:
        """Which of its days this is."""
        return (day - self.monday).days

    def at(self, day: date, clock_time: time) -> int:
        """The bit of a time of day, or of the nearest that is on the grid."""
        return self.number(day) * LANE + _quarter(clock_time)

    def when(self, bit: int) -> tuple[date, time]:
        """The day and the time of a bit."""
        number, quarter = divmod(bit, LANE)
        minutes = OPENS.hour * 60 + quarter * QUARTER
        return self.monday + timedelta(days=number), time(minutes // 60, minutes % 60)

    def position(self, moment: datetime, *, up: bool = False) -> int:
        """Where a moment lies: the bit that has begun, or with `up` the first that begins at it or later."""
        day, quarter = _shown(moment, up)
        number = day - self.monday.toordinal()
        if number < 0:
            return 0
        return min(number * LANE + min(max(quarter, 0), LANE), DAYS * LANE)

    def days(self, first_day: date, last_day: date) -> int:
        """Every quarter of these days, both included."""
        first, last = max(self.number(first_day), 0), min(self.number(last_day), DAYS - 1)
        return span(first * LANE, (last + 1) * LANE) if first <= last else 0

    def weekly(self, hours: Iterable[tuple[int, time, time]]) -> int:
        """Hours that come again every week: weekday, from, until."""
        week = 0
        for weekday, begins, ends in hours:
            first = weekday * LANE + _quarter(begins, up=True)
            week |= span(first, weekday * LANE + _quarter(ends))
        return week * _EVERY_WEEK

    @cached_property
    def whole(self) -> int:
        """Every quarter there is."""
        return (1 << (DAYS * LANE)) - 1


def span(first: int, end: int) -> int:
    """The bits from one to before another."""
    return (1 << end) - (1 << first) if first < end else 0


def starts(free: int) -> int:
    """The quarters at which a meeting could begin and have all its time free."""
    free &= free >> 1
    free &= free >> 2
    return free & free >> 4


def lane(bits: int, number: int) -> int:
    """The quarters of one day by themselves."""
    return bits >> (number * LANE) & _WHOLE_LANE


def on_days(numbers: Iterable[int]) -> int:
    """Every quarter of these days, by their numbers."""
    bits = 0
    for number in numbers:
        bits |= _WHOLE_LANE << (number * LANE)
    return bits


def every_day(quarters: Iterable[time]) -> int:
    """These times on every day."""
    bits = 0
    for clock_time in quarters:
        bits |= 1 << _quarter(clock_time)
    return bits * _EVERY_DAY


def days_with_any(bits: int) -> int:
    """One bit, the lowest of its lane, for every day on which there is any."""
    for shift in (1, 2, 4, 8, 16):
        bits |= bits >> shift & _BELOW[shift]
    bits |= bits >> 16 & _BELOW[16]
    return bits & _EVERY_DAY


@lru_cache(maxsize=10_000)
def _shown(moment: datetime, up: bool) -> tuple[int, int]:  # noqa: FBT001 - as it was asked for
    """The day and the quarter that London's clocks show: thousands of meetings begin at a few hundred moments."""
    shown = london.london(moment)
    minutes = (shown.hour - OPENS.hour) * 60 + shown.minute
    if up and (shown.second or shown.microsecond):
        minutes += 1
    return shown.toordinal(), -(-minutes // QUARTER) if up else minutes // QUARTER


def _quarter(clock_time: time, *, up: bool = False) -> int:
    minutes = (clock_time.hour - OPENS.hour) * 60 + clock_time.minute
    return min(max(-(-minutes // QUARTER) if up else minutes // QUARTER, 0), LANE)


_EVERY_DAY: Final = ((1 << (DAYS * LANE)) - 1) // _WHOLE_LANE
_EVERY_WEEK: Final = ((1 << (DAYS * LANE)) - 1) // ((1 << WEEK) - 1)
_BELOW: Final = {shift: ((1 << (LANE - shift)) - 1) * _EVERY_DAY for shift in (1, 2, 4, 8, 16)}
"""What may come down by so many bits without coming from the lane above."""
