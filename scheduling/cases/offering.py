"""Choosing a time: all parties are asked at once, by text and by a link of their own, and the clock settles the rest.

With the policy `offer_hours` at 0 the best lawful time is booked at once. Otherwise a case is offered times for as long
as that leaves room to find others: after the fifteenth of the 30 days nobody is asked any more, and the best time that
no party has refused is booked, or it is written down why there is none.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import mediation, offer_messages, turns
from scheduling.cases.offer_messages import Words
from scheduling.diary import bookings, clocks, holds, offers, preferences
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.offers import Became, NothingToOffer, Settled
from scheduling.diary.slots import Slot
from scheduling.law import chasing
from scheduling.models import (
    SERVICE,
    Actor,
    Answer,
    AnsweredBy,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Claim,
    Offer,
    OfferState,
    Party,
)
from scheduling.outbox.wording import offers as wording
from scheduling.reference import policies

log = logging.getLogger(__name__)

MOST_ROUNDS = 3
"""Who has refused nine times needs a person, not a tenth."""
REMINDED_BEFORE, DAY_BEGINS, DAY_ENDS, EVENING = timedelta(hours=3), time(9), time(20), time(18)


def place_if_waiting(session: Session, case_id: int, *, now: datetime) -> list[Offer] | Booking | None:
    """Offer times to a case that waits, or book the best where there is no time to ask; None where there is none.

    What is offered already is left to be settled, and what somebody has taken back for a while to that person.
    """
    case = turns.take(session, case_id)
    if case is None or case.declined_at is not None or holds.of(session, case):
        return None
    if offers.is_in_hand(session, case, now=now):
        return None
    if has_time_to_ask(session, case, now=now) and bookings.of(session, case, BookingKind.MEDIATION) is None:
        try:
            return offer(session, case, by=SERVICE, now=now)
        except (NothingToOffer, SlotTaken):
            log.info("no times to offer", extra={"case": case_id})
    return mediation.book_if_waiting(session, case_id, now=now)


def offer(
    session: Session,
    case: Case,
    *,
    by: Actor,
    now: datetime,
    chosen: Sequence[Slot] | None = None,
    words: Words = wording.by_text,
) -> list[Offer]:
    """Hold times for the case and ask every party; raises NothingToOffer or SlotTaken."""
    held = offers.offer(session, case, now=now, by=by, chosen=chosen)
    offer_messages.ask(session, held, words=words, now=now)
    return held


def answer(
    session: Session,
    case: Case,
    said: Mapping[int, Answer],
    *,
    party: Party,
    channel: AnsweredBy,
    by: Actor,
    now: datetime,
    because: str | None = None,
) -> Settled:
    """Write down what a party says to the offered times, by their numbers, and settle what can be settled.

    Raises Gone where a time has gone meanwhile: then `instead_of` offers the next.
    """
    turns.wait(session, case)
    held = {one.number: one for one in holds.of(session, case)}
    if not held or not set(said) <= set(held):
        raise offers.NotOffered
    by_offer = {held[number]: word for number, word in said.items()}
    offers.answer(session, by_offer, party=party, channel=channel, by=by, now=now, because=because)
    return settle(session, case, now=now)


def choose(
    session: Session, case: Case, number: int, *, party: Party, channel: AnsweredBy, by: Actor, now: datetime
) -> Settled:
    """One time is wanted; one that was wanted before would still do if need be."""
    turns.wait(session, case)
    wanted_before = [one for one in holds.of(session, case) if preferences.last_answer(one, party) is Answer.YES]
    said = {one.number: Answer.IF_NEED_BE for one in wanted_before} | {number: Answer.YES}
    return answer(session, case, said, party=party, channel=channel, by=by, now=now)


def refuse_all(session: Session, case: Case, *, party: Party, channel: AnsweredBy, by: Actor, now: datetime) -> Settled:
    """None of them: others are offered at once while there is time for it."""
    turns.wait(session, case)
    said = {one.number: Answer.NO for one in holds.of(session, case)}
    return answer(session, case, said, party=party, channel=channel, by=by, now=now)


def confirm(session: Session, case: Case, number: int, *, because: str, by: Actor, now: datetime) -> Booking:
    """Book this offered time without waiting for more answers; raises what stands in the way."""
    turns.wait(session, case)
    for one in holds.of(session, case):
        if one.number == number:
            return offers.book(session, one, because=because, by=by, now=now)
    raise offers.NotOffered


def instead_of(session: Session, case: Case, number: int, *, by: Actor, now: datetime) -> list[Offer]:
    """A chosen time has gone: offer the next, and say both in one message; where there are none the case is explained.

    The other times of its round are given back with it: three at once are enough.
    """
    turns.wait(session, case)
    gone = [one for one in holds.of(session, case) if one.number == number]
    holds.let_go(session, gone, because="It had gone when it was chosen.", by=by, now=now)
    try:
        return offer(session, case, by=SERVICE, now=now, words=wording.by_text_instead)
    except (NothingToOffer, SlotTaken):
        if not holds.of(session, case):
            place_or_explain(session, case, now=now)
        return []


def settle(session: Session, case: Case, *, now: datetime) -> Settled:
    """Book what all want, or the best that is left when the time to choose has ended; ask anew where all was refused.

    Where nobody can be asked any more the best time that no party has refused is booked, or it is written down why not.
    """
    offers.tidy(session, case, now=now)
    settled = offers.settle(session, case, now=now)
    if settled.became is not Became.NOTHING_LEFT:
        return settled
    if _may_ask(session, case, now=now):
        try:
            offer(session, case, by=SERVICE, now=now)
        except (NothingToOffer, SlotTaken):
            log.info("no more times to offer", extra={"case": case.id})
        else:
            return settled
    booking = place_or_explain(session, case, now=now)
    return settled if booking is None else Settled(became=Became.BOOKED, booking=booking)


def unsettled(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, whose time to choose has ended, whose hold has run out, or that need none any more."""
    is_booked = exists().where(
        Booking.case_id == Offer.case_id,
        Booking.kind == BookingKind.MEDIATION,
        Booking.status != BookingStatus.CANCELLED,
    )
    due = or_(
        Offer.closes_at <= now,
        and_(Offer.held_until <= now, exists().where(Claim.offer_id == Offer.id)),
        Case.closed_at.is_not(None),
        Case.declined_at.is_not(None),
        Case.authority_cannot_at >= Offer.offered_at,
        is_booked,
    )
    found = select(Offer.case_id).join(Offer.case).where(Offer.state == OfferState.HELD, due)
    return list(dict.fromkeys(session.scalars(found.order_by(Offer.closes_at, Offer.id))))


def settle_if_due(session: Session, case_id: int, *, now: datetime) -> Settled | None:
    """Settle this case, unless somebody else is at it."""
    # A closed one, too.
    free = select(Case).where(Case.id == case_id).with_for_update(skip_locked=True, key_share=True)
    case = session.scalar(free.execution_options(populate_existing=True))
    return None if case is None else settle(session, case, now=now)


def take_back(session: Session, case: Case, *, because: str, by: Actor, now: datetime) -> int:
    """Nothing is offered any more, and whoever was asked is told; gives how many times were held."""
    turns.wait(session, case)
    held = holds.of(session, case)
    number = holds.let_go_of(session, case, because=because, by=by, now=now)
    offer_messages.say_taken_back(session, held, now=now)
    return number


def unanswered(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, in which it is time to remind a party of times to which it has said nothing."""
    held = select(Offer).where(Offer.state == OfferState.HELD, Offer.closes_at > now).order_by(Offer.closes_at)
    due = [one for one in session.scalars(held) if remind_at(one.offered_at, one.closes_at) <= now]
    return list(dict.fromkeys(one.case_id for one in due))


def remind(session: Session, case_id: int, *, now: datetime) -> int:
    """Remind each party once that has said nothing; gives how many those are."""
    case = turns.take(session, case_id)
    held = [] if case is None else holds.of(session, case)
    return offer_messages.remind(session, held, now=now) if held and held[0].closes_at > now else 0


def remind_at(offered_at: datetime, closes_at: datetime) -> datetime:
    """A few hours before the end, by day; never before half of the time has gone."""
    local = london.london(closes_at - REMINDED_BEFORE)
    if local.time() < DAY_BEGINS:
        morning = london.at(local.date(), DAY_BEGINS)
        leaves_an_hour = closes_at - morning >= timedelta(hours=1)
        local = morning if leaves_an_hour else london.at(local.date() - timedelta(days=1), EVENING)
    elif local.time() > DAY_ENDS:
        local = london.at(local.date(), EVENING)
    return max(local, offered_at + (closes_at - offered_at) / 2)


def place_or_explain(session: Session, case: Case, *, now: datetime) -> Booking | None:
    """Book the best time that no party has refused, or write down why there is none."""
    try:
        return mediation.book_best(session, case, by=SERVICE, now=now)
    except mediation.NoSlot as refusal:
        mediation.explain_once(session, case, refusal.because, now=now)
    except SlotTaken:
        log.info("others were quicker", extra={"case": case.id})  # the sweep looks again in a few seconds
    return None


def has_time_to_ask(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether times are offered in this case now, or else the best is booked at once."""
    return policies.value(session, policies.OFFER_HOURS) > 0 and _may_ask(session, case, now=now)


def _may_ask(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether a round that begins now leaves time to look for something else, should it come to nothing."""
    began = clocks.began(session, case)
    if began is None or offers.rounds(session, case) >= MOST_ROUNDS:
        return False
    no_later_than = chasing.no_slot_warning_on(london.london_day(began))
    return london.london_day(offers.ends_at(session, now=now)) <= no_later_than
