"""The worker's round: each message that is due is claimed, handed to its carrier, and what came of it is recorded.

Nothing is lost and nothing is sent twice, although a worker may be killed between any two lines:

* "sending" is committed before the carrier is called, with a lease by the database's clock;
* no transaction is open during the call;
* a message whose lease ran out is looked for at the carrier, twice and a minute apart, before it is sent again;
* the carrier's own report, which carries the message's token, may settle it at any moment.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from scheduling import db
from scheduling.models import Booking, Channel, Message, MessageState, Person
from scheduling.outbox import calls, lateness, messages, opt_outs, safe_hours, settling
from scheduling.outbox.carriers import (
    CALL_TIMEOUT,
    Attachment,
    Carrier,
    ChannelDown,
    InDoubt,
    NotCarried,
    Parcel,
    Receipt,
    Trouble,
    TryLater,
)
from scheduling.outbox.lateness import Late

__all__ = [
    "Carrier",
    "ChannelDown",
    "InDoubt",
    "NotCarried",
    "Parcel",
    "Receipt",
    "Trouble",
    "TryLater",
    "deliver_due",
    "report",
]

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
"""Longer than a call may take and longer than a carrier's list lags behind."""

MOST_AT_A_TIME = 20
"""Of one channel, before the other gets its turn."""


def deliver_due(
    carriers: Mapping[Channel, Carrier], now: datetime, *, is_told_to_stop: Callable[[], bool] = lambda: False
) -> int:
    """One round; says how many messages were handed over. A channel in trouble leaves the round to the other.

    A message is claimed only when the one before is settled, so that whoever is told to stop leaves none claimed.
    """
    return sum(_deliver(channel, carrier, now, is_told_to_stop) for channel, carrier in carriers.items())


def report(
    session: Session,
    *,
    token: str,
    status: MessageState,
    provider_id: str,
    error_code: str | None,
    now: datetime,
    again_after: timedelta | None = None,
    cannot_be_texted: bool = False,
) -> Message | None:
    """The carrier tells how far a message has come; None when we never sent one with this token.

    With `again_after` a message that failed is sent once more after that time, and then left to a coordinator.
    """
    message = session.scalar(select(Message).where(Message.token == token).with_for_update())
    if message is None:
        return None
    message.provider_id = message.provider_id or provider_id
    if not settling.advance(message, status, now):
        return message
    if status is MessageState.FAILED:
        message.error_code = error_code
        if cannot_be_texted:
            settling.ask_for_another_number(session, message, now)
        if again_after is not None and settling.is_worth_another_copy(session, message):
            settling.send_again(session, message, after=again_after, now=now)
        else:
            settling.tell_history(session, message, settling.IN_VAIN[message.channel], why=error_code, now=now)
    log.info("message reported", extra={"message_id": message.id, "state": status.value, "code": error_code})
    return message


def _deliver(channel: Channel, carrier: Carrier, now: datetime, is_told_to_stop: Callable[[], bool]) -> int:
    handed_over = 0
    if not _look_for_the_lost(channel, carrier, now, is_told_to_stop):
        return handed_over  # a second call might hang as well, and the other channel waits
    for _ in range(MOST_AT_A_TIME):
        if is_told_to_stop():
            break
        parcel = _claim(channel, now)
        if parcel is None or not _is_still_ours(parcel):
            break
        answer = _ask_to_carry(carrier, parcel)
        _record(parcel, answer, now)
        if isinstance(answer, TryLater | ChannelDown | InDoubt):
            break
        handed_over += isinstance(answer, Receipt)
    return handed_over


def _claim(channel: Channel, now: datetime) -> Parcel | None:
    """Take the oldest message that is due, so that no other worker does."""
    if not _is_any(lambda at: _due(channel, now=now, at=at)):
        return None
    with db.Session.begin() as session:
        at = db.moment(session)
        due = _due(channel, now=now, at=at).with_for_update(skip_locked=True)
        while (message_id := session.scalar(due)) is not None:
            parcel = _carefully(session, message_id, partial(_take, session, message_id, at=at, now=now), now)
            if parcel is not None:
                return parcel
    return None


def _take(session: Session, message_id: int, *, at: datetime, now: datetime) -> Parcel | None:
    """The message on its way; None when it must wait, or must not go at all."""
    message = session.get_one(Message, message_id)
    obstacle = _obstacle(session, message, now)
    if obstacle is not None:
        message.state = MessageState.DROPPED
        if lateness.why_not(message, now) is not None and lateness.is_missed(message):
            message.error_code = lateness.TOO_LATE
        settling.note(session, message, "dropped", obstacle)
        settling.tell_history(session, message, "was not sent", why=obstacle, now=now)
        return None
    safe_at = _safe_at(session, message, now)
    if safe_at > now:
        message.not_before = safe_at
        return None
    message.state = MessageState.SENDING
    message.attempts += 1
    message.attempted_at, message.lease_until, message.next_try_at = at, at + LEASE, None
    return _parcel(message, now)


def _carefully(session: Session, message_id: int, does: Callable[[], Parcel | None], now: datetime) -> Parcel | None:
    """Do it, or put the message aside: one that cannot even be read must not keep the others waiting."""
    try:
        with session.begin_nested():
            return does()
    except DBAPIError:
        raise  # the database's own trouble, and no message's fault
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with one message
        _log_fault(message_id, fault)
        settling.put_aside(session, message_id, code=type(fault).__name__, now=now)
        return None


def _is_any(search: Callable[[datetime], Select[int]]) -> bool:
    """Whether there is work at all, without a writer's turn: on SQLite whoever is on the line would wait for it."""
    with db.Reading() as session:
        return session.scalar(search(db.moment(session))) is not None


def _due(channel: Channel, *, now: datetime, at: datetime) -> Select[int]:
    earlier = aliased(Message)
    waits_for_another = exists().where(
        earlier.thread == Message.thread,
        earlier.id < Message.id,
        earlier.state.in_([MessageState.QUEUED, MessageState.SENDING]),
    )
    return (
        select(Message.id)
        .where(
            Message.state == MessageState.QUEUED,
            Message.channel == channel,
            or_(Message.next_try_at.is_(None), Message.next_try_at <= at),
            or_(Message.not_before.is_(None), Message.not_before <= now),
            ~waits_for_another,
        )
        .order_by(Message.id)
        .limit(1)
    )


def _obstacle(session: Session, message: Message, now: datetime) -> str | None:
    """Why the message must not go after all: time has passed, and people change their minds."""
    if (too_late := lateness.why_not(message, now)) is not None:
        return too_late
    if (untrue := _no_longer_true(session, message, now)) is not None:
        return untrue
    if message.channel is Channel.SMS and opt_outs.has_stopped(session, message.address):
        return "The number has texted STOP."
    person = None if message.person_id is None else session.get_one(Person, message.person_id)
    if message.channel is Channel.CALL:
        return _against_ringing(message, person, now)
    return None if person is None else _against_their_wish(session, message, person)


def _no_longer_true(session: Session, message: Message, now: datetime) -> str | None:
    """What a reminder says may have changed, or have passed, while it waited."""
    if lateness.of(message).late is not Late.IF_STILL_TRUE or message.booking_id is None:
        return None
    booking = session.get_one(Booking, message.booking_id)
    return None if booking.is_live and booking.starts_at > now else "The time of which it speaks is no longer to come."


def _against_ringing(message: Message, person: Person | None, now: datetime) -> str | None:
    if message.recipient == messages.THE_FAMILY and person is None and lateness.is_quiet_hour(now):
        return "It is not an hour at which we ring a family."
    return calls.why_not(message.address, person, now)


def _against_their_wish(session: Session, message: Message, person: Person) -> str | None:
    """What the record of the family's person says against a text or a mail."""
    if message.channel is Channel.EMAIL:
        return "The person must not be contacted." if person.do_not_contact else None
    if person.number != message.address:
        return "The person now has another number."
    return messages.why_not_text(session, person)


def _safe_at(session: Session, message: Message, now: datetime) -> datetime:
    """When the text may go: it may have waited for its carrier, and the safe hours may be others by now.

    Where a family has named hours they count alone: they may be at night.
    """
    if message.channel is not Channel.SMS:
        return now
    person = None if message.person_id is None else session.get_one(Person, message.person_id)
    if person is None or person.safe_from is None or person.safe_until is None:
        return lateness.at_earliest(message, now)
    return safe_hours.at_earliest(person, now)


def _parcel(message: Message, now: datetime) -> Parcel:
    if message.attempted_at is None or message.lease_until is None:
        detail = f"message {message.id} is on its way without a lease"
        raise ValueError(detail)
    return Parcel(
        message_id=message.id,
        token=message.token,
        address=message.address,
        subject=message.subject,
        body=message.body,
        calendar=message.calendar,
        calendar_method=message.calendar_method,
        dated=max(message.written_at, message.not_before or message.written_at),
        valid_for=None if message.expires_at is None else message.expires_at - now,
        attempted_at=message.attempted_at,
        lease_until=message.lease_until,
        attachment=_attachment(message),
    )


def _attachment(message: Message) -> Attachment | None:
    """The certificate that goes with the mail, byte for byte as it was issued."""
    if message.certificate is None:
        return None
    return Attachment(
        name=f"mediation-certificate-{message.certificate.number}.pdf",
        media_type="application/pdf",
        content=message.certificate.document,
    )


def _is_still_ours(parcel: Parcel) -> bool:
    """A worker that was frozen since its claim may wake when another has long taken over: look before the call."""
    with db.Reading() as session:
        message = session.get_one(Message, parcel.message_id)
        mine = message.state is MessageState.SENDING and message.lease_until == parcel.lease_until
        return mine and parcel.lease_until - db.moment(session) >= CALL_TIMEOUT


def _ask_to_carry(carrier: Carrier, parcel: Parcel) -> Receipt | Trouble:
    try:
        return carrier.carry(parcel)
    except Trouble as trouble:
        return trouble
    except Exception as fault:  # noqa: BLE001 - one message that breaks the carrier must not stop the others
        return _fault(parcel, fault)


def _ask_to_find(carrier: Carrier, parcel: Parcel) -> Receipt | Trouble | None:
    try:
        return carrier.find(parcel)
    except Trouble as trouble:
        return trouble
    except Exception as fault:  # noqa: BLE001 - as above
        return _fault(parcel, fault)


class _Fault(Trouble):
    """A bug met this message. It may have been sent, so it is looked for like any other in doubt."""


def _fault(parcel: Parcel, fault: Exception) -> _Fault:
    _log_fault(parcel.message_id, fault)
    return _Fault(type(fault).__name__)


def _log_fault(message_id: int, fault: Exception) -> None:
    # Without the fault's own words, in which a number or the message itself may stand.
    where = traceback.extract_tb(fault.__traceback__)[-1]
    log.error(
        "message met a fault",
        extra={
            "message_id": message_id,
            "fault": type(fault).__name__,
            "where": f"{where.filename}:{where.lineno}",
        },
    )


def _record(parcel: Parcel, answer: Receipt | Trouble, now: datetime) -> None:
    with db.Session.begin() as session:
        message = session.get_one(Message, parcel.message_id, with_for_update=True)
        if isinstance(answer, Receipt):
            settling.handed_over(session, message, answer, "handed over", now)
        elif message.state is MessageState.SENDING and message.lease_until == parcel.lease_until:
            message.error_code = answer.code
            settling.not_handed_over(session, message, answer, now)
        log.info(
            "message tried",
            extra={"message_id": message.id, "state": message.state.value, "code": message.error_code},
        )


def _look_for_the_lost(channel: Channel, carrier: Carrier, now: datetime, is_told_to_stop: Callable[[], bool]) -> bool:
    """Look for messages whose worker did not come back or could not say; False when the carrier is in trouble."""
    for _ in range(MOST_AT_A_TIME):
        parcel = None if is_told_to_stop() else _take_over(channel, now)
        if parcel is None:
            break
        found = _ask_to_find(carrier, parcel)
        _conclude(parcel, found, now)
        if isinstance(found, Trouble):
            return False
    return True


def _take_over(channel: Channel, now: datetime) -> Parcel | None:
    if not _is_any(lambda at: _lost(channel, at)):
        return None
    with db.Session.begin() as session:
        at = db.moment(session)
        message_id = session.scalar(_lost(channel, at).with_for_update(skip_locked=True))
        if message_id is None:
            return None
        return _carefully(session, message_id, partial(_look_after, session, message_id, at=at, now=now), now)


def _look_after(session: Session, message_id: int, *, at: datetime, now: datetime) -> Parcel:
    message = session.get_one(Message, message_id)
    message.lease_until = at + LEASE
    return _parcel(message, now)


def _lost(channel: Channel, at: datetime) -> Select[int]:
    sent_and_silent = (Message.state == MessageState.SENDING, Message.channel == channel, Message.lease_until <= at)
    return select(Message.id).where(*sent_and_silent).order_by(Message.lease_until).limit(1)


def _conclude(parcel: Parcel, found: Receipt | Trouble | None, now: datetime) -> None:
    with db.Session.begin() as session:
        message = session.get_one(Message, parcel.message_id, with_for_update=True)
        if message.state is not MessageState.SENDING or message.lease_until != parcel.lease_until:
            return  # the carrier's report was quicker
        if isinstance(found, Receipt) and not _is_anothers(session, message, found):
            settling.handed_over(session, message, found, "adopted", now)
        elif isinstance(found, Trouble):
            settling.look_later(session, message, found, now)
        else:
            settling.not_found(session, message, now)
        log.info("message looked for", extra={"message_id": message.id, "state": message.state.value})


def _is_anothers(session: Session, message: Message, found: Receipt) -> bool:
    """The same words to the same number may be another message of ours."""
    same = select(Message.id).where(Message.provider_id == found.provider_id, Message.id != message.id)
    return session.scalar(same.limit(1)) is not None
