"""Barnet with everything a mediation needs."""

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
    """Everything is recorded; whether mediation is wanted is not yet known."""
    return builders.case(session, barnet)
