"""One recipient's calendar entry: the iCalendar text of an invite (RFC 5545, 5546).

It lists nobody but its recipient, so that no party learns another's address. Calendars are shared in families and
offices, so it names neither the child nor the need nor the authority.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress

from scheduling import london, references
from scheduling.models import Booking, BookingKind
from scheduling.outbox import identity, messages, whereabouts, zone

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"

LEADS = (messages.THE_MEDIATOR, messages.THE_ADVISER)

TITLES = {BookingKind.MEDIATION: "Meeting", BookingKind.ADVICE: "Call"}


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who is invited."""

    address: str
    name: str | None
    label: str
    """As the console may say it: "the family", "the authority", "the mediator"."""


def compose(booking: Booking, recipient: Recipient, method: str, *, stamp: datetime, sequence: int) -> str:
    """The whole text. `stamp` is when it was written."""
    calendar = Calendar()
    calendar.add("PRODID", f"-//{identity.current().name}//Meetings//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    calendar.add_component(zone.london())
    calendar.add_component(_event(booking, recipient, method, stamp, sequence))
    return str(calendar.to_ical(), "utf-8")


def to_keep(booking: Booking, *, stamp: datetime) -> str:
    """The same for a family that puts it into its calendar itself: nobody is named in it, and it asks for no answer."""
    calendar = Calendar()
    calendar.add("PRODID", f"-//{identity.current().name}//Meetings//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", PUBLISH)
    calendar.add_component(zone.london())
    event = _about(booking, messages.THE_FAMILY, stamp, booking.sequence)
    event.add("STATUS", "CONFIRMED")
    event.add("TRANSP", "OPAQUE")
    event.add_component(_alarm(TITLES[booking.kind]))
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _event(booking: Booking, recipient: Recipient, method: str, stamp: datetime, sequence: int) -> Event:
    event = _about(booking, recipient.label, stamp, sequence)
    event.add("STATUS", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if method == CANCEL else "OPAQUE")
    event.add("ATTENDEE", _attendee(recipient, method))
    if method == REQUEST:
        event.add_component(_alarm(TITLES[booking.kind]))
    return event


def _about(booking: Booking, label: str, stamp: datetime, sequence: int) -> Event:
    title = TITLES[booking.kind]
    event = Event()
    event.add("UID", booking.uid)
    event.add("SEQUENCE", sequence)
    event.add("DTSTAMP", stamp)
    event.add("DTSTART", london.london(booking.starts_at))
    event.add("DTEND", london.london(booking.ends_at))
    event.add("SUMMARY", f"{title} (reference {references.written(booking.case.reference)})")
    event.add("LOCATION", whereabouts.place(booking))
    event.add("DESCRIPTION", _description(booking, label))
    event.add("CLASS", "PRIVATE")
    event.add("ORGANIZER", _calendar_address(identity.current().address, identity.current().name))
    return event


def _attendee(recipient: Recipient, method: str) -> vCalAddress:
    attendee = _calendar_address(recipient.address, recipient.name)
    attendee.params["ROLE"] = "CHAIR" if recipient.label in LEADS else "REQ-PARTICIPANT"
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    if method == REQUEST:
        attendee.params["PARTSTAT"] = "NEEDS-ACTION"
        attendee.params["RSVP"] = "TRUE"
    return attendee


def _calendar_address(address: str, name: str | None) -> vCalAddress:
    calendar_address = vCalAddress(f"mailto:{address}")
    if name:
        # A quotation mark would be written ^', which some calendars show as it stands.
        calendar_address.params["CN"] = " ".join(name.replace('"', "").split())
    return calendar_address


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", f"{title} tomorrow")
    alarm.add("TRIGGER", timedelta(days=-1))
    return alarm


def _description(booking: Booking, label: str) -> str:
    lines = [
        f"Where: {whereabouts.place(booking)}",
        whereabouts.notes(booking, label),
        f"If you cannot come, or have a question, call us: {identity.current().written_phone}.",
    ]
    return "\n".join(line for line in lines if line)
