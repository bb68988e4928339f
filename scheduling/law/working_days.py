"""Working days: not a Saturday or Sunday, nor a holiday in the calendar that is handed in.

The law of the service does not look holidays up: England's are read in ``scheduling.reference``, where a coordinator
can add a day that has been proclaimed. School holidays are working days like any other.
"""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


class BeyondCalendar(LookupError):  # noqa: N818 - says what is the matter, as our refusals do
    """A day in a year whose holidays are not known: to count on would be to guess."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The holidays of England, and the years for which they are known."""

    holidays: frozenset[date]
    years: range = range(MINYEAR, MAXYEAR)

    def is_working_day(self, day: date) -> bool:
        """A day on which offices are open."""
        if day.year not in self.years:
            message = f"Bank holidays are known from {self.years.start} to {self.years.stop - 1}, not for {day.year}."
            raise BeyondCalendar(message)
        return day.weekday() < _SATURDAY and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """The day itself if it is a working day, otherwise the next one."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself if it is a working day, otherwise the last one before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def after(self, day: date, number: int) -> date:
        """The so-many-th working day after this day, which itself is not counted, be it a holiday or not."""
        for _ in range(number):
            day = self.on_or_after(day + _DAY)
        return day

    def before(self, day: date, number: int) -> date:
        """The so-many-th working day before this day, which itself is not counted."""
        for _ in range(number):
            day = self.on_or_before(day - _DAY)
        return day
