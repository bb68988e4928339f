"""Short notice: a time for which five clear working days are not left, which the family may agree to (regulation 37).

It is asked about one time, by a text that its record allows or on the telephone, in words that are kept. Only its
stored yes lets that time be booked; whoever was quicker meanwhile keeps it, and the answer stays on record.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import turns
from scheduling.diary import bookings, consents, slots
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.slots import Slot
from scheduling.law import deadlines
from scheduling.law.window import Notice
from scheduling.models import (
    FAMILY,
    Actor,
    AskedBy,
    Booking,
    BookingKind,
    Case,
    Message,
    MessageState,
    NoticeConsent,
    Person,
)
from scheduling.outbox import messages
from scheduling.outbox.wording import texts
from scheduling.reference import calendar
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

PURPOSE = "asked about short notice"
REMEMBERED = timedelta(days=7)
"""So long after its text a plain yes or no may still be meant for a question that is over."""
AGREED = "The family agreed to shorter notice."


@dataclass(eq=False)
class NotAsked(Refused):
    """The person's record forbids a text."""

    because: str

    def __str__(self) -> str:
        return f"The family was not asked. {self.because}"


class Settled(Refused):
    def __str__(self) -> str:
        return "The family does not want mediation, or the case is closed, so no time is kept."


class MovedMeanwhile(Refused):
    def __str__(self) -> str:
        return "The meeting was booked, moved or cancelled after the family was asked, so it was left as it is."


class ReasonMissing(Refused):
    def __str__(self) -> str:
        return "Write down who said it, and how you knew them."


@dataclass(frozen=True)
class Outcome:
    """What became of an answer."""

    consent: NoticeConsent
    booking: Booking | None
    """None where the family said no, or the time could not be kept."""
    why_not: str | None


def best(session: Session, case: Case, *, now: datetime, limit: int = 3, moving: Booking | None = None) -> list[Slot]:
    """The best times that need the family's agreement; none outside the 30 days, and none today."""
    return slots.best(session, case, now=now, limit=limit, moving=moving, notice=Notice.CONSENT)


def to_say(session: Session, slot: Slot) -> str:
    """What is read to the family on the telephone, word for word."""
    latest = deadlines.notice_latest(london.london_day(slot.starts_at), calendar.working_days(session))
    day = london.written_day(london.london_day(slot.starts_at))
    return (
        f"Can you come to a meeting on {day}, {london.written_hours(slot.starts_at, slot.ends_at)}, "
        f"{slot.at_place}? You have a right to five working days' notice, which had to be given by "
        f"{london.written_day(latest.clear.day)}. You do not have to agree to less, and a no has no bad effect for you."
    )


def ask_by_text(session: Session, case: Case, slot: Slot, *, by: Actor, now: datetime) -> NoticeConsent:
    """Write the question to the family once, if its record allows texts; one about another time is withdrawn."""
    if (because := messages.why_not_text(session, case.person)) is not None:
        raise NotAsked(because)
    _take_turn(session, case)
    older = consents.waiting(session, case, now=now)
    if older is not None and _key(consents.slot_of(older)) == _key(slot):
        return older
    consent = _question(session, case, slot, channel=AskedBy.TEXT, wording="", by=by, now=now)
    message = messages.text(
        session,
        case.person,
        purpose=PURPOSE,
        body=texts.short_notice(slot.starts_at),
        key=f"short-notice:{consent.id}",
        now=now,
        case=case,
        expires_at=slot.starts_at,
    )
    if message is None:
        raise NotAsked("Somebody has just changed the contact record.")
    consent.wording, consent.message_id = message.body, message.id
    case.record(f"The family was asked by text about {_time(consent)}", why=consent.wording, by=by, now=now)
    session.flush()
    return consent


def record_spoken(
    session: Session, case: Case, slot: Slot, *, agrees: bool, because: str, by: Actor, now: datetime
) -> Outcome:
    """Write down what the family said on the telephone when the words of `to_say` were put to it."""
    if not because.strip():
        raise ReasonMissing
    _take_turn(session, case)
    consent = _question(session, case, slot, channel=AskedBy.CALL, wording=to_say(session, slot), by=by, now=now)
    return _answer(session, consent, agrees=agrees, words=because.strip(), by=by, at=now, now=now)


def asked_by_text(session: Session, number: str, *, received_at: datetime) -> NoticeConsent | None:
    """The one question that a text from this number may answer: it has gone out, and no other waits for an answer."""
    open_ones = (
        select(NoticeConsent)
        .join(NoticeConsent.case)
        .join(Case.person)
        .join(NoticeConsent.message)
        .where(
            Person.number == number,
            Case.closed_at.is_(None),
            Case.declined_at.is_(None),
            NoticeConsent.answered_at.is_(None),
            NoticeConsent.withdrawn_at.is_(None),
            NoticeConsent.starts_at > received_at,
            Message.sent_at <= received_at,
        )
    )
    found = session.scalars(open_ones).all()
    return found[0] if len(found) == 1 else None


def asked_too_long_ago(session: Session, number: str, *, received_at: datetime) -> NoticeConsent | None:
    """A question of the last days that no text can answer any more: it was withdrawn, or its time has come."""
    over = (
        select(NoticeConsent)
        .join(NoticeConsent.message)
        .where(
            Message.address == number,
            Message.sent_at.between(received_at - REMEMBERED, received_at),
            NoticeConsent.answered_at.is_(None),
            or_(NoticeConsent.withdrawn_at.is_not(None), NoticeConsent.starts_at <= received_at),
        )
    )
    return session.scalar(over.order_by(NoticeConsent.id.desc()).limit(1))


def answer_by_text(
    session: Session, consent: NoticeConsent, *, agrees: bool, words: str, received_at: datetime, now: datetime
) -> Outcome:
    """The family's own words answer the text; the time is kept in the same moment if it is still free."""
    turns.wait(session, consent.case)
    session.refresh(consent, with_for_update=True)
    if consent.answered_at is not None:
        return Outcome(consent, None, "It has answered already.")
    return _answer(session, consent, agrees=agrees, words=words, by=FAMILY, at=received_at, now=now)


def take_back(session: Session, case: Case, *, now: datetime) -> None:
    """Nobody is asked any more."""
    question = consents.waiting(session, case, now=now)
    if question is not None:
        _withdraw(question, now=now)


def _take_turn(session: Session, case: Case) -> None:
    turns.wait(session, case)
    if case.closed_at is not None or case.declined_at is not None:
        raise Settled


def _question(
    session: Session, case: Case, slot: Slot, *, channel: AskedBy, wording: str, by: Actor, now: datetime
) -> NoticeConsent:
    if by.staff_id is None:
        raise AssertionError
    older = consents.waiting(session, case, now=now)
    if older is not None:
        _withdraw(older, now=now)
    moving = bookings.of(session, case, BookingKind.MEDIATION)
    consent = NoticeConsent(
        case=case,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        mode=slot.mode,
        room=slot.room,
        mediator=slot.mediator,
        officer=slot.officer,
        booking_id=None if moving is None else moving.id,
        booking_sequence=None if moving is None else moving.sequence,
        channel=channel,
        wording=wording,
        asked_at=now,
        asked_by_id=by.staff_id,
    )
    session.add(consent)
    session.flush()
    return consent


def _key(slot: Slot) -> tuple[object, ...]:
    """What makes two slots the same to a family."""
    return (slot.starts_at, slot.ends_at, slot.mode, slot.room and slot.room.id, slot.mediator.id, slot.officer.id)


def _withdraw(consent: NoticeConsent, *, now: datetime) -> None:
    """No answer belongs to it any more; a text that has not gone out yet stays here."""
    consent.withdrawn_at = now
    if consent.message is not None and consent.message.state is MessageState.QUEUED:
        consent.message.state = MessageState.DROPPED


def _answer(
    session: Session, consent: NoticeConsent, *, agrees: bool, words: str, by: Actor, at: datetime, now: datetime
) -> Outcome:
    consent.answered_at, consent.answer, consent.answer_in_words = at, agrees, words
    said = "agreed to" if agrees else "did not agree to"
    heard = f"It was asked: “{consent.wording}” It answered: “{words}”"
    consent.case.record(f"The family {said} {_time(consent)}", why=heard, by=by, now=now)
    session.flush()
    log.info("short notice answered", extra={"case": consent.case_id, "consent": consent.id, "agreed": agrees})
    if not agrees:
        return Outcome(consent, None, None)
    return _keep(session, consent, by=by, now=now)


def _keep(session: Session, consent: NoticeConsent, *, by: Actor, now: datetime) -> Outcome:
    """Book the time, or move the meeting there; the consent stays on record where that is not possible any more."""
    case, slot = consent.case, consents.slot_of(consent)
    try:
        booking = _book_or_move(session, consent, slot, by=by, now=now)
    except Refused as refusal:
        why_not = str(refusal)
        case.record("The time to which the family agreed could not be booked", why=why_not, by=by, now=now)
        return Outcome(consent, None, why_not)
    return Outcome(consent, booking, None)


def _book_or_move(session: Session, consent: NoticeConsent, slot: Slot, *, by: Actor, now: datetime) -> Booking:
    case, kept = consent.case, bookings.of(session, consent.case, BookingKind.MEDIATION)
    stands = (None, None) if kept is None else (kept.id, kept.sequence)
    if stands != (consent.booking_id, consent.booking_sequence):
        raise MovedMeanwhile
    whole = slots.completed(session, case, slot, now=now, moving=kept)
    if whole is None:
        raise SlotTaken
    if kept is None:
        return bookings.book(session, case, whole, by=by, now=now)
    bookings.move(session, kept, whole, because=AGREED, by=by, now=now)
    return kept


def _time(consent: NoticeConsent) -> str:
    day = london.written_day(london.london_day(consent.starts_at))
    hours = london.written_hours(consent.starts_at, consent.ends_at)
    return f"short notice of a meeting on {day}, {hours} {consent.at_place}"
