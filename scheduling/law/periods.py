"""How days, weeks and months are counted. The day of the event is never counted itself."""

import calendar
from datetime import date, timedelta

_MONTHS = 12


def days_after(day: date, number: int) -> date:
    """Calendar days, weekends and holidays included: dates are counted, never hours."""
    return day + timedelta(days=number)


def weeks_after(day: date, number: int) -> date:
    """The same day of the week, so many weeks on."""
    return day + timedelta(weeks=number)


def months_after(day: date, number: int) -> date:
    """The same date in the month so many months on, or that month's last day when it has no such date.

    Dodds v Walker [1981] 1 WLR 1027: two months from 31 December end on 28 February, or on the 29th in a leap year.
    """
    years, month = divmod(day.month - 1 + number, _MONTHS)
    year, month = day.year + years, month + 1
    last_of_month = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last_of_month))
