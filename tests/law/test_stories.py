"""The stories of the service, as far as days alone tell them: what each person is told, and by when."""

from dataclasses import replace
from datetime import UTC, date, datetime

from scheduling import london
from scheduling.law import agreements, certificates, chasing, deadlines, routes, window
from scheduling.law.agreements import Action
from scheduling.law.certificates import Facts, Information, Kind, Meeting, Permission, Policy
from scheduling.law.routes import Answers, Care, Clock, Decision, Part, Way
from scheduling.law.window import Notice
from tests.law.days import ENGLAND

REFUSED_2_NOVEMBER = Facts(
    route=routes.of(Answers(decision=Decision.NOT_TO_ASSESS)),
    decision_sent=date(2026, 11, 2),
    contacted=date(2026, 11, 23),
    informed_of=frozenset(Information),
)


def may_issue(kind: Kind, facts: Facts, *, today: date) -> Permission:
    return certificates.may_issue(kind, facts, ENGLAND, today=today, policy=Policy())


def due(permission: Permission) -> date | None:
    return permission.due.day if permission.due else None


def test_she_rings_hears_the_information_and_does_not_want_mediation() -> None:
    called = london.london_day(datetime(2026, 11, 23, 10, 19, tzinfo=UTC))
    facts = replace(REFUSED_2_NOVEMBER, contacted=called, declined=called)

    permission = may_issue(Kind.NOT_WANTED, facts, today=called)
    appeal = deadlines.appeal_by(date(2026, 11, 2), ENGLAND, certificate_issued=called)

    assert permission.is_granted
    assert due(permission) == date(2026, 11, 26)
    assert (appeal.day, appeal.last_lawful) == (date(2027, 1, 2), date(2027, 1, 4))


def test_she_wants_mediation_and_it_is_held() -> None:
    told, meeting = date(2026, 11, 23), date(2026, 12, 10)
    limits = deadlines.notice_latest(meeting, ENGLAND)
    facts = replace(REFUSED_2_NOVEMBER, authority_told=told, meeting=Meeting(day=meeting))

    permission = may_issue(Kind.TOOK_PART, facts, today=meeting)
    appeal = deadlines.appeal_by(date(2026, 11, 2), ENGLAND, certificate_issued=meeting)

    assert deadlines.mediation_window(told, ENGLAND).last_date.day == date(2026, 12, 23)
    assert (limits.clear.day, limits.ordinary.day) == (date(2026, 12, 2), date(2026, 12, 3))
    assert permission.is_granted
    assert due(permission) == date(2026, 12, 15)
    assert (appeal.day, appeal.last_lawful) == (date(2027, 1, 10), date(2027, 1, 11))


def test_a_text_two_minutes_before_midnight_is_in_time_and_one_two_minutes_after_it_is_late() -> None:
    letter, deadline = date(2026, 6, 30), date(2026, 8, 30)
    in_time = london.london_day(datetime(2026, 8, 30, 22, 58, tzinfo=UTC))
    late = london.london_day(datetime(2026, 8, 30, 23, 2, tzinfo=UTC))
    facts = replace(REFUSED_2_NOVEMBER, decision_sent=letter, contacted=in_time, declined=in_time)

    permission = may_issue(Kind.NOT_WANTED, facts, today=date(2026, 9, 1))
    too_late = may_issue(Kind.NOT_WANTED, replace(facts, contacted=late), today=date(2026, 9, 1))

    assert deadlines.contact_adviser_by(letter, ENGLAND).day == deadline == in_time
    assert permission.is_granted
    assert due(permission) == date(2026, 9, 3)
    assert late == date(2026, 8, 31)
    assert "An adviser decides" in too_late.why_not[0]


def test_a_dispute_about_the_school_needs_no_certificate_until_she_adds_section_f() -> None:
    plan = Answers(decision=Decision.PLAN, about=frozenset({Part.SCHOOL}))
    appeal = deadlines.appeal_by(date(2026, 11, 16), ENGLAND)

    assert routes.of(plan).way is Way.EXEMPT
    assert routes.of(plan).may_mediate
    assert (appeal.day, appeal.last_lawful) == (date(2027, 1, 16), date(2027, 1, 18))
    assert routes.of(plan.and_also(Part.SPECIAL_EDUCATION)).way is Way.CERTIFICATE


def test_health_alone_goes_by_the_boards_own_receipt() -> None:
    route = routes.of(Answers(decision=Decision.PLAN, care=frozenset({Care.HEALTH})))
    facts = replace(REFUSED_2_NOVEMBER, route=route)
    board_told = deadlines.health_told_by(date(2026, 12, 2), ENGLAND).day

    offered = [kind for kind in Kind if may_issue(kind, facts, today=board_told).is_granted]

    assert route.clock is Clock.HEALTH
    assert board_told == date(2026, 12, 7)
    assert deadlines.health_mediation_by(board_told).day == date(2027, 1, 6)
    assert offered == []


def test_the_authority_says_that_it_cannot() -> None:
    letter, told, says_so = date(2026, 10, 26), date(2026, 11, 20), date(2026, 12, 14)
    facts = replace(REFUSED_2_NOVEMBER, decision_sent=letter, authority_told=told, authority_cannot=says_so)

    ends = deadlines.mediation_window(told, ENGLAND)
    permission = may_issue(Kind.NOT_ARRANGED, facts, today=says_so)
    appeal = deadlines.appeal_by(letter, ENGLAND, certificate_issued=says_so)

    assert (ends.last_date.day, ends.last_working_day) == (date(2026, 12, 20), date(2026, 12, 18))
    assert permission.is_granted
    assert due(permission) == date(2026, 12, 17)
    assert appeal.day == appeal.last_lawful == date(2027, 1, 14)


def test_a_late_meeting_is_still_open_to_her_after_that_certificate() -> None:
    facts = replace(
        REFUSED_2_NOVEMBER,
        authority_told=date(2026, 11, 20),
        authority_cannot=date(2026, 12, 14),
        meeting_booked_for=date(2027, 1, 12),
    )

    assert may_issue(Kind.NOT_ARRANGED, facts, today=date(2026, 12, 14)).is_granted


def test_the_authority_says_nothing_at_all() -> None:
    told = date(2026, 11, 23)
    facts = replace(REFUSED_2_NOVEMBER, authority_told=told)

    early = may_issue(Kind.NOT_ARRANGED, facts, today=date(2026, 12, 22))
    silent = may_issue(Kind.NOT_ARRANGED, facts, today=date(2026, 12, 23))

    assert chasing.asked_again_on(told, ENGLAND) == (date(2026, 11, 24), date(2026, 11, 26))
    assert chasing.draft_certificate_on(told) == date(2026, 12, 13)
    assert not early.is_granted
    assert silent.is_granted
    assert silent.needs_reason


def test_the_authority_cancels_the_day_before() -> None:
    told, cancelled = date(2026, 11, 23), date(2026, 12, 9)

    at_once = window.of_mediation(told, ENGLAND, notice_on=cancelled).working_days(ENGLAND)
    tomorrow = window.of_mediation(told, ENGLAND, notice_on=date(2026, 12, 10)).working_days(ENGLAND)

    assert [day.day for day in at_once] == [17, 18, 21, 22, 23]
    assert [day.day for day in tomorrow] == [18, 21, 22, 23]


def test_friday_offered_on_monday_waits_for_her_yes() -> None:
    friday, offered = date(2026, 12, 18), date(2026, 12, 14)
    limits = deadlines.notice_latest(friday, ENGLAND)

    assert (limits.clear.day, limits.ordinary.day) == (date(2026, 12, 10), date(2026, 12, 11))
    assert window.notice_of(friday, ENGLAND, given_on=offered) is Notice.CONSENT


def test_she_changes_her_mind_a_week_before_the_meeting() -> None:
    facts = replace(
        REFUSED_2_NOVEMBER,
        authority_told=date(2026, 11, 23),
        meeting_booked_for=date(2026, 12, 15),
        declined=date(2026, 12, 8),
        wanted_before=True,
    )

    permission = may_issue(Kind.NOT_WANTED, facts, today=date(2026, 12, 8))

    assert permission.is_granted
    assert due(permission) == date(2026, 12, 11)


def test_she_does_not_come() -> None:
    absent = replace(
        REFUSED_2_NOVEMBER,
        authority_told=date(2026, 11, 23),
        meeting=Meeting(day=date(2026, 12, 10), family_came=False),
    )
    says_no = replace(absent, declined=date(2026, 12, 10), wanted_before=True)

    took_part = may_issue(Kind.TOOK_PART, absent, today=date(2026, 12, 10))
    not_wanted = may_issue(Kind.NOT_WANTED, says_no, today=date(2026, 12, 10))

    assert "Ask whether it still wants mediation" in took_part.why_not[0]
    assert took_part.due is None
    assert not_wanted.is_granted
    assert due(not_wanted) == date(2026, 12, 15)


def test_what_they_agreed_has_its_days() -> None:
    agreed = date(2026, 12, 10)

    assert agreements.due(Action.AMENDMENT, agreed=agreed).day == date(2027, 1, 14)
    assert agreements.due(Action.WITHOUT_APPEAL, agreed=agreed).day == date(2026, 12, 24)
    assert agreements.due(Action.ASSESSMENT, agreed=agreed).day == date(2026, 12, 24)
    assert agreements.due(Action.ASSESSMENT_PLAN, agreed=agreed).day == date(2027, 3, 18)
    assert agreements.due(Action.AMENDMENT, agreed=agreed, written_down=date(2027, 1, 29)).day == date(2027, 1, 29)


def test_a_dispute_with_a_school_counts_no_days_and_has_no_certificate() -> None:
    route = routes.of(Answers(decision=Decision.NONE))
    facts = replace(REFUSED_2_NOVEMBER, route=route, declined=date(2026, 11, 23))

    refusals = {may_issue(kind, facts, today=date(2026, 12, 30)).why_not[0] for kind in Kind}

    assert route.clock is Clock.NONE
    assert refusals == {"Disagreement resolution never leads to a certificate."}
