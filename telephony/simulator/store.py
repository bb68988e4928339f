"""What the simulated provider knows: every call and every text, in a file of its own beside the record.

The web process writes it (somebody plays with a phone) and so does the worker (a text goes out), so it has the same
settings as our SQLite: a write-ahead log, and writers that queue.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, ForeignKey, LargeBinary, Text, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

from scheduling import db


class Base(DeclarativeBase):
    """Tables of the simulated provider; none of them belongs to our record."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: db.Moment(), str: Text(), bytes: LargeBinary()}


class Speaker(StrEnum):
    """Whose words a line of the transcript holds."""

    LINE = "line"
    CALLER = "caller"
    SIMULATOR = "simulator"
    """A remark about what cannot be heard: ringing, a tone, a fault."""


class PhoneCall(Base):
    """A call from one of the phones, and the document at which it waits for its caller."""

    __tablename__ = "phone_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(unique=True)
    caller: Mapped[str] = mapped_column(index=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    url: Mapped[str] = mapped_column(default="")
    document: Mapped[bytes] = mapped_column(default=b"")
    position: Mapped[int] = mapped_column(default=0)
    """Which verb of the document is waiting."""
    keyed: Mapped[str] = mapped_column(default="")
    """Keys pressed so far of an answer that is not complete."""
    token: Mapped[str | None] = mapped_column(unique=True)
    """Names a call that the service makes to its own status callback; None for a call of the phone's."""
    answered_at: Mapped[datetime | None]
    """None while it rings."""
    wait_url: Mapped[str] = mapped_column(default="")
    """Where the words of a wait in the queue are asked for,"""
    wait_action: Mapped[str] = mapped_column(default="")
    """and where a key goes that is pressed meanwhile."""
    with_sid: Mapped[str | None]
    """The call that it is put through to."""

    transcript: Mapped[list["Utterance"]] = relationship(order_by="Utterance.id", lazy="selectin")

    @property
    def is_live(self) -> bool:
        """Whether somebody has picked up and nobody has hung up yet."""
        return self.answered_at is not None and self.ended_at is None

    @property
    def last_heard(self) -> str:
        """All that the line has said since the caller last did something."""
        words: list[str] = []
        for utterance in self.transcript:
            if utterance.speaker == Speaker.CALLER:
                words = []
            elif utterance.speaker == Speaker.LINE:
                words.append(utterance.words)
        return " ".join(words)


class Utterance(Base):
    """One line of a call's transcript."""

    __tablename__ = "utterances"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str] = mapped_column(ForeignKey("phone_calls.sid"), index=True)
    speaker: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime]


class PhoneSetting(Base):
    """How a phone behaves when nobody plays it."""

    __tablename__ = "phone_settings"

    phone: Mapped[str] = mapped_column(primary_key=True)
    has_machine: Mapped[bool] = mapped_column(default=False)
    """An answering machine picks up what nobody answers."""
    texts_fail_with: Mapped[str | None]
    """Twilio's number for why texts do not arrive: 30003 for a handset that is off."""


class TextMessage(Base):
    """A text between a phone and the service, with the provider's own word for how far it has come."""

    __tablename__ = "text_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(index=True)
    to_phone: Mapped[bool]
    service: Mapped[str]
    """Our number, from which or to which it went."""
    words: Mapped[str]
    status: Mapped[str]
    error: Mapped[str | None]
    """Twilio's number for why it did not arrive, or a sentence about a fault."""
    token: Mapped[str | None] = mapped_column(unique=True)
    """Names our message to our own status callback; None for a text that nobody asks about."""
    at: Mapped[datetime]


def new_sid(kind: str) -> str:
    """An identifier as Twilio makes them: CA... for calls, SM... for texts."""
    return kind + secrets.token_hex(16)


class Store:
    """The simulated provider's memory, in `simulator.db` of the data directory."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._engine = db.open_engine(f"sqlite:///{data_dir.resolve() / 'simulator.db'}")
        self._writing = sessionmaker[Session](self._engine, expire_on_commit=False)
        self._reading = sessionmaker[Session](self._engine.execution_options(read_only=True), expire_on_commit=False)
        with self._engine.begin() as connection:  # the web and the worker may both be the first
            if _is_of_an_older_form(connection):
                Base.metadata.drop_all(connection)
            Base.metadata.create_all(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def begin_call(self, caller: str, *, now: datetime) -> str:
        """A phone rings the service; gives the call's identifier."""
        sid = new_sid("CA")
        with self._writing.begin() as session:
            session.add(PhoneCall(sid=sid, caller=caller, began_at=now, answered_at=now))
        return sid

    def ring(self, phone: str, token: str, *, now: datetime) -> str:
        """The service rings a phone, once by each token; gives the call's identifier."""
        with self._writing.begin() as session:
            known = session.scalar(select(PhoneCall.sid).where(PhoneCall.token == token))
            if known is not None:
                return known
            call = PhoneCall(sid=new_sid("CA"), caller=phone, token=token, began_at=now)
            session.add(call)
            return call.sid

    def call_named(self, token: str) -> PhoneCall | None:
        """The call that was placed under our own name for it."""
        with self._reading() as session:
            return session.scalar(select(PhoneCall).where(PhoneCall.token == token))

    def ringing(self, phone: str | None = None) -> Sequence[PhoneCall]:
        """The calls that ring at this phone, or anywhere, oldest first."""
        unanswered = select(PhoneCall).where(PhoneCall.answered_at.is_(None), PhoneCall.ended_at.is_(None))
        if phone is not None:
            unanswered = unanswered.where(PhoneCall.caller == phone)
        with self._reading() as session:
            return session.scalars(unanswered.order_by(PhoneCall.id)).all()

    def answer(self, sid: str, *, now: datetime) -> bool:
        """Somebody picks up; False when the caller has given up or somebody else was quicker."""
        with self._writing.begin() as session:
            call = _call(session, sid)
            if call.answered_at is not None or call.ended_at is not None:
                return False
            call.answered_at = now
            return True

    def waiting_in(self, queue: str) -> Sequence[PhoneCall]:
        """The live calls that wait somewhere with nobody to talk to; whoever asks looks for the queue."""
        idle = PhoneCall.wait_url.is_not("") & PhoneCall.with_sid.is_(None) & PhoneCall.ended_at.is_(None)
        with self._reading() as session:
            waiting = session.scalars(select(PhoneCall).where(idle).order_by(PhoneCall.id)).all()
            return [call for call in waiting if f">{queue}<".encode() in call.document]

    def wait_on(self, sid: str, *, url: str, action: str) -> None:
        """A call hears the words of a wait; empty addresses end it."""
        with self._writing.begin() as session:
            call = _call(session, sid)
            call.wait_url, call.wait_action = url, action

    def connect(self, one: str, other: str | None) -> None:
        """Put two calls through to each other, or part the first from whomever it was with."""
        with self._writing.begin() as session:
            _call(session, one).with_sid = other
            if other is not None:
                _call(session, other).with_sid = one

    def setting(self, phone: str) -> PhoneSetting:
        """How a phone behaves."""
        with self._reading() as session:
            return session.get(PhoneSetting, phone) or PhoneSetting(phone=phone, has_machine=False)

    def set(self, phone: str, *, has_machine: bool, texts_fail_with: str | None) -> None:
        """Have a phone behave so from now on."""
        with self._writing.begin() as session:
            session.merge(PhoneSetting(phone=phone, has_machine=has_machine, texts_fail_with=texts_fail_with))

    def call(self, sid: str) -> PhoneCall:
        """A call, as it stands."""
        with self._reading() as session:
            return _call(session, sid)

    def last_call(self, caller: str) -> PhoneCall | None:
        """The call that this phone began or answered last, whether it still lasts or not."""
        # By their order and not by their time: the demo's dates may be set back.
        taken = PhoneCall.answered_at.is_not(None)
        newest = select(PhoneCall).where(PhoneCall.caller == caller, taken).order_by(PhoneCall.id.desc()).limit(1)
        with self._reading() as session:
            return session.scalar(newest)

    def hear(self, sid: str, speaker: Speaker, words: str, *, now: datetime) -> None:
        """Add a line to the transcript."""
        with self._writing.begin() as session:
            session.add(Utterance(call_sid=sid, speaker=speaker, words=words, at=now))

    def wait(self, sid: str, *, url: str, document: bytes, position: int) -> None:
        """The call now waits for its caller at this verb."""
        with self._writing.begin() as session:
            call = _call(session, sid)
            call.url, call.document, call.position, call.keyed = url, document, position, ""

    def key(self, sid: str, key: str) -> str:
        """One more key of an answer; gives all of it so far."""
        with self._writing.begin() as session:
            call = _call(session, sid)
            call.keyed += key
            return call.keyed

    def forget_keys(self, sid: str) -> None:
        """The answer is complete and on its way."""
        with self._writing.begin() as session:
            _call(session, sid).keyed = ""

    def end_call(self, sid: str, *, now: datetime) -> None:
        """Somebody has hung up."""
        with self._writing.begin() as session:
            _call(session, sid).ended_at = now

    def keep(self, text: TextMessage) -> TextMessage:
        """Keep a text that a phone sent or is to get."""
        with self._writing.begin() as session:
            session.add(text)
        return text

    def progress(self, sid: str, status: str, error: str | None = None) -> None:
        """A text has come so far."""
        with self._writing.begin() as session:
            text = session.scalars(select(TextMessage).where(TextMessage.sid == sid)).one()
            text.status, text.error = status, error

    def texts(self, phone: str) -> Sequence[TextMessage]:
        """The thread of one phone, oldest first."""
        thread = select(TextMessage).where(TextMessage.phone == phone).order_by(TextMessage.id)
        with self._reading() as session:
            return session.scalars(thread).all()

    def text_named(self, token: str) -> TextMessage | None:
        """The text that was accepted under our own name for it."""
        with self._reading() as session:
            return session.scalar(select(TextMessage).where(TextMessage.token == token))

    def call_made_at(self, sid: str) -> datetime | None:
        """When a call began; None for one that nobody made here."""
        with self._reading() as session:
            return session.scalar(select(PhoneCall.began_at).where(PhoneCall.sid == sid))

    def text_made_at(self, sid: str) -> datetime | None:
        """The same of a text."""
        with self._reading() as session:
            return session.scalar(select(TextMessage.at).where(TextMessage.sid == sid))

    def underway(self) -> TextMessage | None:
        """The oldest text whose end the service has not been told."""
        on_its_way = TextMessage.token.is_not(None) & TextMessage.status.in_(["queued", "sent"])
        with self._reading() as session:
            return session.scalar(select(TextMessage).where(on_its_way).order_by(TextMessage.id).limit(1))

    def texted_phones(self) -> list[str]:
        """Every number that has got or sent a text."""
        with self._reading() as session:
            return list(session.scalars(select(TextMessage.phone).distinct().order_by(TextMessage.phone)))


def _call(session: Session, sid: str) -> PhoneCall:
    return session.scalars(select(PhoneCall).where(PhoneCall.sid == sid)).one()


def _is_of_an_older_form(connection: Connection) -> bool:
    """Whether an earlier version wrote this file; what the demo's provider remembers is not worth more than a look."""
    there = inspect(connection)
    known = {column["name"] for column in there.get_columns("phone_calls")} if there.has_table("phone_calls") else None
    return known is not None and known != {column.name for column in PhoneCall.__table__.columns}
