"""When somebody cannot come: what they told us, and what their own calendars say."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Busy(Base):
    """A family, officer, mediator, interpreter, care board or room cannot come between two moments."""

    __tablename__ = "busy_times"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        Index("ix_busy_times_resource", "kind", "resource_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[int] = mapped_column(SmallInteger)
    """A `ResourceKind`."""
    resource_id: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), index=True)
    """The calendar in which it stood when we last read it; None: somebody told us."""
    noted_at: Mapped[datetime]


class ReadCalendar(SealedRow, Base):
    """A mediator's own calendar, uploaded once or read again and again, from which only busy times are kept."""

    __tablename__ = "calendars"
    sealed_for_service = True

    id: Mapped[int] = mapped_column(primary_key=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"), index=True)
    address = sealed.optional_text()
    """Where it is read, which may hold a password; None for a file that was uploaded."""
    added_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """When it was last read whole."""
    tried_at: Mapped[datetime | None]
    etag: Mapped[str | None]
    trouble: Mapped[str | None]
    """Why the last reading failed, as a sentence; None after one that went well."""

    @property
    def host(self) -> str:
        """Whose server the address names: the rest of it may be a secret."""
        return urlsplit(self.address or "").hostname or ""
