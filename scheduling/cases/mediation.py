"""Mediation: the family wants it, the authority is told, the thirty days run, and a time is booked.

A time is booked by the service itself, as soon as the authority has been told. A meeting that was cancelled is another
matter: somebody has to hear from the family first, so it waits on the worklist for a coordinator to book it again.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling import london
from scheduling.cases import authority_view, intake, links, officer_links, routes, turns
from scheduling.cases.authority_view import SharedWithAuthority
from scheduling.diary import bookings, constraints, offers, slots, why
from scheduling.diary.bookings import SlotTaken
from scheduling.law import deadlines
from scheduling.law.deadlines import Deadline
from scheduling.law.working_days import Calendar
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Authority,
    Booking,
    BookingKind,
    Case,
    ContactChannel,
    Entry,
    Officer,
    Said,
    Telling,
)
from scheduling.outbox import messages
from scheduling.outbox.wording import mails
from scheduling.reference import calendar
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

UNPLACED = "No lawful time for the meeting was found"
REFUSED = "Every lawful time that is still free was offered, and a party has refused it."
HEALTH_S_CLOCK = "The integrated care board's 30 days begin when the authority tells it."
TRIES = 10
"""So often a search is repeated when others take what it found; each time somebody else has been booked."""


@dataclass(eq=False)
class CannotTell(Refused):
    """Something must be recorded before the authority can be told."""

    because: str

    def __str__(self) -> str:
        return f"The authority cannot be told yet. {self.because}"


@dataclass(eq=False)
class NoSlot(Refused):
    """No lawful time is free."""

    because: str

    def __str__(self) -> str:
        return f"{UNPLACED}. {self.because}"


@dataclass(frozen=True, kw_only=True)
class BookedWaiting:
    """What became of the cases that waited for a time."""

    booked: list[Booking]
    unplaced: list[Case]


def want(
    session: Session,
    case: Case,
    *,
    by: Actor,
    now: datetime,
    said_at: datetime,
    channel: ContactChannel | None = None,
) -> Telling | None:
    """The family wants mediation; the authority is told in the same minute if nothing is missing.

    Who had declined and wants it after all is taken at the last word; an authority that was told stays told. The
    channel is that of the contact in which it was said; None where that contact has been recorded.
    """
    if channel is not None:
        said = Said.WANTS_MEDIATION
        intake.record_contact(session, channel=channel, said=said, received_at=said_at, case=case)
    if case.mediation_wanted_at is None or case.declined_at is not None:
        again = " after all" if case.declined_at is not None else ""
        case.mediation_wanted_at = case.mediation_wanted_at or said_at
        case.declined_at = None
        case.record(f"The family wants mediation{again}", by=by, now=now)
        session.flush()
    return None if missing(case) or case.closed_at is not None else tell(session, case, by=by, now=now)


def want_by_text(
    session: Session, *, number: str, words: str, received_at: datetime, provider_id: str, now: datetime
) -> Case | None:
    """A text says that mediation is wanted; gives the case if its authority has been told, else an adviser reads it.

    The contact counts at once. A number proves little, so the authority hears of it only when there is one open case
    with this number, and the family has agreed before to what the authority is told.
    """
    known = intake.open_cases_with(session, number)
    case = known[0] if len(known) == 1 else None
    contact = intake.record_contact(
        session,
        channel=ContactChannel.TEXT,
        said=Said.WANTS_MEDIATION,
        received_at=received_at,
        number=number,
        provider_id=provider_id,
        words=words,
        case=case,
    )
    if case is None or case.issues is None or case.consent_to_share_at is None:
        return None
    if want(session, case, by=FAMILY, now=now, said_at=received_at) is None:
        return None
    contact.handled_at = now
    return case


def missing(case: Case) -> list[str]:
    """What must be recorded before the authority can be told, as sentences."""
    route = routes.of(case)
    needed = {
        "Nobody is bound to mediate on this case's route, so the authority is not told.": route is None
        or route.may_mediate,
        "It is not recorded which council decided.": case.authority is not None,
        "What the disagreement is about is not recorded.": bool(case.issues),
        "The family has not agreed that the council may be told.": case.consent_to_share_at is not None,
        "The council has no officer on our list who may decide.": case.authority is None or _officer(case) is not None,
    }
    return [sentence for sentence, is_there in needed.items() if not is_there]


def tell(session: Session, case: Case, *, by: Actor, now: datetime) -> Telling:
    """Tell the authority that the family wants mediation, once; from now the thirty days run."""
    session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    told = session.scalar(select(Telling).where(Telling.case_id == case.id).order_by(Telling.told_at).limit(1))
    if told is not None:
        return told
    officer = _officer(case)
    _must_be_ready(case)
    if officer is None or case.issues is None:
        raise AssertionError
    telling = Telling(officer=officer, issues=case.issues, told_at=now)
    case.tellings.append(telling)
    session.flush()
    ends = f"The 30 days end on {london.written_day(window_end(session, now).day)}."
    why = HEALTH_S_CLOCK if routes.is_about_health_alone(case) else ends
    what = f"{officer.name} at {officer.authority.name} was told that the family wants mediation"
    case.record(what, why=why, by=by, now=now)
    _write(session, case, telling, officer)
    log.info("authority told", extra={"case": case.id, "telling": telling.id})
    return telling


def window_end(session: Session, told_at: datetime) -> Deadline:
    """The last of the thirty days."""
    return _window_end(told_at, calendar.working_days(session))


def untold(session: Session, *, now: datetime) -> list[int]:  # noqa: ARG001 - asked for like every search of a sweep
    """The cases, by their ids, of families who want mediation and whose record has become complete since."""
    wanting = select(Case).where(
        Case.mediation_wanted_at.is_not(None),
        Case.declined_at.is_(None),
        Case.closed_at.is_(None),
        ~exists().where(Telling.case_id == Case.id),
    )
    whole = joinedload(Case.authority).selectinload(Authority.officers)
    found = session.scalars(wanting.order_by(Case.mediation_wanted_at, Case.id).options(whole))
    return [case.id for case in found if not missing(case)]


def tell_if_ready(session: Session, case_id: int, *, now: datetime) -> Telling | None:
    """Tell the authority of this case, unless somebody else is at it or something has come in between."""
    case = turns.take(session, case_id)
    if case is None or case.mediation_wanted_at is None or case.declined_at is not None or missing(case):
        return None
    return tell(session, case, by=SERVICE, now=now)


def waiting(session: Session, *, now: datetime) -> list[Case]:
    """The cases for which the service has to find a time, those whose thirty days end first in front.

    On health alone the integrated care board arranges and is asked for times, by a person. Where the authority cannot,
    the family chooses between a later meeting and none, so nothing is booked unasked.
    """
    told = session.scalars(
        select(Case)
        .join(Case.tellings)
        .where(
            Case.closed_at.is_(None),
            Case.declined_at.is_(None),
            Case.authority_cannot_at.is_(None),
            ~exists().where(Booking.case_id == Case.id, Booking.kind == BookingKind.MEDIATION),
        )
        .order_by(Telling.told_at, Case.id)
        .options(selectinload(Case.tellings))
    ).unique()
    days, today = calendar.working_days(session), london.london_day(now)
    in_time = (case for case in told if case.told_at and today <= _window_end(case.told_at, days).day)
    return [case for case in in_time if not routes.is_about_health_alone(case)]


def waiting_ids(session: Session, *, now: datetime) -> list[int]:
    """The same cases by their ids, for whoever sees to each in a transaction of its own."""
    return [case.id for case in waiting(session, now=now)]


def book_waiting(session: Session, *, now: datetime) -> BookedWaiting:
    """Book the best lawful time for every case that waits, and say in its history why one has none."""
    result = BookedWaiting(booked=[], unplaced=[])
    for case in waiting(session, now=now):
        case_id = case.id
        try:
            with session.begin_nested():
                booking = book_if_waiting(session, case_id, now=now)
        except Exception:  # whatever is wrong with one family's case must not keep the others waiting
            log.exception("a waiting case could not be booked", extra={"case": case_id})
            continue
        if booking is None:
            result.unplaced.append(case)
        else:
            result.booked.append(booking)
    return result


def book_if_waiting(session: Session, case_id: int, *, now: datetime) -> Booking | None:
    """Book the best lawful time for this case, unless it has one by now; None when there is none."""
    # Another clock may be at the same case: it is left to that one.
    still_waits = select(Case).where(Case.id == case_id, Case.closed_at.is_(None), Case.declined_at.is_(None))
    case = session.scalar(still_waits.with_for_update(skip_locked=True))
    if case is None:
        return None
    kept = bookings.of(session, case, BookingKind.MEDIATION)
    if kept is not None:
        return kept
    try:
        return book_best(session, case, by=SERVICE, now=now)
    except NoSlot as refusal:
        explain_once(session, case, refusal.because, now=now)
        return None


def book_best(session: Session, case: Case, *, by: Actor, now: datetime) -> Booking:
    """Book the best lawful time that no party has refused; also again, after a cancellation."""
    no = offers.refused(session, case)
    for _ in range(TRIES):
        found = [slot for slot in slots.best(session, case, now=now, limit=3 + len(no)) if slot.starts_at not in no]
        if not found:
            raise NoSlot(REFUSED if slots.best(session, case, now=now, limit=1) else why.none(session, case, now=now))
        for slot in found:
            try:
                return bookings.book(session, case, slot, by=by, now=now)
            except SlotTaken:
                continue
    raise SlotTaken


def explain_once(session: Session, case: Case, because: str, *, now: datetime) -> None:
    """Write down why no time was found: the sweep comes every few seconds, and history hears each reason once."""
    said = select(Entry).where(Entry.case_id == case.id, Entry.what == UNPLACED)
    if because not in [one.why for one in session.scalars(said)]:
        case.record(UNPLACED, why=because, by=SERVICE, now=now)


def explanations(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Why the service has last found no time, by the ids of the cases for which it has not."""
    of_cases = select(func.max(Entry.id)).where(Entry.what == UNPLACED, Entry.case_id.in_(case_ids))
    said = select(Entry).where(Entry.id.in_(of_cases.group_by(Entry.case_id)))
    return {one.case_id: one.why for one in session.scalars(said) if one.case_id and one.why}


def _window_end(told_at: datetime, working_days: Calendar) -> Deadline:
    return deadlines.mediation_window(london.london_day(told_at), working_days).last_date


def _must_be_ready(case: Case) -> None:
    if case.closed_at is not None:
        raise CannotTell("The case is closed.")
    if case.mediation_wanted_at is None or case.declined_at is not None:
        raise CannotTell("The family has not said that it wants mediation.")
    if lacking := missing(case):
        raise CannotTell(" ".join(lacking))


def _officer(case: Case) -> Officer | None:
    """The first officer on the authority's list who may decide and is still there."""
    if case.authority is None:
        return None
    known = (officer for officer in case.authority.officers if officer.left_on is None)
    return next((officer for officer in known if constraints.may_decide(officer, case)), None)


def _write(session: Session, case: Case, telling: Telling, officer: Officer) -> None:
    shared = authority_view.of(session, telling)
    mail = mails.authority_told(
        officer=shared.officer,
        reference=shared.reference,
        family=shared.family,
        letter_date=shared.letter_date,
        issues=shared.issues,
        told_at=shared.told_at,
        mediation_by=shared.thirty_days_end,
        health=_health(shared),
        acknowledge_at=links.to_acknowledge(session, telling, now=telling.told_at),
        see_to_it_at=officer_links.make(session, officer, now=telling.told_at),
    )
    messages.email(
        session,
        address=officer.email,
        recipient=messages.THE_AUTHORITY,
        purpose="authority told",
        subject=mail.subject,
        body=mail.body,
        key=f"telling:{telling.id}",
        now=telling.told_at,
        case=case,
    )


def _health(shared: SharedWithAuthority) -> mails.Health | None:
    """What the authority owes the integrated care board, where health care is in issue."""
    if shared.board_told_by is None:
        return None
    return mails.Health(told_by=shared.board_told_by, is_all=shared.is_the_boards)
