import calendar
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.law import right_holder
from scheduling.law.right_holder import Acting, Capacity, Holder

any_birthday = st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 12, 31))


@pytest.mark.parametrize(
    ("born", "last_day"),
    [
        pytest.param("2010-08-31", "2026-06-26", id="the youngest of the year is still 15"),
        pytest.param("2010-09-01", "2027-06-25", id="a day later is another year"),
        pytest.param("2010-06-25", "2026-06-26", id="16 the day before"),
        pytest.param("2010-06-26", "2026-06-26", id="16 on the very day"),
        pytest.param("2010-06-27", "2026-06-26", id="16 the day after"),
        pytest.param("2010-06-30", "2026-06-26", id="still June but past its last Friday"),
        pytest.param("2010-12-31", "2027-06-25", id="a winter's child, the next June"),
        pytest.param("2011-01-01", "2027-06-25", id="the new year is the same school year"),
        pytest.param("2012-02-29", "2028-06-30", id="a leap day, and a June that ends on a Friday"),
        pytest.param("2013-03-01", "2029-06-29", id="a June that ends on a Saturday"),
        pytest.param("2007-03-01", "2023-06-30", id="the 30th is the last a last Friday can be"),
        pytest.param("2006-03-01", "2022-06-24", id="the 24th is the first it can be"),
    ],
)
def test_compulsory_school_age_ends_on_the_last_friday_in_june(born: str, last_day: str) -> None:
    assert right_holder.end_of_school_age(date.fromisoformat(born)) == date.fromisoformat(last_day)


def test_the_right_changes_hands_in_the_night_after_the_last_friday() -> None:
    born = date(2010, 3, 14)

    friday = right_holder.of(born, on=date(2026, 6, 26))
    saturday = right_holder.of(born, on=date(2026, 6, 27))

    assert (friday.holder, friday.until) == (Holder.PARENT, date(2026, 6, 26))
    assert (saturday.holder, saturday.until) == (Holder.YOUNG_PERSON, date(2035, 3, 13))
    assert "26 June 2026" in friday.reason
    assert friday.is_certain
    assert saturday.certainty == "certain"


def test_a_child_who_is_16_is_not_yet_a_young_person_before_june() -> None:
    assert right_holder.of(date(2010, 10, 1), on=date(2026, 11, 24)).holder is Holder.PARENT


def test_a_young_person_may_be_15() -> None:
    assert right_holder.of(date(2010, 8, 30), on=date(2026, 7, 1)).holder is Holder.YOUNG_PERSON


@pytest.mark.parametrize(
    ("on", "holder", "certain"),
    [
        pytest.param("2026-03-13", Holder.YOUNG_PERSON, True, id="the eve of the 25th birthday"),
        pytest.param("2026-03-14", Holder.YOUNG_PERSON, False, id="25: only with a plan that is kept up"),
        pytest.param("2026-07-31", Holder.YOUNG_PERSON, False, id="the academic year of a college ends"),
        pytest.param("2027-03-13", Holder.YOUNG_PERSON, False, id="the eve of the 26th birthday"),
        pytest.param("2027-03-14", Holder.NOBODY, True, id="26: no plan, no right"),
    ],
)
def test_past_the_25th_birthday_the_right_hangs_on_the_plan(on: str, holder: Holder, certain: bool) -> None:
    answer = right_holder.of(date(2001, 3, 14), on=date.fromisoformat(on))

    assert (answer.holder, answer.is_certain) == (holder, certain)


def test_past_25_the_end_of_the_academic_year_is_told() -> None:
    answer = right_holder.of(date(2001, 3, 14), on=date(2026, 5, 1))

    assert "31 July at a further education college" in answer.certainty
    assert "13 March 2027" in answer.reason


@pytest.mark.parametrize(
    ("born", "certain"),
    [
        pytest.param("2010-08-19", True, id="no school begins so early"),
        pytest.param("2010-08-28", False, id="Leicestershire's schools have begun"),
        pytest.param("2010-09-02", False, id="most schools have not begun"),
        pytest.param("2010-09-11", True, id="every school has begun"),
    ],
)
def test_a_birthday_between_the_terms_is_our_reading(born: str, certain: bool) -> None:
    answer = right_holder.of(date.fromisoformat(born), on=date(2026, 7, 1))

    assert answer.is_certain is certain
    assert certain or "1 September" in answer.certainty


def test_the_doubt_about_the_school_year_ends_with_the_later_june() -> None:
    born = date(2010, 8, 28)

    assert not right_holder.of(born, on=date(2027, 6, 25)).is_certain
    assert right_holder.of(born, on=date(2027, 6, 26)).is_certain


@pytest.mark.parametrize(
    ("age", "day"),
    [
        pytest.param(16, "2020-02-29", id="in a leap year on the day"),
        pytest.param(25, "2029-03-01", id="in another year on 1 March"),
        pytest.param(24, "2028-02-29", id="and again on the day"),
    ],
)
def test_a_leap_day_has_its_birthday(age: int, day: str) -> None:
    assert right_holder.birthday(date(2004, 2, 29), age) == date.fromisoformat(day)


def test_a_leap_days_25th_birthday_leaves_one_day_in_doubt() -> None:
    answers = [right_holder.of(date(2004, 2, 29), on=date(2029, 2, day)) for day in (27, 28)]

    assert [answer.holder for answer in answers] == [Holder.YOUNG_PERSON] * 2
    assert [answer.is_certain for answer in answers] == [True, False]


@pytest.mark.parametrize(
    ("holder", "capacity", "acting"),
    [
        pytest.param(Holder.PARENT, Capacity.ABLE, Acting.PARENT, id="a parent"),
        pytest.param(Holder.PARENT, Capacity.REPRESENTED, Acting.PARENTS_REPRESENTATIVE, id="a parent's deputy"),
        pytest.param(Holder.PARENT, Capacity.UNABLE, Acting.NOBODY, id="a parent nobody stands in for"),
        pytest.param(Holder.YOUNG_PERSON, Capacity.ABLE, Acting.YOUNG_PERSON, id="in their own right"),
        pytest.param(Holder.YOUNG_PERSON, Capacity.REPRESENTED, Acting.REPRESENTATIVE, id="a deputy before a parent"),
        pytest.param(Holder.YOUNG_PERSON, Capacity.UNABLE, Acting.PARENT_INSTEAD, id="without a deputy the parent"),
    ],
)
def test_who_cannot_decide_is_stood_in_for(holder: Holder, capacity: Capacity, acting: Acting) -> None:
    assert right_holder.acts(holder, capacity) is acting


def test_everybody_is_taken_to_be_able_until_shown_otherwise() -> None:
    assert right_holder.acts(Holder.YOUNG_PERSON) is Acting.YOUNG_PERSON
    assert all(right_holder.acts(*pair) in Acting for pair in product(Holder, Capacity))


@given(any_birthday)
def test_the_last_day_of_school_age_is_the_last_friday_of_a_june(born: date) -> None:
    last_day = right_holder.end_of_school_age(born)

    assert (last_day.weekday(), last_day.month) == (calendar.FRIDAY, 6)
    assert (last_day + timedelta(days=7)).month == 7


@given(any_birthday)
def test_nobody_leaves_before_15_or_after_17(born: date) -> None:
    leaves = right_holder.end_of_school_age(born)

    assert right_holder.birthday(born, 15) < leaves < right_holder.birthday(born, 17)


@given(any_birthday, st.integers(0, 365 * 27))
def test_the_right_goes_from_parent_to_young_person_to_nobody_and_never_back(born: date, age_in_days: int) -> None:
    order = [Holder.PARENT, Holder.YOUNG_PERSON, Holder.NOBODY]
    day = born + timedelta(days=age_in_days)

    today, tomorrow = (right_holder.of(born, on=on).holder for on in (day, day + timedelta(days=1)))

    assert order.index(today) <= order.index(tomorrow)


@given(any_birthday, st.integers(0, 365 * 25))
def test_the_last_day_told_is_the_day_on_which_the_answer_ends(born: date, age_in_days: int) -> None:
    answer = right_holder.of(born, on=born + timedelta(days=age_in_days))

    assert answer.until is not None
    assert right_holder.of(born, on=answer.until).until == answer.until
    assert right_holder.of(born, on=answer.until + timedelta(days=1)).until != answer.until


@given(any_birthday, any_birthday)
def test_the_younger_never_leaves_before_the_older(one: date, other: date) -> None:
    older, younger = sorted((one, other))

    assert right_holder.end_of_school_age(older) <= right_holder.end_of_school_age(younger)
