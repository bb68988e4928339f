"""Disagreement resolution: nobody has to, no days are counted, and no certificate ever comes of it."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import certificates, deadlines, resolution, worklist
from scheduling.cases.resolution import OTHER_ROUTES, CannotAnswer
from scheduling.law.routes import Decision
from scheduling.models import Actor, Case, Party
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:25")
TODAY = date(2026, 11, 23)


@pytest.fixture
def by(barnet: Town) -> Actor:
    return Actor.staff(barnet.coordinator.id)


@pytest.fixture
def dispute(session: Session, case: Case, by: Actor) -> Case:
    """With the school, and about no decision."""
    case.letter_date = None
    resolution.open_for(session, case, [Party.SCHOOL, Party.AUTHORITY], by=by, now=NOW)
    return case


def test_it_begins_when_everybody_is_willing(session: Session, dispute: Case, by: Actor) -> None:
    [item] = worklist.items(session, now=NOW)
    assert item.what == "Ask whether the authority and the school will take part"

    resolution.answer(session, dispute, Party.SCHOOL, True, by=by, now=NOW)
    assert not resolution.all_are_willing(session, dispute)
    resolution.answer(session, dispute, Party.AUTHORITY, True, by=by, now=NOW)

    assert resolution.all_are_willing(session, dispute)
    [item] = worklist.items(session, now=NOW)
    assert item.what == "Arrange a meeting with everybody"


def test_one_refusal_closes_it_and_lists_the_other_routes(session: Session, dispute: Case, by: Actor) -> None:
    resolution.answer(session, dispute, Party.SCHOOL, False, by=by, now=NOW)

    assert dispute.closed_because == "Disagreement resolution needs everybody, and the school does not take part."
    assert all(route in (dispute.history[-1].why or "") for route in OTHER_ROUTES)
    assert worklist.items(session, now=NOW) == []


def test_there_is_no_clock_and_no_certificate(session: Session, dispute: Case) -> None:
    assert deadlines.of(session, dispute, today=TODAY) == []
    for permission in certificates.permissions(session, dispute, today=TODAY):
        assert "Disagreement resolution never leads to a certificate." in permission.why_not


def test_a_refusal_takes_no_appeal_away(session: Session, case: Case, by: Actor) -> None:
    case.decision = Decision.NOT_TO_ASSESS
    resolution.open_for(session, case, [Party.AUTHORITY], by=by, now=NOW)

    resolution.answer(session, case, Party.AUTHORITY, False, by=by, now=NOW)

    assert case.closed_at is None
    assert "appeal-after-decision" in {line.deadline.rule.key for line in deadlines.of(session, case, today=TODAY)}


def test_who_was_not_asked_cannot_answer(session: Session, dispute: Case, by: Actor) -> None:
    with pytest.raises(CannotAnswer, match="Nobody has asked the health body"):
        resolution.answer(session, dispute, Party.HEALTH, True, by=by, now=NOW)


def test_whoever_is_asked_twice_answers_once(session: Session, dispute: Case, by: Actor) -> None:
    resolution.open_for(session, dispute, [Party.SCHOOL], by=by, now=NOW)

    assert len(resolution.of(session, dispute)) == 3


def test_it_needs_somebody_to_disagree_with(session: Session, case: Case, by: Actor) -> None:
    with pytest.raises(CannotAnswer, match="with whom"):
        resolution.open_for(session, case, [Party.FAMILY], by=by, now=NOW)
