"""Bringing the database to its newest form, with every table of the service, sign-in included."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from scheduling import db, models
from scheduling.outbox import invites, opt_outs
from scheduling.reference import load
from scheduling.refusals import Refused
from scheduling.vault import masters, upkeep
from webapp import accounts, settings

log = logging.getLogger(__name__)

TABLES = (models.Case, accounts.Account)
"""Naming them brings every table's module in, so that the metadata is whole."""

RIGHTS = {
    "USAGE": "SCHEMA public",
    "SELECT, INSERT, UPDATE, DELETE": "ALL TABLES IN SCHEMA public",
    "USAGE, SELECT": "ALL SEQUENCES IN SCHEMA public",
}
TAKEN = {
    "UPDATE, DELETE, TRUNCATE": "audit, audit_anchors, audit_anchored",
    "UPDATE": "audit_salts",
    "DELETE": "audit_heads",
    "INSERT, UPDATE, DELETE": "alembic_version",
}
"""What the service itself may not do, whatever somebody makes it do."""

ROOT = Path(__file__).parent.parent

IN_THE_WAY_MILLISECONDS = 500
"""Whoever comes after a migration that waits for a table waits behind it, a caller for 3 seconds at most. And it lets
go before PostgreSQL, after a second, ends one of two who wait for each other: that might be a family's request."""
PAUSE_SECONDS = 0.5
TRIES = 60
SOMEBODY_WORKS = {"55P03", "40P01"}
"""PostgreSQL's lock_not_available and deadlock_detected."""

A_BATCH = 200
"""So many rows are sealed in one transaction, so that nobody waits long for it."""


class TablesInUse(Refused):
    """Others have been at work in the tables all the time."""

    def __str__(self) -> str:
        return "Others are at work in the tables that change, and nothing was changed. Try again in a quieter minute."


@click.command()
def migrate() -> None:
    """Bring the database to its newest form and load the reference data."""
    prepare_database(settings.load())
    click.echo("The database is in its newest form.")


def prepare_database(chosen: settings.Settings) -> None:
    """Run the migrations, by their own role where there is one, and load what everybody refers to."""
    chosen.make_data_dir()
    engine = db.open_engine(chosen.migration_database_url or chosen.database)
    upgrade(engine)
    if chosen.migration_database_url and engine.dialect.name != "sqlite":
        _grant(engine, db.normalised(chosen.database).username)
    engine.dispose()
    engine = db.connect(chosen.database)
    masters.use(chosen.masters)
    with db.Session.begin() as session:
        load.load(session)
        opt_outs.blind(session)
    seal_old_rows(engine)


def seal_old_rows(engine: Engine) -> int:
    """Seal what was written before there was a vault, a batch a transaction, and say how many rows that were."""
    sealed = 0
    while True:
        with db.Session.begin() as session:
            some = upkeep.seal_some(session, at_most=A_BATCH) or invites.blind_some(session, at_most=A_BATCH)
        sealed += some
        if not some:
            break
    if sealed:
        _sweep_up(engine)
    return sealed


def _sweep_up(engine: Engine) -> None:
    """Write SQLite's file anew: what was in the open would still lie in the pages that it no longer uses."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.cursor().execute(statement).close()
        connection.close()


def _grant(engine: Engine, role: str | None) -> None:
    """Let the role that the service runs as read and write rows, but only add to the audit."""
    if role in {None, engine.url.username}:
        return
    with engine.begin() as connection:
        name = connection.dialect.identifier_preparer.quote(str(role))
        for right, on in RIGHTS.items():
            connection.exec_driver_sql(f"GRANT {right} ON {on} TO {name}")
        for right, on in TAKEN.items():
            connection.exec_driver_sql(f"REVOKE {right} ON {on} FROM {name}")


def config(connection: Connection) -> Config:
    """Alembic's settings from pyproject.toml, bound to a connection."""
    alembic = Config(toml_file=ROOT / "pyproject.toml")
    alembic.attributes["connection"] = connection
    alembic.attributes["metadata"] = TABLES[0].metadata
    return alembic


def upgrade(engine: Engine, revision: str = "head", *, tries: int = TRIES) -> None:
    """Run every migration that has not run yet, all or none; wait for those who are at work, and never in their way."""
    for _ in range(tries):
        try:
            with _without_foreign_keys(engine) as connection:
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{IN_THE_WAY_MILLISECONDS}ms'")
                command.upgrade(config(connection), revision)
        except OperationalError as trouble:
            if getattr(trouble.orig, "sqlstate", None) not in SOMEBODY_WORKS:
                raise
            log.info("others are at work in the tables: trying again")
            time.sleep(PAUSE_SECONDS)
        else:
            return
    raise TablesInUse


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to an earlier form."""
    with _without_foreign_keys(engine) as connection:
        command.downgrade(config(connection), revision)


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """A transaction in which SQLite's tables may be built anew: dropping the old one must take nothing with it.

    SQLite heeds the switch only outside a transaction; every reference is checked before ours is committed.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.cursor()
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                    raise RuntimeError(f"the migration left references to nothing: {broken[:5]}")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
            driver.close()


def is_current(connection: Connection) -> bool:
    """Whether the database has the form that this code expects, or a newer one, beside which it may run on."""
    scripts = ScriptDirectory.from_config(config(connection))
    form = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    return form is not None and (form == scripts.get_current_head() or form not in known)
