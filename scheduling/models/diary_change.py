"""What changed in the diary, line by line, so that searches can keep it in memory and still be right."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base


class Changed(IntEnum):
    """What kind of thing changed. Below 11 it is a `ResourceKind`: something was claimed, given back, or is busy."""

    VENUE = 11
    """With its hours, closures and rooms, and whom it serves."""
    MEDIATOR = 12
    """With hours, leave, languages and conflicts."""
    AUTHORITY = 13
    """Its officers, by the authority's id."""
    INTERPRETER = 14
    CALENDAR = 15
    """A bank holiday was added."""
    POLICY = 16
    COMPANY = 17
    """Who else comes to a meeting, by the case's id."""


class DiaryChange(Base):
    """One thing changed. Written by triggers, so that nobody can forget it; forgotten after a few days."""

    __tablename__ = "diary_changes"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it once

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[int] = mapped_column(SmallInteger)
    """A `Changed` or a `ResourceKind`."""
    resource_id: Mapped[int]
    at: Mapped[datetime]
    xact: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The transaction that wrote it, on PostgreSQL: there a later line may be seen before an earlier one."""
