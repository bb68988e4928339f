"""What coordinators may add to the law's calendar, and the signs of life of our own processes."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base


class ExtraBankHoliday(Base):
    """A bank holiday proclaimed after the holidays library was released."""

    __tablename__ = "extra_bank_holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Heartbeat(Base):
    """When a process last showed that it lives, by the database's clock."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(primary_key=True)
    """"worker" or "clock"."""
    beat_at: Mapped[datetime]


class PolicyValue(Base):
    """What a coordinator has chosen where the law leaves room; a policy without a row has its default."""

    __tablename__ = "policies"

    name: Mapped[str] = mapped_column(primary_key=True)
    """As `scheduling.reference.policies` lists it."""
    value: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
