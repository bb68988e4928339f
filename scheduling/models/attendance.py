"""Who has said that they come to a booked time, as their own calendars or they themselves told us."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.booking import Booking
from scheduling.models.offer import AnsweredBy
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Attends(StrEnum):
    """What somebody who is invited says to the time."""

    YES = "comes"
    PERHAPS = "may come"
    NO = "cannot come"


class Attendance(SealedRow, Base):
    """The last answer of one who is invited. It is about the time of its sequence, and says nothing of a later one."""

    __tablename__ = "attendances"
    __table_args__ = (
        CheckConstraint("(seen_at IS NULL) = (seen_by_id IS NULL)", name="seen_by_somebody"),
        UniqueConstraint("booking_id", "address_index"),
    )
    sealed_for = ("booking_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)
    address = sealed.address()
    """The mail address that was invited."""
    label: Mapped[str]
    """Whose it is, as the console may say it: "the family", "the authority", "the mediator"."""
    answer: Mapped[Attends] = mapped_column(words(Attends))
    sequence: Mapped[int]
    """The booking's when they were asked."""
    proposes_at: Mapped[datetime | None]
    """The beginning that they would rather have; None where they named none that we could read."""
    proposes: Mapped[bool] = mapped_column(default=False)
    """Whether they asked for another time."""
    answered_at: Mapped[datetime]
    channel: Mapped[AnsweredBy] = mapped_column(words(AnsweredBy))
    seen_at: Mapped[datetime | None]
    """When a coordinator had seen to an answer that needed one."""
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    booking: Mapped[Booking] = relationship()

    @property
    def needs_somebody(self) -> bool:
        """Whether a person must speak with them, and nobody has yet."""
        return self.seen_at is None and (self.proposes or self.answer is Attends.NO)
