"""A week of a venue's rooms, or of a mediator: what is free, held, booked or closed, from hour to hour.

For people to look at. What may be booked is decided elsewhere: a free hour here may be unlawful for a case.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.models import (
    Booking,
    BookingStatus,
    Busy,
    Mediator,
    Offer,
    OfferState,
    ResourceKind,
    Room,
    Venue,
)

DAYS = 7
Kept = TypeVar("Kept", Booking, Offer)
Hours = Iterable[tuple[time, time]]


class State(StrEnum):
    """What an hour is to a coordinator."""

    FREE = "free"
    HELD = "held"
    BOOKED = "booked"
    BUSY = "busy"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Spell:
    """A time in one state."""

    starts_at: datetime
    ends_at: datetime
    state: State
    kept: Booking | Offer | None = None
    """What keeps it, where a meeting does."""
    note: str = ""
    """Why it is closed, where that is known."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One day of one room or mediator; without spells where nobody works."""

    name: str
    spells: Sequence[Spell]


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day, a lane for each room."""

    day: date
    lanes: Sequence[Lane]


@dataclass(frozen=True, kw_only=True)
class Row:
    """The whole week of one room, or of one mediator, among those of others."""

    id: int
    """The venue's or the mediator's."""
    name: str
    room: str | None
    days: Sequence[Day]

    def on(self, day: date) -> Sequence[Spell]:
        """What the day holds; nothing where nobody works."""
        return next((one.lanes[0].spells for one in self.days if one.day == day), ())


def first_day(day: date) -> date:
    """The Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def of_venue(session: Session, venue: Venue, monday: date, *, now: datetime) -> list[Day]:
    """The days of a week at a venue, a lane for each room; a day on which it is never open is left out."""
    rooms = sorted(venue.rooms, key=lambda room: (room.name, room.id))
    everything = _kept_in(session, monday, now=now)
    by_room = {room.id: [one for one in everything if one.room_id == room.id] for room in rooms}
    return [
        Day(day=day, lanes=[Lane(name=room.name, spells=_at(venue, day, by_room[room.id])) for room in rooms])
        for day in _days(monday)
        if _opens(venue, day) or any(_on(day, by_room[room.id]) for room in rooms)
    ]


def of_mediator(session: Session, mediator: Mediator, monday: date, *, now: datetime) -> list[Day]:
    """The days of a mediator's week; a day on which they never work is left out."""
    theirs = [one for one in _kept_in(session, monday, now=now) if one.mediator_id == mediator.id]
    busy = _busy(session, mediator, monday)
    return [
        Day(day=day, lanes=[Lane(name=mediator.name, spells=_with(mediator, day, theirs, busy))])
        for day in _days(monday)
        if _works(mediator, day) or _on(day, theirs)
    ]


def of_venues(session: Session, venues: Iterable[Venue], monday: date, *, now: datetime) -> list[Row]:
    """The same week in many rooms, one below the other; what is kept is read once for all."""
    everything = _kept_in(session, monday, now=now)
    return [
        Row(
            id=venue.id,
            name=venue.name,
            room=room.name,
            days=_whole([_at(venue, day, _in(room, everything)) for day in _days(monday)], room.name, monday),
        )
        for venue in venues
        for room in sorted(venue.rooms, key=lambda room: (room.name, room.id))
    ]


def of_mediators(session: Session, mediators: Sequence[Mediator], monday: date, *, now: datetime) -> list[Row]:
    """The same week of many mediators."""
    everything, busy = _kept_in(session, monday, now=now), _busy_of(session, mediators, monday)
    rows = []
    for one in mediators:
        theirs = [kept for kept in everything if kept.mediator_id == one.id]
        week = [_with(one, day, theirs, busy.get(one.id, [])) for day in _days(monday)]
        rows.append(Row(id=one.id, name=one.name, room=None, days=_whole(week, one.name, monday)))
    return rows


def _whole(week: Sequence[Sequence[Spell]], name: str, monday: date) -> list[Day]:
    """The days on which there is anything to say."""
    return [
        Day(day=day, lanes=[Lane(name=name, spells=spells)])
        for day, spells in zip(_days(monday), week, strict=True)
        if spells
    ]


def _in(room: Room, everything: Iterable[Booking | Offer]) -> list[Booking | Offer]:
    return [one for one in everything if one.room_id == room.id]


def _at(venue: Venue, day: date, kept: Sequence[Booking | Offer]) -> list[Spell]:
    because = next((closure.reason for closure in venue.closures if closure.covers(day)), None)
    return _spells(day, _opens(venue, day), _meetings(_on(day, kept)), closed=because)


def _with(mediator: Mediator, day: date, kept: Sequence[Booking | Offer], busy: Sequence[Spell]) -> list[Spell]:
    taken = [*_meetings(_on(day, kept)), *(one for one in busy if london.london_day(one.starts_at) == day)]
    return _spells(day, _works(mediator, day), taken, closed="On leave" if mediator.is_on_leave(day) else None)


def _spells(day: date, hours: Hours, taken: Iterable[Spell], *, closed: str | None) -> list[Spell]:
    """Everything of a day in order, the free time between it filled in; on a closed day only what is kept."""
    in_order = sorted(taken, key=lambda spell: (spell.starts_at, spell.ends_at))
    open_times = [(london.at(day, opens), london.at(day, closes)) for opens, closes in hours]
    if closed is not None:
        whole = [Spell(starts_at=a, ends_at=b, state=State.CLOSED, note=closed) for a, b in open_times]
        return sorted([*whole, *in_order], key=lambda spell: (spell.starts_at, spell.state is not State.CLOSED))
    free = [spell for opens, closes in open_times for spell in _free(opens, closes, in_order)]
    return sorted([*free, *in_order], key=lambda spell: spell.starts_at)


def _free(opens: datetime, closes: datetime, taken: Iterable[Spell]) -> Iterator[Spell]:
    begins = opens
    for spell in taken:
        if begins < min(spell.starts_at, closes):
            yield Spell(starts_at=begins, ends_at=min(spell.starts_at, closes), state=State.FREE)
        begins = max(begins, spell.ends_at)
    if begins < closes:
        yield Spell(starts_at=begins, ends_at=closes, state=State.FREE)


def _meetings(kept: Iterable[Booking | Offer]) -> list[Spell]:
    return [
        Spell(
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            state=State.BOOKED if isinstance(one, Booking) else State.HELD,
            kept=one,
        )
        for one in kept
    ]


def _kept_in(session: Session, monday: date, *, now: datetime) -> list[Booking | Offer]:
    """Every meeting of the week that is booked, and every time that is held for one."""
    booked = select(Booking).where(Booking.status != BookingStatus.CANCELLED)
    held = select(Offer).where(Offer.state == OfferState.HELD, Offer.held_until > now)
    return [
        *session.scalars(_in_the_week(booked, Booking, monday)),
        *session.scalars(_in_the_week(held, Offer, monday)),
    ]


def _in_the_week(wanted: Select[Kept], kind: type[Kept], monday: date) -> Select[Kept]:
    begins, ends = london.at(monday, time(0)), london.at(monday + timedelta(days=DAYS), time(0))
    whole = (selectinload(kind.case), selectinload(kind.mediator), selectinload(kind.room).selectinload(Room.venue))
    return wanted.where(kind.starts_at >= begins, kind.starts_at < ends).options(*whole)


def _busy(session: Session, mediator: Mediator, monday: date) -> list[Spell]:
    return _busy_of(session, [mediator], monday).get(mediator.id, [])


def _busy_of(session: Session, mediators: Sequence[Mediator], monday: date) -> dict[int, list[Spell]]:
    """The mediators' other appointments, cut at midnight so that each lies in one day."""
    begins, ends = london.at(monday, time(0)), london.at(monday + timedelta(days=DAYS), time(0))
    theirs = select(Busy).where(
        Busy.kind == ResourceKind.MEDIATOR,
        Busy.resource_id.in_([mediator.id for mediator in mediators]),
        Busy.starts_at < ends,
        Busy.ends_at > begins,
    )
    found: dict[int, list[Spell]] = {}
    for one in session.scalars(theirs):
        for starts, stops in _midnights(monday):
            if one.starts_at < stops and starts < one.ends_at:
                spell = Spell(starts_at=max(one.starts_at, starts), ends_at=min(one.ends_at, stops), state=State.BUSY)
                found.setdefault(one.resource_id, []).append(spell)
    return found


def _midnights(monday: date) -> list[tuple[datetime, datetime]]:
    return [(london.at(day, time(0)), london.at(day + timedelta(days=1), time(0))) for day in _days(monday)]


def _days(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(DAYS)]


def _on(day: date, kept: Iterable[Booking | Offer]) -> list[Booking | Offer]:
    return [one for one in kept if london.london_day(one.starts_at) == day]


def _opens(venue: Venue, day: date) -> list[tuple[time, time]]:
    return [(hours.opens, hours.closes) for hours in venue.hours if hours.weekday == day.weekday()]


def _works(mediator: Mediator, day: date) -> list[tuple[time, time]]:
    return [(hours.starts, hours.ends) for hours in mediator.hours if hours.weekday == day.weekday()]
