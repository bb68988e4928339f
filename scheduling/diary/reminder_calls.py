"""Reminders by call: for whom they are, and the telephone rung for one, at an hour at which it is safe to ring.

A call says what is true when somebody takes it, so that nothing of the booking is written into it.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from scheduling import numbers
from scheduling.models import Booking, CallBack, CallOutcome, Message, OutgoingCall, Person, RemindedBy, Rung
from scheduling.outbox import calls, messages

MOST_TRIES = 3
BETWEEN_TRIES = timedelta(hours=2)
NOT_PLACED_AFTER = timedelta(seconds=60)
"""A call that the worker has not placed by then may be placed at the next try."""
REMINDER_CALL = "a reminder by call"
"""What the call is about, as the console may say it."""


def is_for(session: Session, person: Person) -> bool:
    """Whether this person is reminded by call: as they asked, else where they can be rung and not be texted."""
    if person.do_not_contact or person.number is None or not numbers.may_be_rung(person.number):
        return False
    if person.reminded_by is not None:
        return person.reminded_by is RemindedBy.CALL
    return messages.why_not_text(session, person) is not None and _is_known_safe(session, person)


def ring(session: Session, booking: Booking, *, now: datetime) -> Message | None:
    """Ring the family once more, unless it has been reminded, is rung already, or was rung often enough."""
    person = booking.case.person
    if person.number is None or calls.why_not(person.number, person, now) is not None:
        return None
    if not _may_try(session, booking, now):
        return None
    message = calls.ring(
        session,
        number=person.number,
        recipient=messages.THE_FAMILY,
        purpose=REMINDER_CALL,
        key=f"{_key(booking)}{tries(session, booking)}",
        case_id=booking.case_id,
        person=person,
        booking=booking,
        now=now,
        expires_at=min(booking.starts_at, now + NOT_PLACED_AFTER),
    )
    session.add(OutgoingCall(message=message, rung=Rung.REMINDER, booking=booking, begun_at=now))
    session.flush()
    return message


def tries(session: Session, booking: Booking) -> int:
    """How often the family was rung, or should have been, to be reminded of the time that is kept now."""
    made = select(func.count()).select_from(OutgoingCall).join(OutgoingCall.message)
    return session.scalars(made.where(_of_this_time(booking))).one()


def _may_try(session: Session, booking: Booking, now: datetime) -> bool:
    against = (
        OutgoingCall.ended_at.is_(None) | (OutgoingCall.ended_at > now - BETWEEN_TRIES),
        OutgoingCall.outcome == CallOutcome.TAKEN,
    )
    made = select(OutgoingCall.id).join(OutgoingCall.message).where(_of_this_time(booking))
    is_barred = any(session.scalar(made.where(one).limit(1)) is not None for one in against)
    return not is_barred and tries(session, booking) < MOST_TRIES


def _of_this_time(booking: Booking) -> ColumnElement[bool]:
    """A booking that was moved is another time, of which the family is reminded anew."""
    return (OutgoingCall.booking_id == booking.id) & Message.key.startswith(_key(booking), autoescape=True)


def _key(booking: Booking) -> str:
    return f"call:reminder:{booking.uid}:{booking.sequence}:"


def _is_known_safe(session: Session, person: Person) -> bool:
    """They have asked to be rung on this number, and no person had to decide first how to ring it."""
    asked = select(CallBack.id).where(
        CallBack.person_id == person.id, CallBack.number == person.number, CallBack.in_line_since.is_not(None)
    )
    return session.scalar(asked.limit(1)) is not None
