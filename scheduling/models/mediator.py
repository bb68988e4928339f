"""Mediators: with whom they work, when and where, and with whom they must not; and the interpreters beside them."""

from datetime import date, time

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models.authority import Authority
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow

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
    meetings_a_week: Mapped[int | None]
    """None: as many as the days allow."""
    outcode: Mapped[str | None]
    """First half of the postcode from which they set out."""
    travels_km: Mapped[int | None]
    """How far, as the crow flies; None: anywhere."""
    accredited_until: Mapped[date | None]
    """The last day of the accreditation; None where none is on record, and then none is asked for."""
    meets_from_afar: Mapped[bool] = mapped_column(default=True)
    """Whether they also sit by video and telephone."""

    works_with: Mapped[list[Authority]] = relationship(secondary=mediator_works_with, order_by=Authority.name)
    hours: Mapped[list["MediatorHours"]] = relationship(
        order_by="MediatorHours.weekday, MediatorHours.starts", cascade="all, delete-orphan"
    )
    leave: Mapped[list["Leave"]] = relationship(back_populates="mediator", order_by="Leave.first_day")
    conflicts: Mapped[list["Conflict"]] = relationship(
        back_populates="mediator", order_by="Conflict.id", cascade="all, delete-orphan"
    )
    spoken: Mapped[list["MediatorLanguage"]] = relationship(
        order_by="MediatorLanguage.language", cascade="all, delete-orphan"
    )

    def is_on_leave(self, day: date) -> bool:
        """Whether the mediator is away on the day."""
        return any(absence.first_day <= day <= absence.last_day for absence in self.leave)


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


class Conflict(SealedRow, Base):
    """The mediator is not independent of an authority (Act s.56), a school or a family."""

    __tablename__ = "conflicts"
    __table_args__ = (
        CheckConstraint(
            "authority_id IS NOT NULL OR school IS NOT NULL OR person_id IS NOT NULL", name="with_somebody"
        ),
    )
    sealed_for_service = True

    id: Mapped[int] = mapped_column(primary_key=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authorities.id"))
    school: Mapped[str | None]
    """Its name, as it is written in cases."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    because = sealed.text()

    mediator: Mapped[Mediator] = relationship(back_populates="conflicts")


class MediatorLanguage(Base):
    """A language beside English in which the mediator can lead a meeting."""

    __tablename__ = "mediator_languages"

    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)


class Interpreter(Base):
    """Somebody who interprets at meetings, British Sign Language among the languages."""

    __tablename__ = "interpreters"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    spoken: Mapped[list["InterpreterLanguage"]] = relationship(order_by="InterpreterLanguage.language")


class InterpreterLanguage(Base):
    """A language from and into which the interpreter interprets."""

    __tablename__ = "interpreter_languages"

    interpreter_id: Mapped[int] = mapped_column(ForeignKey("interpreters.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
