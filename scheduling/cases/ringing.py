"""Whom we ring: an adviser for whoever is next in the line or for a session that is due, then perhaps the family.

An adviser presses a key to take a call, so that their voicemail never does. For a caller on the line that is all. For a
call-back or a session the adviser then stays on the line while the family is rung.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from scheduling.cases import queue, rota
from scheduling.cases.queue import MOST_TRIES
from scheduling.diary import claims
from scheduling.models import (
    Booking,
    BookingKind,
    BookingStatus,
    CallBack,
    CallOutcome,
    OutgoingCall,
    QueuePlace,
    ResourceKind,
    Rung,
    Staff,
)
from scheduling.outbox import calls, messages

NOT_PLACED_AFTER = timedelta(seconds=60)
"""A call that the worker has not placed by then is not placed any more."""
BETWEEN_TRIES = timedelta(minutes=2)
SESSION_LATE = timedelta(minutes=20)
"""A session that could not begin by then needs another time."""

QUEUE, CALL_BACK, SESSION = "a caller in the queue", "a call back", "an advice session"
"""What a call is about, as the console may say it."""


def offer(session: Session, *, now: datetime) -> None:
    """Ring a free adviser for everybody who waits, as far as there are free advisers, the most pressing first."""
    # Two processes that see the same caller and different advisers would ring both: choose in turn.
    claims.lock(session, [(ResourceKind.ADVISER, adviser.id) for adviser in rota.on_duty(session, now)])
    for waiting in queue.line(session, now):
        about = _about(waiting.place, waiting.call_back)
        if _is_underway(session, about):
            continue
        adviser = _next_adviser(session, about, rota.free(session, now))
        if adviser is None:
            return
        _ring_adviser(session, adviser, place=waiting.place, call_back=waiting.call_back, now=now)


def ring_due_sessions(session: Session, *, now: datetime) -> None:
    """Ring the adviser of every session whose time has come; the family is rung when they are there."""
    due = select(Booking).where(
        Booking.kind == BookingKind.ADVICE,
        Booking.status != BookingStatus.CANCELLED,
        Booking.starts_at <= now,
        Booking.starts_at > now - SESSION_LATE,
    )
    for booking in session.scalars(due.with_for_update(skip_locked=True, of=Booking)):
        adviser, person = booking.adviser, booking.case.person
        if adviser is None or person.number is None or calls.why_not(person.number, person, now) is not None:
            continue
        if calls.why_not(adviser.number or "", None, now) is None and _may_try(session, booking, now):
            _ring_adviser(session, adviser, booking=booking, now=now)


def ring_family(session: Session, adviser_s: OutgoingCall, *, now: datetime) -> None:
    """Ring the family for which this adviser waits on the line."""
    booking, call_back = adviser_s.booking, adviser_s.call_back
    if call_back is not None:
        number, person, case_id = call_back.number, call_back.person, call_back.case_id
    elif booking is not None:
        number, person, case_id = booking.case.person.number or "", booking.case.person, booking.case_id
    else:
        return
    message = calls.ring(
        session,
        number=number,
        recipient=messages.THE_FAMILY,
        purpose=adviser_s.message.purpose,
        key=f"call:family:{adviser_s.id}",
        case_id=case_id,
        person=person,
        booking=booking,
        now=now,
        expires_at=now + NOT_PLACED_AFTER,
    )
    session.flush()
    session.add(
        OutgoingCall(
            message=message,
            rung=Rung.FAMILY,
            adviser=adviser_s.adviser,
            call_back=call_back,
            booking=booking,
            waits=adviser_s,
            begun_at=now,
        )
    )
    session.flush()


def tries_in_vain(session: Session, booking: Booking, rung: Rung) -> int:
    """How often somebody was rung for this session and did not take the call."""
    vain = select(func.count()).where(
        OutgoingCall.booking_id == booking.id, OutgoingCall.rung == rung, OutgoingCall.outcome != CallOutcome.TAKEN
    )
    return session.scalars(vain).one()


def _ring_adviser(
    session: Session,
    adviser: Staff,
    *,
    now: datetime,
    place: QueuePlace | None = None,
    call_back: CallBack | None = None,
    booking: Booking | None = None,
) -> None:
    about = _about(place, call_back, booking)
    before = session.scalars(select(func.count()).select_from(OutgoingCall).where(about)).one()
    what, row = _named(place, call_back, booking)
    message = calls.ring(
        session,
        number=adviser.number or "",
        recipient=calls.THE_ADVISER,
        purpose=what,
        key=f"call:adviser:{what}:{row.id}:{before}",
        case_id=booking.case_id if booking is not None else None,
        booking=booking,
        now=now,
        expires_at=now + NOT_PLACED_AFTER,
    )
    call = OutgoingCall(
        message=message,
        rung=Rung.ADVISER,
        adviser=adviser,
        place=place,
        call_back=call_back,
        booking=booking,
        begun_at=now,
    )
    session.add(call)
    session.flush()


def _named(
    place: QueuePlace | None, call_back: CallBack | None, booking: Booking | None
) -> tuple[str, QueuePlace | CallBack | Booking]:
    for what, row in ((QUEUE, place), (CALL_BACK, call_back), (SESSION, booking)):
        if row is not None:
            return what, row
    message = "a call must be about something"
    raise ValueError(message)


def _about(place: QueuePlace | None, call_back: CallBack | None, booking: Booking | None = None) -> ColumnElement[bool]:
    if place is not None:
        return OutgoingCall.place_id == place.id
    if call_back is not None:
        return OutgoingCall.call_back_id == call_back.id
    return OutgoingCall.booking_id == (booking.id if booking is not None else None)


def _is_underway(session: Session, about: ColumnElement[bool]) -> bool:
    live = select(OutgoingCall.id).where(about, OutgoingCall.ended_at.is_(None))
    return session.scalar(live.limit(1)) is not None


def _next_adviser(session: Session, about: ColumnElement[bool], free: list[Staff]) -> Staff | None:
    """The free adviser who was not offered this before, or longest ago."""
    offered = (
        select(OutgoingCall.adviser_id, func.max(OutgoingCall.id).label("call"))
        .where(about)
        .group_by(OutgoingCall.adviser_id)
    )
    last = {row.adviser_id: row.call for row in session.execute(offered)}
    return min(free, key=lambda adviser: last.get(adviser.id, 0), default=None)


def _may_try(session: Session, booking: Booking, now: datetime) -> bool:
    """Whether the session has neither begun nor been tried often enough, and nobody is being rung for it."""
    about, rung = _about(None, None, booking), OutgoingCall.rung
    is_live = OutgoingCall.ended_at.is_(None)
    against = (
        (rung == Rung.ADVISER) & (OutgoingCall.adviser_id == booking.adviser_id) & is_live,
        about & (rung == Rung.FAMILY) & OutgoingCall.taken_at.is_not(None),
        about & (OutgoingCall.ended_at > now - BETWEEN_TRIES),
    )
    if any(session.scalar(select(OutgoingCall.id).where(one).limit(1)) is not None for one in against):
        return False
    return all(tries_in_vain(session, booking, whose) < MOST_TRIES for whose in (Rung.ADVISER, Rung.FAMILY))
