from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.law import window
from scheduling.law.window import Notice
from tests.law.days import ENGLAND, any_day

TOLD = date(2026, 11, 23)


def test_after_a_cancellation_the_clear_days_left_are_those_before_christmas() -> None:
    left = window.of_mediation(TOLD, ENGLAND, notice_on=date(2026, 12, 9))

    assert [day.day for day in left.working_days(ENGLAND)] == [17, 18, 21, 22, 23]


def test_notice_a_day_later_loses_a_day() -> None:
    left = window.of_mediation(TOLD, ENGLAND, notice_on=date(2026, 12, 10))

    assert [day.day for day in left.working_days(ENGLAND)] == [18, 21, 22, 23]


@pytest.mark.parametrize(
    ("notice", "opens"),
    [
        pytest.param(Notice.CLEAR, "2026-12-22", id="five clear working days lie between"),
        pytest.param(Notice.AMBER, "2026-12-19", id="counted the ordinary way, a day less and the weekend"),
        pytest.param(Notice.CONSENT, "2026-12-14", id="with consent at once"),
    ],
)
def test_less_notice_opens_the_window_sooner(notice: Notice, opens: str) -> None:
    offered = window.of_mediation(TOLD, ENGLAND, notice_on=date(2026, 12, 14), notice=notice)

    assert offered.opens == date.fromisoformat(opens)
    assert offered.closes == date(2026, 12, 23)


def test_a_window_that_closes_before_it_opens_holds_no_day() -> None:
    late = window.of_mediation(TOLD, ENGLAND, notice_on=date(2026, 12, 21))

    assert late.is_empty
    assert list(late) == []
    assert date(2026, 12, 23) not in late


@pytest.mark.parametrize(
    ("given_on", "notice"),
    [
        pytest.param("2026-12-10", Notice.CLEAR, id="the last clear day"),
        pytest.param("2026-12-11", Notice.AMBER, id="the fifth working day before"),
        pytest.param("2026-12-14", Notice.CONSENT, id="too late without a yes"),
    ],
)
def test_notice_of_a_meeting_on_18_december(given_on: str, notice: Notice) -> None:
    assert window.notice_of(date(2026, 12, 18), ENGLAND, given_on=date.fromisoformat(given_on)) is notice


def test_each_kind_of_notice_cites_its_rule() -> None:
    assert {notice.rule.key for notice in Notice} == {
        "notice-in-clear-days",
        "notice-in-ordinary-days",
        "shorter-notice-by-consent",
    }


@given(any_day, st.integers(0, 35), st.sampled_from([Notice.CLEAR, Notice.AMBER]))
def test_a_day_is_in_the_window_exactly_when_its_notice_is_long_enough(told: date, waited: int, kind: Notice) -> None:
    notice_on = told + timedelta(days=waited)
    offered = window.of_mediation(told, ENGLAND, notice_on=notice_on, notice=kind)
    enough = {Notice.CLEAR} if kind is Notice.CLEAR else {Notice.CLEAR, Notice.AMBER}

    for later in range(31):
        meeting = told + timedelta(days=later)
        lawful = window.notice_of(meeting, ENGLAND, given_on=notice_on) in enough
        assert (meeting in offered) is lawful


@given(any_day)
def test_an_authority_told_and_answered_at_once_leaves_two_weeks_of_days(told: date) -> None:
    days = window.of_mediation(told, ENGLAND, notice_on=told).working_days(ENGLAND)

    assert 10 <= len(days) <= 17
