"""The mails that came to the service's own mailbox, and what became of each."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.booking import Booking
from scheduling.models.case import Case
from scheduling.models.message import Message
from scheduling.models.staff import Staff
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class MailKind(StrEnum):
    """Who or what wrote a mail."""

    LETTER = "letter"
    """A person, who waits for an answer."""
    CALENDAR = "calendar answer"
    """Somebody's calendar answered an invite."""
    BOUNCE = "bounce"
    """A mail server says what became of a mail of ours."""
    AUTOMATIC = "automatic reply"
    """A machine: somebody is away, or a list says that it has got our mail."""


class InboundMail(SealedRow, Base):
    """One mail. Only a letter waits for somebody; the others were seen to when they came."""

    __tablename__ = "inbound_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[str] = mapped_column(unique=True)
    """Its Message-ID, or a name made of its own words where it has none: a mail is read once."""
    kind: Mapped[MailKind] = mapped_column(words(MailKind))
    sender = sealed.address(indexed=True)
    """The address that it says it is from, in small letters; anybody can write any address there."""
    subject = sealed.optional_text()
    body = sealed.text()
    """Its words as plain text, cut where they are very long."""
    received_at: Mapped[datetime]
    """When our mail server took it."""
    outcome = sealed.text()
    """What became of it, as a sentence, with what somebody added to their calendar's answer."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """The case that it is about, as a mail of ours proves or a person has found."""
    suggested_case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The case of the reference in its subject, or of its sender's address: to be looked at, never to be believed."""
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    """The mail of ours that it answers or gives back."""
    handled_at: Mapped[datetime | None]
    """When nobody was needed any more; a letter's stays empty until somebody has answered it."""
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """Who has said that they answer it."""
    is_not_ours: Mapped[bool] = mapped_column(default=False)
    """It was meant for somebody else: an advertisement, another service's letter."""

    case: Mapped[Case | None] = relationship(foreign_keys=[case_id])
    suggested_case: Mapped[Case | None] = relationship(foreign_keys=[suggested_case_id])
    booking: Mapped[Booking | None] = relationship()
    message: Mapped[Message | None] = relationship()
    assigned_to: Mapped[Staff | None] = relationship(foreign_keys=[assigned_to_id])
