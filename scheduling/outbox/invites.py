"""Calendar invites: one UID for the life of a booking, a higher SEQUENCE at every change (RFC 5546, 6047).

Everybody gets an invite of their own (`entry`). To a meeting go the family, as far as its record allows mail, the
authority's officer, the mediator, and where they are part of it the interpreter and the integrated care board; to a
call with an adviser the adviser and the family.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.models import Booking, BookingKind, Message, MessageState, Person
from scheduling.outbox import entry, messages, whereabouts
from scheduling.outbox.entry import CANCEL, REQUEST, Recipient
from scheduling.outbox.wording import mails
from scheduling.vault import masters

__all__ = ["BOOKED", "CANCELLED", "MOVED", "Recipient", "recipients", "send", "send_again", "withdraw"]

BOOKED, MOVED, CANCELLED = "meeting booked", "meeting moved", "meeting cancelled"
AGAIN = "invite again"
"""The purposes of invites, by what they report."""

WORDS: dict[str, Callable[[mails.Invitation], mails.Mail]] = {
    BOOKED: mails.invited,
    MOVED: mails.changed,
    AGAIN: mails.invited_again,
    CANCELLED: mails.cancelled,
}

NOT_SENT_YET = (MessageState.QUEUED, MessageState.SENDING)


def recipients(booking: Booking) -> list[Recipient]:
    """Who is invited; a family without a mailbox, or who must not be contacted, is not."""
    person = booking.case.person
    invited = []
    if person.email and not person.do_not_contact:
        invited.append(Recipient(address=person.email, name=person.name, label=messages.THE_FAMILY))
    others = {
        messages.THE_AUTHORITY: booking.officer,
        messages.THE_MEDIATOR: booking.mediator,
        messages.THE_INTERPRETER: booking.interpreter,
        messages.THE_BOARD: booking.board,
        messages.THE_ADVISER: booking.adviser,
    }
    found = ((label, who) for label, who in others.items() if who is not None)
    invited += [Recipient(address=who.email, name=who.name, label=label) for label, who in found]
    return invited + [_companion(person) for person in _companions(booking)]


def send(session: Session, booking: Booking, *, now: datetime) -> list[Message]:
    """Invite everybody to the time as it stands: at first, and again after every change."""
    return [_invite(session, booking, to, now=now) for to in recipients(booking)]


def invite(session: Session, booking: Booking, person: Person, *, now: datetime) -> None:
    """Invite one who comes with the family, as the time stands."""
    _invite(session, booking, _companion(person), now=now)


def uninvite(session: Session, booking: Booking, person: Person, *, now: datetime) -> None:
    """Take the time out of the calendar of one who came with the family."""
    withdraw(session, booking, now=now, only=[_companion(person)])


def send_again(session: Session, booking: Booking, *, now: datetime) -> list[Message]:
    """The same invite once more, by a new mail; whoever's last one is on its way still gets no second."""
    return [_once_more(session, booking, to, now=now) for to in recipients(booking)]


def withdraw(
    session: Session, booking: Booking, *, now: datetime, only: Collection[Recipient] | None = None
) -> list[Message]:
    """Take the time out of everybody's calendar, or out of `only` theirs who are no longer to come."""
    leaving = recipients(booking) if only is None else only
    return [_write(session, booking, to, CANCEL, purpose=CANCELLED, now=now) for to in leaving]


def _companions(booking: Booking) -> list[Person]:
    """Those who come to a meeting with the family and have agreed to get an invite."""
    if booking.kind is not BookingKind.MEDIATION:
        return []
    coming = (one for one in booking.case.others if one.is_invited and one.comes_to_the_meeting)
    return [one.person for one in coming if one.person.email and not one.person.do_not_contact]


def _companion(person: Person) -> Recipient:
    return Recipient(address=str(person.email), name=person.name, label=messages.A_COMPANION)


def last(session: Session, booking: Booking, address: str) -> Message | None:
    """What we last wrote to this address about this booking."""
    wanted = select(Message).where(Message.thread == _thread(booking, address)).order_by(Message.id.desc())
    return session.scalar(wanted.limit(1))


def _invite(session: Session, booking: Booking, to: Recipient, *, now: datetime) -> Message:
    """Who takes another's place has heard nothing that could change."""
    before = last(session, booking, to.address)
    purpose = MOVED if before is not None and before.calendar_method == REQUEST else BOOKED
    return _write(session, booking, to, REQUEST, purpose=purpose, now=now)


def _once_more(session: Session, booking: Booking, to: Recipient, *, now: datetime) -> Message:
    before = last(session, booking, to.address)
    if before is None or before.calendar_method != REQUEST:
        return _invite(session, booking, to, now=now)
    if before.state in NOT_SENT_YET:
        return before
    thread = select(func.count()).select_from(Message).where(Message.thread == before.thread)
    return _write(session, booking, to, REQUEST, purpose=AGAIN, copy=session.scalars(thread).one(), now=now)


def _write(
    session: Session, booking: Booking, to: Recipient, method: str, *, purpose: str, now: datetime, copy: int = 0
) -> Message:
    mail = WORDS[purpose](_invitation(booking, to))
    key = f"invite:{booking.uid}:{booking.sequence}:{method}:{masters.index(to.address)}"
    return messages.email(
        session,
        address=to.address,
        recipient=to.label,
        purpose=purpose,
        subject=mail.subject,
        body=mail.body,
        key=f"{key}:copy-{copy}" if copy else key,
        now=now,
        case=booking.case,
        person=_person(booking, to),
        booking=booking,
        calendar=entry.compose(booking, to, method, stamp=now),
        calendar_method=method,
        thread=_thread(booking, to.address),
    )


def _invitation(booking: Booking, to: Recipient) -> mails.Invitation:
    return mails.Invitation(
        to=entry.TITLES[booking.kind].lower(),
        name=to.name,
        reference=booking.case.reference,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        place=whereabouts.place(booking),
        notes=whereabouts.notes(booking, to.label),
    )


def _thread(booking: Booking, address: str) -> str:
    """In order: a CANCEL that overtook its REQUEST would leave the time in the calendar."""
    return f"booking-{booking.id}-{masters.index(address)}"


def _person(booking: Booking, to: Recipient) -> Person | None:
    return booking.case.person if to.label == messages.THE_FAMILY else None


def blind_some(session: Session, *, at_most: int) -> int:
    """Invites from before there was a vault name addresses where now their index stands; says how many they were."""
    found = session.scalars(select(Message).where(Message.thread.like("booking-%@%")).limit(at_most)).all()
    for message in found:
        address = message.address.casefold()
        message.key = message.key.replace(address, masters.index(address))
        message.thread = str(message.thread).replace(address, masters.index(address))
    session.flush()
    return len(found)
