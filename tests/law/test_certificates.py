from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.law import certificates, routes, rules
from scheduling.law.certificates import Facts, Information, Kind, Meeting, Permission, Policy
from scheduling.law.routes import Answers, Care, Decision, Part
from tests.law.days import ENGLAND, EVERY_DAY

TOLD = date(2026, 11, 23)
LAST_OF_THIRTY = date(2026, 12, 23)
AS_SET_UP = Policy()

APPEAL = routes.of(Answers(decision=Decision.NOT_TO_ASSESS))

INFORMED = Facts(
    route=APPEAL,
    decision_sent=date(2026, 11, 2),
    contacted=date(2026, 11, 23),
    informed_of=frozenset(Information),
)
DECLINED = replace(INFORMED, declined=date(2026, 11, 23))
WAITING = replace(INFORMED, authority_told=TOLD)
HELD = replace(WAITING, meeting=Meeting(day=date(2026, 12, 10)))
CANNOT = replace(WAITING, authority_cannot=date(2026, 12, 14))

READY = [
    pytest.param(Kind.NOT_WANTED, DECLINED, id="not wanted"),
    pytest.param(Kind.TOOK_PART, HELD, id="took part"),
    pytest.param(Kind.NOT_ARRANGED, CANNOT, id="could not be arranged"),
]


def asked(kind: Kind, facts: Facts, *, today: date = date(2026, 12, 14), policy: Policy = AS_SET_UP) -> Permission:
    return certificates.may_issue(kind, facts, ENGLAND, today=today, policy=policy)


@pytest.mark.parametrize(("kind", "facts"), READY)
def test_with_everything_in_place_a_certificate_may_be_issued(kind: Kind, facts: Facts) -> None:
    permission = asked(kind, facts)

    assert permission.is_granted
    assert permission.why_not == ()
    assert permission.due is not None


@pytest.mark.parametrize(("kind", "facts"), READY)
@pytest.mark.parametrize(
    ("changed", "why_not"),
    [
        pytest.param({"informed_of": frozenset()}, "has not been told yet: what mediation is for;", id="no checklist"),
        pytest.param(
            {"informed_of": frozenset(Information) - {Information.EXPENSES}},
            "has not been told yet: that expenses are paid back. Tell it",
            id="one item missing",
        ),
        pytest.param({"is_issued": True}, "This decision has its certificate", id="already issued"),
        pytest.param({"decision_sent": None}, "date printed on the decision letter is not recorded", id="no letter"),
        pytest.param({"contacted": None}, "not recorded when the family first contacted", id="no contact"),
        pytest.param(
            {"contacted": date(2027, 1, 3)},
            "contacted us on 3 January 2027, and the two months had ended on 2 January 2027. An adviser decides",
            id="a day late and nobody has decided",
        ),
    ],
)
def test_no_certificate_of_any_kind_without_its_conditions(
    kind: Kind, facts: Facts, changed: dict[str, Any], why_not: str
) -> None:
    permission = asked(kind, replace(facts, **changed))

    assert not permission.is_granted
    assert len(permission.why_not) == 1
    assert why_not in permission.why_not[0]


@pytest.mark.parametrize(("kind", "facts"), READY)
@pytest.mark.parametrize(
    ("answers", "why_not"),
    [
        pytest.param(Answers(decision=Decision.NONE), "Disagreement resolution never leads", id="no decision"),
        pytest.param(
            Answers(decision=Decision.PLAN, about=frozenset({Part.SCHOOL})), "No certificate is needed", id="school"
        ),
        pytest.param(
            Answers(decision=Decision.PLAN, care=frozenset({Care.HEALTH})),
            "no certificate on this route (health care only)",
            id="health only",
        ),
        pytest.param(
            Answers(decision=Decision.PLAN, care=frozenset({Care.SOCIAL_CARE})), "(social care", id="social care only"
        ),
        pytest.param(Answers(decision=Decision.ANOTHER), "(no right of appeal)", id="no appeal"),
        pytest.param(
            Answers(decision=Decision.NONE, discrimination=True), "(discrimination claim)", id="discrimination"
        ),
    ],
)
def test_a_route_without_a_certificate_has_none_of_any_kind(
    kind: Kind, facts: Facts, answers: Answers, why_not: str
) -> None:
    permission = asked(kind, replace(facts, route=routes.of(answers)))

    assert len(permission.why_not) == 1
    assert why_not in permission.why_not[0]
    assert permission.due is None


@pytest.mark.parametrize(
    ("kind", "facts", "why_not"),
    [
        pytest.param(Kind.NOT_WANTED, WAITING, "has not said that it does not want", id="nobody has declined"),
        pytest.param(
            Kind.NOT_WANTED,
            replace(HELD, declined=date(2026, 12, 11)),
            "took part in mediation: its certificate says so",
            id="declined after it was over",
        ),
        pytest.param(Kind.TOOK_PART, WAITING, "There has been no meeting.", id="no meeting"),
        pytest.param(
            Kind.TOOK_PART,
            replace(HELD, meeting=Meeting(day=date(2026, 12, 10), family_came=False)),
            "did not come, so it has not taken part. Ask whether it still wants mediation",
            id="the family was absent",
        ),
        pytest.param(
            Kind.TOOK_PART,
            replace(HELD, meeting=Meeting(day=date(2026, 12, 10), authority_came=False)),
            "The authority did not come, so there was no mediation",
            id="the authority was absent",
        ),
        pytest.param(
            Kind.TOOK_PART,
            replace(HELD, meeting=Meeting(day=date(2026, 12, 10), has_ended=False)),
            "Mediation has not ended",
            id="adjourned",
        ),
        pytest.param(Kind.NOT_ARRANGED, INFORMED, "has not been told that the family wants", id="not told"),
        pytest.param(Kind.NOT_ARRANGED, HELD, "Mediation was held", id="held after all"),
        pytest.param(
            Kind.NOT_ARRANGED,
            replace(CANNOT, declined=date(2026, 12, 14)),
            "no longer wants mediation",
            id="mind changed",
        ),
        pytest.param(Kind.NOT_ARRANGED, WAITING, "has until 23 December 2026 to arrange", id="the days still run"),
    ],
)
def test_each_kind_needs_what_it_says(kind: Kind, facts: Facts, why_not: str) -> None:
    permission = asked(kind, facts)

    assert len(permission.why_not) == 1
    assert why_not in permission.why_not[0]
    assert permission.due is None


def test_every_reason_is_told_at_once() -> None:
    facts = Facts(route=APPEAL, decision_sent=None, contacted=None, is_issued=True)

    assert len(asked(Kind.TOOK_PART, facts).why_not) == 4


@pytest.mark.parametrize(
    ("today", "granted"),
    [
        pytest.param("2026-12-22", False, id="on the 29th day it may still answer"),
        pytest.param("2026-12-23", True, id="on the 30th with nothing arranged"),
        pytest.param("2027-01-04", True, id="and ever after"),
    ],
)
def test_a_silent_authority_has_answered_on_the_thirtieth_day(today: str, granted: bool) -> None:
    permission = asked(Kind.NOT_ARRANGED, WAITING, today=date.fromisoformat(today))

    assert permission.is_granted is granted
    assert permission.needs_reason


def test_the_certificate_of_a_silent_authority_is_due_from_the_end_of_the_days_and_our_reading() -> None:
    due = asked(Kind.NOT_ARRANGED, WAITING, today=date(2026, 12, 24)).due

    assert due is not None
    assert due.day == date(2026, 12, 30)
    assert "lose its appeal to a silence" in due.certainty
    assert due.also == (rules.SILENCE_IS_AN_ANSWER,)


def test_an_operator_may_wait_for_the_authoritys_word() -> None:
    waits = Policy(silence_is_an_answer=False)

    silent = asked(Kind.NOT_ARRANGED, WAITING, today=date(2027, 2, 1), policy=waits)
    spoken = asked(Kind.NOT_ARRANGED, CANNOT, policy=waits)

    assert silent.why_not == (
        "The authority has not said that it cannot arrange mediation, and this service waits for its word.",
    )
    assert silent.due is None
    assert spoken.is_granted


def test_the_authoritys_own_word_needs_no_reason_from_the_adviser() -> None:
    assert not asked(Kind.NOT_ARRANGED, CANNOT).needs_reason


def test_a_meeting_within_the_days_is_no_silence_and_one_after_them_is() -> None:
    last_day, day_after = (replace(WAITING, meeting_booked_for=date(2026, 12, day)) for day in (23, 24))

    assert "booked for 23 December 2026" in asked(Kind.NOT_ARRANGED, last_day, today=LAST_OF_THIRTY).why_not[0]
    assert asked(Kind.NOT_ARRANGED, day_after, today=LAST_OF_THIRTY).is_granted


@pytest.mark.parametrize(
    ("meeting", "why_not"),
    [
        pytest.param({"authority_came": False}, "", id="the authority did not come"),
        pytest.param({"family_came": False}, "the family did not come. Ask", id="the family did not come"),
        pytest.param({"has_ended": False}, "Mediation has begun", id="adjourned"),
    ],
)
def test_a_meeting_that_failed_counts_as_silence_only_when_the_authority_failed_it(
    meeting: dict[str, bool], why_not: str
) -> None:
    facts = replace(WAITING, meeting=Meeting(day=date(2026, 12, 10), **meeting))
    facts = replace(facts, meeting_booked_for=date(2026, 12, 10))

    permission = asked(Kind.NOT_ARRANGED, facts, today=LAST_OF_THIRTY)

    assert permission.is_granted is (why_not == "")
    assert why_not in " ".join(permission.why_not)


def test_a_late_contact_is_an_advisers_decision_and_then_no_obstacle() -> None:
    late = replace(DECLINED, contacted=date(2027, 1, 3), declined=date(2027, 1, 3))

    assert not asked(Kind.NOT_WANTED, late, today=date(2027, 1, 4)).is_granted
    assert asked(Kind.NOT_WANTED, replace(late, late_contact_allowed=True), today=date(2027, 1, 4)).is_granted


def test_a_contact_on_a_sunday_in_august_is_in_time_and_a_minute_later_is_not() -> None:
    letter = date(2026, 6, 30)
    in_time = replace(DECLINED, decision_sent=letter, contacted=date(2026, 8, 30), declined=date(2026, 8, 30))

    permission = asked(Kind.NOT_WANTED, in_time, today=date(2026, 9, 1))

    assert permission.is_granted
    assert permission.due is not None
    assert permission.due.day == date(2026, 9, 3)
    assert not asked(Kind.NOT_WANTED, replace(in_time, contacted=date(2026, 8, 31)), today=date(2026, 9, 1)).is_granted


@pytest.mark.parametrize(
    ("kind", "facts", "rule", "due"),
    [
        pytest.param(Kind.NOT_WANTED, DECLINED, rules.CERTIFICATE_WHEN_DECLINED, "2026-11-26", id="declined"),
        pytest.param(
            Kind.NOT_WANTED,
            replace(WAITING, declined=date(2026, 12, 8), wanted_before=True),
            rules.CERTIFICATE_WHEN_MIND_CHANGED,
            "2026-12-11",
            id="a text: don't want it any more",
        ),
        pytest.param(Kind.TOOK_PART, HELD, rules.CERTIFICATE_WHEN_CONCLUDED, "2026-12-15", id="after the meeting"),
        pytest.param(
            Kind.NOT_ARRANGED,
            replace(CANNOT, authority_told=date(2026, 11, 20)),
            rules.CERTIFICATE_WHEN_NOT_ARRANGED,
            "2026-12-17",
            id="the authority says that it cannot",
        ),
    ],
)
def test_a_certificate_is_due_three_working_days_after_what_calls_for_it(
    kind: Kind, facts: Facts, rule: rules.Rule, due: str
) -> None:
    permission = asked(kind, facts)

    assert permission.due is not None
    assert (permission.due.day, permission.due.rule) == (date.fromisoformat(due), rule)


def test_a_certificate_stays_due_while_something_is_in_the_way() -> None:
    permission = asked(Kind.NOT_WANTED, replace(DECLINED, informed_of=frozenset()))

    assert not permission.is_granted
    assert permission.due is not None


def test_an_issued_certificate_is_no_longer_due() -> None:
    assert asked(Kind.TOOK_PART, replace(HELD, is_issued=True)).due is None


@given(
    st.sampled_from([DECLINED, WAITING, HELD, CANNOT, INFORMED]),
    st.sets(st.sampled_from(list(Information))),
    st.sampled_from(EVERY_DAY),
    st.booleans(),
)
def test_there_is_never_a_choice_between_kinds_nor_one_without_the_whole_information(
    facts: Facts, informed_of: set[Information], today: date, silence_is_an_answer: bool
) -> None:
    facts = replace(facts, informed_of=frozenset(informed_of))
    policy = Policy(silence_is_an_answer=silence_is_an_answer)

    granted = [kind for kind in Kind if asked(kind, facts, today=today, policy=policy).is_granted]

    assert len(granted) <= 1
    assert not granted or informed_of == set(Information)


@given(st.sampled_from(EVERY_DAY), st.integers(0, 40))
def test_silence_is_an_answer_exactly_from_the_thirtieth_day(told: date, waited: int) -> None:
    facts = replace(WAITING, decision_sent=told, contacted=told, authority_told=told)

    permission = asked(Kind.NOT_ARRANGED, facts, today=told + timedelta(days=waited))

    assert permission.is_granted is (waited >= 30)
    assert (permission.due is not None) is permission.is_granted
