"""How long the board takes with a thousand open cases: the worklist, and what the clock searches for.

    .venv/bin/python -m benchmarks.worklist [--cases 1000] [--database-url postgresql://...]

The cases are in a dozen states, the same in every run, and every alarm that is due is waiting for somebody. Nothing
here is a test: figures depend on the machine, and docs/reference/benchmarks.md keeps those of one.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import alarms, thirty_days, worklist
from tests import caseload
from tests.caseload import NOW
from webapp import migrations

TIMES = 7
TOWNS = 20

LOOKS: dict[str, Callable[[Session], Sized]] = {
    "worklist": lambda session: worklist.items(session, now=NOW),
    "search for alarms to raise": lambda session: alarms.watched(session, now=NOW),
    "search for certificates to prepare": lambda session: thirty_days.to_prepare(session, now=NOW),
    "search for missed windows": lambda session: thirty_days.missed(session, now=NOW),
}


@click.command()
@click.option("--cases", default=1000, help="How many there are.")
@click.option("--database-url", default="", help="Another empty database than a new SQLite file; it is migrated.")
def measure(cases: int, database_url: str) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        engine = db.connect(database_url or f"sqlite:///{Path(folder) / 'benchmark.db'}")
        migrations.upgrade(engine)
        with db.Session.begin() as session:
            caseload.fill(session, caseload.towns(session, TOWNS), range(cases))
            caseload.raise_alarms(session)
        click.echo(f"{cases} cases on {engine.dialect.name}: the median of {TIMES} looks")
        for name, look in LOOKS.items():
            click.echo(f"{name:36} {_told(engine, look)}")
        engine.dispose()


def _told(engine: Engine, look: Callable[[Session], Sized]) -> str:
    looks = [_timed(engine, look) for _ in range(TIMES)]
    took, busy = (statistics.median(figures) * 1000 for figures in list(zip(*looks, strict=True))[:2])
    questions, found = looks[0][2:]
    return f"{took:6.0f} ms, {busy:6.0f} ms of the processor {questions:5} queries {found:6} found"


def _timed(engine: Engine, look: Callable[[Session], Sized]) -> tuple[float, float, int, int]:
    """Seconds on the clock and of the processor, how often the database was asked, and how much was found."""
    with _counted(engine) as queries, db.Reading() as session:
        begun, busy = time.perf_counter(), time.process_time()
        found = len(look(session))
        return time.perf_counter() - begun, time.process_time() - busy, len(queries), found


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    queries: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        queries.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield queries
    event.remove(engine, "before_cursor_execute", note)


if __name__ == "__main__":
    measure()
