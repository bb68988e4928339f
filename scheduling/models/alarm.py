"""Alarms about deadlines: each raised once, and passed on until somebody says that they have seen it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models.case import Case


class Alarm(Base):
    """A deadline of a case has come so near, or has passed."""

    __tablename__ = "alarms"
    __table_args__ = (UniqueConstraint("case_id", "rule", "due_on", "threshold"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    rule: Mapped[str]
    """The rule's key in the register."""
    due_on: Mapped[date]
    threshold: Mapped[str]
    """"10 working days", "overdue"."""
    raised_at: Mapped[datetime]
    passed_on_at: Mapped[datetime | None]
    """When it went to the manager, because nobody had said that they had seen it."""
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    case: Mapped[Case] = relationship()
