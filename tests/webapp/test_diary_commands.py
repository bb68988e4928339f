"""The diary on the command line: times for a case, why there is none, and what is booked."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from scheduling import db
from scheduling.diary import bookings, slots
from scheduling.models import SERVICE, Case, Leave, Mediator
from tests import builders
from tests.builders import moment
from webapp.cli import commands
from webapp.diary_commands import NoSuchCase

NOW = moment("2026-11-23 10:25")


@pytest.fixture
def reference(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with db.Session.begin() as session:
        reference = builders.case(session, builders.town(session), told="2026-11-23 10:25").reference
    yield reference
    db.Session.kw["bind"].dispose()


def told(*arguments: str) -> Result:
    db.Session.kw["bind"].dispose()  # a command opens the database anew
    with time_machine.travel(NOW, tick=False):
        return CliRunner().invoke(commands, list(arguments))


def test_the_best_times_of_a_case_are_listed_with_their_reasons(reference: str) -> None:
    shown = told("slots", reference, "--limit", "1").output

    assert shown.startswith("Tuesday 1 December 2026, 10am to midday  Barnet Library, Room 1")
    assert "five clear working days' notice" in shown
    assert "Sam" not in shown
    assert len(json.loads(told("slots", reference, "--json").output)["slots"]) == 10


def test_a_case_without_a_time_hears_what_would_open_one(reference: str) -> None:
    with db.Session.begin() as session:
        mediator = session.get_one(Mediator, 1)
        mediator.leave.append(Leave(first_day=date(2026, 11, 1), last_day=date(2026, 12, 31)))

    shown, answer = told("why", reference).output, json.loads(told("why", reference, "--json").output)

    assert "no mediator is free" in shown
    assert "A mediator who comes in spite of leave." in shown
    assert sum(one["first"] for one in answer["tally"]["excluded"]) == answer["tally"]["candidates"] == 30
    assert len(answer["relaxations"][0]["slots"]) == 3


def test_booked_meetings_are_listed_by_day_and_venue(reference: str) -> None:
    with db.Session.begin() as session:
        case = session.query(Case).one()
        bookings.book(session, case, slots.best(session, case, now=NOW)[0], by=SERVICE, now=NOW)

    assert reference in told("bookings", "--day", "2026-12-01", "--venue", "barnet").output
    assert "A meeting is booked already: 10am on Tuesday 1 December 2026, " in told("slots", reference).output
    assert json.loads(told("slots", reference, "--json").output)["booked"]["case"] == reference
    assert json.loads(told("bookings", "--day", "2026-12-02", "--json").output) == {"bookings": []}


def test_an_unknown_case_is_refused_in_a_sentence(reference: str) -> None:
    assert isinstance(told("why", "12345678").exception, NoSuchCase)
