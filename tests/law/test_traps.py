"""What is told beside a date: where it bites, and nowhere else."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.law import deadlines, traps
from scheduling.reference import bank_holidays

ENGLAND = bank_holidays.england()
LETTERS = st.dates(date(2025, 1, 1), date(2030, 12, 31))


@given(LETTERS)
def test_a_last_lawful_day_is_never_told_without_why(letter: date) -> None:
    appeal = deadlines.appeal_by(letter, ENGLAND)

    notes = " ".join(traps.of_appeal(appeal, ENGLAND))

    assert ("still takes an appeal until 5pm" in notes) is (appeal.day != appeal.last_lawful)
    assert ("That holds for the appeal alone" in notes) is (
        appeal.day.month == 8
        or (appeal.day.month, appeal.day.day) == (1, 1)
        or (appeal.day.month, appeal.day.day) >= (12, 25)
    )


@given(LETTERS)
def test_contact_that_does_not_move_says_so_on_every_day_without_offices(letter: date) -> None:
    contact = deadlines.contact_adviser_by(letter, ENGLAND)

    notes = " ".join(traps.of_contact(contact, ENGLAND))

    assert ("It stays on" in notes) is not ENGLAND.is_working_day(contact.day)
    assert ("August counts" in notes) is (contact.day.month == 8)


@given(LETTERS)
def test_the_thirty_days_name_the_last_day_on_which_people_can_meet(told: date) -> None:
    window = deadlines.mediation_window(told, ENGLAND)

    notes = " ".join(traps.of_thirty_days(told, window.last_date, ENGLAND))

    assert ("the last on which people can meet" in notes) is (window.last_working_day != window.last_date.day)


@pytest.mark.parametrize(
    ("told", "bites"),
    [
        pytest.param(date(2026, 11, 24), False, id="the 30 days end on Christmas Eve"),
        pytest.param(date(2026, 11, 25), True, id="the 30 days end on Christmas Day"),
        pytest.param(date(2027, 1, 1), False, id="told on New Year's Day, which is not counted"),
    ],
)
def test_christmas_is_told_where_it_is_counted(told: date, *, bites: bool) -> None:
    window = deadlines.mediation_window(told, ENGLAND)

    notes = " ".join(traps.of_thirty_days(told, window.last_date, ENGLAND))

    assert ("Christmas counts" in notes) is bites
    assert window.last_date.day == told + timedelta(days=30)
