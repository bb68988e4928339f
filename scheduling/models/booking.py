"""Bookings, and the quarter-hours that they keep for themselves.

A booking makes a claim on every person and room it needs; a claim fills quarter-hour cells, and the database refuses
a second claim on a filled cell. The rule is the table's primary key, so no race and no forgotten check can break it.
"""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.authority import Officer
from scheduling.models.case import Case, Mode
from scheduling.models.mediator import Interpreter, Mediator
from scheduling.models.parties import CareBoard, Side
from scheduling.models.staff import Staff
from scheduling.models.venue import Room, at_place, place
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class BookingKind(StrEnum):
    """What the time is booked for."""

    ADVICE = "advice"
    """A telephone session with a mediation adviser."""
    MEDIATION = "mediation"


class BookingStatus(StrEnum):
    """Whether the time is still kept."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Booking(SealedRow, Base):
    """A time that is kept for a case. Moving it keeps the row and its UID; a final cancellation ends both."""

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("sequence >= 0", name="sequence_rises"),
        CheckConstraint(
            "kind <> 'mediation' OR (mediator_id IS NOT NULL AND officer_id IS NOT NULL)", name="mediation_is_whole"
        ),
        CheckConstraint(
            "kind <> 'mediation' OR (mode = 'in person') = (room_id IS NOT NULL)", name="in_a_room_or_from_afar"
        ),
        CheckConstraint("kind <> 'advice' OR adviser_id IS NOT NULL", name="advice_is_whole"),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_has_a_moment"),
        Index(
            "uq_bookings_live_case_kind",
            "case_id",
            "kind",
            unique=True,
            sqlite_where=text("status <> 'cancelled'"),
            postgresql_where=text("status <> 'cancelled'"),
        ),
    )

    sealed_for = ("case_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    """The calendar's name for this booking, for the whole of its life."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Rises with every change that people must notice (RFC 5545, 3.8.7.4)."""
    kind: Mapped[BookingKind] = mapped_column(words(BookingKind))
    status: Mapped[BookingStatus] = mapped_column(words(BookingStatus), default=BookingStatus.CONFIRMED)
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.IN_PERSON)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    mediator_id: Mapped[int | None] = mapped_column(ForeignKey("mediators.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    interpreter_id: Mapped[int | None] = mapped_column(ForeignKey("interpreters.id"))
    board_id: Mapped[int | None] = mapped_column(ForeignKey("care_boards.id"))
    """The integrated care board, where it is a party."""
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    joining = sealed.optional_text()
    """How to join a meeting that nobody travels to: a link or a number to ring."""
    booked_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_because = sealed.optional_text()
    cancelled_by_side: Mapped[Side | None] = mapped_column(words(Side))
    """Which side caused it; None where a later meeting only took its place."""

    case: Mapped[Case] = relationship()
    room: Mapped[Room | None] = relationship()
    mediator: Mapped[Mediator | None] = relationship()
    officer: Mapped[Officer | None] = relationship()
    interpreter: Mapped[Interpreter | None] = relationship()
    board: Mapped[CareBoard | None] = relationship()
    adviser: Mapped[Staff | None] = relationship()
    claims: Mapped[list["Claim"]] = relationship(
        back_populates="booking", cascade="all, delete-orphan", passive_deletes=True, order_by="Claim.id"
    )

    @property
    def is_live(self) -> bool:
        """Whether the time is still kept."""
        return self.status is not BookingStatus.CANCELLED

    @property
    def place(self) -> str:
        """Where people meet, for pages: "Town Hall, Room 1" or "By video"."""
        return place(self.mode, self.room)

    @property
    def at_place(self) -> str:
        """The same inside a sentence: "at Town Hall" or "by video"."""
        return at_place(self.mode, self.room)


class MovedBooking(SealedRow, Base):
    """A booking went to another time or place, and a side caused it: for counting, beside the history."""

    __tablename__ = "moved_bookings"
    sealed_for = ("booking_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)
    moved_at: Mapped[datetime]
    caused_by: Mapped[Side] = mapped_column(words(Side))
    because = sealed.text()
    was_at: Mapped[datetime]
    is_at: Mapped[datetime]


class MovedByClosure(Base):
    """Where a meeting was before its venue was closed, until nobody can take the closure back any more."""

    __tablename__ = "moved_by_closures"

    id: Mapped[int] = mapped_column(primary_key=True)
    closure_id: Mapped[int] = mapped_column(ForeignKey("closures.id", ondelete="CASCADE"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)
    sequence: Mapped[int]
    """The booking's own after the move: with a higher one, something has happened to it since."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[Mode] = mapped_column(words(Mode))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    mediator_id: Mapped[int | None] = mapped_column(ForeignKey("mediators.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    interpreter_id: Mapped[int | None] = mapped_column(ForeignKey("interpreters.id"))
    board_id: Mapped[int | None] = mapped_column(ForeignKey("care_boards.id"))

    booking: Mapped[Booking] = relationship()
    room: Mapped[Room | None] = relationship()
    mediator: Mapped[Mediator | None] = relationship()
    officer: Mapped[Officer | None] = relationship()
    interpreter: Mapped[Interpreter | None] = relationship()
    board: Mapped[CareBoard | None] = relationship()


class ResourceKind(IntEnum):
    """Anything that can be in only one place at a time. Numbers, so that PostgreSQL can exclude overlaps on them."""

    ROOM = 1
    MEDIATOR = 2
    FAMILY = 3
    """By the person's id."""
    OFFICER = 4
    ADVISER = 5
    """By the staff's id."""
    INTERPRETER = 6
    BOARD = 7
    """By the care board's id."""


class Claim(Base):
    """A booking's claim on one resource, or an offer's while it is held; travel and turnaround included."""

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("(booking_id IS NULL) <> (offer_id IS NULL)", name="of_a_booking_or_an_offer"),
        Index("ix_claims_resource", "kind", "resource_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[int] = mapped_column(SmallInteger)
    """A `ResourceKind`."""
    resource_id: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    booking: Mapped[Booking | None] = relationship(back_populates="claims")


class Cell(Base):
    """One quarter of an hour of one resource, taken."""

    __tablename__ = "cells"

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """A `ResourceKind`."""
    resource_id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """Quarter-hours since 1970 in UTC: no clock change touches them."""
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
