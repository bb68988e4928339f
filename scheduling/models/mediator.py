"""Mediators: with whom they work, when, and with whom they must not."""

from datetime import date, time

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models.authority import Authority

mediator_works_with = Table(
    "mediator_works_with",
    Base.metadata,
    Column("mediator_id", ForeignKey("mediators.id"), primary_key=True),
    Column("authority_id", ForeignKey("authorities.id"), primary_key=True),
)


class Mediator(Base):
    """An independent mediator; invited by mail, signs in only if also a member of staff."""

    __tablename__ = "mediators"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), unique=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    meetings_a_day: Mapped[int] = mapped_column(default=2)

    works_with: Mapped[list[Authority]] = relationship(secondary=mediator_works_with, order_by=Authority.name)
    hours: Mapped[list["MediatorHours"]] = relationship(order_by="MediatorHours.weekday, MediatorHours.starts")
    leave: Mapped[list["Leave"]] = relationship(back_populates="mediator", order_by="Leave.first_day")
    conflicts: Mapped[list["Conflict"]] = relationship(back_populates="mediator")

    def is_on_leave(self, day: date) -> bool:
        """Whether the mediator is away on the day."""
        return any(absence.first_day <= day <= absence.last_day for absence in self.leave)

    def has_conflict_with(self, authority: Authority) -> bool:
        """Whether the mediator may not sit in this authority's cases."""
        return any(c.authority_id == authority.id for c in self.conflicts)


class MediatorHours(Base):
    """When the mediator can sit on a day of the week, in wall-clock time."""

    __tablename__ = "mediator_hours"
    __table_args__ = (
        CheckConstraint("starts < ends", name="ends_after_start"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"))
    weekday: Mapped[int]
    """Monday is 0."""
    starts: Mapped[time]
    ends: Mapped[time]


class Leave(Base):
    """The mediator is away from one day to another, both included."""

    __tablename__ = "leave"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]

    mediator: Mapped[Mediator] = relationship(back_populates="leave")


class Conflict(Base):
    """The mediator once worked for the authority, or is otherwise not independent of it (Act s.56)."""

    __tablename__ = "conflicts"

    id: Mapped[int] = mapped_column(primary_key=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    because: Mapped[str]

    mediator: Mapped[Mediator] = relationship(back_populates="conflicts")
