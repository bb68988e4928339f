"""Who works here, what they may do, and when they are on shift."""

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words


class Role(StrEnum):
    """What a member of staff is here to do."""

    COORDINATOR = "coordinator"
    ADVISER = "adviser"
    MEDIATOR = "mediator"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Staff(Base):
    """A member of staff. How they sign in is the web's business (webapp.accounts)."""

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
