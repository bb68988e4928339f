"""Attributes whose columns hold sealed values, and rows that have such attributes.

    class Contact(SealedRow, Base):
        sealed_for = ("case_id",)
        words = sealed.optional_text()
        number = sealed.optional_address()

Reading and writing `contact.words` is as for any attribute. It is opened at its first reading, so a list that does not
show it pays nothing for it; it is sealed when it is written to the database. The column takes sealed values alone.

A sealed value is bound to table, column and row. A row gets its number only by being written, so what stands for it is
its `seal`, drawn at random before.

`Contact.number == "+447700900123"` compares blind indexes: what is equal is found, and nothing is opened for it.
"""

import secrets
from collections.abc import Iterable
from typing import Any, ClassVar, Final, Generic, TypeVar, overload

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Table,
    Text,
    and_,
    event,
    func,
    inspect,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Mapper, QueryContext, Session, mapped_column, object_session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeDecorator

from scheduling.db import Base
from scheduling.vault import envelope, keys, masters
from scheduling.vault.envelope import Key

ERASED: Final = "erased"
"""What stands where a value was whose key has been destroyed."""
HEAD: Final = 60
"""So many characters hold the version and the key's id of every sealed value."""
SAYS_NOTHING: Final = ("", ERASED)
"""What may stand in the open."""
T = TypeVar("T")

_attributes: dict[type[Any], list["Sealed[Any]"]] = {}


class Box:
    """A value in memory: as it is stored, as people read it, or both."""

    __slots__ = ("opened", "stored")

    def __init__(self, *, stored: str | None = None, opened: Any = None) -> None:
        self.stored = stored
        self.opened = opened


class SealedText(TypeDecorator[Box]):
    """A column of sealed values. An open one is a bug and is refused."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Box | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write what is sealed, and nothing else."""
        if value is None:
            return None
        stored = value if value in SAYS_NOTHING else getattr(value, "stored", None)
        if stored is None:
            message = "a value would be written or looked for in the open: it belongs into a sealed attribute"
            raise TypeError(message)
        return str(stored)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Box | None:  # noqa: ARG002
        """Leave it sealed until somebody reads it; empty ones, and those from before there was a vault, are open."""
        if value is None:
            return None
        return Box(stored=value) if envelope.is_sealed(value) else Box(stored=value, opened=value)


class SealedBytes(TypeDecorator[Box]):
    """The same for what is no text: a sound, a document."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Box | bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Write what is sealed, and nothing else."""
        if value is None or value == b"":
            return value
        stored = getattr(value, "stored", None)
        if stored is None:
            message = "bytes would be written or looked for in the open: they belong into a sealed attribute"
            raise TypeError(message)
        return str(stored).encode("latin-1")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Box | None:  # noqa: ARG002
        """Leave it sealed until somebody reads it."""
        if value is None:
            return None
        stored = value.decode("latin-1")  # each byte its own character: what is sealed is plain ASCII
        return Box(stored=stored) if envelope.is_sealed(stored) else Box(stored=stored, opened=value)


class SealedRow:
    """A row with sealed attributes."""

    __tablename__: Any

    seal: Mapped[str | None] = mapped_column(Text)
    """Stands for the row in what its values are bound to; None while nothing in it is sealed."""
    sealed_for: ClassVar[tuple[str, ...]] = ()
    """The references by which the case or person is found whose key seals it, the first that is set.

    None at all: each row has a key of its own, which goes with it to whichever case it is found to belong to."""
    sealed_for_service: ClassVar[bool] = False
    """Of no family, or of none where no reference in `sealed_for` is set: the service's key seals it."""
    _keys: keys.Keys | None = None


class KeyHolder(SealedRow):
    """A case or a person: what belongs to them is sealed with their key."""

    data_key_id: Mapped[str | None] = mapped_column(Text)


class Sealed(Generic[T]):
    """An attribute in front of a column of sealed values."""

    column: ClassVar[type[SealedText | SealedBytes]] = SealedText

    def __init__(self, *, nullable: bool) -> None:
        self.nullable = nullable
        self.name = self.hidden = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.hidden = name, f"sealed_{name}"
        setattr(owner, self.hidden, mapped_column(name, self.column, nullable=self.nullable))

    @overload
    def __get__(self, row: None, owner: type) -> InstrumentedAttribute[T]: ...
    @overload
    def __get__(self, row: object, owner: type) -> T: ...
    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return getattr(owner, self.hidden)
        box: Box | None = getattr(row, self.hidden)
        if box is None:
            return None
        if box.opened is None:
            content = _opened(row, self.name, str(box.stored))
            box.opened = self.erased() if content is None else self.read(content)
        return box.opened

    def __set__(self, row: Any, value: T) -> None:
        # Written anew only where it is another: a sealed value never equals the one before it.
        if value is None or value != self.__get__(row, type(row)):
            self.write(row, value)

    def write(self, row: Any, value: T) -> None:
        setattr(row, self.hidden, None if value is None else Box(opened=str(value)))

    def content(self, opened: Any) -> bytes:
        """The value as it is sealed."""
        return str(opened).encode()

    def read(self, content: bytes) -> Any:
        """The value as it was written."""
        return content.decode()

    def erased(self) -> Any:
        """What stands in its place once its key has been destroyed."""
        return ERASED

    def is_open(self, kind: type[Any]) -> ColumnElement[bool]:
        """Whether something stands there for everybody to read."""
        stored = type_coerce(getattr(kind, self.hidden), Text)
        return and_(stored.not_in(SAYS_NOTHING), stored.not_like(f"{envelope.PREFIX}%"))


class SealedContent(Sealed[T]):
    """An attribute of bytes."""

    column = SealedBytes

    def write(self, row: Any, value: T) -> None:
        setattr(row, self.hidden, None if value is None else Box(opened=value))

    def content(self, opened: Any) -> bytes:
        """They are sealed as they are."""
        return bytes(opened)

    def read(self, content: bytes) -> Any:
        """And read as they are."""
        return content

    def erased(self) -> Any:
        """Nothing can be heard or seen of them."""
        return b""

    def is_open(self, kind: type[Any]) -> ColumnElement[bool]:
        """Whether something stands there for everybody to read."""
        stored = type_coerce(getattr(kind, self.hidden), LargeBinary)
        begins = func.substr(stored, 1, len(envelope.PREFIX), type_=LargeBinary)
        return and_(func.length(stored) > 0, begins != envelope.PREFIX.encode())


class Blind(Generic[T]):
    """A sealed number or address in a query: what is equal is found by an index that tells nothing."""

    def __init__(self, sealed: InstrumentedAttribute[T], index: InstrumentedAttribute[str | None]) -> None:
        self.sealed = sealed
        self.index = index

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        if other is None:
            return self.is_(None)
        return self.index == (other.index if isinstance(other, Blind) else masters.index(str(other)))

    def in_(self, others: Iterable[str]) -> ColumnElement[bool]:
        """Is one of these."""
        return self.index.in_([masters.index(other) for other in others])

    def is_(self, other: None) -> ColumnElement[bool]:
        """Is not there."""
        return self.sealed.is_(other)

    def is_not(self, other: None) -> ColumnElement[bool]:
        """Is there."""
        return self.sealed.is_not(other)


class SealedAddress(Sealed[T]):
    """A number or mail address: sealed, and beside it the blind index by which its row is found."""

    def __init__(self, *, nullable: bool, indexed: bool) -> None:
        super().__init__(nullable=nullable)
        self.indexed = indexed

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self.index = f"{name}_index"
        setattr(owner, self.index, mapped_column(Text, nullable=True, index=self.indexed))

    @overload  # type: ignore[override]
    def __get__(self, row: None, owner: type) -> Blind[T]: ...
    @overload
    def __get__(self, row: object, owner: type) -> T: ...
    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return Blind(getattr(owner, self.hidden), getattr(owner, self.index))
        return super().__get__(row, owner)

    def write(self, row: Any, value: T) -> None:
        super().write(row, value)
        setattr(row, self.index, masters.index(str(value)) if value else None)


def text() -> Sealed[str]:
    """Words that are always there."""
    return Sealed(nullable=False)


def optional_text() -> Sealed[str | None]:
    """Words that may be missing."""
    return Sealed(nullable=True)


def content() -> SealedContent[bytes]:
    """Bytes that are always there."""
    return SealedContent(nullable=False)


def optional_content() -> SealedContent[bytes | None]:
    """Bytes that may be missing."""
    return SealedContent(nullable=True)


def address(*, indexed: bool = False) -> SealedAddress[str]:
    """A number or mail address that is always there; `indexed` where rows are looked for by it among many."""
    return SealedAddress(nullable=False, indexed=indexed)


def optional_address(*, indexed: bool = False) -> SealedAddress[str | None]:
    """One that may be missing."""
    return SealedAddress(nullable=True, indexed=indexed)


def of_service(session: Session, kind: type[SealedRow], name: str, words: str, *, seal: str) -> Box:
    """Words for a row of the service's own that a statement writes, where no object stands for it."""
    key = keys.of(session).of_service(session.connection())
    bound_to = f"{kind.__tablename__}|{name}|{seal}"
    return Box(stored=envelope.seal(words.encode(), key=key, bound_to=bound_to) if words else "")


def attributes(kind: type[Any]) -> list[Sealed[Any]]:
    """The sealed attributes of a kind of row."""
    if kind not in _attributes:
        named = [one for level in kind.__mro__ for one in vars(level).values()]
        _attributes[kind] = [one for one in named if isinstance(one, Sealed)]
    return _attributes[kind]


def kinds() -> list[Any]:
    """Every kind of row with sealed attributes; cases and people first, whose keys the others need."""
    mapped = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, SealedRow)]
    return sorted(mapped, key=lambda kind: (not issubclass(kind, KeyHolder), kind.__tablename__))


def place(row: Any, name: str) -> str:
    """What a value is bound to."""
    return f"{row.__tablename__}|{name}|{row.seal}"


def _opened(row: Any, name: str, stored: str) -> bytes | None:
    """The value; None once its key has been destroyed."""
    session = object_session(row)
    known = keys.of(session) if session is not None else row._keys  # noqa: SLF001 - ours, kept on the row
    connection = session.connection() if session is not None and session.in_transaction() else None
    key = known.get(envelope.key_id(stored), connection)
    return None if key is None else envelope.unseal(stored, key=key, bound_to=place(row, name))


@event.listens_for(SealedRow, "load", propagate=True)
def _remember_keys(row: SealedRow, context: QueryContext) -> None:
    """A page shows rows when its session is over, and lists name many cases: their keys come by one question."""
    row._keys = known = keys.of(context.session)  # noqa: SLF001
    key_id = vars(row).get("data_key_id")
    if key_id is not None:
        known.hold((row.__tablename__, vars(row)["id"]), key_id)
    elif not row.sealed_for:
        for one in attributes(type(row)):
            box = vars(row).get(one.hidden)
            if box is not None and box.opened is None:
                known.note(envelope.key_id(box.stored))


@event.listens_for(SealedRow, "before_insert", propagate=True)
@event.listens_for(SealedRow, "before_update", propagate=True)
def _seal(_mapper: Mapper[Any], connection: Connection, row: SealedRow) -> None:
    """Seal what is still open, now that the row knows whose it is."""
    if isinstance(row, KeyHolder) and row.data_key_id is None:
        _give_key(row, connection)
    boxes = [(one, vars(row).get(one.hidden)) for one in attributes(type(row))]
    pending = [(one, box) for one, box in boxes if box is not None and box.stored is None]
    if not pending:
        return
    row.seal = row.seal or secrets.token_urlsafe(16)
    row._keys = keys.of(_session(row))  # noqa: SLF001
    key = _key_for(row, connection)
    for one, box in pending:
        # What is empty says nothing, and stays empty, so that the database can still ask whether something was said.
        sealed = one.content(box.opened) if box.opened else b""
        box.stored = envelope.seal(sealed, key=key, bound_to=place(row, one.name)) if sealed else ""


def _give_key(row: KeyHolder, connection: Connection) -> None:
    known, state = keys.of(_session(row)), inspect(row)
    if state.key is None:
        row.data_key_id = known.new(connection).id
    else:
        table, (row_id,) = _table(type(row)), state.identity
        set_committed_value(row, "data_key_id", known.of_holder(table, row_id, connection).id)


def _key_for(row: SealedRow, connection: Connection) -> Key:
    known = keys.of(_session(row))
    if isinstance(row, KeyHolder):
        return known.existing(str(row.data_key_id), connection)
    for reference in row.sealed_for:
        holder_id = getattr(row, reference)
        if holder_id is not None:
            [foreign] = _table(type(row)).c[reference].foreign_keys
            return known.of_holder(foreign.column.table, holder_id, connection)
    return known.of_service(connection) if row.sealed_for_service else known.new(connection)


def _session(row: SealedRow) -> Session:
    session = object_session(row)
    if session is None:
        message = "a row is sealed as a session writes it"
        raise RuntimeError(message)
    return session


def _table(kind: type) -> Table:
    table: Table = inspect(kind).local_table
    return table
