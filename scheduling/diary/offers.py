"""Offers: up to three times at once, held while a case's parties choose, and settled by their answers or by the clock.

The times that are offered together are a round. As soon as all parties want the same time it is booked, and the others
are given back in the same breath. A round ends at its own moment whoever has not answered, because the 30 days run on:
then the best of its times is booked, but never one that a party has refused. Nothing here tells anybody anything.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import bookings, claims, holds, preferences, slots
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.slots import Slot
from scheduling.law import deadlines
from scheduling.law.window import Notice
from scheduling.models import (
    SERVICE,
    Actor,
    Answer,
    AnsweredBy,
    Booking,
    BookingKind,
    Case,
    Offer,
    OfferAnswer,
    OfferState,
    Party,
)
from scheduling.reference import calendar, policies
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

CHOICES = 3
"""Held at once: each is lost to other families meanwhile."""
IN_RESERVE = 3
"""So many times are looked for beside each, for what others take in the same moment."""
TO_SETTLE = timedelta(hours=1)
"""Between the end of a round and the moment at which its last time would lose its notice: enough to be seen to."""


class NothingToOffer(Refused):
    def __str__(self) -> str:
        return "No lawful time is free that could be offered and still be booked when the parties have chosen."


class NotOffered(Refused):
    def __str__(self) -> str:
        return "This time is not offered any more."


@dataclass(eq=False)
class Gone(Refused):
    """Its hold had run out, and something else needs its hours, or whoever would come."""

    number: int
    held_until: datetime

    def __str__(self) -> str:
        return f"This time was held until {london.written(self.held_until)}, and is not free any more."


class NotWanted(Refused):
    def __str__(self) -> str:
        return "The family does not want mediation, or the case is closed, so no time is kept."


class Became(StrEnum):
    """What a look at a round has led to."""

    NOTHING_OFFERED = "nothing is offered"
    WAITS = "somebody may still answer"
    BOOKED = "one time is booked"
    LET_GO = "no time is needed any more"
    NOTHING_LEFT = "every time was refused, or has gone"


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What became of a round, and the booking if there is one."""

    became: Became
    booking: Booking | None = None


def offer(
    session: Session,
    case: Case,
    *,
    now: datetime,
    by: Actor,
    limit: int = CHOICES,
    chosen: Sequence[Slot] | None = None,
) -> list[Offer]:
    """Hold the best times for the case, or those that somebody has chosen; raises NothingToOffer or SlotTaken.

    What was offered before is given back. What others take in the same moment is replaced by the next.
    """
    _take_turn(session, case)
    if bookings.of(session, case, BookingKind.MEDIATION) is not None:
        raise bookings.AlreadyBooked
    holds.let_go_of(session, case, because="Other times are offered.", by=by, now=now)
    closes_at = ends_at(session, now=now)
    wanted = found(session, case, now=now, closes_at=closes_at, limit=limit) if chosen is None else chosen
    if not wanted:
        raise NothingToOffer
    held = _hold(session, case, wanted, limit=limit, closes_at=closes_at, now=now)
    if not held:
        raise SlotTaken
    times = "; ".join(f"{one.number}, {holds.written(one)}" for one in held)
    why = f"The parties may choose until {london.written(held[0].closes_at)}. {held[0].reasons}"
    case.record(f"Offered to both parties: {times}", why=why, by=by, now=now)
    log.info("times offered", extra={"case": case.id, "round": held[0].round})
    return held


def ends_at(session: Session, *, now: datetime) -> datetime:
    """When a round that begins now ends: by policy, and where offers are only made by hand after the usual hold."""
    hours = policies.value(session, policies.OFFER_HOURS) or policies.value(session, policies.HOLD_HOURS)
    return (now + timedelta(hours=hours)).replace(second=0, microsecond=0)


def found(session: Session, case: Case, *, now: datetime, closes_at: datetime, limit: int = CHOICES) -> list[Slot]:
    """Times that would still be lawful when the round has ended and that no party has refused, the best first."""
    then = slots.window_of(session, case, now=closes_at + TO_SETTLE)
    if then is None:
        return []
    no = refused(session, case)
    lasting = [
        slot
        for slot in slots.best(session, case, now=now, limit=slots.EVERY)
        if london.london_day(slot.starts_at) in then and slot.starts_at not in no
    ]
    return slots.spread_out(lasting, limit=limit * (1 + IN_RESERVE))


def answer(
    session: Session,
    said: Mapping[Offer, Answer],
    *,
    party: Party,
    channel: AnsweredBy,
    by: Actor,
    now: datetime,
    because: str | None = None,
) -> None:
    """Write down what a party says to offered times of one case; the last answer counts, the same again says nothing.

    A time whose hold has run out is held again if it is still free; raises Gone where it is not, and NotOffered.
    """
    changed = {one: word for one, word in said.items() if preferences.last_answer(one, party) is not word}
    if not changed:
        return
    with session.begin_nested():  # all of it or nothing: one of several times may have gone
        for one, word in changed.items():
            if one.state is not OfferState.HELD:
                raise NotOffered
            if word is not Answer.NO:
                _hold_again(session, one, now=now)
            one.answers.append(OfferAnswer(party=party, answer=word, channel=channel, answered_at=now))
    words = "; ".join(f"{word} to {holds.written(one)}" for one, word in changed.items())
    case, why = next(iter(changed)).case, because or f"By {channel.value}."
    case.record(f"{_named(party)} answered: {words}", why=why, by=by, now=now)
    session.flush()


def settle(session: Session, case: Case, *, now: datetime) -> Settled:
    """Book what all parties want, or the best that is left when the round has ended; give back what is not needed."""
    _lock(session, case)
    held = holds.of(session, case)
    if not held:
        return Settled(became=Became.NOTHING_OFFERED)
    if (because := _not_needed(session, case, held)) is not None:
        holds.let_go_of(session, case, because=because, by=SERVICE, now=now)
        return Settled(became=Became.LET_GO)
    is_over = now >= held[0].closes_at
    for one in preferences.by_worth(held):
        if not (is_over or preferences.is_decided(one, held)):
            break
        if (booking := _book(session, one, is_over=is_over, now=now)) is not None:
            return Settled(became=Became.BOOKED, booking=booking)
    left = [one for one in holds.of(session, case) if not preferences.is_refused(one)]
    if left and not is_over:
        return Settled(became=Became.WAITS)
    holds.let_go_of(session, case, because=preferences.why_none(held), by=SERVICE, now=now)
    return Settled(became=Became.NOTHING_LEFT)


def book(session: Session, one: Offer, *, because: str, by: Actor, now: datetime) -> Booking:
    """Book an offered time in place of its hold, and give the others back; raises what `bookings.book` raises."""
    slot = holds.slot_of(one, because)
    claims.lock(session, [need.resource for need in claims.needed_by(one)])
    with session.begin_nested():
        claims.free(session, one)
        one.state, one.settled_at = OfferState.TAKEN, now
        session.flush()
        if one.held_until <= now and not slots.is_free(session, one.case, slot, now=now, notice=Notice.CLEAR):
            raise SlotTaken
        return bookings.book(session, one.case, slot, by=by, now=now)


def tidy(session: Session, case: Case, *, now: datetime) -> None:
    """Clear away the claims of holds that have run out; their times stay offered for as long as they are free."""
    for one in holds.of(session, case):
        if one.held_until <= now:
            claims.free(session, one)


def refused(session: Session, case: Case) -> frozenset[datetime]:
    """The hours to which a party's last word in this case is no."""
    offered = select(Offer).where(Offer.case_id == case.id).options(*holds.WITH_PEOPLE)
    return frozenset(one.starts_at for one in session.scalars(offered) if preferences.is_refused(one))


def of_last_round(session: Session, case: Case) -> list[Offer]:
    """The times that were offered last, whatever became of them; none where there never were any."""
    last = select(Offer).where(Offer.case_id == case.id, Offer.round == rounds(session, case)).order_by(Offer.number)
    return list(session.scalars(last.options(*holds.WITH_PEOPLE)))


def is_in_hand(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether somebody has taken the last times back, who has until their round would have ended to do better."""
    last = of_last_round(session, case)
    if not last or last[0].closes_at <= now or any(one.state is not OfferState.RELEASED for one in last):
        return False
    settled = {one.settled_at for one in last}
    return any(
        entry.by.staff_id is not None and entry.at in settled and entry.what.startswith(holds.NO_LONGER)
        for entry in case.history
    )


def rounds(session: Session, case: Case) -> int:
    """How often times were offered in this case."""
    return session.scalar(select(func.max(Offer.round)).where(Offer.case_id == case.id)) or 0


def notice_ends(session: Session, slot: Slot) -> datetime:
    """From when on five clear working days' notice of this slot can no longer be given."""
    last = deadlines.notice_latest(london.london_day(slot.starts_at), calendar.working_days(session)).clear.day
    return london.at(last + timedelta(days=1), time(0))


def _take_turn(session: Session, case: Case) -> None:
    _lock(session, case)
    if case.closed_at is not None or case.declined_at is not None:
        raise NotWanted


def _lock(session: Session, case: Case) -> None:
    """Whoever answers, settles or offers at once does so one after the other."""
    held = select(Case).where(Case.id == case.id).with_for_update(key_share=True)
    session.scalars(held.execution_options(populate_existing=True)).one()


def _hold(
    session: Session, case: Case, wanted: Iterable[Slot], *, limit: int, closes_at: datetime, now: datetime
) -> list[Offer]:
    number_of_round, held = rounds(session, case) + 1, list[Offer]()
    possible = [_offer_of(session, case, slot, closes_at=closes_at, now=now) for slot in wanted]
    # All at once and in order: two who each hold what the other wants next would wait for each other.
    claims.lock(session, {need.resource for one in possible for need in claims.needed_by(one)})
    for one in possible:
        one.round, one.number = number_of_round, len(held) + 1
        if len(held) < limit and one.held_until > now and _keep(session, one, now=now):
            held.append(one)
    lasts = max((notice_ends(session, holds.slot_of(one)) for one in held), default=closes_at)
    for one in held:
        one.closes_at = max(now, min(closes_at, lasts - TO_SETTLE))
    session.flush()
    return held


def _offer_of(session: Session, case: Case, slot: Slot, *, closes_at: datetime, now: datetime) -> Offer:
    hours = timedelta(hours=policies.value(session, policies.HOLD_HOURS))
    return Offer(
        case=case,
        reasons="\n".join(slot.reasons),
        state=OfferState.HELD,
        offered_at=now,
        held_until=min(now + hours, notice_ends(session, slot)),
        closes_at=closes_at,
        **bookings.facts(slot),
    )


def _keep(session: Session, one: Offer, *, now: datetime) -> bool:
    try:
        bookings.keep(session, one, now=now)
    except SlotTaken:
        return False
    return True


def _hold_again(session: Session, one: Offer, *, now: datetime) -> None:
    """Its hold has run out: hold it once more, unless somebody else was quicker or no notice could be given."""
    is_over = now >= one.closes_at  # it is settled with this answer, and whether its hours are free is asked then
    if one.held_until > now or is_over:
        return
    until = min(one.closes_at, notice_ends(session, holds.slot_of(one)))
    claims.free(session, one)
    is_free = until > now and slots.is_free(session, one.case, holds.slot_of(one), now=now, notice=Notice.CLEAR)
    if not is_free or not _keep(session, one, now=now):
        raise Gone(one.number, one.held_until)
    one.held_until = until


def _not_needed(session: Session, case: Case, held: Sequence[Offer]) -> str | None:
    if case.closed_at is not None:
        return "The case is closed."
    if case.declined_at is not None:
        return "The family does not want mediation any more."
    if case.authority_cannot_at is not None and case.authority_cannot_at >= held[0].offered_at:
        return "The authority cannot arrange mediation in its 30 days."
    if bookings.of(session, case, BookingKind.MEDIATION) is not None:
        return "The meeting is booked."
    return None


def _book(session: Session, one: Offer, *, is_over: bool, now: datetime) -> Booking | None:
    """Book this one; where that is not possible any more it is given back, with the reason."""
    try:
        return book(session, one, because=preferences.in_words(one, is_over=is_over), by=SERVICE, now=now)
    except Refused as refusal:
        holds.let_go(session, [one], because=str(refusal), by=SERVICE, now=now)
        return None


def _named(party: Party) -> str:
    return f"{party.value[:1].upper()}{party.value[1:]}"
