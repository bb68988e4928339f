"""An authority's own doing: who comes for it to a meeting, and the links by which its officers see to their cases."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models.authority import Officer
from scheduling.models.case import Case


class Attendee(Base):
    """Somebody whom the authority has named for a meeting, and whether they can agree to something on the day."""

    __tablename__ = "attendees"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        UniqueConstraint("case_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[str]
    position: Mapped[str]
    """What they are at the authority, as the authority wrote it."""
    email: Mapped[str]
    may_agree: Mapped[bool]
    """The authority has declared that they may resolve the issues (regulation 38)."""
    named_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()


class OfficerLink(Base):
    """An address by which one officer sees to the authority's cases, without an account."""

    __tablename__ = "officer_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of what stands in the address: a copy of the database opens nothing."""
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    officer: Mapped[Officer] = relationship()
