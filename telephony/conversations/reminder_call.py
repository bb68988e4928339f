"""A reminder by call, once the right person has pressed the key: the time as it is kept at this moment, and a goodbye.

A time that was moved after the telephone began to ring is told as it is now, and one that was called off is not told.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cases import calling
from scheduling.models import Booking, BookingKind, OutgoingCall
from telephony import phrases
from telephony.connecting import Then, Turn

MOST_TURNS = 20
"""A key that is stuck hears a goodbye at last."""


def turn(session: Session, call: OutgoingCall, number: int, keys: str, *, now: datetime) -> Turn:
    """What is said after this key; none, once the reminder was heard, is enough for a goodbye."""
    is_heard = call.taken_at is not None
    calling.take(session, call, now=now)
    if is_heard and keys == "0":
        calling.ask_for_a_person(session, call, now=now)
        return _says(call, phrases.A_PERSON_WILL_CALL, phrases.OUR_GOODBYE)
    booking = calling.to_remind_of(call, now)
    if booking is None or (is_heard and not keys) or number > MOST_TURNS:
        return _says(call, phrases.OUR_GOODBYE)
    place = _place(booking)
    if is_heard and keys == "4" and place is not None:
        return _says(call, place, phrases.REMINDER_KEYS, then=Then.A_KEY)
    where = () if place is None else (phrases.HEAR_THE_PLACE,)
    return _says(call, phrases.REMINDER, _time(booking), *where, phrases.REMINDER_KEYS, then=Then.A_KEY)


def _time(booking: Booking) -> str:
    told = phrases.your_meeting if booking.kind is BookingKind.MEDIATION else phrases.our_call
    return told(booking.starts_at)


def _place(booking: Booking) -> str | None:
    """Where it is, if the contact record allows that it is said."""
    if booking.room is None or not booking.case.person.may_say_place:
        return None
    return phrases.the_place(booking.room.venue.name, booking.room.venue.address)


def _says(call: OutgoingCall, *words: str, then: Then = Then.END) -> Turn:
    person = calling.person_of(call)
    return Turn(says=words, then=then, language=None if person is None else person.language)
