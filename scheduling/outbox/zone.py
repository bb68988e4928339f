"""London's time zone as calendars need it written down: two rules, right for every year to come (RFC 5545, 3.6.5)."""

from datetime import datetime, timedelta

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

from scheduling import london as clocks

# The format wants local time without a zone here, as read on a clock just before it is changed.
_BST_BEGAN = datetime(1981, 3, 29, 1)  # noqa: DTZ001
_GMT_BEGAN = datetime(1996, 10, 27, 2)  # noqa: DTZ001


def london() -> Timezone:
    """London's two changes of the clock as rules: short, and right for every year to come."""
    zone = Timezone()
    zone.add("TZID", clocks.LONDON.key)
    zone.add_component(_observance(TimezoneDaylight(), "BST", onset=_BST_BEGAN, hours_before=0, hours_after=1))
    zone.add_component(_observance(TimezoneStandard(), "GMT", onset=_GMT_BEGAN, hours_before=1, hours_after=0))
    return zone


def _observance(part: Component, name: str, *, onset: datetime, hours_before: int, hours_after: int) -> Component:
    part.add("TZNAME", name)
    part.add("DTSTART", onset)
    part.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": onset.month, "BYDAY": "-1SU"})
    part.add("TZOFFSETFROM", timedelta(hours=hours_before))
    part.add("TZOFFSETTO", timedelta(hours=hours_after))
    return part
