"""A PostgreSQL of our own for one run of the tests: made in a second, thrown away after, started by root or anybody.

Nothing of the machine's own server is touched: no port is opened, the socket lies in a folder of its own under /tmp
(the path of a socket may not be long). TEST_DATABASE_URL, where set, is used instead; its user must be allowed to
create databases.

    with postgres.server() as server:                         # once for a session of tests
        with server.fresh_database() as template:             # migrate this one...
            with server.fresh_database(template) as url:      # ...and give every test a copy of it
"""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests import machine

PREFIX = "common-ground-pg-"
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "log_min_messages": "fatal",
}


@dataclass(frozen=True)
class Server:
    """Where databases can be made and dropped."""

    url: sa.URL

    @contextlib.contextmanager
    def fresh_database(self, template: str = "") -> Iterator[str]:
        """The URL of a new database, empty or a copy of another to which nobody is connected; dropped at the end."""
        name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
        source = sa.make_url(template).database if template else "template1"
        with self._administer() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(str(source))),
            )
        try:
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            with self._administer() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _administer(self) -> psycopg.Connection:
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """The server of TEST_DATABASE_URL, else one that lives as long as the block."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(sa.make_url(given).set(drivername="postgresql+psycopg"))
        return
    programs = machine.postgresql_programs()
    if programs is None:
        machine.require("postgres")
        raise AssertionError
    _sweep(programs)
    with _cluster(programs) as folder:
        yield Server(sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)}))


@contextlib.contextmanager
def _cluster(programs: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
    if os.geteuid() == 0:
        owner = _somebody()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    options = {**OPTIONS, "unix_socket_directories": str(folder)}
    settings = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    try:
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
        yield folder
    finally:
        _throw_away(programs, folder)


def _throw_away(programs: Path, folder: Path) -> None:
    if (folder / "data" / "postmaster.pid").exists():
        _run(programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(programs: Path) -> None:
    """Throw away what a run that was killed has left behind."""
    for folder in Path("/tmp").glob(PREFIX + "*"):
        maker = folder.name.removeprefix(PREFIX).partition("-")[0]
        if not Path("/proc", maker).exists() and Path("/proc").exists() and os.access(folder, os.W_OK):
            with contextlib.suppress(subprocess.CalledProcessError):  # two runs may sweep at once
                _throw_away(programs, folder)


def _run(program: Path, *arguments: object) -> None:
    """PostgreSQL refuses to be run by root: be somebody else then."""
    folder = Path(str(arguments[1])).parent
    somebody = _somebody() if os.geteuid() == 0 else None
    subprocess.run(
        [str(program), *map(str, arguments)],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        user=somebody.pw_uid if somebody else None,
        group=somebody.pw_gid if somebody else None,
        extra_groups=[] if somebody else None,
    )


def _somebody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
