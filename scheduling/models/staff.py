"""Who signs in, what they are here to do, and when they are on shift."""

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words

coordinator_works_for = Table(
    "coordinator_works_for",
    Base.metadata,
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("authority_id", ForeignKey("authorities.id"), primary_key=True),
)
"""The authorities for which a coordinator works; one for which nobody works is every coordinator's."""


class Role(StrEnum):
    """What somebody who signs in is here to do."""

    COORDINATOR = "coordinator"
    ADVISER = "adviser"
    MEDIATOR = "mediator"
    """Tied to a `Mediator`, whose meetings are theirs."""
    OFFICER = "authority officer"
    """Tied to an `Officer`, whose authority's cases are theirs."""
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Staff(Base):
    """A member of staff, a mediator or an officer who signs in. How they do is the web's business (webapp.accounts)."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(words(Role))
    number: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    shifts: Mapped[list["Shift"]] = relationship(order_by="Shift.weekday, Shift.starts")


class Shift(Base):
    """An adviser takes calls and appointments between two wall-clock times on a day of the week."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("starts < ends", name="ends_after_start"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    weekday: Mapped[int]
    """Monday is 0."""
    starts: Mapped[time]
    ends: Mapped[time]


class OnCall(Base):
    """An adviser takes calls between two moments beyond their weekly shifts; no appointments are booked then."""

    __tablename__ = "on_call"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()
