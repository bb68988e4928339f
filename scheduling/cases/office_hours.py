"""Our office hours, in which somebody can be expected to see what has happened: nine to five on working days."""

from datetime import datetime, time, timedelta

from scheduling import london
from scheduling.law.working_days import Calendar

OPENS, CLOSES = time(9), time(17)
A_DAY = timedelta(hours=8)


def after(moment: datetime, length: timedelta, working_days: Calendar) -> datetime:
    """When so many office hours have gone by since a moment; nights, weekends and holidays do not count."""
    day = london.london_day(moment)
    while True:
        begins, closes = max(moment, london.at(day, OPENS)), london.at(day, CLOSES)
        if working_days.is_working_day(day) and begins < closes:
            if length <= closes - begins:
                return begins + length
            length -= closes - begins
        day += timedelta(days=1)
