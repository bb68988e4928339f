"""What a calendar says to an invite of ours (RFC 5546): who, yes or no, and which time would be better.

Only UID, SEQUENCE, ATTENDEE, METHOD, COMMENT and a COUNTER's beginning are looked at, line by line. A stranger's
description of a time zone is never read: a time is taken as a clock shows it, in the zone of that name that we know
ourselves. ORGANIZER is not asked for, because Exchange leaves it out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.parser import Contentline, Contentlines
from icalendar.prop import vText
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduling import london
from scheduling.diary.inbound.mail import CalendarAnswer

LARGEST: Final = 256 * 1024
MOST_EVENTS: Final = 2_000
LONGEST_COMMENT: Final = 500
ANSWERS: Final = ("REPLY", "COUNTER")


@dataclass
class _Event:
    """What is of use in the first event."""

    uid: str = ""
    sequence: str = "0"
    answers: dict[str, str] = field(default_factory=dict)
    starts: tuple[Mapping[str, str], str] | None = None
    comment: str = ""


def read(calendar: str) -> CalendarAnswer | None:
    """The answer in an iCalendar text; None when there is none, or more than an answer can hold."""
    if len(calendar) > LARGEST or calendar.upper().count("BEGIN:VEVENT") > MOST_EVENTS:
        return None
    method, event = "", _Event()
    for inside, name, params, value in _lines(calendar):
        if inside == ["VCALENDAR"] and name == "METHOD":
            method = value.strip().upper()
        elif inside == ["VCALENDAR", "VEVENT"]:
            _note(event, name, params, value)
        elif inside == ["VCALENDAR"] and (name, value.strip().upper()) == ("END", "VEVENT"):
            break  # the first event is the one that is answered
    if method not in ANSWERS or not event.uid or not event.answers:
        return None
    return CalendarAnswer(
        method=method,
        uid=event.uid,
        sequence=int(event.sequence) if event.sequence.isascii() and event.sequence.isdigit() else 0,
        answers=event.answers,
        proposes_at=_moment(*event.starts) if method == "COUNTER" and event.starts is not None else None,
        comment=event.comment,
    )


def _lines(calendar: str) -> Iterator[tuple[list[str], str, Mapping[str, str], str]]:
    """Each line that can be read, with the names of the components around it."""
    around: list[str] = []
    for line in Contentlines.from_ical(calendar):  # type: ignore[no-untyped-call]
        try:
            name, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
        except ValueError:
            continue
        name = name.upper()
        if name == "BEGIN":
            around.append(value.strip().upper())
            continue
        if name == "END" and around:
            around.pop()
        yield list(around), name, params, value


def _note(event: _Event, name: str, params: Mapping[str, str], value: str) -> None:
    if name == "UID" and not event.uid:
        event.uid = value.strip()
    elif name == "SEQUENCE":
        event.sequence = value.strip()
    elif name == "ATTENDEE":
        address = value.strip().lower().removeprefix("mailto:")
        event.answers[address] = str(params.get("PARTSTAT", "NEEDS-ACTION")).upper()
    elif name == "COMMENT" and not event.comment:
        event.comment = " ".join(str(vText.from_ical(value)).split())[:LONGEST_COMMENT]
    elif name == "DTSTART":
        event.starts = (params, value.strip())


def _moment(params: Mapping[str, str], value: str) -> str | None:
    """The moment in ISO's form; a whole day, or what is no time at all, is none."""
    try:
        shown = datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone stands beside it
    except ValueError:
        return None
    zone = UTC if value.endswith("Z") else _zone(str(params.get("TZID", "")))
    return shown.replace(tzinfo=zone).astimezone(UTC).isoformat()


def _zone(name: str) -> ZoneInfo:
    """The zone of this name; one that somebody made up is taken for ours, where everybody whom we invite is."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return london.LONDON
