"""The post: mails that came to the service's mailbox are read once, and what became of each is written down.

An answer to an invite and a mail that came back are seen to at once, a machine's mail is only kept, and everything else
is a letter, which waits for a person. Of a letter's case we only ever suppose: anybody can write a reference into a
subject.
"""

import hashlib
import logging
import re
import traceback
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from scheduling import confined, db, references
from scheduling.diary import replies
from scheduling.diary.inbound.mail import Bounce, CalendarAnswer, Mail
from scheduling.models import Case, Channel, InboundMail, MailKind, Message, MessageState, Person
from scheduling.outbox import delivery
from scheduling.outbox.mailbox import Arrived, Mailbox

log = logging.getLogger(__name__)

READER = "scheduling.diary.inbound.reading"

UNREADABLE = "It could not be read. Look at it in the mailbox itself."
CUT = "It is very large: only its beginning was read. The whole of it is in the mailbox."
WAITS = "It waits for an answer."
KEPT = "A machine wrote it: nothing was done."
BECAME = {
    "failed": "did not arrive.",
    "delayed": "is delayed: the other mail server goes on trying.",
    "delivered": "arrived.",
    "relayed": "was passed on.",
    "expanded": "was passed on to several.",
}
"""What a mail server says of a mail of ours, by its own word for it."""

_REFERENCE = re.compile(r"(?<!\d)\d(?:[ .-]?\d){7}(?!\d)")


def receive_due(mailbox: Mailbox, now: datetime) -> int:
    """One round of the worker: read what waits; says how many mails were read.

    Each in a transaction of its own, and put away only after it; none is open while the network is asked.
    """
    read = 0
    for arrived in mailbox.waiting():
        if _is_received(arrived, now):
            mailbox.put_away(arrived)
            read += 1
    return read


def receive(arrived: Arrived, now: datetime) -> None:
    """Write down one mail and do what it asks for; a second time nothing happens."""
    mail = _opened(arrived)
    with db.Session.begin() as session:
        kept = _keep(session, mail, arrived)
        if kept is None:
            return
        _settle(session, kept, mail, now=now)
        if not arrived.is_whole and kept.kind is MailKind.LETTER:
            kept.outcome = f"{kept.outcome} {CUT}"
        log.info("mail received", extra={"mail": kept.id, "kind": kept.kind.value})


def _is_received(arrived: Arrived, now: datetime) -> bool:
    try:
        receive(arrived, now)
    except OperationalError:
        raise  # the database's trouble, and no mail's
    except Exception as fault:  # noqa: BLE001 - one mail that meets a bug of ours must not keep the others waiting
        # Without the fault's own words, in which the mail itself may stand. It stays in the mailbox.
        where = traceback.extract_tb(fault.__traceback__)[-1]
        facts = {"fault": type(fault).__name__, "where": f"{where.filename}:{where.lineno}"}
        log.error("mail met a fault", extra=facts)  # noqa: TRY400 - as above
        return False
    return True


def _opened(arrived: Arrived) -> Mail | None:
    """What it says; None where it broke its reader."""
    try:
        return Mail.of(confined.read(READER, arrived.raw))
    except confined.TooMuch:
        return None


def _keep(session: Session, mail: Mail | None, arrived: Arrived) -> InboundMail | None:
    """The mail's row; None where there is one, perhaps another worker's of this very moment."""
    kept = InboundMail(
        mail_id=mail.mail_id if mail else f"sha256:{hashlib.sha256(arrived.raw).hexdigest()}",
        kind=MailKind.LETTER,
        sender=mail.sender if mail else "",
        subject=mail.subject if mail else None,
        body=mail.words if mail else "",
        received_at=arrived.arrived_at,
        outcome=WAITS if mail else UNREADABLE,
    )
    if session.scalar(select(InboundMail.id).where(InboundMail.mail_id == kept.mail_id)) is not None:
        return None
    try:
        with session.begin_nested():
            session.add(kept)
    except IntegrityError:
        return None
    return kept


def _settle(session: Session, kept: InboundMail, mail: Mail | None, *, now: datetime) -> None:
    if mail is None:
        return
    if mail.bounce is not None:
        _give_back(session, kept, mail, mail.bounce, now=now)
    elif mail.answer is not None:
        _answer(session, kept, mail, mail.answer, now=now)
    elif mail.is_automatic:
        _is_about(kept, _ours(session, mail))
        kept.kind, kept.outcome, kept.handled_at = MailKind.AUTOMATIC, KEPT, now
    else:
        message = _ours(session, mail)
        kept.message_id = None if message is None else message.id
        kept.suggested_case_id = message.case_id if message else _supposed(session, mail)


def _answer(session: Session, kept: InboundMail, mail: Mail, said: CalendarAnswer, *, now: datetime) -> None:
    outcome = replies.take(session, mail, said, received_at=kept.received_at, now=now)
    kept.kind, kept.outcome = MailKind.CALENDAR, outcome.sentence
    kept.handled_at = None if outcome.needs_a_person else now
    if outcome.booking is not None:
        kept.booking_id, kept.case_id = outcome.booking.id, outcome.booking.case_id


def _give_back(session: Session, kept: InboundMail, mail: Mail, bounce: Bounce, *, now: datetime) -> None:
    """A mail of ours is known by its token, which nobody can guess; a server may give back what others forged."""
    message = _ours(session, mail)
    kept.kind, kept.handled_at = MailKind.BOUNCE, now
    _is_about(kept, message)
    if message is None:
        kept.outcome = "It speaks of a mail that is not ours: nothing was done."
        return
    kept.outcome = f"A mail of ours to {message.recipient} {BECAME[bounce.action]}"
    reported = {"failed": MessageState.FAILED, "delivered": MessageState.DELIVERED}.get(bounce.action)
    if reported is not None:
        delivery.report(
            session,
            token=message.token,
            status=reported,
            provider_id=kept.mail_id,
            error_code=bounce.code or "bounced",
            now=now,
        )


def _is_about(kept: InboundMail, message: Message | None) -> None:
    if message is not None:
        kept.message_id, kept.case_id, kept.booking_id = message.id, message.case_id, message.booking_id


def _ours(session: Session, mail: Mail) -> Message | None:
    """The message of ours that it answers or gives back."""
    wanted = select(Message).where(Message.token.in_(mail.tokens), Message.channel == Channel.EMAIL)
    return session.scalar(wanted.order_by(Message.id.desc()).limit(1))


def _supposed(session: Session, mail: Mail) -> int | None:
    """The case whose reference is in the subject, or the newest of the person who has the sender's address."""
    written = (references.parse(digits) for digits in _REFERENCE.findall(mail.subject))
    by_reference = select(Case.id).where(Case.reference.in_([one for one in written if one]))
    of_the_sender = (
        select(Case.id)
        .join(Case.person)
        .where(Person.email == mail.sender)
        .order_by(Case.closed_at.is_not(None), Case.opened_at.desc())
    )
    return session.scalar(by_reference.limit(1)) or session.scalar(of_the_sender.limit(1))
