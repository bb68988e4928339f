"""Calendar invites: one UID for the life of a booking, a higher SEQUENCE at every change (RFC 5545, 5546, 6047).

Everybody gets an invite of their own that lists nobody else, so that no party learns another's address. Calendars are
shared in families and offices, so an invite names neither the child nor the need nor the authority.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london, references
from scheduling.models import Booking, Message, Person, Room
from scheduling.outbox import identity, messages, zone
from scheduling.outbox.wording import mails

REQUEST, CANCEL = "REQUEST", "CANCEL"

BOOKED, MOVED, CANCELLED = "meeting booked", "meeting moved", "meeting cancelled"
"""The purposes of invites, by what they report."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who is invited."""

    address: str
    name: str | None
    label: str
    """As the console may say it: "the family", "the authority" or "the mediator"."""


def recipients(booking: Booking) -> list[Recipient]:
    """Whom a meeting's invite goes to; a family without a mailbox, or who must not be contacted, gets none."""
    person, officer, mediator = booking.case.person, booking.officer, booking.mediator
    invited = []
    if person.email and not person.do_not_contact:
        invited.append(Recipient(address=person.email, name=person.name, label=messages.THE_FAMILY))
    if officer is not None:
        invited.append(Recipient(address=officer.email, name=officer.name, label=messages.THE_AUTHORITY))
    if mediator is not None:
        invited.append(Recipient(address=mediator.email, name=mediator.name, label=messages.THE_MEDIATOR))
    return invited


def send(session: Session, booking: Booking, *, now: datetime) -> list[Message]:
    """Invite everybody to the meeting as it stands: the first time, and again after every move."""
    return [_invite(session, booking, to, now=now) for to in recipients(booking)]


def withdraw(
    session: Session, booking: Booking, *, now: datetime, only: Collection[Recipient] | None = None
) -> list[Message]:
    """Take the meeting out of everybody's calendar, or out of `only` theirs who are no longer to come."""
    return [
        _write(
            session,
            booking,
            to,
            CANCEL,
            purpose=CANCELLED,
            mail=mails.meeting_cancelled(name=to.name, reference=booking.case.reference, starts_at=booking.starts_at),
            now=now,
        )
        for to in (recipients(booking) if only is None else only)
    ]


def compose(booking: Booking, recipient: Recipient, method: str, *, stamp: datetime) -> str:
    """The iCalendar text of one recipient's invite. `stamp` is when it was written."""
    calendar = Calendar()
    calendar.add("PRODID", f"-//{identity.current().name}//Meetings//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    calendar.add_component(zone.london())
    calendar.add_component(_event(booking, recipient, method, stamp))
    return str(calendar.to_ical(), "utf-8")


def _invite(session: Session, booking: Booking, to: Recipient, *, now: datetime) -> Message:
    knows_of_it = _last_method(session, booking, to) == REQUEST
    purpose, words = (MOVED, mails.meeting_moved) if knows_of_it else (BOOKED, mails.meeting_booked)
    room = _room(booking)
    mail = words(
        name=to.name,
        reference=booking.case.reference,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        place=_place(room),
        access=_access(room),
    )
    return _write(session, booking, to, REQUEST, purpose=purpose, mail=mail, now=now)


def _last_method(session: Session, booking: Booking, to: Recipient) -> str | None:
    """What we last wrote to them about this booking: who takes another's place has heard nothing that could change."""
    last = select(Message.calendar_method).where(Message.thread == _thread(booking, to)).order_by(Message.id.desc())
    return session.scalar(last.limit(1))


def _write(
    session: Session, booking: Booking, to: Recipient, method: str, *, purpose: str, mail: mails.Mail, now: datetime
) -> Message:
    return messages.email(
        session,
        address=to.address,
        recipient=to.label,
        purpose=purpose,
        subject=mail.subject,
        body=mail.body,
        key=f"invite:{booking.uid}:{booking.sequence}:{method}:{to.address.casefold()}",
        now=now,
        case=booking.case,
        person=_person(booking, to),
        booking=booking,
        calendar=compose(booking, to, method, stamp=now),
        calendar_method=method,
        thread=_thread(booking, to),
    )


def _thread(booking: Booking, to: Recipient) -> str:
    """In order: a CANCEL that overtook its REQUEST would leave the meeting in the calendar."""
    return f"booking-{booking.id}-{to.address.casefold()}"


def _person(booking: Booking, to: Recipient) -> Person | None:
    return booking.case.person if to.label == messages.THE_FAMILY else None


def _event(booking: Booking, recipient: Recipient, method: str, stamp: datetime) -> Event:
    event = Event()
    event.add("UID", booking.uid)
    event.add("SEQUENCE", booking.sequence)
    event.add("DTSTAMP", stamp)
    event.add("DTSTART", london.london(booking.starts_at))
    event.add("DTEND", london.london(booking.ends_at))
    event.add("SUMMARY", f"Meeting (reference {references.written(booking.case.reference)})")
    event.add("LOCATION", _place(_room(booking)))
    event.add("DESCRIPTION", _description(_room(booking)))
    event.add("CLASS", "PRIVATE")
    event.add("STATUS", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if method == CANCEL else "OPAQUE")
    event.add("ORGANIZER", _calendar_address(identity.current().address, identity.current().name))
    event.add("ATTENDEE", _attendee(recipient, method))
    if method == REQUEST:
        event.add_component(_alarm())
    return event


def _attendee(recipient: Recipient, method: str) -> vCalAddress:
    attendee = _calendar_address(recipient.address, recipient.name)
    attendee.params["ROLE"] = "CHAIR" if recipient.label == messages.THE_MEDIATOR else "REQ-PARTICIPANT"
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


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", "Meeting tomorrow")
    alarm.add("TRIGGER", timedelta(days=-1))
    return alarm


def _room(booking: Booking) -> Room:
    if booking.room is None:
        message = f"booking {booking.id} has no room: only a meeting at a place has an invite"
        raise ValueError(message)
    return booking.room


def _place(room: Room) -> str:
    venue = room.venue
    return ", ".join([venue.name, room.name, *venue.address.splitlines(), venue.postcode])


def _access(room: Room) -> str | None:
    venue = room.venue
    features = {
        "step-free": venue.step_free,
        "hearing loop": venue.hearing_loop,
        "quiet room": venue.quiet_room,
        "parking": venue.parking,
    }
    there = ", ".join(feature for feature, is_there in features.items() if is_there)
    notes = [
        f"Access: {there}." if there else None,
        f"How to get there: {venue.directions}" if venue.directions else None,
    ]
    return "\n".join(filter(None, notes)) or None


def _description(room: Room) -> str:
    return "\n".join(
        filter(
            None,
            [
                f"Where: {_place(room)}",
                _access(room),
                f"If you cannot come, or have a question, call us: {identity.current().written_phone}.",
            ],
        )
    )
