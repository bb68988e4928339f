"""A message that did not arrive: sent again, or sent by another channel, as far as the person's record allows it.

Nothing is sent twice by itself. A member of staff decides, and what forbids it is said as a sentence.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import tasks
from scheduling.models import Actor, Case, Channel, Message, MessageState, Person
from scheduling.outbox import identity, messages
from scheduling.outbox.wording import family_mails, texts
from scheduling.refusals import Refused

INSTEAD_OF_A_TEXT, INSTEAD_OF_A_MAIL = "a text as a mail", "a mail did not arrive"


@dataclass(eq=False)
class CannotGo(Refused):
    """The message stays where it is, for this reason."""

    because: str

    def __str__(self) -> str:
        return f"Nothing was sent. {self.because}"


def why_not_again(session: Session, message: Message, *, now: datetime) -> str | None:
    """What forbids to send the same words once more, as a sentence; None when nothing does."""
    if message.channel is Channel.CALL:
        return "A call is not sent again: ring the person yourself."
    if message.expires_at is not None and message.expires_at <= now:
        return "What it says is over by now."
    if _is_outdated(session, message):
        return "Something newer about the same meeting has been written since."
    return None if message.person_id is None else _why_not(session, message, message.channel)


def why_not_instead(session: Session, message: Message) -> str | None:
    """What forbids to use the other channel, as a sentence; None when nothing does."""
    if message.person_id is None:
        return f"We know no other channel to reach {message.recipient}: ring them."
    if message.channel is Channel.CALL:
        return "A call has no words that could go another way."
    return _why_not(session, message, other(message))


def other(message: Message) -> Channel:
    """The channel that was not tried."""
    return Channel.EMAIL if message.channel is Channel.SMS else Channel.SMS


def send_again(session: Session, message: Message, *, by: Actor, now: datetime) -> Message:
    """The same words to the address that is known now; the message that did not arrive is off the list."""
    if (because := why_not_again(session, message, now=now)) is not None:
        raise CannotGo(because)
    tasks.message_dealt_with(session, message, by=by, now=now)
    return messages.write(
        session,
        Message(
            key=f"{message.key}:again:{message.id}",
            channel=message.channel,
            purpose=message.purpose,
            thread=message.thread,
            case_id=message.case_id,
            person_id=message.person_id,
            booking_id=message.booking_id,
            certificate_id=message.certificate_id,
            address=_address(session, message),
            recipient=message.recipient,
            subject=message.subject,
            body=message.body,
            calendar=message.calendar,
            calendar_method=message.calendar_method,
            must_arrive=message.must_arrive,
            written_at=now,
            expires_at=message.expires_at,
        ),
    )


def send_instead(session: Session, message: Message, *, by: Actor, now: datetime) -> Message:
    """A text's words as a mail; of a mail that is lost a text says no more than that, and asks for a call."""
    if (because := why_not_instead(session, message)) is not None:
        raise CannotGo(because)
    tasks.message_dealt_with(session, message, by=by, now=now)
    key, person = f"{message.key}:instead:{message.id}", session.get_one(Person, message.person_id)
    case = None if message.case_id is None else session.get_one(Case, message.case_id)
    if other(message) is Channel.EMAIL:
        return _as_a_mail(session, message, person, case, key=key, now=now)
    sent = messages.text(
        session, person, purpose=INSTEAD_OF_A_MAIL, body=texts.mail_failed(), key=key, now=now, case=case
    )
    if sent is None:
        raise CannotGo("Somebody has just changed the contact record.")
    return sent


def _as_a_mail(
    session: Session, message: Message, person: Person, case: Case | None, *, key: str, now: datetime
) -> Message:
    words = message.body.removeprefix(f"{identity.current().name}: ")
    mail = family_mails.instead_of_a_text(
        name=person.name, reference=None if case is None else case.reference, words=words
    )
    return messages.email(
        session,
        address=person.email or "",
        recipient=message.recipient,
        purpose=INSTEAD_OF_A_TEXT,
        subject=mail.subject,
        body=mail.body,
        key=key,
        now=now,
        case=case,
        person=person,
    )


def _why_not(session: Session, message: Message, channel: Channel) -> str | None:
    """What the person's own record says of this channel."""
    person = session.get_one(Person, message.person_id)
    if channel is Channel.SMS:
        return messages.why_not_text(session, person)
    if person.do_not_contact:
        return "The person must not be contacted."
    return None if person.email else "There is no e-mail address."


def _address(session: Session, message: Message) -> str:
    """As the record has it today: the number or the address may have been put right since."""
    if message.person_id is None:
        return message.address
    person = session.get_one(Person, message.person_id)
    return (person.number if message.channel is Channel.SMS else person.email) or message.address


def _is_outdated(session: Session, message: Message) -> bool:
    """Whether what it says of a meeting has been said otherwise since, by the same channel to the same reader."""
    if message.booking_id is None:
        return False
    is_theirs = Message.address == message.address
    if message.person_id is not None:  # whose address may have been put right since
        is_theirs = Message.person_id == message.person_id
    newer = select(Message.id).where(
        Message.booking_id == message.booking_id,
        is_theirs,
        Message.channel == message.channel,
        Message.id > message.id,
        Message.state != MessageState.DROPPED,
    )
    return session.scalar(newer.limit(1)) is not None
