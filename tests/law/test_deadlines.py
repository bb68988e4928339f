from datetime import date, timedelta

import pytest
from hypothesis import given

from scheduling.law import deadlines, periods, rules
from scheduling.law.rules import NotInForce, Rule
from scheduling.law.working_days import Calendar
from tests.law.days import ENGLAND, EVERY_DAY, any_day

CERTIFICATES = [
    rules.CERTIFICATE_WHEN_DECLINED,
    rules.CERTIFICATE_WHEN_MIND_CHANGED,
    rules.CERTIFICATE_WHEN_CONCLUDED,
    rules.CERTIFICATE_WHEN_NOT_ARRANGED,
]


@pytest.mark.parametrize(
    ("letter", "last_day"),
    [
        pytest.param("2026-06-30", "2026-08-30", id="a Sunday in August is still the last day"),
        pytest.param("2026-10-25", "2026-12-25", id="so is Christmas Day"),
        pytest.param("2027-12-31", "2028-02-29", id="leap year: the 29th"),
    ],
)
def test_a_parent_has_two_months_from_the_letter_to_contact_us(letter: str, last_day: str) -> None:
    deadline = deadlines.contact_adviser_by(date.fromisoformat(letter), ENGLAND)

    assert deadline.day == deadline.last_lawful == date.fromisoformat(last_day)


def test_a_contact_deadline_is_certain_where_no_reading_could_move_it() -> None:
    friday = deadlines.contact_adviser_by(date(2026, 1, 27), ENGLAND)
    saturday = deadlines.contact_adviser_by(date(2026, 11, 23), ENGLAND)

    assert friday.is_certain
    assert not saturday.is_certain
    assert "no rule that moves a last day" in saturday.certainty


def test_a_deadline_names_its_rule_and_where_it_is_written() -> None:
    deadline = deadlines.mediation_window(date(2026, 11, 23), ENGLAND).last_date

    assert deadline.rule.name == "Mediation is held within 30 days of the authority being told"
    assert "regulation 36" in deadline.citation
    assert deadline.certainty.startswith("interpretation: calendar days")


def test_an_appeal_names_the_rule_that_forgives_august() -> None:
    august = deadlines.appeal_by(date(2027, 6, 15), ENGLAND)
    saturday = deadlines.appeal_by(date(2026, 11, 16), ENGLAND)
    wednesday = deadlines.appeal_by(date(2026, 11, 20), ENGLAND)

    assert august.also == (rules.AUGUST_AND_CHRISTMAS,)
    assert saturday.also == (rules.BY_FIVE,)
    assert wednesday.also == ()


def test_an_appeal_moved_into_august_by_a_weekend_is_our_reading() -> None:
    deadline = deadlines.appeal_by(date(2027, 5, 31), ENGLAND)

    assert deadline.last_lawful == date(2027, 8, 2)
    assert "not moved on a second time" in deadline.certainty


def test_a_certificate_gives_time_only_when_its_month_ends_later() -> None:
    decision = date(2026, 11, 2)

    early = deadlines.appeal_by(decision, ENGLAND, certificate_issued=date(2026, 11, 23))
    late = deadlines.appeal_by(decision, ENGLAND, certificate_issued=date(2026, 12, 10))

    assert (early.day, early.rule) == (date(2027, 1, 2), rules.APPEAL_AFTER_DECISION)
    assert (late.day, late.rule) == (date(2027, 1, 10), rules.APPEAL_AFTER_CERTIFICATE)


def test_health_alone_runs_from_the_day_the_board_heard_of_it() -> None:
    assert deadlines.health_told_by(date(2026, 12, 2), ENGLAND).day == date(2026, 12, 7)
    assert deadlines.health_mediation_by(date(2026, 12, 3)).day == date(2027, 1, 2)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        pytest.param(rules.AGREED_WITHOUT_APPEAL, "2026-12-24", id="home tuition: two weeks"),
        pytest.param(rules.AGREED_AMENDMENT, "2027-01-14", id="Section F amended: five weeks"),
        pytest.param(rules.AGREED_ASSESSMENT, "2026-12-24", id="an assessment notified: two weeks"),
        pytest.param(rules.AGREED_ASSESSMENT_PLAN, "2027-03-18", id="and its plan: fourteen"),
        pytest.param(rules.AGREED_CONTINUATION, "2026-12-10", id="a plan goes on: at once"),
    ],
)
def test_an_agreed_action_has_the_weeks_of_its_kind(rule: Rule, due: str) -> None:
    assert deadlines.agreement_kept_by(date(2026, 12, 10), rule=rule).day == date.fromisoformat(due)


def test_a_proclaimed_holiday_moves_the_days_that_count_it() -> None:
    coronation = Calendar(holidays=ENGLAND.holidays | {date(2026, 11, 25)})
    told = date(2026, 11, 23)

    declined = deadlines.certificate_by(told, coronation, rule=rules.CERTIFICATE_WHEN_DECLINED)

    assert declined.day == date(2026, 11, 27)
    assert deadlines.mediation_window(told, coronation).last_date.day == date(2026, 12, 23)


def test_nothing_is_said_about_the_law_before_the_reforms() -> None:
    with pytest.raises(NotInForce, match="1 September 2014"):
        deadlines.contact_adviser_by(date(2014, 8, 31), ENGLAND)


def test_a_certificate_is_due_on_a_working_day_whatever_called_for_it() -> None:
    for day in EVERY_DAY:
        due = {deadlines.certificate_by(day, ENGLAND, rule=rule).day for rule in CERTIFICATES}

        assert len(due) == 1
        assert all(map(ENGLAND.is_working_day, due))


def test_the_window_ends_thirty_dates_on_and_has_a_working_day_near_its_end() -> None:
    for told in EVERY_DAY:
        window = deadlines.mediation_window(told, ENGLAND)

        assert (window.last_date.day - told).days == 30
        assert told < window.last_working_day <= window.last_date.day
        assert ENGLAND.is_working_day(window.last_working_day)


def test_clear_notice_is_always_earlier_than_ordinary_notice() -> None:
    for meeting in EVERY_DAY:
        limits = deadlines.notice_latest(meeting, ENGLAND)

        assert limits.clear.day < limits.ordinary.day < meeting
        assert ENGLAND.is_working_day(limits.clear.day)
        assert ENGLAND.is_working_day(limits.ordinary.day)


def test_the_tribunals_last_day_is_a_working_day_and_never_earlier() -> None:
    for decision in EVERY_DAY:
        deadline = deadlines.appeal_by(decision, ENGLAND)

        assert ENGLAND.is_working_day(deadline.last_lawful)
        assert deadline.last_lawful >= deadline.day == periods.months_after(decision, 2)


@given(any_day, any_day)
def test_it_is_the_same_to_move_the_later_day_or_to_take_the_later_of_the_moved(one: date, other: date) -> None:
    moved_later = deadlines.tribunal_last_day(max(one, other), ENGLAND)

    assert moved_later == max(deadlines.tribunal_last_day(day, ENGLAND) for day in (one, other))


def test_the_tribunal_never_closes_in_august_or_at_christmas_for_a_time_that_ends_there() -> None:
    for day in EVERY_DAY:
        forgiven = day.month == 8 or (day.month, day.day) >= (12, 25) or (day.month, day.day) == (1, 1)
        last_day = deadlines.tribunal_last_day(day, ENGLAND)

        if forgiven:
            assert last_day.month in {1, 9}
            assert (last_day.month, last_day.day) >= (1, 2)
        else:
            assert last_day - day < timedelta(days=6)


@given(any_day, any_day)
def test_a_certificate_never_shortens_the_time_for_an_appeal(decision: date, issued: date) -> None:
    without = deadlines.appeal_by(decision, ENGLAND)
    with_certificate = deadlines.appeal_by(decision, ENGLAND, certificate_issued=issued)

    assert with_certificate.day >= without.day
    assert with_certificate.last_lawful >= without.last_lawful
