from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.law import chasing, deadlines
from scheduling.law.chasing import Threshold
from tests.law.days import ENGLAND, EVERY_DAY, any_day

WINDOW_ENDS = date(2026, 12, 23)


def test_the_alarms_of_a_deadline_before_christmas() -> None:
    alarms = chasing.thresholds(WINDOW_ENDS, ENGLAND)

    assert [(alarm.threshold, alarm.day.isoformat()) for alarm in alarms] == [
        (Threshold.TEN, "2026-12-09"),
        (Threshold.FIVE, "2026-12-16"),
        (Threshold.THREE, "2026-12-18"),
        (Threshold.ONE, "2026-12-22"),
        (Threshold.OVERDUE, "2026-12-24"),
    ]


def test_a_deadline_on_a_sunday_warns_on_friday_and_is_overdue_on_monday() -> None:
    alarms = {alarm.threshold: alarm.day for alarm in chasing.thresholds(date(2026, 12, 20), ENGLAND)}

    assert alarms[Threshold.ONE] == date(2026, 12, 18)
    assert alarms[Threshold.OVERDUE] == date(2026, 12, 21)


def test_a_deadline_on_a_friday_is_overdue_on_saturday() -> None:
    assert Threshold.OVERDUE in chasing.due(date(2026, 12, 18), date(2026, 12, 19), ENGLAND)


@pytest.mark.parametrize(
    ("today", "reached"),
    [
        pytest.param("2026-12-08", [], id="the day before the first"),
        pytest.param("2026-12-09", [Threshold.TEN], id="on the day itself"),
        pytest.param("2026-12-21", [Threshold.TEN, Threshold.FIVE, Threshold.THREE], id="after three days' absence"),
        pytest.param("2026-12-23", list(Threshold)[:-1], id="on the last day it is not yet overdue"),
        pytest.param("2026-12-24", list(Threshold), id="a day later it is"),
    ],
)
def test_what_has_been_reached_by_a_day(today: str, reached: list[Threshold]) -> None:
    assert chasing.due(WINDOW_ENDS, date.fromisoformat(today), ENGLAND) == reached


@pytest.mark.parametrize(
    ("told", "officer", "manager"),
    [
        pytest.param("2026-11-23", "2026-11-24", "2026-11-26", id="a Monday"),
        pytest.param("2026-11-20", "2026-11-23", "2026-11-25", id="a Friday"),
        pytest.param("2026-12-24", "2026-12-29", "2026-12-31", id="Christmas Eve"),
    ],
)
def test_an_authority_that_says_nothing_is_asked_again_after_one_and_three_working_days(
    told: str, officer: str, manager: str
) -> None:
    asked = chasing.asked_again_on(date.fromisoformat(told), ENGLAND)

    assert asked == (date.fromisoformat(officer), date.fromisoformat(manager))


def test_a_case_is_looked_at_half_way_and_its_certificate_drafted_on_the_twentieth_day() -> None:
    told = date(2026, 11, 23)

    assert chasing.no_slot_warning_on(told) == date(2026, 12, 8)
    assert chasing.draft_certificate_on(told) == date(2026, 12, 13)


def test_a_draft_is_always_ready_before_the_days_are_over() -> None:
    for told in EVERY_DAY:
        last_day = deadlines.mediation_window(told, ENGLAND).last_date.day

        assert chasing.no_slot_warning_on(told) < chasing.draft_certificate_on(told) < last_day


@given(any_day)
def test_alarms_come_one_after_the_other(deadline: date) -> None:
    days = [alarm.day for alarm in chasing.thresholds(deadline, ENGLAND)]

    assert days == sorted(set(days))
    assert all(map(ENGLAND.is_working_day, days[:-1]))


@given(any_day, st.integers(-30, 10))
def test_what_was_reached_stays_reached(deadline: date, later: int) -> None:
    today = deadline + timedelta(days=later)

    before, after = (chasing.due(deadline, day, ENGLAND) for day in (today, today + timedelta(days=1)))

    assert after[: len(before)] == before
