"""Barnet with everything a mediation needs, and the case of the letter of 2 November 2026."""

import pytest
from sqlalchemy.orm import Session

from scheduling.models import Case
from tests import builders
from tests.builders import Town


@pytest.fixture
def barnet(session: Session) -> Town:
    return builders.town(session)


@pytest.fixture
def case(session: Session, barnet: Town) -> Case:
    return builders.case(session, barnet, told="2026-11-23 10:25")
