"""The outbox: what we send, written in the same transaction as the fact that it reports, and each try to send it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.certificate import Certificate
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Channel(StrEnum):
    """By which carrier a message goes."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    """A telephone that is rung; the body is the one sentence that an answering machine may get."""


class MessageState(StrEnum):
    """How far a message has come. The ranks in `scheduling.outbox.delivery` forbid going back."""

    QUEUED = "queued"
    SENDING = "sending"
    """Committed before the carrier is called: after a crash it is in doubt, never silently sent again."""
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Refused for good: a coordinator must find another way."""
    IN_DOUBT = "in doubt"
    """Neither the carrier nor its list could tell whether it went: a coordinator decides."""
    DROPPED = "dropped"
    """Too late to be of use, or no longer true; never sent."""


class Message(SealedRow, Base):
    """One message to one recipient by one channel."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("channel <> 'sms' OR (subject IS NULL AND calendar IS NULL)", name="text_is_only_words"),
        CheckConstraint("channel <> 'email' OR subject IS NOT NULL", name="mail_has_a_subject"),
        CheckConstraint("(calendar IS NULL) = (calendar_method IS NULL)", name="calendar_has_a_method"),
        CheckConstraint("state <> 'sending' OR lease_until IS NOT NULL", name="sending_has_a_lease"),
        Index("ix_messages_state_next_try_at", "state", "next_try_at"),
    )
    sealed_for = ("case_id", "person_id", "booking_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """What the message is, in words: a second sweep cannot write it twice."""
    token: Mapped[str] = mapped_column(unique=True)
    """128 random bits that name the message to the carrier's status callback."""
    channel: Mapped[Channel] = mapped_column(words(Channel))
    purpose: Mapped[str]
    """Which wording: "advice booked"."""
    thread: Mapped[str | None] = mapped_column(index=True)
    """Messages of one thread go strictly in order: a CANCEL must never overtake its REQUEST."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), index=True)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))
    """The certificate whose document goes with the mail."""
    address = sealed.address(indexed=True)
    """An E.164 number or a mail address."""
    recipient: Mapped[str]
    """Whose address it is, as the console may say it: "the family", "the authority", "the mediator"."""
    subject = sealed.optional_text()
    body = sealed.text()
    calendar = sealed.optional_text()
    """The iCalendar text of an invite."""
    calendar_method: Mapped[str | None]
    """REQUEST or CANCEL."""
    state: Mapped[MessageState] = mapped_column(words(MessageState), default=MessageState.QUEUED)
    must_arrive: Mapped[bool] = mapped_column(default=True)
    """When in doubt for good: send again rather than not at all."""
    written_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """From then on it is dropped, not sent late."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    """By the database's clock, like the lease."""
    attempted_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(index=True)
    error_code: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    dealt_with_at: Mapped[datetime | None]
    """A coordinator has seen the failure and found another way."""
    dealt_with_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    certificate: Mapped[Certificate | None] = relationship()
    log: Mapped[list["Attempt"]] = relationship(back_populates="message", order_by="Attempt.id")


class Attempt(Base):
    """One try to hand a message over, and what the carrier answered."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    at: Mapped[datetime]
    outcome: Mapped[str]
    """"handed over", "try later", "refused", "in doubt", "adopted"."""
    detail: Mapped[str | None]
    """The carrier's own code or words, without number or body."""

    message: Mapped[Message] = relationship(back_populates="log")


class OptOut(Base):
    """A number that has texted STOP: the carrier blocks it and so do we, until it texts START."""

    __tablename__ = "opt_outs"

    number: Mapped[str] = mapped_column(primary_key=True)
    """Its blind index: whether a number has stopped is all that anybody asks."""
    since: Mapped[datetime]
