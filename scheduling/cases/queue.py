"""The queue: who waits for a person, on the line or for a call-back that keeps the place, and who comes next.

First those with a date that runs out soon, then by how long they have waited. A place goes by the call, so that two
callers whose numbers are hidden share nothing. Nothing is said about the wait that our own record does not bear out.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling.cases import rota
from scheduling.models import (
    CallBack,
    Case,
    Contact,
    LeftQueue,
    Message,
    MessageState,
    OutgoingCall,
    QueuePlace,
    Rung,
    Said,
)
from scheduling.outbox import calls

log = logging.getLogger(__name__)

MOST_FOR_EACH = 4
"""So many wait on the line for each adviser; beyond that a call-back is the kinder offer."""
MOST_TRIES = 3
CALLS_COUNTED = 20
FEWEST_COUNTED = 5
"""From fewer calls nothing honest can be said about the wait."""
LONGEST_WAIT = timedelta(hours=3)
"""The provider ends a call after four hours; whoever seems to wait so long has hung up without our being told."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody in the line."""

    since: datetime
    deadline_soon: bool
    place: QueuePlace | None = None
    call_back: CallBack | None = None


def is_open(session: Session, now: datetime) -> bool:
    """Whether a caller can wait for a person now: somebody takes calls, and the line is not too long."""
    advisers = rota.on_duty(session, now)
    return bool(advisers) and len(on_the_line(session)) < MOST_FOR_EACH * len(advisers)


def join(session: Session, call_sid: str, *, deadline_soon: bool, case: Case | None, now: datetime) -> QueuePlace:
    """Take a place; the same call a second time has the one it has."""
    if (known := of(session, call_sid)) is not None:
        return known
    place = QueuePlace(call_sid=call_sid, case=case, deadline_soon=deadline_soon, entered_at=now)
    try:
        with session.begin_nested():
            session.add(place)
    except IntegrityError:
        return session.scalars(select(QueuePlace).where(QueuePlace.call_sid == call_sid)).one()
    log.info("queue joined", extra={"queue_place": place.id})
    return place


def of(session: Session, call_sid: str) -> QueuePlace | None:
    """The place of a call."""
    return session.scalar(select(QueuePlace).where(QueuePlace.call_sid == call_sid).with_for_update())


def on_the_line(session: Session) -> Sequence[QueuePlace]:
    """Everybody who hears our waiting words at this moment."""
    waiting = select(QueuePlace).where(QueuePlace.left_at.is_(None))
    return session.scalars(waiting.order_by(QueuePlace.entered_at, QueuePlace.id)).all()


def line(session: Session, now: datetime) -> list[Waiting]:
    """Everybody who waits, in the order in which they are served."""
    waiting = [
        *(Waiting(since=p.entered_at, deadline_soon=p.deadline_soon, place=p) for p in on_the_line(session)),
        *(_by_telephone(c) for c in session.scalars(_call_backs(now)) if _may_be_rung_now(c, now)),
    ]
    return sorted(waiting, key=lambda one: (not one.deadline_soon, one.since))


def position(session: Session, place: QueuePlace, now: datetime) -> int:
    """How many are served before this caller, and one."""
    return next((n for n, one in enumerate(line(session, now), start=1) if one.place is place), 1)


def wait_minutes(session: Session, place: QueuePlace, now: datetime) -> int | None:
    """About how many minutes it will take, by how long the last calls took; None where too little is known."""
    ended = select(OutgoingCall.taken_at, OutgoingCall.ended_at).where(
        OutgoingCall.rung == Rung.ADVISER, OutgoingCall.taken_at.is_not(None), OutgoingCall.ended_at.is_not(None)
    )
    lengths = [
        row.ended_at - row.taken_at
        for row in session.execute(ended.order_by(OutgoingCall.id.desc()).limit(CALLS_COUNTED))
    ]
    advisers = len(rota.on_duty(session, now))
    if len(lengths) < FEWEST_COUNTED or not advisers:
        return None
    usual = sum(lengths, timedelta()) / len(lengths)
    return max(1, math.ceil(position(session, place, now) * usual / advisers / timedelta(minutes=1)))


def leave(session: Session, place: QueuePlace, result: LeftQueue, *, now: datetime) -> None:
    """The wait is over. The provider says so twice and in either order: what was known first stays.

    Who hung up after an adviser took the call, but before they were put through, was not served.
    """
    never_met = place.result is LeftQueue.TAKEN and result is LeftQueue.HUNG_UP
    if place.left_at is not None and not never_met:
        return
    place.left_at, place.result = place.left_at or now, result
    if result in {LeftQueue.TAKEN, LeftQueue.HUNG_UP}:
        _settle_contact(session, place, result, now)
    if result is not LeftQueue.TAKEN:
        _call_off(session, place)
    log.info("queue left", extra={"queue_place": place.id, "result": result.value})


def forget_lost(session: Session, *, now: datetime) -> None:
    """Give up the places of callers who are long gone."""
    for place in on_the_line(session):
        if place.entered_at < now - LONGEST_WAIT:
            leave(session, place, LeftQueue.FAILED, now=now)


def _call_off(session: Session, place: QueuePlace) -> None:
    """An adviser's telephone that has not begun to ring for this caller does not ring any more."""
    unplaced = select(Message).join(OutgoingCall, OutgoingCall.message_id == Message.id)
    for_them = (OutgoingCall.place_id == place.id, Message.state == MessageState.QUEUED)
    for message in session.scalars(unplaced.where(*for_them).with_for_update(skip_locked=True, of=Message)):
        message.state = MessageState.DROPPED


def _settle_contact(session: Session, place: QueuePlace, result: LeftQueue, now: datetime) -> None:
    """Who spoke with an adviser needs nobody else; who hung up and asked for nothing is not rung unasked."""
    came = select(Contact).where(Contact.provider_id == place.call_sid, Contact.handled_at.is_(None))
    contact = session.scalar(came)
    if contact is not None and (result is LeftQueue.TAKEN or contact.said is Said.OTHER):
        contact.handled_at = now


def _call_backs(now: datetime) -> Select[CallBack]:
    return select(CallBack).where(
        CallBack.done_at.is_(None),
        CallBack.in_line_since.is_not(None),
        CallBack.attempts < MOST_TRIES,
        or_(CallBack.next_try_at.is_(None), CallBack.next_try_at <= now),
        or_(CallBack.wanted_from.is_(None), CallBack.wanted_from <= now),
    )


def _by_telephone(call_back: CallBack) -> Waiting:
    since = call_back.in_line_since or call_back.asked_at
    return Waiting(since=since, deadline_soon=call_back.deadline_soon, call_back=call_back)


def _may_be_rung_now(call_back: CallBack, now: datetime) -> bool:
    return calls.why_not(call_back.number, call_back.person, now) is None
