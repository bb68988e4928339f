"""What the audit costs: lines of history written with it and without it, in turn, and how fast all of it is verified.

    .venv/bin/python -m benchmarks.audit [--lines 300] [--database-url postgresql://...]

Each line is a transaction of its own, as the service writes. Nothing here is a test: figures depend on the machine, and
docs/reference/benchmarks.md keeps those of one.
"""

import statistics
import tempfile
import time
from pathlib import Path

import click
from sqlalchemy import event

from scheduling import audit, audit_check, db
from scheduling.models import SERVICE, Entry
from tests import builders
from webapp import migrations

NOW = builders.moment("2026-11-24 10:00")
ROUNDS = 5


@click.command()
@click.option("--lines", default=300, help="How many are written in each round.")
@click.option("--database-url", default="", help="Another empty database than a new SQLite file; it is migrated.")
def measure(lines: int, database_url: str) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        engine = db.connect(database_url or f"sqlite:///{Path(folder) / 'benchmark.db'}")
        migrations.upgrade(engine)
        with db.Session.begin() as session:
            case_id = builders.case(session, builders.town(session)).id
        chained, bare = [], []
        for _ in range(ROUNDS):
            chained.append(_written(case_id, lines))
            event.remove(db.Session, "after_flush", audit._note)  # noqa: SLF001 - to see what it costs
            bare.append(_written(case_id, lines))
            event.listen(db.Session, "after_flush", audit._note)  # noqa: SLF001 - as it was
        ratio = statistics.median(one / other for one, other in zip(chained, bare, strict=True))
        click.echo(f"{engine.dialect.name}: a line in {statistics.median(bare):.2f} ms, chained in", nl=False)
        click.echo(f" {statistics.median(chained):.2f} ms: {ratio:.2f} times as long")
        begun = time.perf_counter()
        with db.Reading() as session:
            proof = audit_check.verify(session)
        took = time.perf_counter() - begun
        click.echo(f"{proof.links} links verified with their words in {took:.2f} s, {proof.links / took:.0f} a second")
        engine.dispose()


def _written(case_id: int, lines: int) -> float:
    """Milliseconds for one line."""
    begun = time.perf_counter()
    for number in range(lines):
        with db.Session.begin() as session:
            session.add(Entry(case_id=case_id, at=NOW, what=f"Line {number}", why=None, by=SERVICE))
    return (time.perf_counter() - begun) * 1000 / lines


if __name__ == "__main__":
    measure()
