"""What becomes of the calls that we make: somebody takes one by a key, a machine answers, or nobody does.

Nothing is said that others must not hear before a key is pressed. A family is rung three times at most; then a person
must find another way.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import intake, queue, ringing
from scheduling.cases.queue import MOST_TRIES
from scheduling.diary import reminder_calls
from scheduling.models import (
    SERVICE,
    Actor,
    Booking,
    CallOutcome,
    Case,
    LeftQueue,
    Message,
    MessageState,
    OutgoingCall,
    Person,
    RemindedBy,
    Rung,
)

log = logging.getLogger(__name__)

NO_NEWS = timedelta(minutes=3)
"""A call that nobody has taken by then has ended without our being told."""
LONGEST_TALK = timedelta(hours=2)
TRY_AGAIN = timedelta(minutes=10)
NEVER_PLACED = (MessageState.FAILED, MessageState.IN_DOUBT, MessageState.DROPPED)


def of(session: Session, token: str) -> OutgoingCall | None:
    """The call that the provider names by this token."""
    named = select(OutgoingCall).join(OutgoingCall.message).where(Message.token == token)
    return session.scalar(named.with_for_update(of=OutgoingCall))


def family_of(session: Session, call: OutgoingCall) -> OutgoingCall | None:
    """The call to the family for which this adviser waits."""
    return session.scalar(select(OutgoingCall).where(OutgoingCall.waits_id == call.id))


def person_of(call: OutgoingCall) -> Person | None:
    """Whom a call is about, where we know them."""
    if call.booking is not None:
        return call.booking.case.person
    if call.code is not None:
        return call.code.person
    return call.call_back.person if call.call_back is not None else None


def take(session: Session, call: OutgoingCall, *, now: datetime) -> bool:
    """Somebody has pressed the key; False when there is nobody any more to be put through to."""
    if call.ended_at is not None:
        return False
    if call.taken_at is None:
        call.taken_at = now
        log.info("call taken", extra={"outgoing_call": call.id, "rung": call.rung.value})
        if call.rung is Rung.REMINDER:
            _remind(call, now)
        elif call.rung is Rung.FAMILY:
            _family_is_there(session, call, now)
        elif call.place is not None:
            queue.leave(session, call.place, LeftQueue.TAKEN, now=now)
        else:
            ringing.ring_family(session, call, now=now)
    if call.place is not None:
        return call.place.result is LeftQueue.TAKEN
    return call.waits is None or call.waits.ended_at is None


def end(session: Session, call: OutgoingCall, outcome: CallOutcome, *, now: datetime) -> None:
    """A call of ours is over; what follows is arranged here."""
    if call.ended_at is not None:
        return
    call.ended_at, call.outcome = now, CallOutcome.TAKEN if call.taken_at is not None else outcome
    session.flush()  # or the adviser would still look busy
    log.info("call ended", extra={"outgoing_call": call.id, "outcome": call.outcome.value})
    if call.outcome is not CallOutcome.TAKEN:
        _in_vain(session, call, now)
    ringing.offer(session, now=now)


def settle(session: Session, *, now: datetime) -> None:
    """End the calls that were never placed, and those of which nobody has told us any more."""
    live = select(OutgoingCall).where(OutgoingCall.ended_at.is_(None)).order_by(OutgoingCall.id)
    for call in session.scalars(live.with_for_update(skip_locked=True, of=OutgoingCall)):
        if call.taken_at is None and call.message.state in NEVER_PLACED:
            end(session, call, CallOutcome.NOT_PLACED, now=now)
        elif call.begun_at < now - (LONGEST_TALK if call.taken_at else NO_NEWS):
            end(session, call, CallOutcome.NOT_ANSWERED, now=now)
    queue.forget_lost(session, now=now)


def to_remind_of(call: OutgoingCall, now: datetime) -> Booking | None:
    """The time of which this call reminds, as it is kept at this moment; None when there is none to come any more."""
    booking = call.booking
    return booking if booking is not None and booking.is_live and booking.starts_at > now else None


def ask_for_a_person(session: Session, call: OutgoingCall, *, now: datetime) -> None:
    """Who was reminded wants a person: they are rung back on this telephone, in their turn."""
    case = None if call.booking is None else call.booking.case
    because = "asked for a person when they were reminded"
    asked = intake.ask_call_back(session, number=call.message.address, because=because, case=case, now=now)
    asked.in_line_since = asked.in_line_since or now
    session.flush()


def _remind(call: OutgoingCall, now: datetime) -> None:
    booking = to_remind_of(call, now)
    if booking is not None:
        asked = booking.case.person.reminded_by is RemindedBy.CALL
        because = "It asked to be rung." if asked else "It gets no texts, and can be rung."
        booking.case.record("The family was reminded by call", why=because, by=SERVICE, now=now)


def _family_is_there(session: Session, call: OutgoingCall, now: datetime) -> None:
    adviser = SERVICE if call.adviser_id is None else Actor.staff(call.adviser_id)
    if call.booking is not None:
        call.booking.case.record("The advice session began by telephone", by=adviser, now=now)
    if call.call_back is not None and call.call_back.done_at is None:
        intake.called_back(call.call_back, by=adviser, now=now)
        if call.call_back.case_id is not None:
            session.get_one(Case, call.call_back.case_id).record("The call back was made", by=adviser, now=now)


def _in_vain(session: Session, call: OutgoingCall, now: datetime) -> None:
    """Arrange the next try. A session that was tried often enough is left to a coordinator, as a call that failed."""
    call_back, booking = call.call_back, call.booking
    if call_back is not None:
        call_back.next_try_at = now + TRY_AGAIN
        if call.rung is Rung.FAMILY and call.outcome is not CallOutcome.NOT_PLACED:
            call_back.attempts += 1
            _tell_attempt(session, call, call_back.case_id, call_back.attempts, now)
    tries = 0 if booking is None else _tries(session, booking, call.rung)
    if booking is not None and call.rung is not Rung.ADVISER:
        _tell_attempt(session, call, booking.case_id, tries, now)
    if tries < MOST_TRIES:
        call.message.dealt_with_at = now


def _tries(session: Session, booking: Booking, rung: Rung) -> int:
    if rung is Rung.REMINDER:
        return reminder_calls.tries(session, booking)
    return ringing.tries_in_vain(session, booking, rung)


def _tell_attempt(session: Session, call: OutgoingCall, case_id: int | None, tries: int, now: datetime) -> None:
    if case_id is not None:
        last = " It is not rung again by itself." if tries >= MOST_TRIES else ""
        why = f"Try {tries} of {MOST_TRIES}: {call.outcome}.{last}"
        session.get_one(Case, case_id).record("The family was rung in vain", why=why, by=SERVICE, now=now)
