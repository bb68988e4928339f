"""The route of a case, from the four answers of the family; another answer may at once be another route."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.diary import clocks
from scheduling.law.routes import Answers, Decision, Route
from scheduling.models import Actor, Case

UNANSWERED = "The four questions about the decision have not been answered, so its route is not known."


def answers(case: Case) -> Answers | None:
    """What the family said to the four questions; None before the first of them is answered."""
    return case.answers


def of(case: Case) -> Route | None:
    """The route, and why it is the one; None before the four questions are answered."""
    return case.route


def is_about_health_alone(case: Case) -> bool:
    """The integrated care board arranges, and the authority's 30 days are not counted."""
    return clocks.is_the_boards(case)


def answer(
    session: Session,
    case: Case,
    *,
    decision: Decision,
    about_education: bool,
    about_school: bool,
    health: bool,
    social_care: bool,
    discrimination: bool,
    by: Actor,
    now: datetime,
) -> Route:
    """Write down the four answers; history says the route whenever it is another, and why."""
    before = of(case)
    case.decision = decision
    case.about_education, case.about_school = about_education, about_school
    case.health_in_issue, case.social_care_in_issue = health, social_care
    case.discrimination_claimed = discrimination
    route = _known(case)
    if before != route:
        case.record(
            f"The route is now: {route.way}", why=" ".join(filter(None, [route.reason, route.beside])), by=by, now=now
        )
    session.flush()
    return route


def _known(case: Case) -> Route:
    route = of(case)
    if route is None:
        raise AssertionError
    return route
