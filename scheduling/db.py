"""The session and the engine: one way to talk to SQLite and to PostgreSQL.

Work starts with `with Session.begin() as session:` at an entry point, and the answer is made after the block, so that
nobody is told "recorded" before it is. Pages that only look use `Reading`, which on SQLite takes no writer's lock.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from enum import StrEnum
from time import monotonic
from typing import Any, ClassVar, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Select,
    Text,
    Time,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, sessionmaker
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, Pool
from sqlalchemy.types import TypeDecorator

BUSY_MILLISECONDS = 5_000
"""How long a writer waits for another on SQLite before it gives up."""
CONNECT_SECONDS = 3
"""How long we wait for PostgreSQL to answer at all: a caller hears nothing meanwhile."""


_beside: WeakKeyDictionary[Pool, Engine] = WeakKeyDictionary()


class Moment(TypeDecorator[datetime]):
    """A moment, aware and stored in UTC; a naive datetime is a bug and is refused.

    SQLite would silently drop the offset of 10:00 BST and give back 10:00.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn an aware moment into the UTC that is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value!r} is not a moment: it has no time zone"
            raise TypeError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the stored UTC back as an aware moment."""
        return None if value is None else value.replace(tzinfo=UTC)


def words(kind: type[StrEnum]) -> Enum:
    """A column for one of a few words, which the database checks by a constraint named after the enumeration."""
    values = [word.value for word in kind]
    return Enum(kind, native_enum=False, create_constraint=True, length=60, values_callable=lambda _kind: values)


class Base(DeclarativeBase):
    """What every table of the record shares: typed columns, and constraint names that a person can read."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        },
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment(), date: Date(), time: Time(), str: Text()}


T = TypeVar("T")

Session = sessionmaker[OrmSession](expire_on_commit=False)
"""Reads and writes; on SQLite one writer at a time, taken at the start (BEGIN IMMEDIATE)."""

Reading = sessionmaker[OrmSession](expire_on_commit=False)
"""Only looks; never waits for a writer."""


@contextmanager
def claimed(due: Select[T]) -> Iterator[T | None]:
    """The next row that is due, nobody else's until the block ends; None where there is none, or others have it."""
    with Reading() as session:  # a writer's turn would hold up whoever is on the line
        nothing_is_due = session.scalar(due) is None
    if nothing_is_due:
        yield None
        return
    with Session.begin() as session:
        yield session.scalar(due.with_for_update(skip_locked=True))


def connect(url: str) -> Engine:
    """Open the database and bind `Session` and `Reading` to it; `postgres://` addresses are understood."""
    engine = open_engine(url)
    Session.configure(bind=engine)
    Reading.configure(bind=engine.execution_options(read_only=True))
    return engine


def open_engine(url: str, *, pool: type[Pool] | None = None) -> Engine:
    """An engine set up as this service needs it, bound to nothing; its errors hide numbers and words from the logs."""
    address = normalised(url)
    if address.get_backend_name() != "sqlite":
        # A server that was set up without a language says "SQL_ASCII", and the driver would give us bytes for words.
        wishes = {"connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8"}
        return create_engine(
            address, hide_parameters=True, pool_pre_ping=pool is None, poolclass=pool, connect_args=wishes
        )
    patience = {"timeout": BUSY_MILLISECONDS / 1000}
    engine = create_engine(address, hide_parameters=True, poolclass=pool, connect_args=patience)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _beginning_in_turn())
    event.listen(engine, "checkin", _end_turn)
    return engine


def beside(engine: Engine) -> Engine:
    """The same database by connections of its own, each closed after use: for a look beside a transaction in hand."""
    known = _beside.get(engine.pool)
    if known is None:
        known = _beside[engine.pool] = open_engine(engine.url.render_as_string(hide_password=False), pool=NullPool)
    return known


def normalised(url: str) -> URL:
    """The address with the driver we use: hosting companies hand out `postgres://`, which SQLAlchemy does not know."""
    address = make_url(url)
    if address.drivername in {"postgres", "postgresql"}:
        return address.set(drivername="postgresql+psycopg")
    return address


def is_understood(url: str) -> bool:
    """Whether this is the address of a database that we know how to use."""
    try:
        return normalised(url).drivername in {"sqlite", "postgresql+psycopg"}
    except ArgumentError:
        return False


def moment(session: OrmSession) -> datetime:
    """The database's own clock: leases and retries use it, so that one wrong machine cannot send twice."""
    if session.get_bind().dialect.name == "sqlite":
        stamp = session.scalar(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now")))
        return datetime.fromisoformat(str(stamp)).replace(tzinfo=UTC)
    return session.scalars(select(func.clock_timestamp(type_=DateTime(timezone=True)))).one().astimezone(UTC)


def has_written(session: OrmSession) -> bool:
    """Whether this transaction has changed anything, so that it may see what nobody else does."""
    if session.get_bind().dialect.name == "sqlite":
        connection = session.connection()
        return _changes(connection) != connection.info.get(_CHANGES_BEFORE)
    return session.scalar(select(func.pg_current_xact_id_if_assigned().is_not(None))) is True


def hurry(session: OrmSession, seconds: float) -> None:
    """Give up sooner on locks and slow answers in this transaction, as the first thing in it: somebody waits."""
    milliseconds = round(seconds * 1000)
    if session.get_bind().dialect.name == "sqlite":
        session.connection(execution_options={"busy_milliseconds": milliseconds})  # SQLite waits where it begins
        return
    session.connection().execute(_HURRY, {"limit": f"{milliseconds}ms"})


def ping(session: OrmSession) -> None:
    """Ask the database for anything at all; raises SQLAlchemy's error when it is not there."""
    session.execute(sql("SELECT 1"))


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: we do, below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # or INSERT OR REPLACE slips past the append-only triggers
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _beginning_in_turn() -> Callable[[Connection], None]:
    """How a transaction begins on SQLite, where the writers of this process come one after the other.

    SQLite would let them sleep and ask again, for up to a tenth of a second each time, and some would never be in luck.
    """
    turn = threading.Lock()

    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        reads, patience = options.get("read_only", False), options.get("busy_milliseconds", BUSY_MILLISECONDS)
        if not reads:
            patience = _take_turn(connection, turn, patience)
        driver: Any = connection.connection.driver_connection  # asked directly: no lock and no file is touched
        driver.execute(f"PRAGMA busy_timeout={patience}")
        # A deferred BEGIN that later writes fails at once with "database is locked": writers queue at the start.
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
        connection.info[_CHANGES_BEFORE] = _changes(connection)

    return begin


def _take_turn(connection: Connection, turn: threading.Lock, patience: int) -> int:
    """Wait for the turn, kept until the connection is given back; returns how many milliseconds of patience are left.

    Whoever has waited in vain asks SQLite all the same, which knows how to say that it is locked.
    """
    kept, began = connection.connection.record_info, monotonic()
    if kept is not None and _TURN not in kept and turn.acquire(timeout=patience / 1000):
        kept[_TURN] = turn
    return max(0, patience - round((monotonic() - began) * 1000))


def _end_turn(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    turn = (entry.record_info or {}).pop(_TURN, None)
    if turn is not None:
        turn.release()


def _changes(connection: Connection) -> int:
    """How many rows this connection to SQLite has changed in its life."""
    return int(getattr(connection.connection.dbapi_connection, "total_changes", 0))


_HURRY = sql("SELECT set_config('lock_timeout', :limit, true), set_config('statement_timeout', :limit, true)")
_CHANGES_BEFORE = "rows changed before this transaction"
_TURN = "the writer's turn"
