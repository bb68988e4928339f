"""Venues: neutral places with rooms, hours, access features and closures."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.authority import Authority
from scheduling.models.case import Mode
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow

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
    cost: Mapped[str | None]
    """What it costs, in words: "£120 a day, free for us on Mondays"."""
    contact: Mapped[str | None]
    """Whom to ask about a booking there."""
    is_active: Mapped[bool] = mapped_column(default=True)

    owner: Mapped[Authority | None] = relationship()
    serves: Mapped[list[Authority]] = relationship(secondary=venue_serves, order_by=Authority.name)
    hours: Mapped[list["VenueHours"]] = relationship(
        order_by="VenueHours.weekday, VenueHours.opens", cascade="all, delete-orphan"
    )
    rooms: Mapped[list["Room"]] = relationship(back_populates="venue", order_by="Room.name")
    closures: Mapped[list["Closure"]] = relationship(
        back_populates="venue", order_by="Closure.first_day", cascade="all, delete-orphan"
    )

    def is_neutral_for(self, authority: Authority) -> bool:
        """Whether neither party owns the building."""
        return self.owner_id != authority.id

    def is_closed_on(self, day: date) -> bool:
        """Whether a closure covers the day."""
        return any(closure.covers(day) for closure in self.closures)


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


class RoomUse(StrEnum):
    """What a room is good for."""

    MEETINGS = "meetings"
    TALKS_APART = "talks apart"
    """A small room beside a meeting, into which a side withdraws."""
    NOTHING = "nothing"
    """Out of use."""


class Room(Base):
    """A room that holds one meeting at a time."""

    __tablename__ = "rooms"
    __table_args__ = (CheckConstraint("capacity > 0", name="holds_somebody"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    name: Mapped[str]
    capacity: Mapped[int] = mapped_column(default=8)
    used_for: Mapped[RoomUse] = mapped_column(words(RoomUse), default=RoomUse.MEETINGS)

    venue: Mapped[Venue] = relationship(back_populates="rooms")


def place(mode: Mode, room: Room | None) -> str:
    """Where people meet, for pages: "Town Hall, Room 1" or "By video"."""
    return mode.value.capitalize() if room is None else f"{room.venue.name}, {room.name}"


def at_place(mode: Mode, room: Room | None) -> str:
    """The same inside a sentence: "at Town Hall" or "by video"."""
    return mode.value if room is None else f"at {room.venue.name}"


class Repeats(StrEnum):
    """How a closure comes again."""

    WEEKLY = "every week"
    YEARLY = "every year"


class Closure(SealedRow, Base):
    """The venue cannot be used from one day to another, both included, once or again and again."""

    __tablename__ = "closures"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="ends_after_start"),
        CheckConstraint("repeats_until IS NULL OR repeats IS NOT NULL", name="until_when_it_repeats"),
    )
    sealed_for_service = True

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason = sealed.text()
    repeats: Mapped[Repeats | None] = mapped_column(words(Repeats))
    repeats_until: Mapped[date | None]
    """The last day on which it may still begin; None: for ever."""
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    venue: Mapped[Venue] = relationship(back_populates="closures")

    def covers(self, day: date) -> bool:
        """Whether the venue cannot be used on the day."""
        begun = self._last_beginning(day)
        is_over = self.repeats_until is not None and begun > self.repeats_until
        return self.first_day <= begun <= day <= begun + (self.last_day - self.first_day) and not is_over

    def _last_beginning(self, day: date) -> date:
        """The last day up to this one on which the closure began, were it to repeat in both directions."""
        if self.repeats is Repeats.WEEKLY:
            return day - timedelta(days=(day - self.first_day).days % 7)
        if self.repeats is Repeats.YEARLY:
            this_year = _in_the_year(self.first_day, day.year)
            return this_year if this_year <= day else _in_the_year(self.first_day, day.year - 1)
        return self.first_day


def _in_the_year(day: date, year: int) -> date:
    """The same day of another year; 29 February is 1 March where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
