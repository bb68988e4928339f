"""Who is needed today, for what, why and by when: always derived from the record, never stored.

What is done disappears by itself, and nothing is forgotten because somebody forgot to write a task.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling import london
from scheduling.cases import mediation
from scheduling.diary import venues
from scheduling.law import deadlines
from scheduling.law.working_days import Calendar
from scheduling.models import (
    Booking,
    BookingKind,
    BookingStatus,
    CallBack,
    Case,
    Contact,
    ContactChannel,
    Entry,
    Message,
    MessageState,
    Person,
    Role,
    Said,
    Telling,
)
from scheduling.reference import calendar

APPEAL_IS_NEAR = timedelta(days=14)


TO_ANSWER = {
    ContactChannel.CALL: "Ring somebody whose call was not finished",
    ContactChannel.TEXT: "Read a text and answer it",
    ContactChannel.VOICEMAIL: "Listen to a voicemail and answer it",
    ContactChannel.PAGE: "Read what came by our page and answer it",
    ContactChannel.EMAIL: "Read an e-mail and answer it",
    ContactChannel.IN_PERSON: "Follow up a visit",
}
SAID = {
    Said.WANTS_MEDIATION: "They want mediation",
    Said.NO_MEDIATION: "They do not want mediation",
    Said.WISHES_TO_APPEAL: "They wish to appeal",
    Said.ASKS_FOR_ADVICE: "They ask for advice",
    Said.OTHER: "Something else",
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that somebody has to do."""

    what: str
    why: str
    who: Role
    by: date | None = None
    case: Case | None = None
    call_back: CallBack | None = None
    message: Message | None = None
    contact: Contact | None = None
    booking: Booking | None = None


def items(session: Session, *, now: datetime) -> list[Item]:
    """Everything that needs a person, the most pressing first."""
    working_days, today = calendar.working_days(session), london.london_day(now)
    found = [
        *_call_backs(session, working_days),
        *_unread(session, working_days),
        *_not_told(session, working_days),
        *_unplaced(session, working_days, now),
        *_cancelled(session, working_days),
        *_stranded(session, now),
        *_without_email(session, now),
        *_undelivered(session, today),
        *_appeals(session, working_days, today),
    ]
    return sorted(found, key=lambda item: (item.by or date.max, item.what))


def _call_backs(session: Session, working_days: Calendar) -> Iterator[Item]:
    waiting = select(CallBack).where(CallBack.done_at.is_(None)).options(joinedload(CallBack.person))
    for call_back in session.scalars(waiting):
        yield Item(
            what="Ring back",
            why=f"{call_back.because}{'; a date on the letter runs out soon' if call_back.deadline_soon else ''}",
            who=Role.ADVISER,
            by=_answer_by(call_back.asked_at, working_days, at_once=call_back.deadline_soon),
            case=session.get(Case, call_back.case_id) if call_back.case_id is not None else None,
            call_back=call_back,
        )


def _unread(session: Session, working_days: Calendar) -> Iterator[Item]:
    waiting = select(Contact).where(Contact.handled_at.is_(None)).options(joinedload(Contact.case))
    for contact in session.scalars(waiting):
        yield Item(
            what=TO_ANSWER[contact.channel],
            why=f"{SAID[contact.said]}{'' if contact.case else '; it is not known whose case it is'}",
            who=Role.ADVISER,
            by=_answer_by(contact.received_at, working_days),
            case=contact.case,
            contact=contact,
        )


def _not_told(session: Session, working_days: Calendar) -> Iterator[Item]:
    """Wanted, but something is missing: the thirty days do not run yet."""
    wanting = select(Case).where(
        Case.mediation_wanted_at.is_not(None),
        Case.closed_at.is_(None),
        ~exists().where(Telling.case_id == Case.id),
    )
    for case in session.scalars(wanting.options(joinedload(Case.person), joinedload(Case.authority))):
        if case.mediation_wanted_at is not None and (lacking := mediation.missing(case)):
            yield Item(
                what="Complete the record, so that the authority can be told",
                why=" ".join(lacking),
                who=Role.ADVISER,
                by=_answer_by(case.mediation_wanted_at, working_days, at_once=True),
                case=case,
            )


def _unplaced(session: Session, working_days: Calendar, now: datetime) -> Iterator[Item]:
    """Told, but the service found no lawful time."""
    for case in mediation.waiting(session, now=now):
        explained = select(Entry.why).where(Entry.case_id == case.id, Entry.what == mediation.UNPLACED)
        because = session.scalar(explained.order_by(Entry.id.desc()).limit(1))
        if because is not None:
            yield Item(
                what="Find a time for the meeting",
                why=because,
                who=Role.COORDINATOR,
                by=_notice_by(case, working_days),
                case=case,
            )


def _cancelled(session: Session, working_days: Calendar) -> Iterator[Item]:
    """Cancelled and not booked again: only a person can hear from the family what it wants now."""
    meeting = Booking.kind == BookingKind.MEDIATION
    live = exists().where(Booking.case_id == Case.id, meeting, Booking.status != BookingStatus.CANCELLED)
    ended = select(Booking).join(Booking.case).where(Case.closed_at.is_(None), meeting, ~live.correlate(Case))
    latest = {booking.case_id: booking for booking in session.scalars(ended.order_by(Booking.cancelled_at))}
    for booking in latest.values():
        yield Item(
            what="Book the meeting again, or close the case",
            why=f"The meeting was cancelled: {booking.cancelled_because}",
            who=Role.COORDINATOR,
            by=_notice_by(booking.case, working_days),
            case=booking.case,
            booking=booking,
        )


def _stranded(session: Session, now: datetime) -> Iterator[Item]:
    for booking in venues.stranded(session, now=now):
        yield Item(
            what="Find another place for the meeting",
            why="Its venue is closed on the day, and no other lawful time was free",
            who=Role.COORDINATOR,
            by=london.london_day(booking.starts_at),
            case=booking.case,
            booking=booking,
        )


def _without_email(session: Session, now: datetime) -> Iterator[Item]:
    """No invite could go to the family."""
    booked = (
        select(Booking)
        .join(Booking.case)
        .join(Case.person)
        .where(
            Booking.kind == BookingKind.MEDIATION,
            Booking.status != BookingStatus.CANCELLED,
            Booking.starts_at > now,
            Person.email.is_(None) | Person.do_not_contact,
        )
    )
    for booking in session.scalars(booked):
        yield Item(
            what="Tell the family where the meeting is",
            why="There is no e-mail address that we may write to, so no invite has gone to the family",
            who=Role.ADVISER,
            by=london.london_day(booking.starts_at),
            case=booking.case,
            booking=booking,
        )


def _undelivered(session: Session, today: date) -> Iterator[Item]:
    lost = select(Message).where(
        Message.state.in_((MessageState.FAILED, MessageState.IN_DOUBT)), Message.dealt_with_at.is_(None)
    )
    for message in session.scalars(lost.order_by(Message.id)):
        failed = message.state is MessageState.FAILED
        yield Item(
            what=f"Reach {message.recipient} another way",
            why=f"A message did not arrive: {message.purpose}"
            if failed
            else f"May not have arrived: {message.purpose}",
            who=Role.COORDINATOR,
            by=today,
            case=session.get(Case, message.case_id) if message.case_id is not None else None,
            message=message,
        )


def _appeals(session: Session, working_days: Calendar, today: date) -> Iterator[Item]:
    """The family's own time runs out soon; nobody else may tell them."""
    known = select(Case).where(Case.closed_at.is_(None), Case.letter_date.is_not(None))
    for case in session.scalars(known.options(joinedload(Case.person), selectinload(Case.tellings))):
        if case.letter_date is None:
            continue
        appeal = deadlines.appeal_by(case.letter_date, working_days)
        if today <= appeal.last_lawful and appeal.day - today <= APPEAL_IS_NEAR:
            yield Item(
                what="Make sure the family knows its last day to appeal",
                why=f"{appeal.rule.name}, or a month after a certificate",
                who=Role.ADVISER,
                by=appeal.day,
                case=case,
            )


def _answer_by(asked_at: datetime, working_days: Calendar, *, at_once: bool = False) -> date:
    """Answered within a working day; at once when a date runs out."""
    day = london.london_day(asked_at)
    return working_days.on_or_after(day) if at_once else working_days.after(day, 1)


def _notice_by(case: Case, working_days: Calendar) -> date | None:
    """The last day on which notice could still be given of a meeting within the thirty days."""
    if case.told_at is None:
        return None
    ends = deadlines.mediation_window(london.london_day(case.told_at), working_days).last_working_day
    return deadlines.notice_latest(ends, working_days).clear.day
