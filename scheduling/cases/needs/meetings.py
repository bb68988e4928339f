"""Meetings that need somebody: to be asked for, placed, told of, recorded, or booked again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, joinedload

from scheduling import london
from scheduling.cases import access, mediation, offer_messages
from scheduling.cases.item import Item, answer_by, notice_by
from scheduling.cases.known import Known
from scheduling.diary import moves
from scheduling.law import chasing, rules
from scheduling.law.working_days import Calendar
from scheduling.models import (
    Authority,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Ending,
    Meeting,
    Offer,
    OfferState,
    Person,
    Role,
    Telling,
)

FIND_A_TIME = "Find a time for the meeting"
"""What is to be done where there is no time, so that the day's board can count it."""

WINDOW = rules.MEDIATION_WITHIN_THIRTY_DAYS.key


def not_told(session: Session, working_days: Calendar) -> Iterator[Item]:
    """Wanted, but something is missing: the thirty days do not run yet."""
    wanting = select(Case).where(
        Case.mediation_wanted_at.is_not(None),
        Case.declined_at.is_(None),
        Case.closed_at.is_(None),
        ~exists().where(Telling.case_id == Case.id),
    )
    for case in session.scalars(wanting.options(joinedload(Case.authority).selectinload(Authority.officers))):
        if case.mediation_wanted_at is not None and (lacking := mediation.missing(case)):
            yield Item(
                what="Complete the record, so that the authority can be told",
                why=" ".join(lacking),
                who=Role.ADVISER,
                by=answer_by(case.mediation_wanted_at, working_days, at_once=True),
                case=case,
            )


def unanswered(cases: Iterable[Known], working_days: Calendar, today: date) -> Iterator[Item]:
    """Asked again by mail, the manager too, and still no word: then somebody rings."""
    for about in cases:
        telling = _silent(about)
        if telling is None:
            continue
        last_asked = chasing.asked_again_on(london.london_day(telling.told_at), working_days)[-1]
        if last_asked <= today:
            yield Item(
                what="Ring the authority: it has not answered",
                why=f"{telling.officer.name} was told on {london.written_day(london.london_day(telling.told_at))} and "
                "asked again, with the manager, and has not acknowledged it",
                who=Role.COORDINATOR,
                by=last_asked,
                case=about.case,
            )


def _silent(about: Known) -> Telling | None:
    """What the authority has not acknowledged while there is still something to arrange."""
    case = about.case
    is_over = case.closed_at is not None or case.declined_at is not None or case.authority_cannot_at is not None
    if is_over or about.certificate_on is not None or about.meetings or not case.tellings:
        return None
    return case.tellings[0] if case.tellings[0].acknowledged_at is None else None


def unplaced(session: Session, working_days: Calendar, now: datetime) -> Iterator[Item]:
    """Told, but the service found no lawful time; where the parties choose between held times there is one."""
    choosing = set(session.scalars(select(Offer.case_id).where(Offer.state == OfferState.HELD)))
    waiting = [case for case in mediation.waiting(session, now=now) if case.id not in choosing]
    explained = mediation.explanations(session, [case.id for case in waiting])
    for case in waiting:
        if case.id in explained:
            yield Item(
                what=FIND_A_TIME,
                why=explained[case.id],
                who=Role.COORDINATOR,
                by=notice_by(case, working_days),
                case=case,
                rule=WINDOW,
            )


def to_ring_about_times(session: Session) -> Iterator[Item]:
    """Times are held for a family that gets neither texts nor mail: it can choose on the telephone alone."""
    for one in offer_messages.unreached(session):
        yield Item(
            what="Ring the family about the times that are held",
            why=f"It gets neither texts nor mail, and can choose until {london.written(one.closes_at)}",
            who=Role.ADVISER,
            by=london.london_day(one.closes_at),
            case=one.case,
        )


def to_book_again(session: Session, cases: Mapping[int, Known], working_days: Calendar) -> Iterator[Item]:
    """Cancelled, not held or not over: only a person can hear from the family what it wants now."""
    live = exists().where(_is_live(), Booking.case_id == Case.id)
    ended = (
        select(Booking)
        .join(Booking.case)
        .where(
            Case.closed_at.is_(None),
            Case.declined_at.is_(None),
            Booking.kind == BookingKind.MEDIATION,
            ~live.correlate(Case),
        )
    )
    latest = {booking.case_id: booking for booking in session.scalars(ended.order_by(Booking.cancelled_at))}
    for case_id, booking in latest.items():
        if case_id not in cases:
            continue  # opened again at this very moment: it is there at the next look
        became = next((one for one in cases[case_id].meetings if one.booking is booking), None)
        what, why, who = _again(booking, became)
        is_absence = became is not None and not became.family_came
        yield Item(
            what=what,
            why=why,
            who=who,
            by=london.london_day(booking.starts_at) if is_absence else notice_by(booking.case, working_days),
            case=booking.case,
            booking=booking,
            rule=WINDOW,
        )


def _again(booking: Booking, became: Meeting | None) -> tuple[str, str, Role]:
    day = london.written_day(london.london_day(booking.starts_at))
    if became is None:
        why = f"The meeting was cancelled: {booking.cancelled_because}"
        return "Book the meeting again, or close the case", why, Role.COORDINATOR
    if not became.family_came:
        why = f"It did not come on {day}. If it does, book again; if not, write down its no: a certificate is then due"
        return "Ask the family whether it still wants mediation", why, Role.ADVISER
    if became.ending is Ending.ADJOURNED:
        why = f"The meeting on {day} was adjourned"
        return "Book the day on which mediation goes on", why, Role.COORDINATOR
    reason = "" if became.authority_came else ": the authority did not come"
    return "Book the meeting again", f"The meeting on {day} was not held{reason}", Role.COORDINATOR


def stranded(session: Session, now: datetime) -> Iterator[Item]:
    """Booked where or with whom nobody can meet on the day."""
    for booking, cause in moves.stranded(session, now=now).items():
        yield Item(
            what="Find another place or time for the meeting",
            why=f"{cause.because.rstrip('.')}, and no other lawful time was free",
            who=Role.COORDINATOR,
            by=london.london_day(booking.starts_at),
            case=booking.case,
            booking=booking,
        )


def unsuited(session: Session, now: datetime) -> Iterator[Item]:
    """Booked where somebody would miss what they need; a building with steps is no place for a meeting at all."""
    for booking, lacking in access.unsuited(session, now=now).items():
        yield Item(
            what="Make the meeting fit what somebody needs",
            why=" ".join(lacking),
            who=Role.COORDINATOR,
            by=london.london_day(booking.starts_at),
            case=booking.case,
            booking=booking,
        )


def on_a_holiday(session: Session, working_days: Calendar, now: datetime) -> Iterator[Item]:
    """The day has become a bank holiday since it was booked."""
    for booking in session.scalars(select(Booking).where(_is_live(), Booking.starts_at > now)):
        day = london.london_day(booking.starts_at)
        if not working_days.is_working_day(day):
            yield Item(
                what="Ask everybody whether they can meet on a bank holiday",
                why=f"{london.written_day(day)}, the day of the meeting, has become a bank holiday",
                who=Role.COORDINATOR,
                by=working_days.before(day, 1),
                case=booking.case,
                booking=booking,
            )


def without_email(session: Session, now: datetime) -> Iterator[Item]:
    """No invite could go to the family."""
    booked = (
        select(Booking)
        .join(Booking.case)
        .join(Case.person)
        .where(_is_live(), Booking.starts_at > now, Person.email.is_(None) | Person.do_not_contact)
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


def to_record(session: Session, working_days: Calendar, now: datetime) -> Iterator[Item]:
    """Its hour is over, and nobody has said what became of it."""
    over = select(Booking).where(_is_live(), Booking.ends_at <= now, ~exists().where(Meeting.booking_id == Booking.id))
    for booking in session.scalars(over.order_by(Booking.starts_at)):
        yield Item(
            what="Record what became of the meeting",
            why="Who came, and whether it is over: a certificate is due three working days after its end",
            who=Role.COORDINATOR,
            by=answer_by(booking.ends_at, working_days),
            case=booking.case,
            booking=booking,
        )


def _is_live() -> ColumnElement[bool]:
    return and_(Booking.kind == BookingKind.MEDIATION, Booking.status != BookingStatus.CANCELLED)
