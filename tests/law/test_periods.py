import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.law import periods
from tests.law.days import any_day


@pytest.mark.parametrize(
    ("day", "months", "ends"),
    [
        pytest.param("2026-11-23", 2, "2027-01-23", id="over New Year"),
        pytest.param("2025-12-31", 2, "2026-02-28", id="no 31st in February"),
        pytest.param("2027-12-31", 2, "2028-02-29", id="leap year: the 29th"),
        pytest.param("2028-02-29", 12, "2029-02-28", id="a leap day a year on"),
        pytest.param("2026-08-31", 1, "2026-09-30", id="no 31st in September"),
        pytest.param("2026-02-28", 1, "2026-03-28", id="the last of a short month stays the 28th"),
    ],
)
def test_a_month_ends_on_the_day_with_the_same_number(day: str, months: int, ends: str) -> None:
    assert periods.months_after(date.fromisoformat(day), months) == date.fromisoformat(ends)


@given(any_day, st.integers(0, 36))
def test_months_after_a_day_stay_in_the_month_that_was_meant(day: date, number: int) -> None:
    end = periods.months_after(day, number)

    assert (end.year - day.year) * 12 + end.month - day.month == number
    assert end.day == min(day.day, calendar.monthrange(end.year, end.month)[1])


@given(any_day, st.integers(0, 52))
def test_weeks_end_on_the_same_day_of_the_week(day: date, number: int) -> None:
    assert periods.weeks_after(day, number).weekday() == day.weekday()
