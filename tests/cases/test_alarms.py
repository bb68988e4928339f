from datetime import date

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import alarms, deadlines, mediation
from scheduling.models import SERVICE, Case
from tests import builders
from tests.builders import Town, moment


@pytest.fixture
def told(session: Session, barnet: Town) -> Case:
    """Told on 23 November: the thirty days end on Wednesday 23 December 2026."""
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    case.letter_date = None
    session.flush()
    return case


def sweep(session: Session, now: str) -> int:
    moment_of_it = moment(now)
    return sum(
        alarms.raise_due(session, case_id, now=moment_of_it) for case_id in alarms.watched(session, now=moment_of_it)
    )


def raised(case: Case) -> list[str]:
    return [entry.what.removeprefix("Alarm: ") for entry in case.history if entry.what.startswith("Alarm: ")]


@pytest.mark.parametrize(
    ("today", "last"),
    [
        pytest.param("2026-12-08 23:59", None, id="eleven working days before"),
        pytest.param("2026-12-09 00:00", "10 working days left until Wednesday 23 December 2026", id="ten"),
        pytest.param("2026-12-16 09:00", "5 working days left until Wednesday 23 December 2026", id="five"),
        pytest.param("2026-12-18 09:00", "3 working days left until Wednesday 23 December 2026", id="three"),
        pytest.param("2026-12-22 09:00", "1 working day left until Wednesday 23 December 2026", id="one"),
        pytest.param("2026-12-23 23:59", "1 working day left until Wednesday 23 December 2026", id="the day itself"),
        pytest.param("2026-12-24 00:00", "overdue since Wednesday 23 December 2026", id="over"),
    ],
)
def test_the_alarm_of_the_day_is_raised(session: Session, told: Case, today: str, last: str | None) -> None:
    sweep(session, today)

    assert raised(told)[-1:] == ([] if last is None else [last])


def test_each_is_raised_once_however_often_the_sweep_runs(session: Session, told: Case) -> None:
    for _ in range(3):
        sweep(session, "2026-12-16 09:00")

    assert [what[:2] for what in raised(told)] == ["10", "5 "]


def test_after_three_days_without_a_clock_each_missed_alarm_is_raised_once(session: Session, told: Case) -> None:
    sweep(session, "2026-12-15 09:00")

    assert sweep(session, "2026-12-18 09:00") == 2
    assert [what[:2] for what in raised(told)] == ["10", "5 ", "3 "]


def test_a_case_that_begins_late_hears_only_the_nearest_alarm(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, opened="2026-12-30 09:00")

    sweep(session, "2026-12-30 09:10")

    assert raised(case) == ["3 working days left until Saturday 2 January 2027"]


def test_a_booked_meeting_silences_the_window_and_not_the_appeal(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    mediation.book_best(session, case, by=SERVICE, now=moment("2026-11-23 10:25"))

    assert [deadline.day for deadline in deadlines.unmet(session, case)] == [date(2027, 1, 2)]


def test_a_closed_case_is_silent(session: Session, told: Case) -> None:
    told.closed_at, told.closed_because = moment("2026-12-01 09:00"), "Settled"
    session.flush()

    assert sweep(session, "2026-12-24 09:00") == 0


def test_the_deadlines_of_a_case_come_with_the_nearest_first(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    case.health_in_issue = True

    assert [(d.day, d.rule.key) for d in deadlines.of(session, case)] == [
        (date(2026, 11, 26), "health-is-told"),
        (date(2026, 12, 23), "mediation-within-thirty-days"),
        (date(2027, 1, 2), "contact-the-adviser"),
        (date(2027, 1, 2), "appeal-after-decision"),
    ]
