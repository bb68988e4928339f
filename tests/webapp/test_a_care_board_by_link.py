"""The integrated care board says by its link which times suit it, on a page that tells it nothing else."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling import db
from scheduling.cases import links, offering
from scheduling.diary import holds, preferences
from scheduling.models import SERVICE, Answer, Case, Party, Purpose
from tests import builders
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, Told


@pytest.fixture
def board(app: Flask, told: Told) -> Browser:
    """At the page of a case that it was asked about."""
    with db.Session.begin() as session:
        case = session.scalars(select(Case).where(Case.reference == told.waiting)).one()
        builders.care_board(session, case)
        offering.offer(session, case, by=SERVICE, now=NOW)
        token = links.make(session, Purpose.BOARD_CHOOSES, case, now=NOW - timedelta(minutes=1), days=1)
    browser = Browser(app)
    browser.opens(f"/times-for-the-care-board/{token}")
    return browser


def test_it_answers_for_itself_and_sees_days_and_hours_alone(board: Browser, told: Told) -> None:
    assert "Which times suit you?" in board.page.text
    for private in ("Sam", "Olu", "Barnet Library", "Speech therapy"):
        assert private not in board.page.text

    page = board.presses("Send my answer", **{"time-1": "no", "time-2": "yes"})

    assert "Thank you, we have your answer" in page.text
    with db.Reading() as session:
        case = session.scalars(select(Case).where(Case.reference == told.waiting)).one()
        first, second, third = holds.of(session, case)
        said = [preferences.last_answer(one, Party.HEALTH) for one in (first, second, third)]
        assert said == [Answer.NO, Answer.YES, None]
        assert preferences.silent([first, second, third]) == [Party.FAMILY, Party.AUTHORITY]


def test_a_coordinator_sees_and_writes_down_what_it_says(board: Browser, coordinator: Browser, told: Told) -> None:
    page = coordinator.opens(f"/cases/{told.waiting}/offers")
    assert "The health body" in page.text

    coordinator.presses("Write it down", party="the health body", time="1", answer="yes", because="They rang")

    assert "The answer is written down." in coordinator.page.text
