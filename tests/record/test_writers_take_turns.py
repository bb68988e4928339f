"""On SQLite one writes at a time, and whoever waits is let in as soon as the writer before has ended."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scheduling import db


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Engine]:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'notebook.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (words TEXT)"))
    yield engine
    engine.dispose()


def _note(engine: Engine, words: str, patience: float) -> None:
    with Session(engine) as session, session.begin():
        db.hurry(session, patience)
        session.execute(text("INSERT INTO notes VALUES (:words)"), {"words": words})


def _noted(engine: Engine) -> set[str]:
    with Session(engine.execution_options(read_only=True)) as session:
        return set(session.scalars(text("SELECT words FROM notes")))


def test_a_writer_who_waited_in_vain_is_told_so_and_keeps_nobody_from_the_next_turn(notebook: Engine) -> None:
    with notebook.begin(), pytest.raises(OperationalError, match="locked"):
        _note(notebook, "too late", 0.01)
    _note(notebook, "the next", 0.01)

    assert _noted(notebook) == {"the next"}


def test_who_only_looks_waits_for_no_writer(notebook: Engine) -> None:
    with notebook.begin():
        assert _noted(notebook) == set()


def test_a_connection_that_broke_in_its_turn_gives_the_turn_back(notebook: Engine) -> None:
    with notebook.connect() as connection:
        connection.begin()
        connection.invalidate()

    _note(notebook, "after it", 0.01)

    assert _noted(notebook) == {"after it"}


def test_a_writer_of_another_process_still_counts(notebook: Engine) -> None:
    other = db.open_engine(notebook.url.render_as_string())

    with other.begin(), pytest.raises(OperationalError, match="locked"):
        _note(notebook, "meanwhile", 0.01)
    other.dispose()


def test_sixteen_who_come_at_once_all_get_their_turn(notebook: Engine) -> None:
    all_here = threading.Barrier(16)

    def come(number: int) -> None:
        all_here.wait()
        for again in range(5):
            _note(notebook, f"{number}/{again}", 5)

    with ThreadPoolExecutor(max_workers=16) as writers:
        list(writers.map(come, range(16)))

    assert len(_noted(notebook)) == 80
