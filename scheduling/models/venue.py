"""Venues: neutral places with rooms, hours, access features and closures."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models.authority import Authority

venue_serves = Table(
    "venue_serves",
    Base.metadata,
    Column("venue_id", ForeignKey("venues.id"), primary_key=True),
    Column("authority_id", ForeignKey("authorities.id"), primary_key=True),
)


class Venue(Base):
    """A building with rooms that can be booked for a meeting."""

    __tablename__ = "venues"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    postcode: Mapped[str]
    phone: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("authorities.id"))
    """The authority that owns the building: it is not neutral in that authority's cases."""
    step_free: Mapped[bool] = mapped_column(default=False)
    hearing_loop: Mapped[bool] = mapped_column(default=False)
    quiet_room: Mapped[bool] = mapped_column(default=False)
    parking: Mapped[bool] = mapped_column(default=False)
    directions: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    owner: Mapped[Authority | None] = relationship()
    serves: Mapped[list[Authority]] = relationship(secondary=venue_serves, order_by=Authority.name)
    hours: Mapped[list["VenueHours"]] = relationship(order_by="VenueHours.weekday, VenueHours.opens")
    rooms: Mapped[list["Room"]] = relationship(back_populates="venue", order_by="Room.name")
    closures: Mapped[list["Closure"]] = relationship(back_populates="venue", order_by="Closure.first_day")

    def is_neutral_for(self, authority: Authority) -> bool:
        """Whether neither party owns the building."""
        return self.owner_id != authority.id

    def is_closed_on(self, day: date) -> bool:
        """Whether a closure covers the day."""
        return any(c.first_day <= day <= c.last_day for c in self.closures)


class VenueHours(Base):
    """When the building is open on a day of the week, in wall-clock time."""

    __tablename__ = "venue_hours"
    __table_args__ = (
        CheckConstraint("opens < closes", name="closes_after_opening"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    weekday: Mapped[int]
    """Monday is 0."""
    opens: Mapped[time]
    closes: Mapped[time]


class Room(Base):
    """A room that holds one meeting at a time."""

    __tablename__ = "rooms"
    __table_args__ = (CheckConstraint("capacity > 0", name="holds_somebody"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    name: Mapped[str]
    capacity: Mapped[int] = mapped_column(default=8)

    venue: Mapped[Venue] = relationship(back_populates="rooms")


class Closure(Base):
    """The venue cannot be used from one day to another, both included."""

    __tablename__ = "closures"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str]
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    venue: Mapped[Venue] = relationship(back_populates="closures")
