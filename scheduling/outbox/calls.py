"""A call is written here like a text or a mail; the worker places it, and what is said then is telephony's.

We ring nobody at an unsafe hour, on a number that is not theirs, or at a price of pounds a minute: asked when the call
is written and once more when the worker comes to it.
"""

from datetime import datetime, time

from sqlalchemy.orm import Session

from scheduling import london, numbers
from scheduling.models import Booking, Channel, Message, Person
from scheduling.outbox import messages

THE_ADVISER = "the adviser"

MORNING, EVENING = time(8), time(20)
"""Between these we ring, where a family's own record does not say otherwise."""

NEUTRAL = "Hello. This is a message for somebody at this number. We will call again. Thank you."
"""All that an answering machine may get, and only where the record allows it: no name, no reason, no number of ours."""


def ring(
    session: Session,
    *,
    number: str,
    recipient: str,
    purpose: str,
    key: str,
    now: datetime,
    expires_at: datetime,
    case_id: int | None = None,
    person: Person | None = None,
    booking: Booking | None = None,
) -> Message:
    """Have this number rung as soon as the worker comes to it, and never after `expires_at`."""
    call = Message(
        key=key,
        channel=Channel.CALL,
        purpose=purpose,
        case_id=case_id,
        person_id=None if person is None else person.id,
        booking_id=None if booking is None else booking.id,
        address=number,
        recipient=recipient,
        body=NEUTRAL,
        must_arrive=False,  # a call that may have been placed is not placed again: a telephone would ring twice
        written_at=now,
        expires_at=expires_at,
    )
    return messages.write(session, call)


def why_not(number: str, person: Person | None, now: datetime) -> str | None:
    """What forbids to ring this number now, as a sentence; an adviser is rung by their number alone."""
    if not numbers.may_be_rung(number):
        return "We do not ring numbers like this one."
    if person is None:
        return None
    if person.do_not_contact:
        return "The person must not be contacted."
    if number not in {person.number, person.other_number}:
        return "The person now has another number."
    return None if is_safe_hour(person, now) else "It is not an hour at which it is safe to ring."


def is_safe_hour(person: Person, now: datetime) -> bool:
    """Whether it is safe to ring at this hour, by the person's own word and by ours."""
    clock = london.london(now).time()
    begins = max(MORNING, person.safe_from or MORNING)
    ends = min(EVENING, person.safe_until or EVENING)
    return begins <= clock < ends
