"""A family's agreement to shorter notice of a meeting than the law gives it: what was asked, and what was answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.authority import Officer
from scheduling.models.booking import Booking
from scheduling.models.case import Case, Mode
from scheduling.models.mediator import Mediator
from scheduling.models.message import Message
from scheduling.models.venue import Room, at_place, place
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class AskedBy(StrEnum):
    """How the family was asked, and how it answers."""

    TEXT = "text"
    CALL = "call"


class NoticeConsent(SealedRow, Base):
    """The family was asked about one time with short notice: day, hour, room and people, and nothing else.

    The answer is written down once and stays, whether or not the time could still be booked (regulation 37).
    """

    __tablename__ = "notice_consents"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answer_has_a_moment"),
        CheckConstraint("(answered_at IS NULL) = (answer_in_words IS NULL)", name="answer_has_words"),
        CheckConstraint("(booking_id IS NULL) = (booking_sequence IS NULL)", name="meeting_as_it_was"),
        CheckConstraint("(mode = 'in person') = (room_id IS NOT NULL)", name="in_a_room_or_from_afar"),
    )

    sealed_for = ("case_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.IN_PERSON)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    """The meeting that would move there; None where the family has none."""
    booking_sequence: Mapped[int | None]
    """How that meeting stood when the family was asked."""
    channel: Mapped[AskedBy] = mapped_column(words(AskedBy))
    wording = sealed.text()
    """The exact words that were put to the family."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    """The text that asked."""
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]
    """When another question took the place of this one, so that no late answer is taken for one to that."""
    answered_at: Mapped[datetime | None]
    """When the answer reached us."""
    answer: Mapped[bool | None]
    answer_in_words = sealed.optional_text()
    """The family's text as it came, or what whoever heard it wrote down."""

    case: Mapped[Case] = relationship()
    room: Mapped[Room | None] = relationship()
    mediator: Mapped[Mediator] = relationship()
    officer: Mapped[Officer] = relationship()
    booking: Mapped[Booking | None] = relationship()
    message: Mapped[Message | None] = relationship()

    @property
    def place(self) -> str:
        """Where people meet, for pages: "Town Hall, Room 1" or "By video"."""
        return place(self.mode, self.room)

    @property
    def at_place(self) -> str:
        """The same inside a sentence: "at Town Hall" or "by video"."""
        return at_place(self.mode, self.room)
