"""What the line remembers: each webhook and its answer, where each call is in the conversation, each text thread."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.authority import Authority
from scheduling.models.case import Case
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class EventKind(StrEnum):
    """Which of the provider's webhooks it was."""

    VOICE = "voice"
    SMS = "sms"


class Event(SealedRow, Base):
    """A webhook that was received, with the answer it got: the same event again gets the same answer and no effect."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("kind", "provider_id", "step"),)
    sealed_for_service = True

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    provider_id: Mapped[str]
    """MessageSid or CallSid."""
    step: Mapped[str]
    """Which question of the call was answered; empty for a text."""
    received_at: Mapped[datetime]
    """Taken before any database work."""
    answer = sealed.text()
    """The document that was answered, word for word: it may say a number, a time and a place."""


class Call(SealedRow, Base):
    """One phone call and where in the conversation it is. State goes by CallSid: withheld callers share nothing."""

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(unique=True)
    number = sealed.optional_address()
    """E.164, or None when withheld or not a number."""
    is_relay: Mapped[bool] = mapped_column(default=False)
    """Through Relay UK: longer waits, no speech-only step."""
    step: Mapped[str]
    """The question last asked."""
    turn: Mapped[int] = mapped_column(default=0)
    """How many questions have been asked: part of every next address, so that each step is its own event."""
    misses: Mapped[int] = mapped_column(default=0)
    """Silences and misunderstandings in a row."""
    deadline_soon: Mapped[bool | None]
    language: Mapped[str | None]
    """The language that the caller has chosen, by its code; None: English."""
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authorities.id"))
    call_back_number = sealed.optional_address()
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    keyed_reference: Mapped[str | None]
    """The reference that the caller keyed, of a case or of none: the PIN comes next."""
    proved_at: Mapped[datetime | None]
    """When reference and PIN were right: only then is anything told about the case."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    authority: Mapped[Authority | None] = relationship()
    case: Mapped[Case | None] = relationship()


class TextThread(SealedRow, Base):
    """The conversation by text between one of our numbers and one of theirs."""

    __tablename__ = "text_threads"
    __table_args__ = (UniqueConstraint("ours", "theirs_index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ours: Mapped[str]
    theirs = sealed.address()
    question: Mapped[str | None]
    """The last question asked, by its name; None when none is open."""
    asked_at: Mapped[datetime | None]
    """After 24 hours an answer no longer belongs to the question."""
    answered_automatically: Mapped[int] = mapped_column(default=0)
    """Automatic answers in the hour since `counted_from`: robots must not be able to talk with us for ever."""
    counted_from: Mapped[datetime | None]
