from dataclasses import replace
from itertools import combinations, product

import pytest

from scheduling.law import routes, rules
from scheduling.law.routes import Answers, Care, Clock, Decision, Part, Route, Way

B_F, SCHOOL = Part.SPECIAL_EDUCATION, Part.SCHOOL
HEALTH, SOCIAL = Care.HEALTH, Care.SOCIAL_CARE

REFUSALS = [
    Decision.NOT_TO_ASSESS,
    Decision.NOT_TO_MAKE_A_PLAN,
    Decision.NOT_TO_REASSESS,
    Decision.TO_END_THE_PLAN,
]
ABOUT_A_PLAN = [Decision.PLAN, Decision.NOT_TO_AMEND]

WAYS_OF_A_PLAN: dict[frozenset[Part | Care], tuple[Way, Clock]] = {
    frozenset(): (Way.NO_APPEAL, Clock.AUTHORITY),
    frozenset({B_F}): (Way.CERTIFICATE, Clock.AUTHORITY),
    frozenset({SCHOOL}): (Way.EXEMPT, Clock.AUTHORITY),
    frozenset({B_F, SCHOOL}): (Way.CERTIFICATE, Clock.AUTHORITY),
    frozenset({HEALTH}): (Way.HEALTH, Clock.HEALTH),
    frozenset({B_F, HEALTH}): (Way.MIXED, Clock.AUTHORITY),
    frozenset({SCHOOL, HEALTH}): (Way.MIXED, Clock.AUTHORITY),
    frozenset({B_F, SCHOOL, HEALTH}): (Way.MIXED, Clock.AUTHORITY),
    frozenset({SOCIAL}): (Way.SOCIAL_CARE, Clock.AUTHORITY),
    frozenset({B_F, SOCIAL}): (Way.MIXED, Clock.AUTHORITY),
    frozenset({SCHOOL, SOCIAL}): (Way.MIXED, Clock.AUTHORITY),
    frozenset({B_F, SCHOOL, SOCIAL}): (Way.MIXED, Clock.AUTHORITY),
    frozenset({HEALTH, SOCIAL}): (Way.SOCIAL_CARE, Clock.AUTHORITY),
    frozenset({B_F, HEALTH, SOCIAL}): (Way.MIXED, Clock.AUTHORITY),
    frozenset({SCHOOL, HEALTH, SOCIAL}): (Way.MIXED, Clock.AUTHORITY),
    frozenset({B_F, SCHOOL, HEALTH, SOCIAL}): (Way.MIXED, Clock.AUTHORITY),
}

PARTS: list[frozenset[Part]] = [frozenset(), frozenset({B_F}), frozenset({SCHOOL}), frozenset({B_F, SCHOOL})]
CARES: list[frozenset[Care]] = [frozenset(), frozenset({HEALTH}), frozenset({SOCIAL}), frozenset({HEALTH, SOCIAL})]

ALL_ANSWERS = [
    Answers(decision=decision, about=about, care=care, discrimination=discrimination)
    for decision, about, care, discrimination in product(Decision, PARTS, CARES, [False, True])
]


def expected(answers: Answers) -> tuple[Way, Clock]:
    if answers.decision in ABOUT_A_PLAN:
        return WAYS_OF_A_PLAN[answers.about | answers.care]
    if answers.decision in REFUSALS:
        return (Way.MIXED if answers.care else Way.CERTIFICATE), Clock.AUTHORITY
    if answers.discrimination:
        return Way.DISCRIMINATION, Clock.NONE
    return (Way.DISAGREEMENT_RESOLUTION if answers.decision is Decision.NONE else Way.NO_APPEAL), Clock.NONE


def route_of(decision: Decision, *subjects: Part | Care, discrimination: bool = False) -> Route:
    answers = Answers(decision=decision, discrimination=discrimination)
    for subject in subjects:
        answers = answers.and_also(subject)
    return routes.of(answers)


def test_every_set_of_answers_has_its_route() -> None:
    assert len(ALL_ANSWERS) == 8 * 4 * 4 * 2
    assert {a: (routes.of(a).way, routes.of(a).clock) for a in ALL_ANSWERS} == {a: expected(a) for a in ALL_ANSWERS}


def test_every_way_is_taken_by_somebody() -> None:
    assert {routes.of(answers).way for answers in ALL_ANSWERS} == set(Way)


def test_every_route_says_why_in_sentences_and_names_its_rule() -> None:
    for route in map(routes.of, ALL_ANSWERS):
        assert route.reason[0].isupper()
        assert route.reason.endswith(".")
        assert route.rule in rules.REGISTER
        assert "certificate" in route.reason


def test_two_ways_never_give_the_same_reason() -> None:
    ways_by_reason = {(routes.of(answers).reason, routes.of(answers).way) for answers in ALL_ANSWERS}

    assert len({reason for reason, _ in ways_by_reason}) == len(ways_by_reason)


def test_a_certificate_always_goes_with_an_appeal_and_the_authoritys_clock() -> None:
    needing = [route for route in map(routes.of, ALL_ANSWERS) if route.needs_certificate]

    assert {(route.may_appeal, route.may_mediate, route.clock) for route in needing} == {(True, True, Clock.AUTHORITY)}


def test_a_claim_of_discrimination_never_hides_the_certificate_of_an_appeal() -> None:
    for answers in ALL_ANSWERS:
        alone = routes.of(replace(answers, discrimination=False))
        with_claim = routes.of(replace(answers, discrimination=True))

        assert with_claim.needs_certificate is alone.needs_certificate
        assert "six months" in with_claim.reason + with_claim.beside


def test_more_education_in_dispute_never_takes_a_certificate_away() -> None:
    for answers in ALL_ANSWERS:
        if routes.of(answers).needs_certificate:
            assert all(routes.of(answers.and_also(subject)).needs_certificate for subject in (*Part, *Care))


@pytest.mark.parametrize("decision", ABOUT_A_PLAN)
def test_adding_the_hours_in_section_f_to_a_dispute_about_the_school_changes_the_route_at_once(
    decision: Decision,
) -> None:
    school_only = Answers(decision=decision, about=frozenset({SCHOOL}))

    assert routes.of(school_only).way is Way.EXEMPT
    assert "without a certificate" in routes.of(school_only).reason
    assert routes.of(school_only.and_also(B_F)).way is Way.CERTIFICATE
    assert "Sections B and F" in routes.of(school_only.and_also(B_F)).reason


@pytest.mark.parametrize("decision", REFUSALS)
def test_a_refusal_is_appealed_as_a_whole_whatever_it_is_about(decision: Decision) -> None:
    assert {route_of(decision, *parts).way for n in range(3) for parts in combinations(Part, n)} == {Way.CERTIFICATE}


def test_an_exempt_family_hears_that_mediation_gives_no_further_time() -> None:
    route = route_of(Decision.PLAN, SCHOOL)

    assert route.may_mediate
    assert "no further time for the appeal" in route.reason


def test_health_alone_runs_on_the_boards_clock_and_has_no_certificate() -> None:
    route = route_of(Decision.PLAN, HEALTH)

    assert (route.way, route.clock, route.health_is_told) == (Way.HEALTH, Clock.HEALTH, True)
    assert not route.needs_certificate


def test_health_beside_education_is_told_to_the_board_but_arranged_by_the_authority() -> None:
    route = route_of(Decision.PLAN, B_F, HEALTH)

    assert (route.way, route.clock, route.health_is_told) == (Way.MIXED, Clock.AUTHORITY, True)


def test_social_care_is_no_business_of_the_health_service() -> None:
    assert not route_of(Decision.PLAN, SOCIAL).health_is_told
    assert not route_of(Decision.NOT_TO_ASSESS, SOCIAL).health_is_told
    assert route_of(Decision.PLAN, SOCIAL, HEALTH).health_is_told


def test_the_school_with_health_is_our_reading() -> None:
    route = route_of(Decision.PLAN, SCHOOL, HEALTH)

    assert route.needs_certificate
    assert "a certificate too many harms nobody" in route.rule.certainty


def test_a_refusal_is_never_explained_by_the_school() -> None:
    assert "school" not in route_of(Decision.NOT_TO_ASSESS, SCHOOL, HEALTH).reason


def test_disagreement_resolution_counts_no_days_and_leads_to_no_certificate() -> None:
    route = route_of(Decision.NONE, B_F)

    assert (route.way, route.clock) == (Way.DISAGREEMENT_RESOLUTION, Clock.NONE)
    assert not route.may_appeal
    assert "never leads to a certificate" in route.reason


def test_a_claim_of_discrimination_without_a_decision_is_shown_the_way() -> None:
    route = route_of(Decision.NONE, discrimination=True)

    assert (route.way, route.clock) == (Way.DISCRIMINATION, Clock.NONE)
    assert "August counts" in route.reason
