"""Callers who wait for a person, and the calls that we make: to advisers, and to families who asked for it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.booking import Booking
from scheduling.models.case import Case
from scheduling.models.family import CallBack
from scheduling.models.message import Message
from scheduling.models.staff import Staff
from scheduling.models.visit import LinkCode


class LeftQueue(StrEnum):
    """How somebody's wait in the queue ended."""

    TAKEN = "taken"
    CALL_BACK = "call back"
    """They asked to be rung instead, and keep their place."""
    HUNG_UP = "hung up"
    """They asked for nothing, so nobody rings them unasked."""
    FAILED = "failed"
    """The provider could not keep them waiting."""


class QueuePlace(Base):
    """A caller who waits on the line for a person: one place a call, whoever else rings from the same number."""

    __tablename__ = "queue_places"
    __table_args__ = (CheckConstraint("(result IS NULL) = (left_at IS NULL)", name="left_has_a_result"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    deadline_soon: Mapped[bool] = mapped_column(default=False)
    """A date on the letter runs out soon: they come first."""
    entered_at: Mapped[datetime]
    said_position: Mapped[int | None]
    """The position that they heard last: it is said again only when it has changed."""
    left_at: Mapped[datetime | None]
    result: Mapped[LeftQueue | None] = mapped_column(words(LeftQueue))

    case: Mapped[Case | None] = relationship()


class Rung(StrEnum):
    """Whose telephone a call of ours rings."""

    ADVISER = "adviser"
    FAMILY = "family"
    REMINDER = "reminder"
    """The family's, to be reminded: no adviser has part in it."""
    CODE = "code"
    """Of somebody of the family who has asked for the code to their pages."""


class CallOutcome(StrEnum):
    """What became of a call that we made."""

    TAKEN = "taken"
    """Somebody pressed the key that says so: only then is anything said that others must not hear."""
    NOT_TAKEN = "not taken"
    NOT_ANSWERED = "not answered"
    MACHINE = "machine"
    MESSAGE_LEFT = "message left"
    NOT_PLACED = "not placed"
    """It never rang: refused by the provider, forbidden by the person's record, or too late."""


class OutgoingCall(Base):
    """A call that we make; its message in the outbox says when and to which number.

    It is about one thing: a caller in the queue, a call-back that was promised, a time that is booked, or a code.
    """

    __tablename__ = "outgoing_calls"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN place_id IS NULL THEN 0 ELSE 1 END + CASE WHEN call_back_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN booking_id IS NULL THEN 0 ELSE 1 END + CASE WHEN code_id IS NULL THEN 0 ELSE 1 END = 1",
            name="about_one_thing",
        ),
        CheckConstraint("(rung = 'family') = (waits_id IS NOT NULL)", name="somebody_waits_for_a_family"),
        CheckConstraint("(rung IN ('reminder', 'code')) = (adviser_id IS NULL)", name="a_reminder_has_no_adviser"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_has_an_outcome"),
        Index(
            "uq_outgoing_calls_live_adviser",
            "adviser_id",
            unique=True,
            sqlite_where=text("rung = 'adviser' AND ended_at IS NULL"),
            postgresql_where=text("rung = 'adviser' AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), unique=True)
    rung: Mapped[Rung] = mapped_column(words(Rung))
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    """Who is rung, or who waits meanwhile; nobody at a reminder or a code."""
    place_id: Mapped[int | None] = mapped_column(ForeignKey("queue_places.id"), index=True)
    call_back_id: Mapped[int | None] = mapped_column(ForeignKey("call_backs.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), index=True)
    waits_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_calls.id"), unique=True)
    """The adviser's call, kept on the line while the family is rung."""
    code_id: Mapped[int | None] = mapped_column(ForeignKey("link_codes.id", ondelete="CASCADE"))
    """The code that was said; when it is forgotten, so is that somebody was rung for it."""
    begun_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    """What the provider took the voice for: human, machine_end_beep, unknown..."""
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[CallOutcome | None] = mapped_column(words(CallOutcome))

    message: Mapped[Message] = relationship()
    adviser: Mapped[Staff | None] = relationship()
    place: Mapped[QueuePlace | None] = relationship()
    call_back: Mapped[CallBack | None] = relationship()
    booking: Mapped[Booking | None] = relationship()
    code: Mapped[LinkCode | None] = relationship()
    waits: Mapped["OutgoingCall | None"] = relationship(remote_side="OutgoingCall.id")
