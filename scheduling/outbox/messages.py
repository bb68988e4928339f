"""A message is written here, in the transaction of the fact that it reports; the worker carries it afterwards.

Each has a key that says in words what it is, so that a second sweep finds the first one's message and writes none.
"""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling import numbers, segments
from scheduling.models import SERVICE, Booking, Case, Certificate, Channel, Message, MessageState, Person
from scheduling.outbox import identity, opt_outs, safe_hours
from scheduling.outbox.wording import mails

THE_FAMILY = "the family"
THE_AUTHORITY = "the authority"
THE_MEDIATOR = "the mediator"
THE_INTERPRETER = "the interpreter"
THE_BOARD = "the care board"
THE_ADVISER = "the adviser"
A_COMPANION = "somebody who comes with the family"
A_COLLEAGUE = "somebody who comes for the authority"


def text(
    session: Session,
    person: Person,
    *,
    purpose: str,
    body: str,
    key: str,
    now: datetime,
    case: Case | None = None,
    booking: Booking | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    thread: str | None = None,
    must_arrive: bool = True,
) -> Message | None:
    """Write a text to this person, or, where their record forbids it, a line of history and nothing else."""
    if (written := written_already(session, key)) is not None:
        return written
    obstacle = why_not_text(session, person)
    if obstacle is not None or person.number is None:
        _record_once(case, f"No text was sent ({purpose})", why=obstacle, now=now)
        return None
    safe_at = safe_hours.at_earliest(person, not_before or now)
    return write(
        session,
        Message(
            key=key,
            channel=Channel.SMS,
            purpose=purpose,
            thread=thread,
            case_id=None if case is None else case.id,
            person_id=person.id,
            booking_id=None if booking is None else booking.id,
            address=person.number,
            recipient=THE_FAMILY,
            body=in_our_name(person, body),
            must_arrive=must_arrive,
            written_at=now,
            not_before=safe_at if safe_at > now else not_before,
            expires_at=expires_at,
        ),
    )


def email(
    session: Session,
    *,
    address: str,
    recipient: str,
    purpose: str,
    subject: str,
    body: str,
    key: str,
    now: datetime,
    case: Case | None = None,
    person: Person | None = None,
    booking: Booking | None = None,
    calendar: str | None = None,
    calendar_method: str | None = None,
    certificate: Certificate | None = None,
    thread: str | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    must_arrive: bool = True,
) -> Message:
    """Write a mail, with a calendar entry or a certificate when one is given."""
    if (written := written_already(session, key)) is not None:
        return written
    return write(
        session,
        Message(
            key=key,
            channel=Channel.EMAIL,
            purpose=purpose,
            thread=thread,
            case_id=None if case is None else case.id,
            person_id=None if person is None else person.id,
            booking_id=None if booking is None else booking.id,
            certificate_id=None if certificate is None else certificate.id,
            address=address,
            recipient=recipient,
            subject=subject,
            body=_opened_by_the_word(person, body),
            calendar=calendar,
            calendar_method=calendar_method,
            must_arrive=must_arrive,
            written_at=now,
            not_before=not_before,
            expires_at=expires_at,
        ),
    )


def email_the_family(
    session: Session,
    case: Case,
    *,
    purpose: str,
    mail: mails.Mail,
    key: str,
    now: datetime,
    certificate: Certificate | None = None,
) -> Message | None:
    """Write the family a mail; where their record forbids it or has no address, a line of history and nothing else."""
    person = case.person
    if person.do_not_contact or not person.email:
        why = "The person must not be contacted." if person.do_not_contact else "There is no e-mail address."
        _record_once(case, f"No mail was sent ({purpose})", why=why, now=now)
        return None
    return email(
        session,
        address=person.email,
        recipient=THE_FAMILY,
        purpose=purpose,
        subject=mail.subject,
        body=mail.body,
        key=key,
        now=now,
        case=case,
        person=person,
        certificate=certificate,
    )


def written_already(session: Session, key: str) -> Message | None:
    """The message with this key, however far it has come."""
    return session.scalar(select(Message).where(Message.key == key))


def why_not_text(session: Session, person: Person) -> str | None:
    """What in the person's record forbids a text, as a sentence, or None when a text is welcome."""
    if person.do_not_contact:
        return "The person must not be contacted."
    if person.number is None:
        return "There is no number to text."
    if not person.may_text:
        return "The person has not agreed to texts."
    return _why_not_this_number(session, person, person.number)


def _why_not_this_number(session: Session, person: Person, number: str) -> str | None:
    if not numbers.is_textable(number):
        return "The number is not a UK mobile."
    if opt_outs.has_stopped(session, number):
        return "The number has texted STOP."
    if person.texts_fail_since is not None:
        return "The network says that no text can reach this number. Ask for another."
    return None


def in_our_name(person: Person, body: str) -> str:
    """With the word that was agreed in place of our name, which somebody else may know."""
    name = f"{identity.current().name}: "
    if not person.code_word or not body.startswith(name):
        return body
    return segments.gsm7(f"{person.code_word}: {body.removeprefix(name)}")


def _opened_by_the_word(person: Person | None, body: str) -> str:
    """A mail begins with the word that was agreed, by which they know that it is really from us."""
    return body if person is None or not person.code_word else f"{person.code_word}\n\n{body}"


def drop(session: Session, booking: Booking, *, because: str, now: datetime) -> int:
    """Take back the texts and calls about a booking that have not gone out yet: its time is no longer what it was.

    A text that waits for another try would otherwise come after the one that corrects it. Invites are left alone: a
    calendar needs each of them, and they go out in order.
    """
    unsent = session.scalars(
        select(Message)
        .where(
            Message.booking_id == booking.id,
            Message.channel.in_([Channel.SMS, Channel.CALL]),
            Message.state == MessageState.QUEUED,
        )
        .with_for_update()
    ).all()
    for message in unsent:
        message.state = MessageState.DROPPED
        booking.case.record(f"Not sent any more ({message.purpose})", why=because, by=SERVICE, now=now)
    return len(unsent)


def write(session: Session, message: Message) -> Message:
    """Keep a message for the worker; one of the same key that somebody else wrote at the same moment is the one."""
    message.token = secrets.token_hex(16)
    try:
        with session.begin_nested():
            session.add(message)
    except IntegrityError:
        # Two clocks swept at the same moment: the other's message is the message.
        written = written_already(session, message.key)
        if written is None:
            raise
        return written
    return message


def _record_once(case: Case | None, what: str, *, why: str | None, now: datetime) -> None:
    # A sweep asks again every minute; the history need not hear the same answer every time.
    if case is not None and not any((entry.what, entry.why) == (what, why) for entry in case.history):
        case.record(what, why=why, by=SERVICE, now=now)
