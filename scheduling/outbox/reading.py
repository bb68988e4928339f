"""Reads an invite back as its recipient's calendar would show it: what we sent, seen from the other side."""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event


@dataclass(frozen=True, kw_only=True)
class Invite:
    """What a calendar makes of an invite."""

    method: str
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    organizer: str
    attendees: tuple[str, ...]

    @property
    def is_cancellation(self) -> bool:
        """Whether it takes the meeting out of the calendar."""
        return self.method == "CANCEL"


def read(text: str) -> Invite | None:
    """The invite in an iCalendar text; None when the text is none, or holds no event."""
    try:
        calendar = Calendar.from_ical(text)
    except ValueError:
        return None
    for event in calendar.walk("VEVENT"):
        if isinstance(event, Event):
            return _invite(calendar, event)
    return None


def _invite(calendar: Calendar, event: Event) -> Invite:
    attendees = event.get("ATTENDEE", [])
    return Invite(
        method=str(calendar.get("METHOD", "PUBLISH")),
        uid=str(event["UID"]),
        sequence=int(event.get("SEQUENCE", 0)),
        starts_at=event.decoded("DTSTART"),
        ends_at=event.decoded("DTEND"),
        summary=str(event.get("SUMMARY", "")),
        location=str(event.get("LOCATION", "")),
        description=str(event.get("DESCRIPTION", "")),
        organizer=_address(str(event.get("ORGANIZER", ""))),
        attendees=tuple(_address(str(a)) for a in (attendees if isinstance(attendees, list) else [attendees])),
    )


def _address(value: str) -> str:
    return value.removeprefix("mailto:").removeprefix("MAILTO:")
