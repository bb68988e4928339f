"""The four questions: what history says of the answers, and that another answer is at once another route."""

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import routes
from scheduling.law.routes import Clock, Decision, Part, Route, Way
from scheduling.models import FAMILY, Case
from tests.builders import moment

NOW = moment("2026-11-23 10:10")


def answer(
    session: Session,
    case: Case,
    decision: Decision = Decision.PLAN,
    *,
    education: bool = False,
    school: bool = False,
    health: bool = False,
    discrimination: bool = False,
) -> Route:
    return routes.answer(
        session,
        case,
        decision=decision,
        about_education=education,
        about_school=school,
        health=health,
        social_care=False,
        discrimination=discrimination,
        by=FAMILY,
        now=NOW,
    )


def said(case: Case) -> list[tuple[str, str | None]]:
    return [(entry.what, entry.why) for entry in case.history if entry.what.startswith("The route is now")]


def test_before_the_questions_are_answered_there_is_no_route(case: Case) -> None:
    assert routes.answers(case) is None
    assert routes.of(case) is None
    assert not routes.is_about_health_alone(case)


def test_and_section_f_changes_the_route_at_once_and_history_says_why(session: Session, case: Case) -> None:
    exempt = answer(session, case, school=True)
    with_hours = answer(session, case, school=True, education=True)

    assert (exempt.way, with_hours.way) == (Way.EXEMPT, Way.CERTIFICATE)
    assert said(case) == [
        ("The route is now: no certificate needed", exempt.reason),
        ("The route is now: certificate needed", with_hours.reason),
    ]


def test_the_same_answers_again_are_no_news(session: Session, case: Case) -> None:
    answer(session, case, school=True)
    answer(session, case, school=True)

    assert len(said(case)) == 1


def test_the_answers_come_back_as_they_were_given(session: Session, case: Case) -> None:
    answer(session, case, education=True, health=True)

    given = routes.answers(case)
    assert given is not None
    assert given.about == {Part.SPECIAL_EDUCATION}
    assert case.health_in_issue


@pytest.mark.parametrize(
    ("facts", "clock"),
    [
        pytest.param({"health": True}, Clock.HEALTH, id="health alone"),
        pytest.param({"health": True, "education": True}, Clock.AUTHORITY, id="health and education"),
    ],
)
def test_on_health_alone_it_is_the_care_boards_clock(
    session: Session, case: Case, facts: dict[str, bool], clock: Clock
) -> None:
    assert answer(session, case, **facts).clock is clock  # type: ignore[arg-type]
    assert routes.is_about_health_alone(case) is (clock is Clock.HEALTH)


def test_a_claim_of_discrimination_is_told_beside_the_route(session: Session, case: Case) -> None:
    route = answer(session, case, Decision.NOT_TO_ASSESS, discrimination=True)

    assert route.way is Way.CERTIFICATE
    assert said(case) == [("The route is now: certificate needed", f"{route.reason} {route.beside}")]
