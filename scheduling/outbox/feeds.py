"""Feeds as calendars read them: METHOD:PUBLISH, the same text until something changes, and nobody's name in it.

A feed is read when the reader's calendar thinks of it, some once a day: nobody is told of a change by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from scheduling import london
from scheduling.outbox import identity, zone

REFRESHED = timedelta(hours=1)
"""How often a calendar is asked to look again (RFC 7986, 5.7)."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One entry of a feed."""

    uid: str
    sequence: int
    stamp: datetime
    """When it was written: not when the feed is read, or every reading would look like a change."""
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    is_sure: bool = True
    """False for a time that is only held."""


def compose(name: str, happenings: Iterable[Happening]) -> str:
    """The iCalendar text of a feed of this name."""
    calendar = Calendar()
    calendar.add("PRODID", f"-//{identity.current().name}//Meetings//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("NAME", name)
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    calendar.add_component(zone.london())
    for happening in happenings:
        calendar.add_component(_event(happening))
    return str(calendar.to_ical(), "utf-8")


def _event(happening: Happening) -> Event:
    event = Event()
    event.add("UID", happening.uid)
    event.add("SEQUENCE", happening.sequence)
    event.add("DTSTAMP", happening.stamp)
    event.add("DTSTART", london.london(happening.starts_at))
    event.add("DTEND", london.london(happening.ends_at))
    event.add("SUMMARY", happening.title)
    event.add("LOCATION", happening.place)
    event.add("CLASS", "PRIVATE")
    event.add("STATUS", "CONFIRMED" if happening.is_sure else "TENTATIVE")
    event.add("TRANSP", "OPAQUE")
    return event
