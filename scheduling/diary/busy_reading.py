"""When somebody is busy, read from their own calendar: only from when to when, nothing else of it is kept.

Runs by itself in a confined process: `python -m scheduling.diary.busy_reading FIRST_DAY LAST_DAY DOMAIN`, the calendar
on standard input, the times as JSON on standard output. Repetitions are followed across clock changes on the
calendar's own clock; a whole day is London's.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import recurring_ical_events
from icalendar import Calendar, Component, Event, vRecur

from scheduling import confined, london

MOST_EVENTS: Final = 2_000
MOST_TIMES: Final = 5_000
"""Three years of five meetings a day."""
TOO_OFTEN: Final = ("SECONDLY", "MINUTELY", "HOURLY")
"""Nobody's meetings repeat so."""


class NotACalendar(Exception):  # noqa: N818 - says why the child gave nothing back
    """What was given is none, or none of a person."""


def times(given: bytes, first_day: str, last_day: str, domain: str) -> list[tuple[str, str]]:
    """From when to when its owner is busy between two days, both included, in UTC and in order.

    What came from us, as an invite or by a feed, is in our own diary already: it ends in our domain.
    """
    calendars = Calendar.from_ical(given, multiple=True)
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if len(events) > MOST_EVENTS or any(_repeats_without_end(event) for event in events):
        raise NotACalendar
    begin, end = date.fromisoformat(first_day), date.fromisoformat(last_day) + timedelta(days=1)
    happening = [one for calendar in calendars for one in recurring_ical_events.of(calendar).between(begin, end)]
    if not calendars or len(happening) > MOST_TIMES:
        raise NotACalendar
    return sorted({(starts.isoformat(), ends.isoformat()) for starts, ends in _busy(happening, f"@{domain}")})


def _busy(events: list[Event], ours: str) -> Iterator[tuple[datetime, datetime]]:
    for event in events:
        if _takes_time(event) and not str(event.get("UID", "")).endswith(ours):
            starts, ends = _moment(event.start), _moment(event.end)
            if starts < ends:
                yield starts, ends


def _takes_time(event: Event) -> bool:
    """Not called off, and not only a note at the edge of the day."""
    shows_free = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    is_seen_through = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    return not (shows_free or is_seen_through or str(event.get("STATUS", "")).upper() == "CANCELLED")


def _moment(when: date | datetime) -> datetime:
    """The same moment in UTC; a time without a zone is London's, and so is a whole day."""
    if not isinstance(when, datetime):
        return london.at(when, time(0)).astimezone(UTC)
    return (when if when.tzinfo is not None else london.at(when.date(), when.time())).astimezone(UTC)


def _repeats_without_end(event: Component) -> bool:
    rules = event.get("RRULE", [])
    return any(_never_ends(rule) for rule in (rules if isinstance(rules, list) else [rules]))


def _never_ends(rule: vRecur) -> bool:
    """Whoever follows it would follow it for as long as we let them: at every moment, or for ever at the same one."""
    is_too_often = any(str(frequency).upper() in TOO_OFTEN for frequency in rule.get("FREQ", []))
    return is_too_often or any(int(interval) < 1 for interval in rule.get("INTERVAL", []))


if __name__ == "__main__":
    confined.answer(times)
