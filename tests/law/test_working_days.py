from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.law.working_days import BeyondCalendar, Calendar
from tests.law.days import ENGLAND, any_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param("2026-11-23", True, id="a Monday"),
        pytest.param("2026-11-22", False, id="a Sunday"),
        pytest.param("2026-11-21", False, id="a Saturday"),
        pytest.param("2026-12-28", False, id="Boxing Day on a Saturday is kept on Monday"),
        pytest.param("2027-12-28", False, id="Boxing Day on a Sunday is kept on Tuesday"),
        pytest.param("2026-04-03", False, id="Good Friday"),
        pytest.param("2026-03-17", True, id="Saint Patrick's Day is not England's"),
        pytest.param("2026-08-03", True, id="Scotland's summer holiday is not England's"),
        pytest.param("2026-07-27", True, id="school holidays are working days"),
        pytest.param("2022-09-19", False, id="a proclaimed day"),
    ],
)
def test_a_working_day_is_one_on_which_offices_in_england_are_open(day: str, works: bool) -> None:
    assert ENGLAND.is_working_day(date.fromisoformat(day)) is works


def test_three_working_days_after_a_sunday_begin_on_monday() -> None:
    assert ENGLAND.after(date(2026, 11, 22), 3) == date(2026, 11, 25)


def test_a_year_whose_holidays_are_unknown_is_refused() -> None:
    with pytest.raises(BeyondCalendar, match="from 2014 to 2050, not for 2051"):
        ENGLAND.after(date(2050, 12, 30), 3)


def test_a_calendar_counts_by_the_days_it_is_given() -> None:
    jubilee = Calendar(holidays=ENGLAND.holidays | {date(2026, 11, 24)})

    assert jubilee.after(date(2026, 11, 23), 1) == date(2026, 11, 25)


@given(any_day, st.integers(1, 30))
def test_counting_working_days_ends_on_one(day: date, number: int) -> None:
    assert ENGLAND.is_working_day(ENGLAND.after(day, number))
    assert ENGLAND.is_working_day(ENGLAND.before(day, number))


@given(any_day, st.integers(1, 30))
def test_there_are_as_many_working_days_as_were_counted(day: date, number: int) -> None:
    end = ENGLAND.after(day, number)

    passed = [day + timedelta(days=later) for later in range(1, (end - day).days + 1)]

    assert sum(map(ENGLAND.is_working_day, passed)) == number


@given(any_day, st.integers(1, 30))
def test_counting_back_from_a_working_day_undoes_counting_on(day: date, number: int) -> None:
    start = ENGLAND.on_or_after(day)

    assert ENGLAND.before(ENGLAND.after(start, number), number) == start
