"""A figure that comes by text: which offered time it may mean, and what is done where it comes late.

It is a choice only for the number that our own text has reached, and only between the times of that very text.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import offer_messages, offering, turns
from scheduling.diary import bookings, holds, offers, preferences, slots
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.holds import OFFERED, REMINDED
from scheduling.diary.offers import NothingToOffer, Settled
from scheduling.law.window import Notice
from scheduling.models import (
    FAMILY,
    SERVICE,
    Answer,
    AnsweredBy,
    Booking,
    BookingKind,
    Case,
    Message,
    Offer,
    OfferState,
    Party,
    Person,
)

REMEMBERED = timedelta(days=7)
"""So long after its text a lone figure may still be meant for times that are settled."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The times of the last text about times that has reached a number, and when it went out."""

    case: Case
    times: list[Offer]
    sent_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether they can still be chosen from."""
        return any(one.state is OfferState.HELD for one in self.times)

    @property
    def figures(self) -> list[str]:
        """What may be answered, but for none of them."""
        return [str(one.number) for one in self.times if one.state is OfferState.HELD]


def asked(session: Session, number: str, *, received_at: datetime) -> Asked | None:
    """What a figure from this number would answer; None where nothing was asked, or two cases were asked about."""
    found = _of(session, number, received_at=received_at)
    candidates = [one for one in found if one.is_open] or found
    return candidates[0] if len(candidates) == 1 else None


def is_about_several(session: Session, number: str, *, received_at: datetime) -> bool:
    """Whether this number may choose in more cases than one, so that no figure says in which."""
    return sum(one.is_open for one in _of(session, number, received_at=received_at)) > 1


def last_question(session: Session, number: str, *, received_at: datetime) -> str | None:
    """What this number was asked, as staff may read it, while it can still be answered."""
    about = asked(session, number, received_at=received_at)
    if about is None or not about.is_open:
        return None
    times = ", ".join(f"{one.number} for {holds.written(one)}" for one in about.times if one.state is OfferState.HELD)
    return f"which time suits: {times}, or 0 for none"


def choose(session: Session, asked: Asked, number: int, *, received_at: datetime) -> Settled:
    """The family wants this time; raises Gone where somebody else has it by now."""
    return offering.choose(
        session, asked.case, number, party=Party.FAMILY, channel=AnsweredBy.TEXT, by=FAMILY, now=received_at
    )


def refuse_all(session: Session, asked: Asked, *, received_at: datetime) -> Settled:
    """The family wants none of them."""
    return offering.refuse_all(
        session, asked.case, party=Party.FAMILY, channel=AnsweredBy.TEXT, by=FAMILY, now=received_at
    )


def instead_of(session: Session, asked: Asked, number: int, *, received_at: datetime) -> list[Offer]:
    """The time has gone: the next are offered by one text that says both; none where there are none."""
    return offering.instead_of(session, asked.case, number, by=FAMILY, now=received_at)


def is_asked_anew(session: Session, asked: Asked) -> bool:
    """Whether other times are held by now, about which a text is on its way."""
    return bool(holds.of(session, asked.case))


def is_in_hand(session: Session, asked: Asked, *, received_at: datetime) -> bool:
    """Whether somebody here has taken the times back and looks for another way."""
    return offers.is_in_hand(session, asked.case, now=received_at)


def booked(session: Session, asked: Asked) -> Booking | None:
    """The meeting that is booked meanwhile."""
    return bookings.of(session, asked.case, BookingKind.MEDIATION)


def choose_late(session: Session, asked: Asked, number: int, *, received_at: datetime) -> Settled | None:
    """A time of a round that has come to nothing: held anew if it is still free and lawful.

    What others had said to it still holds. None where it has gone: then the next are offered by a text.
    """
    turns.wait(session, asked.case)
    one = next((one for one in asked.times if one.number == number), None)
    anew = None if one is None else _held_anew(session, one, now=received_at)
    if one is None or anew is None:
        offering.instead_of(session, asked.case, number, by=FAMILY, now=received_at)
        return None
    offer_messages.ask_the_others(session, [anew], purpose=OFFERED, now=received_at)
    for party in preferences.parties(anew):
        before = preferences.last_answer(one, party)
        if party is not Party.FAMILY and before in (Answer.YES, Answer.IF_NEED_BE):
            offers.answer(
                session,
                {anew: before},
                party=party,
                channel=one.answers[-1].channel,
                by=SERVICE,
                now=received_at,
                because="It had said so before.",
            )
    return offering.choose(
        session, asked.case, anew.number, party=Party.FAMILY, channel=AnsweredBy.TEXT, by=FAMILY, now=received_at
    )


def _of(session: Session, number: str, *, received_at: datetime) -> list[Asked]:
    """The last text about times of every case of this number, of the last days."""
    recent = (
        select(Offer.case_id)
        .join(Offer.case)
        .join(Case.person)
        .where(
            Person.number == number,
            Case.closed_at.is_(None),
            Case.declined_at.is_(None),
            Offer.closes_at > received_at - REMEMBERED,
        )
        .distinct()
    )
    found = [_last(session, case_id, number, received_at=received_at) for case_id in session.scalars(recent)]
    return [one for one in found if one is not None]


def _last(session: Session, case_id: int, number: str, *, received_at: datetime) -> Asked | None:
    case = session.get_one(Case, case_id)
    times = offers.of_last_round(session, case)
    keys = [f"{offer_messages.key_of(times[0], purpose)}:text" for purpose in (OFFERED, REMINDED)]
    sent = select(func.max(Message.sent_at)).where(
        Message.key.in_(keys), Message.address == number, Message.sent_at <= received_at
    )
    sent_at = session.scalar(sent)
    if sent_at is None or sent_at <= received_at - REMEMBERED:
        return None
    return Asked(case=case, times=times, sent_at=sent_at)


def _held_anew(session: Session, one: Offer, *, now: datetime) -> Offer | None:
    """The same time as a round of its own; None where it is no longer lawful or no longer free."""
    slot, lawful = holds.slot_of(one), slots.window_of(session, one.case, now=now)
    is_lawful = lawful is not None and london.london_day(slot.starts_at) in lawful
    if not is_lawful or not slots.is_free(session, one.case, slot, now=now, notice=Notice.CLEAR):
        return None
    try:
        [anew] = offers.offer(session, one.case, now=now, by=FAMILY, chosen=[slot])
    except (NothingToOffer, SlotTaken):
        return None
    return anew
