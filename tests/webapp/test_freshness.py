"""A process reads the diary beside its work, so that no search reads the whole of it in its writer's turn."""

import logging
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from scheduling import clock, db
from scheduling.diary import slots
from scheduling.models import Case
from tests import builders
from webapp import freshness


def _once() -> None:
    stop = threading.Event()
    stop.set()
    freshness.keep(stop).join()


def test_the_first_search_of_a_writer_reads_only_what_has_changed(engine: Engine) -> None:
    with db.Session.begin() as session:
        case_id = builders.case(session, builders.town(session), told=f"{clock.now():%Y-%m-%d} 00:00").id
    _once()
    asked: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_more: asked.append(statement)
    )

    with db.Session.begin() as session:
        found = slots.best(session, session.get_one(Case, case_id), now=clock.now(), limit=1)

    assert found
    assert [statement for statement in asked if "diary_changes" in statement]
    assert [statement for statement in asked if "mediator_hours" in statement or "venue_hours" in statement] == []


def test_a_process_without_a_record_waits_for_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = db.connect(f"sqlite:///{tmp_path / 'empty.db'}")

    with caplog.at_level(logging.WARNING):
        _once()

    assert [record.message for record in caplog.records] == ["the diary cannot be read ahead"]
    engine.dispose()
