"""Dealing with what the worklist shows: each task is done once, by somebody, and history says by whom.

Two people may press the same button, or one person twice: the second press is refused with a sentence and changes
nothing.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from scheduling.cases import contacts, decline, intake
from scheduling.models import Actor, CallBack, Case, Contact, Message, MessageState, Said
from scheduling.outbox import lateness
from scheduling.refusals import Refused

TROUBLED = (MessageState.FAILED, MessageState.IN_DOUBT)
"""It did not arrive, or nobody knows."""


def reached_nobody() -> ColumnElement[bool]:
    """What is true of the messages for which another way is wanted, and which nobody has dealt with."""
    too_late = and_(Message.state == MessageState.DROPPED, Message.error_code == lateness.TOO_LATE)
    return and_(or_(Message.state.in_(TROUBLED), too_late), Message.dealt_with_at.is_(None))


def is_in_vain(message: Message) -> bool:
    """Whether the message did not tell its reader anything, dealt with or not."""
    was_too_late = message.state is MessageState.DROPPED and message.error_code == lateness.TOO_LATE
    return message.state in TROUBLED or was_too_late


class AlreadyDealtWith(Refused):
    """Somebody was quicker."""

    def __str__(self) -> str:
        return "This has been dealt with already, perhaps by a colleague. Nothing was changed."


class NothingWrong(Refused):
    """The message needs nobody."""

    def __str__(self) -> str:
        return "This message has not failed, so there is nothing to deal with."


def call_back_done(session: Session, call_back: CallBack, *, by: Actor, now: datetime) -> None:
    """Somebody has rung the person."""
    if call_back.done_at is not None:
        raise AlreadyDealtWith
    intake.called_back(call_back, by=by, now=now)
    if call_back.case_id is not None:
        session.get_one(Case, call_back.case_id).record("The call back was made", by=by, now=now)


def attach(session: Session, contact: Contact, case: Case, *, by: Actor, now: datetime) -> None:
    """It was found out whose contact this is; what was said and when it came stay as they are.

    A no to mediation counts from when it was said: the days for the certificate have been running since.
    """
    _must_wait(contact)
    intake.handled(contact, by=by, now=now, case=case)
    case.record(f"A {contact.channel} was found to be this family's", by=by, now=now, why=f"They said: {contact.said}")
    said_at = contacts.moment(contact)
    wanted_since = case.mediation_wanted_at is not None and case.mediation_wanted_at > said_at
    if contact.said is Said.NO_MEDIATION and not wanted_since and case.closed_at is None:
        decline.say_no(session, case, by=by, said_at=said_at, now=now, channel=None)


def handled(contact: Contact, *, by: Actor, now: datetime) -> None:
    """The contact needs nothing further."""
    _must_wait(contact)
    intake.handled(contact, by=by, now=now)
    if contact.case is not None:
        contact.case.record(f"A {contact.channel} was dealt with", by=by, now=now)


def message_dealt_with(session: Session, message: Message, *, by: Actor, now: datetime) -> None:
    """Another way was found to tell the recipient what the message could not."""
    if not is_in_vain(message):
        raise NothingWrong
    if message.dealt_with_at is not None:
        raise AlreadyDealtWith
    message.dealt_with_at, message.dealt_with_by_id = now, by.staff_id
    if message.case_id is not None:
        what = (
            f"The message “{message.purpose}” to {message.recipient} {_what_became_of(message)}; another way was found"
        )
        session.get_one(Case, message.case_id).record(what, by=by, now=now)


def _what_became_of(message: Message) -> str:
    return "was not sent, as it was too late" if message.state is MessageState.DROPPED else "did not arrive"


def _must_wait(contact: Contact) -> None:
    if contact.handled_at is not None:
        raise AlreadyDealtWith
