"""Answers to our invites: whose they are, whether they can be believed, and what they change.

Anybody can write a mail in anybody's name. An answer counts only when it names a booking's own UID, comes from the
address that was invited and answers for that address, and is about the time as it stands; what is not believed changes
nothing, and is logged by ids alone. Nobody's answer moves or cancels a meeting: a person speaks with them first.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import attendance
from scheduling.diary.inbound.mail import CalendarAnswer, Mail
from scheduling.models import FAMILY, SERVICE, Actor, ActorKind, AnsweredBy, Attends, Booking
from scheduling.outbox import invites, messages
from scheduling.outbox.entry import REQUEST, Recipient

log = logging.getLogger(__name__)

SAYS = {"ACCEPTED": Attends.YES, "TENTATIVE": Attends.PERHAPS, "DECLINED": Attends.NO}
"""What an attendee's PARTSTAT means to us; every other one is no answer."""

ACTORS = {
    messages.THE_FAMILY: FAMILY,
    messages.THE_AUTHORITY: Actor(ActorKind.AUTHORITY),
    messages.A_COLLEAGUE: Actor(ActorKind.AUTHORITY),
    messages.THE_MEDIATOR: Actor(ActorKind.MEDIATOR),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an answer came to."""

    sentence: str
    booking: Booking | None = None
    needs_a_person: bool = False
    """Only where it names a booking of ours, and somebody may mean what it says or has written words beside it."""


def take(session: Session, mail: Mail, said: CalendarAnswer, *, received_at: datetime, now: datetime) -> Outcome:
    """Note what somebody's calendar says, or say why it is not believed."""
    booking = session.scalar(select(Booking).where(Booking.uid == said.uid).with_for_update(key_share=True))
    if booking is None:
        return _refused(None, "unknown", "It answers an invite that is not ours.")
    if not booking.is_live or booking.starts_at <= now:
        return _refused(booking, "over", "It is about a time that was cancelled or is over.")
    if mail.is_disowned:
        why = "It was not believed: the sender's own mail domain says that it did not send it."
        return _refused(booking, "disowned", why, needs_a_person=True)
    who = _invited(session, booking, mail, said)
    if who is None:
        why = "It was not believed: it does not come from an address that is invited, or answers for another."
        return _refused(booking, "wrong sender", why, needs_a_person=True)
    if said.sequence < booking.sequence:
        return _refused(booking, "stale", "It is about an earlier time, which has changed since.")
    return _note(session, booking, who, said, received_at=received_at, now=now)


def _invited(session: Session, booking: Booking, mail: Mail, said: CalendarAnswer) -> Recipient | None:
    """The one who was invited at the sender's address and answers for it."""
    for who in invites.recipients(booking):
        address = who.address.lower()
        if address == mail.sender and address in said.answers:
            last = invites.last(session, booking, who.address)
            return who if last is not None and last.calendar_method == REQUEST else None
    return None


def _note(
    session: Session, booking: Booking, who: Recipient, said: CalendarAnswer, *, received_at: datetime, now: datetime
) -> Outcome:
    attends = SAYS.get(said.answers[who.address.lower()])
    if attends is None and not said.is_counter:
        return _refused(booking, "no answer", "It says neither yes nor no.")
    noted = attendance.answer(
        session,
        booking,
        who,
        attends or Attends.PERHAPS,
        channel=AnsweredBy.MAIL,
        now=received_at,
        proposes=said.is_counter,
        proposes_at=said.proposed,
    )
    sentence = f"{_large(who.label)} {_says(noted.answer, said)}."
    booking.case.record(sentence.removesuffix("."), by=ACTORS.get(who.label, SERVICE), now=now)
    if said.comment:
        sentence = f"{sentence} They add: “{said.comment}”"
    log.info("invite answered", extra={"booking": booking.id, "answer": noted.answer.value, "counter": said.is_counter})
    return Outcome(sentence=sentence, booking=booking, needs_a_person=bool(said.comment))


def _says(attends: Attends, said: CalendarAnswer) -> str:
    if said.is_counter:
        return f"proposes another time: {london.written(said.proposed)}" if said.proposed else "proposes another time"
    return f"{attends.value}, says the answer to the invite"


def _large(label: str) -> str:
    return label[0].upper() + label[1:]


def _refused(booking: Booking | None, why: str, sentence: str, *, needs_a_person: bool = False) -> Outcome:
    log.warning("answer refused", extra={"booking": None if booking is None else booking.id, "why": why})
    return Outcome(sentence=sentence, booking=booking, needs_a_person=needs_a_person)
