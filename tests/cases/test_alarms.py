from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import alarms, deadlines, mediation
from scheduling.law.routes import Decision
from scheduling.models import SERVICE, Actor, Alarm, Case, ExtraBankHoliday, Message, Role
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

    of_the_window = [what for what in raised(told) if what.endswith("23 December 2026")]
    assert of_the_window[-1:] == ([] if last is None else [last])


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

    lines = deadlines.of(session, case, today=date(2026, 11, 23))
    assert [line.day for line in deadlines.still_unmet(case, lines)] == [date(2027, 1, 2)]


def test_a_closed_case_is_silent(session: Session, told: Case) -> None:
    told.closed_at, told.closed_because = moment("2026-12-01 09:00"), "Settled"
    session.flush()

    assert sweep(session, "2026-12-24 09:00") == 0


def test_another_bank_holiday_is_another_deadline_with_alarms_of_its_own(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, opened="2026-11-23 10:05")
    case.letter_date, case.declined_at = date(2026, 7, 1), moment("2026-11-23 10:19")
    case.decision = Decision.NOT_TO_ASSESS
    session.flush()
    sweep(session, "2026-11-23 10:30")
    assert "3 working days left until Thursday 26 November 2026" in raised(case)

    session.add(ExtraBankHoliday(day=date(2026, 11, 25), name="A coronation", added_at=moment("2026-11-23 11:00")))
    session.flush()
    sweep(session, "2026-11-24 10:30")

    assert raised(case)[-1] == "3 working days left until Friday 27 November 2026"


def test_whoever_sees_an_alarm_has_seen_the_earlier_ones_of_that_deadline(
    session: Session, told: Case, barnet: Town
) -> None:
    for day in ("2026-12-09 09:00", "2026-12-16 09:00"):
        sweep(session, day)
    [waiting] = alarms.unseen(session, told, today=date(2026, 12, 16))
    assert waiting.alarm.threshold == "5 working days"

    alarms.seen(session, waiting.alarm, by=Actor.staff(barnet.coordinator.id), now=moment("2026-12-16 10:00"))

    assert alarms.unseen(session, told, today=date(2026, 12, 16)) == []
    assert all(alarm.seen_by_id == barnet.coordinator.id for alarm in session.scalars(select(Alarm)))
    assert told.history[-1].what == "The alarm about Wednesday 23 December 2026 was seen"


@pytest.mark.parametrize(
    ("raised_at", "not_yet", "passed_on"),
    [
        pytest.param("2026-12-16 10:00", "2026-12-17 09:59", "2026-12-17 10:00", id="a working day"),
        pytest.param("2026-12-18 16:00", "2026-12-21 15:59", "2026-12-21 16:00", id="a weekend is no time to see it"),
        pytest.param("2026-12-22 16:00", "2026-12-23 11:59", "2026-12-23 12:00", id="four hours where it presses"),
        pytest.param("2026-12-24 00:00", "2026-12-24 12:59", "2026-12-24 13:00", id="four hours once it is over"),
    ],
)
def test_an_alarm_that_nobody_has_seen_goes_to_the_manager_once(
    session: Session, told: Case, raised_at: str, not_yet: str, passed_on: str
) -> None:
    builders.staff(session, Role.MANAGER, "Max")
    sweep(session, raised_at)

    assert alarms.pass_on_due(session, now=moment(not_yet)) == 0
    assert alarms.pass_on_due(session, now=moment(passed_on)) == 1
    assert alarms.pass_on_due(session, now=moment(passed_on)) == 0

    [mail] = session.scalars(select(Message).where(Message.recipient == "the manager"))
    assert mail.address == "max@common-ground.example"
    assert "Mediation is held within 30 days of the authority being told" in mail.body
    assert "Sam" not in mail.body


def test_an_alarm_whose_deadline_was_met_meanwhile_troubles_nobody(session: Session, told: Case, barnet: Town) -> None:
    builders.staff(session, Role.MANAGER, "Max")
    sweep(session, "2026-12-09 09:00")
    mediation.book_best(session, told, by=SERVICE, now=moment("2026-12-09 10:00"))

    assert alarms.pass_on_due(session, now=moment("2026-12-14 10:00")) == 0
