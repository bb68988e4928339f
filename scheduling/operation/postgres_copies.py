"""Copies of a PostgreSQL record, by PostgreSQL's own programs.

Source: https://www.postgresql.org/docs/current/app-pgdump.html
"""

import contextlib
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import URL
from sqlalchemy.exc import ProgrammingError

from scheduling.refusals import Refused

SUFFIX = ".dump"

_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(eq=False)
class NoProgram(Refused):
    """A program of PostgreSQL's is not on this machine, or says that it cannot."""

    program: str
    said: str = ""

    def __str__(self) -> str:
        if self.said:
            return f"{self.program} could not do it: {self.said}"
        return (
            f"{self.program} is needed on this machine. On Debian or Ubuntu: sudo apt-get install -y postgresql-client"
        )


class NoRoom(Refused):
    """Our user may not make a database to try the backup in."""

    def __str__(self) -> str:
        return (
            "A backup is tried in a database of its own, and this user may not make one. "
            "Let it (ALTER ROLE ... CREATEDB), or run the check as a user who may, with DATABASE_URL."
        )


def save(record: URL, file: Path) -> None:
    """Copy the record as it stands at one moment, while others go on writing to it."""
    _run("pg_dump", record, "--format=custom", "--no-owner", "--no-privileges", "--file", str(file))


@contextlib.contextmanager
def revived(file: Path, beside: URL) -> Iterator[str]:
    """The address of a record made from the file in a database of its own beside ours, gone after the block."""
    scratch = beside.set(database=f"drill_{secrets.token_hex(6)}")
    try:
        _administer(beside, f"CREATE DATABASE {scratch.database} TEMPLATE template0")
    except ProgrammingError as error:
        raise NoRoom from error
    try:
        bring_back(file, scratch)
        yield scratch.render_as_string(hide_password=False)
    finally:
        _administer(beside, f"DROP DATABASE {scratch.database} WITH (FORCE)")


def bring_back(file: Path, record: URL) -> None:
    """Make the record from the file; the caller has made sure that there is nothing to lose."""
    _run("pg_restore", record, "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={record.database}", file)


def _administer(beside: URL, statement: str) -> None:
    engine = sa.create_engine(beside, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def _run(program: str, record: URL, *arguments: object) -> None:
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's; what is given to it is ours
        [_found(program), "--no-password", *map(str, arguments)],
        env=_environment(record),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoProgram(
            program, said=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it said nothing"
        )


def _found(program: str) -> str:
    """The newest there is: a dump is read by its own version or a later one."""
    versions = sorted(_DEBIAN.glob(f"*/bin/{program}"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(program)
    if found is None:
        raise NoProgram(program)
    return found


def _environment(record: URL) -> dict[str, str]:
    """Who and where, as PostgreSQL's programs read it; a password in the arguments could be read by every user."""
    host = record.host or record.query.get("host", "")
    given = {
        "PGHOST": host,
        "PGPORT": str(record.port or ""),
        "PGUSER": record.username or "",
        "PGPASSWORD": str(record.password or ""),
        "PGDATABASE": record.database or "",
        "PGSSLMODE": record.query.get("sslmode", ""),
        "LC_ALL": "C",
    }
    return {name: str(value) for name, value in given.items() if value}
