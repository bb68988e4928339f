"""Intake: somebody rings or writes, and a case begins.

A caller's number proves nothing about who calls, so every new case has a new person; an adviser who speaks with the
family can tell whether two are one. What was said, and when, is a contact that never changes.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling import references
from scheduling.cases.call_back_times import Window
from scheduling.models import (
    FAMILY,
    Actor,
    Authority,
    CallBack,
    Case,
    Contact,
    ContactChannel,
    Person,
    Said,
)

log = logging.getLogger(__name__)

ANSWERED_AT_ONCE = (ContactChannel.CALL, ContactChannel.PAGE, ContactChannel.IN_PERSON)
"""Whoever reaches us so has an answer before they go; what is left with us waits for somebody to read it."""


def open_case(
    session: Session,
    *,
    number: str | None,
    authority: Authority | None,
    deadline_soon: bool,
    by: Actor = FAMILY,
    now: datetime,
) -> Case:
    """Begin a case for somebody of whom we know a number at most."""
    case = Case(
        reference=new_reference(session),
        person=Person(number=number),
        authority=authority,
        opened_at=now,
        deadline_soon=deadline_soon,
    )
    session.add(case)
    hurry = "A date on the letter runs out within two weeks." if deadline_soon else None
    case.record("The case was opened", why=hurry, by=by, now=now)
    session.flush()  # the reference is taken from now on
    log.info("case opened", extra={"case": case.id})
    return case


def new_reference(session: Session, draw: Callable[[], str] = references.new) -> str:
    """A reference that no case has; drawn again while it is another's."""
    while True:
        reference = draw()
        if session.scalar(select(Case.id).where(Case.reference == reference)) is None:
            return reference


def record_contact(
    session: Session,
    *,
    channel: ContactChannel,
    said: Said,
    received_at: datetime,
    number: str | None = None,
    provider_id: str | None = None,
    words: str | None = None,
    case: Case | None = None,
    may_mean_danger: bool = False,
) -> Contact:
    """Write down that somebody reached us; without a case it waits for somebody who finds out whose it is."""
    contact = Contact(
        case=case,
        channel=channel,
        said=said,
        received_at=received_at,
        number=number,
        provider_id=provider_id,
        words=words,
        may_mean_danger=may_mean_danger,
        handled_at=received_at if case is not None and channel in ANSWERED_AT_ONCE else None,
    )
    session.add(contact)
    session.flush()
    return contact


def ask_call_back(
    session: Session,
    *,
    number: str,
    because: str,
    now: datetime,
    deadline_soon: bool = False,
    case: Case | None = None,
    may_leave_message: bool = False,
    window: Window | None = None,
) -> CallBack:
    """Promise to ring somebody, as soon as may be or in the window they chose; who asks twice waits once."""
    waiting = _waiting(session, number) or _new_call_back(session, number, because=because, now=now)
    waiting.deadline_soon = waiting.deadline_soon or deadline_soon
    if case is not None:
        waiting.case_id, waiting.person = case.id, case.person
        case.record("A call back was promised", why=because, by=FAMILY, now=now)
    waiting.wanted_from, waiting.wanted_until = (window.starts_at, window.ends_at) if window else (None, None)
    waiting.next_try_at = waiting.wanted_from
    person = waiting.person or Person(number=number)
    person.may_leave_message = person.may_leave_message or may_leave_message
    waiting.person = person
    _answer_calls(session, number, now)
    session.flush()
    return waiting


def called_back(call_back: CallBack, *, by: Actor, now: datetime) -> None:
    """The promise was kept."""
    call_back.done_at, call_back.done_by_id = now, by.staff_id


def handled(contact: Contact, *, by: Actor, now: datetime, case: Case | None = None) -> None:
    """Somebody has read a contact and done what it asked; now it is known whose it was."""
    if case is not None:
        contact.case = case
    contact.handled_at, contact.handled_by_id = now, by.staff_id


def open_cases_with(session: Session, number: str) -> list[Case]:
    """Every open case in which this is the family's number."""
    return list(
        session.scalars(
            select(Case)
            .join(Case.person)
            .where(Person.number == number, Case.closed_at.is_(None))
            .order_by(Case.opened_at, Case.id)
        )
    )


def allow_texts(session: Session, case: Case, *, allowed: bool, by: Actor, now: datetime) -> None:
    """The family has said whether this number may be texted."""
    case.person.may_text = allowed
    case.record("Texts to this number are welcome" if allowed else "No texts to this number", by=by, now=now)
    session.flush()


def _waiting(session: Session, number: str) -> CallBack | None:
    return session.scalar(select(CallBack).where(CallBack.number == number, CallBack.done_at.is_(None)))


def _answer_calls(session: Session, number: str, now: datetime) -> None:
    """Whoever called has an answer with the promise; what they wrote or left on the tape is still to be read."""
    calls = select(Contact).where(
        Contact.number == number, Contact.channel == ContactChannel.CALL, Contact.handled_at.is_(None)
    )
    for contact in session.scalars(calls):
        contact.handled_at = now


def _new_call_back(session: Session, number: str, *, because: str, now: datetime) -> CallBack:
    call_back = CallBack(number=number, because=because, asked_at=now)
    try:
        with session.begin_nested():
            session.add(call_back)
    except IntegrityError:
        # The same caller on another line was quicker: theirs is the one that waits.
        return session.scalars(select(CallBack).where(CallBack.number == number, CallBack.done_at.is_(None))).one()
    return call_back
