"""What was acknowledged, and what of it was lost, doubled or left half done."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import (
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Cell,
    Channel,
    Claim,
    Contact,
    Event,
    Message,
    MessageState,
    Telling,
)
from tests.chaos.load import Answered
from tests.chaos.mail_server import UNKNOWN, MailServer
from tests.chaos.provider import Provider

WRITTEN_OF = {
    BookingKind.ADVICE: {(Channel.SMS, "the family"), (Channel.EMAIL, "the adviser")},
    BookingKind.MEDIATION: {
        (Channel.SMS, "the family"),
        (Channel.EMAIL, "the family"),
        (Channel.EMAIL, "the authority"),
        (Channel.EMAIL, "the mediator"),
    },
}
"""Whom a booking that was made tells, in the transaction in which it is made."""

ENDED = {MessageState.SENT, MessageState.DELIVERED}


@dataclass
class Count:
    """The outcome of a round, each thing that is wrong as a sentence."""

    acknowledged: int = 0
    messages: int = 0
    same_mail_again: int = 0
    """A mail whose answer was lost goes again with the same Message-ID: mailboxes and calendars show it once."""
    to_a_person: int = 0
    """Messages of which nobody can say for sure whether they arrived, on a coordinator's list."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not (self.lost or self.doubled or self.half)


def afterwards(answered: Answered, provider: Provider, mails: MailServer) -> Count:
    """Look at the record, at what the provider would really have sent, and at what families were told."""
    count = Count(acknowledged=answered.count)
    with db.Reading() as session:
        _events(session, answered, count)
        _cases(session, answered, count)
        _bookings(session, count)
        _messages(session, provider, mails, count)
    return count


def _events(session: Session, answered: Answered, count: Count) -> None:
    events = Counter(session.scalars(select(Event.provider_id).where(Event.step == "")))
    contacts = Counter(session.scalars(select(Contact.provider_id)))
    count.lost += [f"text {sid}" for sid in answered.texts if not (events[sid] and contacts[sid])]
    count.doubled += [f"contact {sid}" for sid, times in contacts.items() if sid is not None and times > 1]
    unanswered = select(func.count()).select_from(Event).where(Event.answer == "")
    count.half += ["an event without its answer"] * session.scalars(unanswered).one()


def _cases(session: Session, answered: Answered, count: Count) -> None:
    by_number = Counter(case.person.number for case in session.scalars(select(Case)))
    count.lost += [f"call of {number}" for number in answered.calls if not by_number[number]]
    count.doubled += [f"case of {number}" for number, times in by_number.items() if times > 1]
    wanted = set(session.scalars(select(Case.id).where(Case.mediation_wanted_at.is_not(None))))
    tellings = Counter(session.scalars(select(Telling.case_id)))
    live = (Booking.kind == BookingKind.MEDIATION, Booking.status != BookingStatus.CANCELLED)
    booked = Counter(session.scalars(select(Booking.case_id).where(*live)))
    count.lost += [f"wish of case {case}" for case in answered.wishes if case not in wanted]
    count.half += [f"case {case} wants mediation, and nobody was told" for case in wanted if not tellings[case]]
    count.half += [f"case {case} was told of, and has no time" for case in tellings if not booked[case]]
    count.doubled += [f"telling of case {case}" for case, times in tellings.items() if times > 1]
    count.doubled += [f"booking of case {case}" for case, times in booked.items() if times > 1]


def _bookings(session: Session, count: Count) -> None:
    with_cells = set(session.scalars(select(Claim.booking_id).join(Cell, Cell.claim_id == Claim.id)))
    for booking in session.scalars(select(Booking).where(Booking.status != BookingStatus.CANCELLED)):
        about = select(Message.channel, Message.recipient).where(Message.booking_id == booking.id)
        told = {(channel, recipient) for channel, recipient in session.execute(about)}
        if booking.id not in with_cells:
            count.half.append(f"booking {booking.id} without its hours")
        if not WRITTEN_OF[booking.kind] <= told:
            count.half.append(f"booking {booking.id} of which only {told} hear")
        if not any("book" in entry.what.lower() for entry in booking.case.history):
            count.half.append(f"booking {booking.id} without a line of history")


def _messages(session: Session, provider: Provider, mails: MailServer, count: Count) -> None:
    texts = Counter(form["StatusCallback"].rpartition("/")[2] for form in provider.taken)
    letters = Counter(message_id.strip("<>").partition("@")[0] for _, message_id, _ in mails.taken)
    count.doubled += [f"text {token}" for token, times in texts.items() if times > 1]
    count.same_mail_again = sum(times - 1 for times in letters.values())
    entries = {(to, entry, message_id) for to, message_id, entry in mails.taken if entry}
    names = Counter((to, entry) for to, entry, _ in entries)
    count.doubled += [f"calendar entry {name}" for name, times in names.items() if times > 1]
    for message in session.scalars(select(Message)):
        count.messages += 1
        arrived = (texts if message.channel is Channel.SMS else letters)[message.token] > 0
        is_unknown = message.address.startswith(UNKNOWN) and message.state is MessageState.FAILED
        if message.state is MessageState.IN_DOUBT:
            count.to_a_person += 1
        elif not arrived and not is_unknown:
            count.lost.append(f"message {message.id} ({message.purpose}) is {message.state}")
        elif arrived and message.state not in ENDED:
            count.half.append(f"message {message.id} ({message.purpose}) arrived and is {message.state}")
