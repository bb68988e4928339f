"""When advisers take calls, told and shown on the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from scheduling import db
from scheduling.cases import rota
from scheduling.cases.rota import EndsBeforeItBegins
from scheduling.models import Role, Staff
from tests import builders
from webapp.cli import commands
from webapp.rota import NoSuchAdviser, NotToBeRung

ALEX = "alex@common-ground.example"


@pytest.fixture(autouse=True)
def alex(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with db.Session.begin() as session:
        session.add(Staff(name="Alex", email=ALEX, role=Role.ADVISER))
    yield
    db.Session.kw["bind"].dispose()


def told(*arguments: str) -> Result:
    db.Session.kw["bind"].dispose()  # a command opens the database anew
    return CliRunner().invoke(commands, ["rota", *arguments])


def on_duty(when: str) -> list[str]:
    with db.Reading() as session:
        return [adviser.name for adviser in rota.on_duty(session, builders.moment(when))]


def test_an_adviser_takes_calls_on_the_told_telephone_at_the_told_times() -> None:
    assert told("telephone", ALEX, "020 7946 0301").output == "Rung on 020 7946 0301.\n"
    assert told("shift", ALEX, "tuesday", "09:00", "12:30").output == "On shift every Tuesday, 9am to 12:30pm.\n"
    assert told("on-call", ALEX, "2026-12-05 10:00", "2026-12-05 12:00").exit_code == 0

    assert on_duty("2026-12-01 12:29") == on_duty("2026-12-05 10:00") == ["Alex"]
    assert on_duty("2026-12-01 12:30") == on_duty("2026-12-05 12:00") == []
    assert told("show").output.splitlines() == [
        f"{ALEX}  020 7946 0301",
        "  Tuesday 9am to 12:30pm",
        "  on call from 10am on Saturday 5 December 2026 to midday on Saturday 5 December 2026",
    ]


def test_an_adviser_without_a_telephone_has_appointments_only() -> None:
    told("telephone", ALEX, "020 7946 0301")

    assert told("telephone", ALEX).output == "Appointments only.\n"
    with db.Reading() as session:
        assert session.scalars(select(Staff.number)).one() is None


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        pytest.param(("telephone", ALEX, "07010 123456"), NotToBeRung, id="070 costs pounds a minute"),
        pytest.param(("telephone", "nobody@x.example", "020 7946 0301"), NoSuchAdviser, id="nobody"),
        pytest.param(("shift", ALEX, "monday", "17:00", "09:00"), EndsBeforeItBegins, id="backwards"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(arguments: tuple[str, ...], refusal: type[Exception]) -> None:
    result = told(*arguments)

    assert isinstance(result.exception, refusal)
    assert str(result.exception)
