"""Days and hours as London keeps them, and how we write and say them.

The law counts days, a day is London's, and from March to October London is an hour ahead of UTC: a text at 23:30 UTC
on 30 June arrived on 1 July. Moments are stored in UTC and come through here on their way to a person.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_MIDDAY = time(12)
_MIDNIGHT = time(0)


def london(moment: datetime) -> datetime:
    """The same moment on London's clocks."""
    if moment.tzinfo is None:
        message = f"{moment!r} does not say in which zone it is"
        raise ValueError(message)
    return moment.astimezone(LONDON)


def london_day(moment: datetime) -> date:
    """The day on which something happened, for every rule that counts days."""
    return london(moment).date()


def at(day: date, clock_time: time) -> datetime:
    """The moment at which London's clocks show this time on this day.

    In October an hour comes twice: the first is meant. In March an hour is left out: 1:30am is then 2:30am,
    which is what a clock shows that nobody has put forward yet.
    """
    shown = datetime.combine(day, clock_time.replace(fold=0), tzinfo=LONDON)
    return shown.astimezone(UTC).astimezone(LONDON)


def written_day(day: date) -> str:
    """For pages and letters: Thursday 3 December 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def written_time(clock_time: time) -> str:
    """For pages and letters: 10am, 10:30am, midday."""
    if clock_time.replace(tzinfo=None) == _MIDDAY:
        return "midday"
    if clock_time.replace(tzinfo=None) == _MIDNIGHT:
        return "midnight"
    hour = clock_time.hour % 12 or 12
    minutes = f":{clock_time.minute:02}" if clock_time.minute else ""
    return f"{hour}{minutes}{'am' if clock_time.hour < _MIDDAY.hour else 'pm'}"


def written_hours(starts_at: datetime, ends_at: datetime) -> str:
    """For pages and letters: 10am to 1pm."""
    return f"{written_time(london(starts_at).time())} to {written_time(london(ends_at).time())}"


def written(moment: datetime) -> str:
    """For pages and letters: 10am on Thursday 3 December 2026.

    "Midnight on Thursday" is read as the end of Thursday by some and as its beginning by others: we say which.
    """
    local = london(moment)
    if local.time() == _MIDNIGHT:
        return f"midnight at the end of {written_day(local.date() - timedelta(days=1))}"
    return f"{written_time(local.time())} on {written_day(local.date())}"


def short(moment: datetime) -> str:
    """For texts, where every character counts: Tue 12 Jan, 10am."""
    local = london(moment)
    if local.time() == _MIDNIGHT:
        return f"midnight at the end of {_short_day(local.date() - timedelta(days=1))}"
    return f"{_short_day(local.date())}, {written_time(local.time())}"


def clock_24h(moment: datetime) -> str:
    """For the console's tables, where columns should line up: 09:05."""
    return f"{london(moment):%H:%M}"


def spoken_day(day: date) -> str:
    """For the telephone, where "12 January" may be read as twelve Januaries: Tuesday the 12th of January."""
    return f"{day:%A} the {_ordinal(day.day)} of {day:%B}"


def spoken_time(clock_time: time) -> str:
    """For the telephone, where "am" may be read as a word: 10 o'clock in the morning, half past 2 in the afternoon."""
    if clock_time.replace(tzinfo=None) in {_MIDDAY, _MIDNIGHT}:
        return written_time(clock_time)
    part = "in the morning" if clock_time.hour < _MIDDAY.hour else _later_part(clock_time.hour)
    return f"{_spoken_hour(clock_time)} {part}"


def spoken(moment: datetime) -> str:
    """For the telephone: Tuesday the 12th of January, at 10 o'clock in the morning."""
    local = london(moment)
    return f"{spoken_day(local.date())}, at {spoken_time(local.time())}"


def _short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _spoken_hour(clock_time: time) -> str:
    hour, next_hour = clock_time.hour % 12 or 12, clock_time.hour % 12 + 1
    by_the_quarter = {
        0: f"{hour} o'clock",
        15: f"quarter past {hour}",
        30: f"half past {hour}",
        45: f"quarter to {next_hour}",
    }
    return by_the_quarter.get(clock_time.minute, f"{hour} {clock_time.minute:02}")


def _later_part(hour: int) -> str:
    evening = 18
    return "in the evening" if hour >= evening else "in the afternoon"


def _ordinal(number: int) -> str:
    teens = range(11, 14)
    ending = "th" if number in teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
