"""The inbox: what came by text, voicemail or mail and no answer of ours has settled, and what a person does with it.

Whoever answers says so first, so that two do not. An answer by text obeys the record like every other text; one
by mail goes to the address that wrote.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from scheduling import references
from scheduling.cases import by_hand, tasks
from scheduling.cases.item import answer_by
from scheduling.models import Actor, Case, Contact, InboundMail, Message, Officer, Staff
from scheduling.outbox import messages
from scheduling.outbox.wording import family_mails
from scheduling.reference import calendar
from scheduling.refusals import Refused

PURPOSE = "our answer"
SOMEBODY = "somebody who wrote to us"

Arrived = Contact | InboundMail


class NotToBeContacted(Refused):
    """The record forbids every answer."""

    def __str__(self) -> str:
        return "Nothing was sent. The person must not be contacted."


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One thing that came in, as the list shows it."""

    what: Arrived
    kind: str
    """"text", "voicemail", "mail"."""
    sender: str | None
    """A number or an address; None where it was withheld."""
    words: str | None
    answer_by: date
    case: Case | None
    assigned_to: Staff | None
    is_urgent: bool


def waiting(session: Session) -> list[Arrival]:
    """What nobody has dealt with, the most urgent first, then the oldest."""
    contacts = select(Contact).where(Contact.handled_at.is_(None))
    mails = select(InboundMail).where(InboundMail.handled_at.is_(None))
    arrived = [*_contacts(session, contacts), *_mails(session, mails)]
    return sorted(arrived, key=lambda one: (not one.is_urgent, one.answer_by, one.what.received_at))


def settled(session: Session, *, limit: int) -> list[Arrival]:
    """What has been dealt with, the newest first."""
    contacts = select(Contact).where(Contact.handled_by_id.is_not(None)).order_by(Contact.received_at.desc())
    mails = select(InboundMail).where(InboundMail.handled_by_id.is_not(None)).order_by(InboundMail.received_at.desc())
    arrived = [*_contacts(session, contacts.limit(limit)), *_mails(session, mails.limit(limit))]
    return sorted(arrived, key=lambda one: one.what.received_at, reverse=True)[:limit]


def assign(session: Session, arrived: Arrived, to: Staff | None, *, by: Actor, now: datetime) -> None:
    """Somebody answers it, or nobody any more."""
    _must_wait(arrived)
    arrived.assigned_to = to
    if arrived.case is not None:
        who = "nobody" if to is None else to.name
        arrived.case.record(f"A {_kind(arrived)} is now for {who} to answer", by=by, now=now)
    session.flush()


def not_ours(arrived: Arrived, *, by: Actor, now: datetime) -> None:
    """It was meant for somebody else; it stays in the record and off every list."""
    _must_wait(arrived)
    arrived.is_not_ours = True
    arrived.handled_at, arrived.handled_by_id = now, by.staff_id


def answer_by_text(session: Session, contact: Contact, case: Case, words: str, *, by: Actor, now: datetime) -> Message:
    """Write to the safe number of the family whose contact this is; raises a refusal that says why not."""
    _must_wait(contact)
    message = by_hand.text(session, case, words, by=by, now=now)
    if contact.case is None:
        tasks.attach(session, contact, case, by=by, now=now)
    else:
        tasks.handled(contact, by=by, now=now)
    return message


def answer_by_mail(session: Session, mail: InboundMail, words: str, *, by: Actor, now: datetime) -> Message:
    """Write back to whoever wrote; the subject is ours, since theirs may name a child."""
    _must_wait(mail)
    if mail.case is not None and mail.case.person.do_not_contact and mail.sender == mail.case.person.email:
        raise NotToBeContacted
    reference = None if mail.case is None else mail.case.reference
    written = family_mails.our_answer(reference=reference, words=words)
    message = messages.email(
        session,
        address=mail.sender,
        recipient=_recipient(session, mail),
        purpose=PURPOSE,
        subject=written.subject,
        body=written.body,
        key=f"answer:{mail.id}:{hashlib.sha256(words.encode()).hexdigest()[:16]}",
        now=now,
        case=mail.case,
    )
    mail_handled(mail, by=by, now=now, what="An e-mail was answered")
    return message


def attach_mail(mail: InboundMail, case: Case, *, by: Actor, now: datetime) -> None:
    """It was found out whose mail this is; it still waits for an answer."""
    _must_wait(mail)
    mail.case = case
    case.record("An e-mail was found to be about this case", by=by, now=now)


def mail_handled(mail: InboundMail, *, by: Actor, now: datetime, what: str = "An e-mail was dealt with") -> None:
    """The mail needs nothing further."""
    _must_wait(mail)
    mail.handled_at, mail.handled_by_id = now, by.staff_id
    if mail.case is not None:
        mail.case.record(what, by=by, now=now)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One line of what went to and fro with a number."""

    at: datetime
    by_us: bool
    words: str


def to_and_fro(session: Session, contact: Contact, *, limit: int) -> list[Said]:
    """What came from this number and what we wrote to it, the newest first; this contact is not among it."""
    if contact.number is None:
        return []
    came = select(Contact).where(Contact.number == contact.number, Contact.id != contact.id)
    went = select(Message).where(Message.address == contact.number)
    lines = [
        *(
            Said(at=one.received_at, by_us=False, words=one.words or one.said)
            for one in session.scalars(came.order_by(Contact.received_at.desc()).limit(limit))
        ),
        *(
            Said(at=one.written_at, by_us=True, words=one.body)
            for one in session.scalars(went.order_by(Message.written_at.desc()).limit(limit))
        ),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def suggested(mail: InboundMail) -> str | None:
    """The reference of the case that it may be about, for whoever looks."""
    return None if mail.suggested_case is None else references.written(mail.suggested_case.reference)


def _contacts(session: Session, wanted: Select[Contact]) -> Iterator[Arrival]:
    days = calendar.working_days(session)
    for contact in session.scalars(wanted.options(joinedload(Contact.case), joinedload(Contact.assigned_to))):
        yield Arrival(
            what=contact,
            kind=contact.channel.value,
            sender=contact.number,
            words=contact.words,
            answer_by=answer_by(contact.received_at, days, at_once=contact.may_mean_danger),
            case=contact.case,
            assigned_to=contact.assigned_to,
            is_urgent=contact.may_mean_danger,
        )


def _mails(session: Session, wanted: Select[InboundMail]) -> Iterator[Arrival]:
    days = calendar.working_days(session)
    for mail in session.scalars(wanted.options(joinedload(InboundMail.case), joinedload(InboundMail.assigned_to))):
        yield Arrival(
            what=mail,
            kind="mail",
            sender=mail.sender,
            words=mail.subject,
            answer_by=answer_by(mail.received_at, days),
            case=mail.case,
            assigned_to=mail.assigned_to,
            is_urgent=False,
        )


def _must_wait(arrived: Arrived) -> None:
    if arrived.handled_at is not None:
        raise tasks.AlreadyDealtWith


def _kind(arrived: Arrived) -> str:
    return "mail" if isinstance(arrived, InboundMail) else arrived.channel.value


def _recipient(session: Session, mail: InboundMail) -> str:
    """Whose address it is, as far as the record knows it."""
    if mail.case is not None and mail.case.person.email == mail.sender:
        return messages.THE_FAMILY
    is_an_officer = session.scalar(select(Officer.id).where(Officer.email == mail.sender).limit(1)) is not None
    return messages.THE_AUTHORITY if is_an_officer else SOMEBODY
