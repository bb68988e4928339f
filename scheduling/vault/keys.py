"""Data keys: one for each case, each person and each row that belongs to nobody yet, and one for the service itself.

They are wrapped in the record and fetched as rows are read, many at once, into the session that reads them. They
live no longer than what was read with them, so that a key which is destroyed opens nothing from the next request on.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Table, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from scheduling.db import Base
from scheduling.refusals import Refused
from scheduling.vault import masters
from scheduling.vault.envelope import Key

SERVICE: Final = "service"
"""The id of the key for what belongs to no family: secrets of staff, addresses of mediators' calendars."""
AT_ONCE: Final = 500
"""So many keys are fetched by one question."""


@dataclass(eq=False)
class Erased(Refused):
    """Something was to be written into a case whose key has been destroyed."""

    def __str__(self) -> str:
        return "This case has been erased: nothing can be added to it. Open a new case."


class DataKey(Base):
    """A key that seals values, wrapped by a master key. Removing the row erases what it sealed, for good."""

    __tablename__ = "data_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    master_id: Mapped[str] = mapped_column(index=True)
    """Which master key wraps it."""
    wrapped: Mapped[str]


_WRITE: Final = {
    "sqlite": sqlite.insert(DataKey).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(DataKey).on_conflict_do_nothing(),
}
"""Built once: every call and text that comes in makes a key, and somebody waits."""


class Keys:
    """The data keys that a session has come across."""

    def __init__(self, session: Session) -> None:
        """Fetch what is asked for after the session's end from the same database."""
        self._engine = session.get_bind().engine
        self._known: dict[str, Key | None] = {}
        self._holders: dict[tuple[str, object], str] = {}
        self._noted: dict[str, None] = {}

    def hold(self, holder: tuple[str, object], key_id: str) -> None:
        """A case or a person was read, with the id of its key."""
        self._holders[holder] = key_id
        self.note(key_id)

    def note(self, key_id: str) -> None:
        """A row was read, so that its key may soon be asked for."""
        if key_id not in self._known:
            self._noted[key_id] = None

    def get(self, key_id: str, connection: Connection | None) -> Key | None:
        """The key, or None once it was destroyed; those that may be needed next come with it."""
        if key_id not in self._known:
            wanted = [key_id, *(one for one in self._noted if one != key_id)][:AT_ONCE]
            if connection is None:
                with self._engine.execution_options(read_only=True).connect() as own:
                    self._fetch(own, wanted)
            else:
                self._fetch(connection, wanted)
        return self._known[key_id]

    def of_service(self, connection: Connection) -> Key:
        """The service's own key, made when it is first needed."""
        if self.get(SERVICE, connection) is None:
            self._make(connection, SERVICE)
            self._known.pop(SERVICE)  # whoever was first has made it
        return self.existing(SERVICE, connection)

    def new(self, connection: Connection) -> Key:
        """A key that has sealed nothing yet."""
        return self._make(connection, secrets.token_urlsafe(9))

    def of_holder(self, table: Table, holder_id: object, connection: Connection) -> Key:
        """The key of a case or person; one from before there was a vault is given its own.

        A booking or a contact leads to its case.
        """
        if "data_key_id" not in table.c:
            table, holder_id = self._beyond(table, holder_id, connection)
        holder = (table.name, holder_id)
        known = self._holders.get(holder)
        if known is None:
            held = select(table.c.data_key_id).where(table.c.id == holder_id)
            known = connection.scalar(held)
            if known is None:
                fresh = self.new(connection)
                gap = update(table).where(table.c.id == holder_id, table.c.data_key_id.is_(None))
                connection.execute(gap.values(data_key_id=fresh.id))
                known = str(connection.scalar(held))
            self._holders[holder] = known
        return self.existing(known, connection)

    def _beyond(self, table: Table, row_id: object, connection: Connection) -> tuple[Table, object]:
        [reference] = table.c.case_id.foreign_keys
        return reference.column.table, connection.scalar(select(table.c.case_id).where(table.c.id == row_id))

    def existing(self, key_id: str, connection: Connection) -> Key:
        """The key, to seal something with it; refuses once it was destroyed."""
        key = self.get(key_id, connection)
        if key is None:
            raise Erased
        return key

    def _fetch(self, connection: Connection, wanted: Iterable[str]) -> None:
        wanted = list(wanted)
        rows = connection.execute(
            select(DataKey.id, DataKey.master_id, DataKey.wrapped).where(DataKey.id.in_(wanted))
        ).all()
        self._known.update(dict.fromkeys(wanted))
        self._known.update({row.id: Key(row.id, AESGCM(masters.unwrap(*row))) for row in rows})
        for key_id in wanted:
            self._noted.pop(key_id, None)

    def _make(self, connection: Connection, key_id: str) -> Key:
        secret = AESGCM.generate_key(bit_length=8 * masters.LENGTH)
        master_id, wrapped = masters.wrap(key_id, secret)
        row = {"id": key_id, "master_id": master_id, "wrapped": wrapped}
        connection.execute(_WRITE[connection.dialect.name], row)
        key = self._known[key_id] = Key(key_id, AESGCM(secret))
        return key


def of(session: Session) -> Keys:
    """The keys of a session."""
    known = _of.get(session)
    if known is None:
        known = _of[session] = Keys(session)
    return known


def drop(session: Session) -> None:
    """Ask for every key anew: some have been made in vain, or destroyed."""
    _of.pop(session, None)


@event.listens_for(Session, "after_soft_rollback")
def _forget_what_was_undone(session: Session, _transaction: SessionTransaction) -> None:
    """A key that was made in what has been undone must never seal anything: nobody could open it again."""
    drop(session)


_of: WeakKeyDictionary[Session, Keys] = WeakKeyDictionary()
