"""What became of a meeting: who came, and whether it is over. Never what was said."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.booking import Booking
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Ending(StrEnum):
    """How a meeting ended."""

    CONCLUDED = "concluded"
    ADJOURNED = "adjourned"
    """It goes on another day."""
    NOT_HELD = "not held"


class Meeting(SealedRow, Base):
    """A mediation whose hour has come, as the mediator or a coordinator has recorded it."""

    __tablename__ = "meetings"
    sealed_for = ("booking_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), unique=True)
    ending: Mapped[Ending] = mapped_column(words(Ending))
    family_came: Mapped[bool]
    authority_came: Mapped[bool]
    could_decide: Mapped[bool]
    """Somebody with authority to settle the issues was there (regulation 38)."""
    childs_views_sought: Mapped[bool]
    expenses = sealed.optional_text()
    """What the family may claim, as the mediator noted it."""
    ended_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    booking: Mapped[Booking] = relationship()
