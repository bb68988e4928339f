from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.law import agreements, rules
from scheduling.law.agreements import Action
from scheduling.law.rules import Owed
from tests.law.days import any_day

AGREED = date(2026, 12, 10)


@pytest.mark.parametrize(
    ("action", "day"),
    [
        pytest.param(Action.AMENDMENT, "2027-01-14", id="Section F amended: five weeks"),
        pytest.param(Action.SCHOOL, "2026-12-24", id="only the school: two weeks"),
        pytest.param(Action.WITHOUT_APPEAL, "2026-12-24", id="home tuition: two weeks"),
        pytest.param(Action.ASSESSMENT, "2026-12-24", id="an assessment is notified: two weeks"),
        pytest.param(Action.ASSESSMENT_NO_PLAN, "2027-02-18", id="no plan follows: ten weeks"),
        pytest.param(Action.ASSESSMENT_PLAN, "2027-03-18", id="a plan follows: fourteen weeks"),
        pytest.param(Action.PLAN_DRAFT, "2027-01-14", id="a draft: five weeks"),
        pytest.param(Action.PLAN_FINAL, "2027-02-25", id="the final plan: eleven weeks"),
        pytest.param(Action.CONTINUATION, "2026-12-10", id="a plan goes on: at once"),
        pytest.param(Action.HEALTH_TELLS, "2026-12-17", id="the board tells the authority: one week"),
    ],
)
def test_an_action_is_due_after_the_weeks_of_its_kind(action: Action, day: str) -> None:
    deadline = agreements.due(action, agreed=AGREED)

    assert deadline.day == deadline.last_lawful == date.fromisoformat(day)
    assert deadline.rule == action.rule


def test_every_action_has_a_rule_of_its_own() -> None:
    assert len({action.rule.key for action in Action}) == len(Action)


@pytest.mark.parametrize("written_down", [date(2027, 1, 29), date(2026, 12, 12), AGREED])
def test_a_day_that_the_parties_wrote_down_rules(written_down: date) -> None:
    deadline = agreements.due(Action.AMENDMENT, agreed=AGREED, written_down=written_down)

    assert deadline.day == written_down
    assert deadline.rule == rules.AGREED_OTHER_TIMES
    assert deadline.is_certain
    assert "regulation 42(5)" in deadline.citation
    assert "44(2)" in deadline.citation


def test_a_day_before_the_agreement_is_a_slip_of_the_pen() -> None:
    with pytest.raises(ValueError, match="9 December 2026 is before the agreement of 10 December 2026"):
        agreements.due(Action.AMENDMENT, agreed=AGREED, written_down=date(2026, 12, 9))


def test_only_the_board_owes_the_telling_and_everything_else_is_the_authoritys() -> None:
    assert {action for action in Action if action.owed_by is not Owed.AUTHORITY} == {Action.HEALTH_TELLS}
    assert Action.HEALTH_TELLS.owed_by is Owed.HEALTH


@pytest.mark.parametrize(
    ("action", "days"),
    [
        pytest.param(Action.ASSESSMENT, ["2027-02-18", "2027-03-18"], id="an assessment leads to a plan or to none"),
        pytest.param(Action.PLAN_DRAFT, ["2027-02-25"], id="a draft leads to a plan"),
        pytest.param(Action.AMENDMENT, [], id="an amendment is the whole of it"),
    ],
)
def test_what_follows_from_an_action_is_not_forgotten(action: Action, days: list[str]) -> None:
    assert [agreements.due(step, agreed=AGREED).day.isoformat() for step in action.next_steps] == days


@given(any_day, st.sampled_from(Action))
def test_weeks_are_whole_weeks_also_over_christmas(agreed: date, action: Action) -> None:
    assert (agreements.due(action, agreed=agreed).day - agreed) == timedelta(weeks=action.rule.number)


@given(any_day, st.sampled_from(Action), st.integers(0, 400))
def test_no_time_of_the_law_moves_a_day_that_was_written_down(agreed: date, action: Action, later: int) -> None:
    day = agreed + timedelta(days=later)

    assert agreements.due(action, agreed=agreed, written_down=day).day == day
