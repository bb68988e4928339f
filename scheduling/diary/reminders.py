"""Reminders by text or call: two days before, at an hour at which nobody is woken, never after the time has come."""

from datetime import datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import bookings, reminder_calls
from scheduling.models import Booking, BookingStatus, Message

DAYS_BEFORE = 2
HOUR = time(10)
MORNING, EVENING = time(9), time(20)
"""Between these a text may arrive, or a telephone ring."""


def due(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, with a booking of which the family is to be reminded now."""
    near = _near(now).order_by(Booking.starts_at, Booking.id)
    return list(dict.fromkeys(booking.case_id for booking in session.scalars(near) if _is_due(booking, now)))


def write(session: Session, case_id: int, *, now: datetime) -> list[Message]:
    """Write every reminder of this case that is due; again, or by two clocks at once, it writes none twice."""
    near = _near(now).where(Booking.case_id == case_id).order_by(Booking.starts_at, Booking.id)
    found = session.scalars(near.with_for_update(skip_locked=True))
    written = (_write(session, booking, now=now) for booking in found if _is_due(booking, now))
    return [message for message in written if message is not None]


def _near(now: datetime) -> Select[Booking]:
    return select(Booking).where(
        Booking.status != BookingStatus.CANCELLED,
        Booking.starts_at > now,
        Booking.starts_at < now + timedelta(days=DAYS_BEFORE + 1),
    )


def due_at(booking: Booking) -> datetime:
    """When the family is to be reminded."""
    return london.at(london.london_day(booking.starts_at) - timedelta(days=DAYS_BEFORE), HOUR)


def _is_due(booking: Booking, now: datetime) -> bool:
    """Somebody who booked later than that needs no reminder: the confirmation has only just come."""
    return booking.booked_at < due_at(booking) <= now and _humane(now) < booking.starts_at


def _write(session: Session, booking: Booking, *, now: datetime) -> Message | None:
    if reminder_calls.is_for(session, booking.case.person):
        return reminder_calls.ring(session, booking, now=now) if _humane(now) == now else None
    return bookings.tell_by_text(session, booking, bookings.REMINDER, now=now, not_before=_humane(now))


def _humane(now: datetime) -> datetime:
    """Now, or the next morning when it is night."""
    local = london.london(now)
    if local.time() < MORNING:
        return london.at(local.date(), MORNING)
    return now if local.time() < EVENING else london.at(local.date() + timedelta(days=1), MORNING)
