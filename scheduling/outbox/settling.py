"""What becomes of a message: each answer of a carrier, each look into its list and each report moves it one step.

A message ends as delivered, failed, dropped or in doubt; failed and in doubt are a coordinator's to see to.
"""

import logging
import random
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import SERVICE, Attempt, Case, Channel, Message, MessageState, Person
from scheduling.outbox import breakers, opt_outs
from scheduling.outbox.carriers import ChannelDown, NotCarried, Receipt, Trouble, TryLater

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=60)
"""Between two looks into the carrier's list, which may be late."""

LOOKS_BEFORE_RESENDING = 2
SENDINGS_IN_DOUBT = 3
"""So often a message is sent at most when nobody knows whether it arrived; then a person decides."""
FRUITLESS_LOOKS = 10
"""The carrier's list itself cannot be read: a person decides."""

FAULTS_BEFORE_PUT_ASIDE = 3
"""So often a bug may meet a message before it is put aside; meanwhile the others go."""
MET = "met a fault"

RETRY_AFTER = {
    Channel.SMS: (5, 10, 20, 40, 80, 160, 300, 600, 1200, 1800, 3600, *[2 * 3600] * 22),
    Channel.EMAIL: (60, 300, 900, 1800, 3600, *[4 * 3600] * 12),
    Channel.CALL: (2, 5, 10, 20),
}
"""Seconds to the next try after each; some two days together, and then a coordinator is asked. A call cannot wait."""

IN_VAIN = {
    Channel.SMS: "could not be delivered",
    Channel.EMAIL: "could not be delivered",
    Channel.CALL: "was not taken",
}
KIND = {Channel.SMS: "text", Channel.EMAIL: "mail", Channel.CALL: "call"}
"""What messages are called in a case's history, and what is said of those that did not reach anybody."""

RANK = {
    MessageState.QUEUED: 0,
    MessageState.SENDING: 1,
    MessageState.IN_DOUBT: 2,
    MessageState.DROPPED: 2,
    MessageState.SENT: 3,
    MessageState.FAILED: 4,
    MessageState.DELIVERED: 5,
}
"""Reports come twice and out of order: a message only ever moves up."""

AGAIN = ":again"
"""Ends the key of the second copy of a message that did not reach its handset."""


def handed_over(session: Session, message: Message, receipt: Receipt, outcome: str, now: datetime) -> None:
    """The carrier has it, or is found to have had it since an earlier try."""
    breakers.answered(session, message.channel)
    message.provider_id = message.provider_id or receipt.provider_id
    note(session, message, outcome)
    if not advance(message, receipt.state, now):
        return
    message.error_code = None
    if message.state is MessageState.FAILED:
        tell_history(session, message, IN_VAIN[message.channel], why=None, now=now)


def not_handed_over(session: Session, message: Message, trouble: Trouble, now: datetime) -> None:
    """The carrier did not take it, or nobody knows: wait, give up, or look for it later."""
    match trouble:
        case TryLater():
            note(session, message, "try later", trouble.code)
            _wait_or_give_up(session, message, now)
        case NotCarried():
            breakers.answered(session, message.channel)
            note(session, message, "refused", trouble.code)
            if trouble.opted_out:
                opt_outs.stop(session, message.address, now=now)
            if trouble.cannot_be_texted:
                ask_for_another_number(session, message, now)
            _fail(session, message, now)
        case ChannelDown():
            # Hardly the message's fault, so the try is not counted. But if it is after all, the others come first.
            message.attempts -= 1
            _queue(message, db.moment(session) + 2 * breakers.REST)
        case _:
            note(session, message, "in doubt", trouble.code)  # stays "sending": to be looked for after the lease
    breakers.failed(session, message.channel, trouble)


def ask_for_another_number(session: Session, message: Message, now: datetime) -> None:
    """No text will ever reach this number: whoever has it in their record gets none until they have another."""
    has_it = (Person.number == message.address, Person.texts_fail_since.is_(None))
    session.execute(update(Person).where(*has_it).values(texts_fail_since=now))


def _wait_or_give_up(session: Session, message: Message, now: datetime) -> None:
    waits = RETRY_AFTER[message.channel]
    if message.attempts > len(waits):
        _fail(session, message, now)
        return
    # Spread, so that a hundred messages that were refused together do not come back together.
    seconds = waits[message.attempts - 1] * random.uniform(1, 1.5)
    _queue(message, db.moment(session) + timedelta(seconds=seconds))


def _fail(session: Session, message: Message, now: datetime) -> None:
    message.state, message.lease_until = MessageState.FAILED, None
    tell_history(session, message, IN_VAIN[message.channel], why=message.error_code, now=now)


def _queue(message: Message, next_try_at: datetime | None) -> None:
    message.state, message.lease_until, message.next_try_at = MessageState.QUEUED, None, next_try_at


def look_later(session: Session, message: Message, trouble: Trouble, now: datetime) -> None:
    """The carrier's list could not be read; that counts unless nothing of the carrier's works."""
    if not (isinstance(trouble, ChannelDown) or breakers.is_open(session, message.channel)):
        note(session, message, "could not look", trouble.code)
    if _noted(session, message, "could not look") >= FRUITLESS_LOOKS:
        _leave_to_a_person(session, message, now)
    else:
        message.lease_until = db.moment(session) + LOOK_AGAIN


def not_found(session: Session, message: Message, now: datetime) -> None:
    """It is not in the carrier's list: look once more, then send again or ask a person."""
    note(session, message, "not found")
    looks = _noted(session, message, "not found", Attempt.at >= message.attempted_at)
    if looks < LOOKS_BEFORE_RESENDING:
        message.lease_until = db.moment(session) + LOOK_AGAIN
    elif message.must_arrive and _noted(session, message, "send again") < SENDINGS_IN_DOUBT - 1:
        note(session, message, "send again")
        _queue(message, None)
    else:
        _leave_to_a_person(session, message, now)


def _leave_to_a_person(session: Session, message: Message, now: datetime) -> None:
    message.state, message.lease_until = MessageState.IN_DOUBT, None
    tell_history(session, message, "may or may not have arrived", why=message.error_code, now=now)


def put_aside(session: Session, message_id: int, *, code: str, now: datetime) -> None:
    """A bug meets this message before it can be handed over: later once more, and soon it is a person's to see to.

    Nothing of it is read but what it is about, for its words may be what cannot be read.
    """
    at, this = db.moment(session), Message.id == message_id
    may_have_gone = session.scalar(select(Message.state).where(this)) is MessageState.SENDING
    met = select(func.count()).select_from(Attempt).where(Attempt.message_id == message_id, Attempt.outcome == MET)
    session.add(Attempt(message_id=message_id, at=at, outcome=MET, detail=code))
    session.flush()
    if session.scalars(met).one() < FAULTS_BEFORE_PUT_ASIDE:
        waits = Message.lease_until if may_have_gone else Message.next_try_at
        session.execute(update(Message).where(this).values({waits: at + LOOK_AGAIN}))
        return
    ended = MessageState.IN_DOUBT if may_have_gone else MessageState.FAILED
    session.execute(update(Message).where(this).values(state=ended, lease_until=None, error_code=code))
    _tell_of_put_aside(session, message_id, may_have_gone=may_have_gone, code=code, now=now)


def _tell_of_put_aside(session: Session, message_id: int, *, may_have_gone: bool, code: str, now: datetime) -> None:
    about = select(Message.case_id, Message.channel, Message.recipient, Message.purpose).where(Message.id == message_id)
    case_id, channel, recipient, purpose = session.execute(about).one()
    if case_id is not None:
        what = "may or may not have arrived" if may_have_gone else IN_VAIN[channel]
        sentence = f"A {KIND[channel]} to {recipient} {what} ({purpose})"
        session.get_one(Case, case_id).record(sentence, why=code, by=SERVICE, now=now)


def advance(message: Message, state: MessageState, now: datetime) -> bool:
    """Move the message up, never down; says whether it moved."""
    if RANK[state] <= RANK[message.state]:
        return False
    message.state, message.lease_until, message.next_try_at = state, None, None
    if state in {MessageState.SENT, MessageState.DELIVERED}:
        message.sent_at = message.sent_at or now
    if state is MessageState.DELIVERED:
        message.delivered_at = now
    return True


def note(session: Session, message: Message, outcome: str, detail: str | None = None) -> None:
    """Add a line to the message's own log."""
    session.add(Attempt(message_id=message.id, at=db.moment(session), outcome=outcome, detail=detail))


def _noted(session: Session, message: Message, outcome: str, *also: ColumnElement[bool]) -> int:
    counted = (
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.message_id == message.id, Attempt.outcome == outcome, *also)
    )
    return session.scalars(counted).one()


def tell_history(session: Session, message: Message, what: str, *, why: str | None, now: datetime) -> None:
    """Add a line to the history of the message's case."""
    if message.case_id is not None:
        sentence = f"A {KIND[message.channel]} to {message.recipient} {what} ({message.purpose})"
        session.get_one(Case, message.case_id).record(sentence, why=why, by=SERVICE, now=now)


def is_worth_another_copy(session: Session, message: Message) -> bool:
    """A second copy, never a third, and none of what a later message of the thread has replaced."""
    if message.key.endswith(AGAIN):
        return False
    later = select(Message.id).where(Message.thread == message.thread, Message.id > message.id).limit(1)
    return message.thread is None or session.scalar(later) is None


def send_again(session: Session, message: Message, *, after: timedelta, now: datetime) -> None:
    """Write a second copy for later; the first one is thereby dealt with."""
    message.dealt_with_at = now
    session.add(
        Message(
            key=f"{message.key}{AGAIN}",
            token=secrets.token_hex(16),
            channel=message.channel,
            purpose=message.purpose,
            thread=message.thread,
            case_id=message.case_id,
            person_id=message.person_id,
            booking_id=message.booking_id,
            address=message.address,
            recipient=message.recipient,
            body=message.body,
            subject=message.subject,
            calendar=message.calendar,
            calendar_method=message.calendar_method,
            must_arrive=message.must_arrive,
            written_at=now,
            expires_at=message.expires_at,
            next_try_at=db.moment(session) + after,
        )
    )
