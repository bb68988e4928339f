"""The route of a case, from the four answers of the family; another answer may at once be another route."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.law import routes
from scheduling.law.routes import Answers, Care, Clock, Decision, Part, Route
from scheduling.models import Actor, Case

UNANSWERED = "The four questions about the decision have not been answered, so its route is not known."


def answers(case: Case) -> Answers | None:
    """What the family said to the four questions; None before the first of them is answered."""
    if case.decision is None:
        return None
    about = {Part.SPECIAL_EDUCATION: case.about_education, Part.SCHOOL: case.about_school}
    care = {Care.HEALTH: case.health_in_issue, Care.SOCIAL_CARE: case.social_care_in_issue}
    return Answers(
        decision=case.decision,
        about=frozenset(part for part, is_meant in about.items() if is_meant),
        care=frozenset(kind for kind, is_meant in care.items() if is_meant),
        discrimination=case.discrimination_claimed,
    )


def of(case: Case) -> Route | None:
    """The route, and why it is the one; None before the four questions are answered."""
    given = answers(case)
    return None if given is None else routes.of(given)


def is_about_health_alone(case: Case) -> bool:
    """The integrated care board arranges, and the authority's 30 days are not counted."""
    route = of(case)
    return route is not None and route.clock is Clock.HEALTH


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
