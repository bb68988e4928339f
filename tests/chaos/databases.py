"""The record under faults: a SQLite file, or a PostgreSQL that falls over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import postgres


@dataclass(frozen=True)
class Database:
    """Where the record is, and how it falls over, if it can."""

    url: str
    falls_over: Callable[[], None] | None = None
    gets_up: Callable[[], None] = lambda: None


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    """A file of our own, empty as yet."""
    yield Database(f"sqlite:///{folder / 'record.db'}")


@contextmanager
def postgresql(_folder: Path) -> Iterator[Database]:
    """A server of our own, empty as yet."""
    with postgres.crashing() as crashing, crashing.server.fresh_database() as url:
        yield Database(url, crashing.falls_over, crashing.gets_up)


BY_NAME = {"sqlite": sqlite, "postgresql": postgresql}
