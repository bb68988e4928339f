from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from scheduling import db
from scheduling.models import Heartbeat


def beats(process: str, *, ago: timedelta = timedelta()) -> None:
    with db.Session.begin() as session:
        session.add(Heartbeat(process=process, beat_at=db.moment(session) - ago))


def test_we_live_without_asking_the_database(app: Flask, engine: Engine) -> None:
    db.Reading.configure(bind=None)
    try:
        assert app.test_client().get("/livez").json == {"alive": True}
    finally:
        db.Reading.configure(bind=engine)


def test_we_are_ready_when_everybody_has_shown_signs_of_life(app: Flask) -> None:
    beats("worker")
    beats("clock", ago=timedelta(seconds=100))

    response = app.test_client().get("/readyz")

    assert (response.status_code, response.json["ready"]) == (200, True)  # type: ignore[index]


@pytest.mark.parametrize(
    ("worker", "clock", "wrong"),
    [
        pytest.param(None, timedelta(), "worker", id="the worker was never seen"),
        pytest.param(timedelta(), None, "clock", id="the clock was never seen"),
        pytest.param(timedelta(minutes=3), timedelta(), "worker", id="the worker is silent"),
        pytest.param(timedelta(), timedelta(minutes=3), "clock", id="the clock is silent"),
    ],
)
def test_we_are_not_ready_while_somebody_is_silent(
    app: Flask, worker: timedelta | None, clock: timedelta | None, wrong: str
) -> None:
    for process, ago in (("worker", worker), ("clock", clock)):
        if ago is not None:
            beats(process, ago=ago)

    response = app.test_client().get("/readyz")
    told = response.json
    assert told is not None
    assert (response.status_code, told["ready"]) == (503, False)
    assert [name for name, check in told["checks"].items() if not check["ok"]] == [wrong]


def test_we_are_not_ready_on_a_database_of_another_form(app: Flask) -> None:
    with db.Session.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0003'"))

    response = app.test_client().get("/readyz")
    told = response.json
    assert told is not None
    assert response.status_code == 503
    assert told["checks"]["migrations"] == {"ok": False, "says": "run `migrate`"}


def test_we_are_not_ready_without_a_database(app: Flask, engine: Engine) -> None:
    db.Reading.configure(bind=db.open_engine("sqlite:////nowhere/at/all.db"))
    try:
        response = app.test_client().get("/readyz")
    finally:
        db.Reading.configure(bind=engine)

    assert response.status_code == 503
    assert response.json == {"ready": False, "checks": {"database": {"ok": False, "says": "does not answer"}}}
