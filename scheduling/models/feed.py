"""Feeds: addresses that calendars read by themselves, one for each mediator, venue or coordinator who wants it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models.mediator import Mediator
from scheduling.models.staff import Staff
from scheduling.models.venue import Venue


class Feed(Base):
    """An address that only its reader knows, and what stands in it: the meetings of one mediator, venue or coordinator.

    A coordinator's holds every meeting.
    """

    __tablename__ = "feeds"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN mediator_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN venue_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN staff_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="of_one",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of what stands in the address: a copy of the database opens nothing."""
    mediator_id: Mapped[int | None] = mapped_column(ForeignKey("mediators.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venues.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]
    """When a calendar last asked for it, to a quarter of an hour."""

    mediator: Mapped[Mediator | None] = relationship()
    venue: Mapped[Venue | None] = relationship()
    staff: Mapped[Staff | None] = relationship()
