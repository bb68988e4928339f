"""Venues and their rooms as coordinators keep them: what is known of each, adding one, and altering one.

An alteration is shown with what it does to meetings before it is made; see `alterations`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import numbers
from scheduling.diary import alterations, hours
from scheduling.diary.alterations import Alteration
from scheduling.diary.claims import Resource
from scheduling.diary.hours import Hours
from scheduling.diary.moves import Cause
from scheduling.models import Actor, Authority, Entry, ResourceKind, Room, RoomUse, Side, Venue, VenueHours
from scheduling.refusals import Refused

_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")


@dataclass(eq=False)
class NameTaken(Refused):
    """Two places of one name would be taken for each other."""

    name: str

    def __str__(self) -> str:
        return f"There is a venue called {self.name} already"


@dataclass(eq=False)
class RoomNameTaken(Refused):
    """Two rooms of one name in one house would be taken for each other."""

    name: str

    def __str__(self) -> str:
        return f"There is a room called {self.name} at this venue already"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Everything that is known of a venue but its rooms and closures. The names are those of the record."""

    name: str
    address: str
    postcode: str
    phone: str | None = None
    contact: str | None = None
    cost: str | None = None
    owner: Authority | None = None
    serves: frozenset[Authority] = frozenset()
    step_free: bool = False
    hearing_loop: bool = False
    quiet_room: bool = False
    parking: bool = False
    directions: str | None = None
    hours: Hours = ()
    is_active: bool = True

    def written(self) -> dict[str, str]:
        """As people read it, a line for each thing."""
        return {
            "Name": self.name,
            "Address": ", ".join(self.address.splitlines()),
            "Postcode": self.postcode,
            "Telephone": self.phone or "",
            "Contact": self.contact or "",
            "Cost": self.cost or "",
            "Owner": "not an authority" if self.owner is None else self.owner.name,
            "Serves": ", ".join(sorted(authority.name for authority in self.serves)),
            "Step-free": _yes_or_no(self.step_free),
            "Hearing loop": _yes_or_no(self.hearing_loop),
            "Quiet room": _yes_or_no(self.quiet_room),
            "Parking": _yes_or_no(self.parking),
            "Directions": self.directions or "",
            "Opening hours": hours.written(self.hours),
            "Used": _yes_or_no(self.is_active),
        }


def described(venue: Venue) -> Place:
    """What is known of a venue now."""
    return Place(
        name=venue.name,
        address=venue.address,
        postcode=venue.postcode,
        phone=venue.phone,
        contact=venue.contact,
        cost=venue.cost,
        owner=venue.owner,
        serves=frozenset(venue.serves),
        step_free=venue.step_free,
        hearing_loop=venue.hearing_loop,
        quiet_room=venue.quiet_room,
        parking=venue.parking,
        directions=venue.directions,
        hours=hours.in_order((one.weekday, one.opens, one.closes) for one in venue.hours),
        is_active=venue.is_active,
    )


def add(session: Session, place: Place, *, by: Actor, now: datetime) -> Venue:
    """A place that meetings may be booked at as soon as it has a room."""
    _must_be_free(session, place.name)
    venue = Venue()
    _become(venue, place)
    session.add(venue)
    session.flush()
    session.add(Entry(venue_id=venue.id, at=now, what="The venue was added", why=None, by=by))
    return venue


def alter(session: Session, venue: Venue, place: Place, *, by: Actor, now: datetime) -> Alteration:
    """What is known of a venue changes; raises NameTaken."""
    if place.name != venue.name:
        _must_be_free(session, place.name)
    known = described(venue)
    lines = alterations.differences(known.written(), place.written())

    def make() -> None:
        _become(venue, place, known=known)
        if lines:
            session.add(Entry(venue_id=venue.id, at=now, what=f"Changed. {'. '.join(lines)}", why=None, by=by))

    return Alteration(resources=rooms_of(venue), make=make, cause=_changed(venue, lines), lines=lines)


def add_room(session: Session, venue: Venue, room: Room, *, by: Actor, now: datetime) -> None:
    """Another room, which nothing can be booked in yet; raises RoomNameTaken."""
    _room_must_be_free(venue, room.name)
    venue.rooms.append(room)
    session.add(Entry(venue_id=venue.id, at=now, what=f"{room.name} was added", why=None, by=by))


def alter_room(
    session: Session, room: Room, *, name: str, capacity: int, used_for: RoomUse, by: Actor, now: datetime
) -> Alteration:
    """A room is called otherwise, holds more or fewer, or is used for something else; raises RoomNameTaken."""
    if name != room.name:
        _room_must_be_free(room.venue, name)
    before = {"Name": room.name, "Holds": str(room.capacity), "Used for": room.used_for.value}
    lines = alterations.differences(before, {"Name": name, "Holds": str(capacity), "Used for": used_for.value})
    called = room.name

    def make() -> None:
        room.name, room.capacity, room.used_for = name, capacity, used_for
        if lines:
            what = f"{called} changed. {'. '.join(lines)}"
            session.add(Entry(venue_id=room.venue_id, at=now, what=what, why=None, by=by))

    cause = _changed(room.venue, [f"{called}, {line}" for line in lines])
    return Alteration(resources=[(ResourceKind.ROOM, room.id)], make=make, cause=cause, lines=lines)


def rooms_of(venue: Venue) -> list[Resource]:
    """Its rooms, as the diary claims them."""
    return [(ResourceKind.ROOM, room.id) for room in venue.rooms]


def postcode(typed: str) -> str | None:
    """A whole postcode as the post office writes it; None for anything else."""
    letters = re.sub(r"\s", "", typed.upper())
    written = f"{letters[:-3]} {letters[-3:]}"
    return written if _POSTCODE.fullmatch(written) else None


def telephone(typed: str) -> str | None:
    """A number as it is kept: as people write it where we understand it, else as it was typed."""
    e164 = numbers.parse(typed) if typed else None
    return numbers.written(e164) if e164 else typed or None


def _become(venue: Venue, place: Place, *, known: Place | None = None) -> None:
    """Take over what is not so already; hours that stay keep their rows."""
    for name in (one.name for one in fields(Place)):
        wanted = getattr(place, name)
        if known is not None and getattr(known, name) == wanted:
            continue
        if name == "hours":
            wanted = [VenueHours(weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in wanted]
        elif name == "serves":
            wanted = sorted(wanted, key=lambda authority: authority.name)
        setattr(venue, name, wanted)


def _changed(venue: Venue, lines: Sequence[str]) -> Cause:
    """What the history of a case says; the whole of it stands in the venue's."""
    what = ", ".join(line.partition(":")[0].lower() for line in lines)
    return Cause(side=Side.VENUE, because=f"{venue.name} has changed: {what}.")


def _must_be_free(session: Session, name: str) -> None:
    if session.scalar(select(Venue.id).where(Venue.name == name)) is not None:
        raise NameTaken(name)


def _room_must_be_free(venue: Venue, name: str) -> None:
    if any(room.name == name for room in venue.rooms):
        raise RoomNameTaken(name)


def _yes_or_no(is_so: bool) -> str:  # noqa: FBT001 - it is written, nothing is steered
    return "yes" if is_so else "no"
