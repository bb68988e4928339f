"""A PostgreSQL of our own for one run of the tests: made in a second, thrown away after, started by root or anybody.

Nothing of the machine's own server is touched: no port is opened, the socket lies in a folder of its own under /tmp
(the path of a socket may not be long). TEST_DATABASE_URL, where set, is used instead; its user must be allowed to
create databases.

    with postgres.server() as server:                         # once for a session of tests
        with server.fresh_database() as template:             # migrate this one...
            with server.lent_database(template) as url:       # ...and lend every test a copy of it, or one given back
"""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
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
DURABLE = {"listen_addresses": "", "log_min_messages": "fatal", "fsync": "off"}
"""Everything else as it comes: what was answered is with the operating system, which goes on when the server dies."""


@dataclass(frozen=True)
class Server:
    """Where databases can be made and dropped."""

    url: sa.URL
    _given_back: dict[str, "Shape"] = field(default_factory=dict, init=False)
    """Copies that a test has given back and that are empty again: emptying takes a tenth of the time of copying."""

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

    @contextlib.contextmanager
    def lent_database(self, template: str) -> Iterator[str]:
        """The URL of a copy of the template for one test: one that was given back, or a new one."""
        name, shape = self._given_back.popitem() if self._given_back else self._copy(template)
        url = self.url.set(database=name)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            if _is_emptied(url, shape):
                self._given_back[name] = shape
            else:
                self._drop(name)

    def drop_what_was_given_back(self) -> None:
        """Leave nothing behind on a server that is not ours."""
        for name in self._given_back:
            self._drop(name)
        self._given_back.clear()

    def _copy(self, template: str) -> tuple[str, "Shape"]:
        name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
        source = sa.make_url(template).database
        with self._administer() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(str(source)))
            )
        with _connected(self.url.set(database=name)) as connection:
            return name, _shape(connection)

    def _drop(self, name: str) -> None:
        with self._administer() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _administer(self) -> psycopg.Connection:
        return _connected(self.url)


@dataclass(frozen=True)
class Shape:
    """What a database consists of before a test: its tables, and which of them have rows."""

    relations: tuple[int, ...]
    tables: tuple[str, ...]
    filled: frozenset[str]


def _connected(url: sa.URL) -> psycopg.Connection:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def _shape(connection: psycopg.Connection) -> Shape:
    in_public = "relnamespace = 'public'::regnamespace"
    relations = connection.execute(f"SELECT oid, relname, relkind FROM pg_class WHERE {in_public} ORDER BY oid")
    found = relations.fetchall()
    tables = tuple(name for _, name, kind in found if kind == "r")
    return Shape(tuple(oid for oid, _, _ in found), tables, _filled(connection, tables))


def _filled(connection: psycopg.Connection, tables: tuple[str, ...]) -> frozenset[str]:
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    asked = sql.SQL(" UNION ALL ").join(one.format(sql.Literal(name), sql.Identifier(name)) for name in tables)
    return frozenset(name for (name,) in connection.execute(asked))


def _is_emptied(url: sa.URL, shape: Shape) -> bool:
    """Whether the database is again as it was before the test; one whose tables a test has changed never is."""
    try:
        with _connected(url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET session_replication_role = replica")  # no trigger, no reference in the way
            now = _shape(connection)
            if now.relations != shape.relations or not shape.filled <= {"alembic_version"}:
                return False
            for name in now.filled - shape.filled:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            used = connection.execute("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL").fetchall()
            for (name,) in used:
                connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))
            return True
    except psycopg.Error:
        return False


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """The server of TEST_DATABASE_URL, else one that lives as long as the block."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        foreign = Server(sa.make_url(given).set(drivername="postgresql+psycopg"))
        yield foreign
        foreign.drop_what_was_given_back()
        return
    programs = machine.postgresql_programs()
    if programs is None:
        machine.require("postgres")
        raise AssertionError
    _sweep(programs)
    with _cluster(programs, OPTIONS) as folder:
        yield Server(_address(folder))


@dataclass(frozen=True)
class Crashing:
    """A server of our own that may fall over; what was committed must stand when it gets up."""

    server: Server
    _programs: Path
    _folder: Path

    def falls_over(self) -> None:
        """Every connection breaks, nothing is written any more: as when it is killed."""
        _run(self._programs / "pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop")

    def gets_up(self) -> None:
        """It starts again, and reads from its log what was committed."""
        _start(self._programs, self._folder, DURABLE)


@contextlib.contextmanager
def crashing() -> Iterator[Crashing]:
    """A server that answers a commit only when it has written it."""
    programs = machine.postgresql_programs()
    if programs is None:
        machine.require("postgres")
        raise AssertionError
    _sweep(programs)
    with _cluster(programs, DURABLE) as folder:
        yield Crashing(Server(_address(folder)), programs, folder)


def _address(folder: Path) -> sa.URL:
    return sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})


@contextlib.contextmanager
def _cluster(programs: Path, options: dict[str, str]) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
    if os.geteuid() == 0:
        owner = _somebody()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    try:
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        _start(programs, folder, options)
        yield folder
    finally:
        _throw_away(programs, folder)


def _start(programs: Path, folder: Path, options: dict[str, str]) -> None:
    chosen = {**options, "unix_socket_directories": str(folder)}
    settings = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
    _run(programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", settings, "start")


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
