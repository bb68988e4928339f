"""The links by which an authority's officers see to their cases."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models.authority import Officer


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
