"""Calendar invites: one UID for the life of a booking, a higher SEQUENCE at every change (RFC 5546, 6047).

Everybody gets an invite of their own (`entry`). To a meeting go the family, as far as its record allows mail, the
authority's officer, the mediator, and where they are part of it the interpreter and the integrated care board; and
those who come beside the parties, with the family or for the authority. To a call with an adviser go the adviser and
the family.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.models import Attendee, Booking, BookingKind, Case, Message, MessageState, Person
from scheduling.outbox import entry, messages, reading, whereabouts
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
    """Who is invited, each address once; a family without a mailbox, or who must not be contacted, is not."""
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
    if booking.kind is BookingKind.MEDIATION:
        invited += [*_companions(booking.case), *_colleagues(booking.case)]
    # An officer may name themselves as one who comes: in front stands what somebody is in the first place.
    return list({one.address.lower(): one for one in reversed(invited)}.values())[::-1]


def send(session: Session, booking: Booking, *, now: datetime) -> list[Message]:
    """Invite everybody to the time as it stands: at first, and again after every change."""
    return [_invite(session, booking, to, now=now) for to in recipients(booking)]


def invite(session: Session, booking: Booking, address: str, *, now: datetime) -> None:
    """Invite whoever was named while the time stands; nobody whom its list does not hold."""
    for to in recipients(booking):
        if to.address.lower() == address.lower():
            _invite(session, booking, to, now=now)


def uninvite(session: Session, booking: Booking, who: Recipient, *, now: datetime) -> None:
    """Take the time out of the calendar of one who was named and does not come, unless they come all the same."""
    before = last(session, booking, who.address)
    still = {one.address.lower() for one in recipients(booking)}
    if who.address.lower() not in still and before is not None and before.calendar_method == REQUEST:
        withdraw(session, booking, now=now, only=[who])


def send_again(session: Session, booking: Booking, *, now: datetime) -> list[Message]:
    """The same invite once more, by a new mail; whoever's last one is on its way still gets no second."""
    return [_once_more(session, booking, to, now=now) for to in recipients(booking)]


def withdraw(
    session: Session, booking: Booking, *, now: datetime, only: Collection[Recipient] | None = None
) -> list[Message]:
    """Take the time out of everybody's calendar, or out of `only` theirs who are no longer to come."""
    leaving = recipients(booking) if only is None else only
    return [_write(session, booking, to, CANCEL, purpose=CANCELLED, now=now) for to in leaving]


def companion(person: Person) -> Recipient:
    """One who comes with the family, as they are invited."""
    return Recipient(address=str(person.email), name=person.name, label=messages.A_COMPANION)


def colleague(attendee: Attendee) -> Recipient:
    """One whom the authority has named, as they are invited."""
    return Recipient(address=attendee.email, name=attendee.name, label=messages.A_COLLEAGUE)


def _companions(case: Case) -> list[Recipient]:
    """Those who come to a meeting with the family and have agreed to get an invite."""
    coming = (one.person for one in case.others if one.is_invited and one.comes_to_the_meeting)
    return [companion(person) for person in coming if person.email and not person.do_not_contact]


def _colleagues(case: Case) -> list[Recipient]:
    """Those whom the authority has named and not taken back."""
    return [colleague(one) for one in case.attendees if one.taken_back_at is None]


def last(session: Session, booking: Booking, address: str) -> Message | None:
    """What we last wrote to this address about this booking."""
    wanted = select(Message).where(Message.thread == _thread(booking, address)).order_by(Message.id.desc())
    return session.scalar(wanted.limit(1))


def _invite(session: Session, booking: Booking, to: Recipient, *, now: datetime) -> Message:
    """Who takes another's place has heard nothing that could change."""
    before = last(session, booking, to.address)
    purpose = MOVED if before is not None and before.calendar_method == REQUEST else BOOKED
    return _write(session, booking, to, REQUEST, purpose=purpose, now=now)


def _key(session: Session, booking: Booking, to: Recipient, method: str, *, is_copy: bool) -> str:
    """One for each state of the time; whoever was named again after they were taken back gets another of the same."""
    key = f"invite:{booking.uid}:{booking.sequence}:{method}:{masters.index(to.address)}"
    before = last(session, booking, to.address)
    is_again = before is not None and before.calendar_method != method
    if not is_copy and not (is_again and messages.written_already(session, key) is not None):
        return key
    thread = select(func.count()).select_from(Message).where(Message.thread == _thread(booking, to.address))
    return f"{key}:copy-{session.scalars(thread).one()}"


def _once_more(session: Session, booking: Booking, to: Recipient, *, now: datetime) -> Message:
    before = last(session, booking, to.address)
    if before is None or before.calendar_method != REQUEST:
        return _invite(session, booking, to, now=now)
    if before.state in NOT_SENT_YET:
        return before
    return _write(session, booking, to, REQUEST, purpose=AGAIN, now=now)


def _write(session: Session, booking: Booking, to: Recipient, method: str, *, purpose: str, now: datetime) -> Message:
    mail = WORDS[purpose](_invitation(booking, to))
    return messages.email(
        session,
        address=to.address,
        recipient=to.label,
        purpose=purpose,
        subject=mail.subject,
        body=mail.body,
        key=_key(session, booking, to, method, is_copy=purpose == AGAIN),
        now=now,
        case=booking.case,
        person=_person(booking, to),
        booking=booking,
        calendar=entry.compose(booking, to, method, stamp=now, sequence=_sequence(session, booking, to, purpose)),
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


def _sequence(session: Session, booking: Booking, to: Recipient, purpose: str) -> int:
    """The booking's own; higher in the calendar of one who was taken out, or in again, while the time stood.

    A copy of an invite has the number of the invite.
    """
    before = last(session, booking, to.address)
    known = None if before is None else reading.read(before.calendar or "")
    if known is None:
        return booking.sequence
    return known.sequence if purpose == AGAIN else max(booking.sequence, known.sequence + 1)


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
