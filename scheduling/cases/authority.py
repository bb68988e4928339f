"""What the authority owes once it has been told: an answer, a meeting in its 30 days, and word to the health body.

Nobody waits in silence: an authority that does not answer is asked again, its manager too; what it cannot do becomes a
certificate in three working days, and a window that has passed is recorded with who caused it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import authority_view, links, mediation, officer_links, routes, turns
from scheduling.diary import bookings, holds
from scheduling.law import chasing, deadlines, rules
from scheduling.law.deadlines import Deadline
from scheduling.models import (
    SERVICE,
    Actor,
    Booking,
    BookingKind,
    BookingStatus,
    CareBoard,
    CareTelling,
    Case,
    Certificate,
    Officer,
    Telling,
)
from scheduling.outbox import messages
from scheduling.outbox.wording import case_mails
from scheduling.outbox.wording.mails import Mail
from scheduling.reference import calendar
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

THE_BOARD = "the integrated care board"
"""The recipient, as the console may say it."""

ASKED_AGAIN, CARE_REMINDER = "authority asked again", "care board reminder"
"""The purposes of the mails by which an authority is chased."""

CHASED_FOR = timedelta(days=31)
"""When the 30 days are over there is nothing left to acknowledge."""


class NotTold(Refused):
    def __str__(self) -> str:
        return "The authority has not been told that the family wants mediation, so its 30 days have not begun."


class ReasonMissing(Refused):
    def __str__(self) -> str:
        return "Write down the reason that was given."


@dataclass(eq=False)
class MeetingStands(Refused):
    """A meeting that is kept and a mediation that cannot be arranged cannot both be true."""

    starts_at: datetime

    def __str__(self) -> str:
        return (
            f"A meeting is booked for {london.written(self.starts_at)}, within the 30 days. "
            "If it cannot be held, have it moved or cancelled first."
        )


class NoHealthCare(Refused):
    def __str__(self) -> str:
        return "Health care is not part of this disagreement, so no integrated care board is told."


class NotAgreed(Refused):
    """Nothing of a family leaves us to which it has not agreed."""

    def __str__(self) -> str:
        return "What the disagreement is about is not recorded, or the family has not agreed that it may be told."


def acknowledge(session: Session, telling: Telling, *, by: Actor, now: datetime) -> None:
    """The authority shows that it knows; the clock does not move by it, and a second time changes nothing."""
    session.refresh(telling, with_for_update=True)
    if telling.acknowledged_at is not None:
        return
    telling.acknowledged_at = now
    telling.case.record("The authority acknowledged that mediation is wanted", by=by, now=now)
    session.flush()


def silent(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, whose authority has not acknowledged while there is still something to arrange."""
    waiting = select(Case.id).where(
        Case.closed_at.is_(None),
        Case.declined_at.is_(None),
        Case.authority_cannot_at.is_(None),
        exists().where(
            Telling.case_id == Case.id, Telling.acknowledged_at.is_(None), Telling.told_at > now - CHASED_FOR
        ),
        ~exists().where(Certificate.case_id == Case.id),
    )
    return list(session.scalars(waiting.order_by(Case.id)))


def ask_again(session: Session, case_id: int, *, now: datetime) -> int:
    """Ask it again after one and after three working days, its manager too; gives how many mails were written."""
    case = turns.take(session, case_id)
    if case is None or case.declined_at is not None or case.tellings[0].acknowledged_at is not None:
        return 0
    telling = case.tellings[0]
    days = chasing.asked_again_on(london.london_day(telling.told_at), calendar.working_days(session))
    reached = sum(day <= london.london_day(now) for day in days)
    key = f"asked again:{telling.id}:{reached}"
    if not reached or messages.written_already(session, f"{key}:{telling.officer_id}") is not None:
        return 0
    # After an outage only the latest is sent: two at once would be one too many.
    to = [telling.officer, *_managers(telling.officer)]
    for officer in to:
        _ask_again(session, telling, officer, key=f"{key}:{officer.id}", now=now)
    told = f"Nobody had acknowledged what it was told on {london.written_day(london.london_day(telling.told_at))}."
    why = told if len(to) > 1 else f"{told} No manager of this authority is on our list."
    case.record(f"The authority has not answered and was asked again: {_names(to)}", why=why, by=SERVICE, now=now)
    session.flush()
    return len(to)


def cannot(session: Session, case: Case, *, because: str, by: Actor, now: datetime) -> Deadline | None:
    """The authority cannot arrange mediation in its 30 days; gives by when the certificate is due, if there is one.

    The case stays open: the family may appeal at once, or wait for a later meeting.
    """
    turns.wait(session, case)
    if case.told_at is None:
        raise NotTold
    if not because.strip():
        raise ReasonMissing
    if case.authority_cannot_at is not None:
        return _certificate_due(session, case, case.authority_cannot_at)
    _must_have_no_meeting(session, case, now=now)
    case.authority_cannot_at = now
    due = _certificate_due(session, case, now)
    what = "The authority cannot arrange mediation within its 30 days; the case stays open for a later meeting"
    why = because.strip() if due is None else f"{because.strip()} Certificate due by {london.written_day(due.day)}."
    case.record(what, why=why, by=by, now=now)
    session.flush()
    mail = case_mails.authority_cannot(
        name=case.person.name, reference=case.reference, certificate_by=None if due is None else due.day
    )
    messages.email_the_family(session, case, purpose="authority cannot", mail=mail, key=f"cannot:{case.id}", now=now)
    log.info("authority cannot", extra={"case": case.id})
    return due


def _must_have_no_meeting(session: Session, case: Case, *, now: datetime) -> None:
    kept = select(Booking.starts_at).where(
        Booking.case_id == case.id,
        Booking.kind == BookingKind.MEDIATION,
        Booking.status == BookingStatus.CONFIRMED,
        Booking.starts_at > now,
    )
    starts_at = session.scalar(kept)
    if starts_at is not None:
        raise MeetingStands(starts_at)


def certificate_if_cannot(session: Session, case: Case, *, now: datetime) -> Deadline | None:
    """By when a certificate would be due if the authority said now that it cannot; None on a route without one."""
    return _certificate_due(session, case, now)


def tell_care_board(
    session: Session, case: Case, board: CareBoard, *, by: Actor, now: datetime, told_at: datetime | None = None
) -> CareTelling:
    """It is known that the authority has told the board, at the latest now; the board hears from us what it has to do.

    On health alone the board's own 30 days begin on the day on which it was told.
    """
    turns.wait(session, case)
    _must_concern_health(case)
    told = select(CareTelling).where(CareTelling.case_id == case.id, CareTelling.board_id == board.id)
    known = session.scalar(told)
    if known is not None:
        return known
    telling = CareTelling(case=case, board=board, told_at=told_at or now)
    session.add(telling)
    session.flush()
    ends = _board_mediates_by(session, case, telling)
    case.record(f"{board.name} was told", why=f"The 30 days end on {london.written_day(ends)}.", by=by, now=now)
    _write_to_the_board(session, telling, ends, now=now)
    if any(one.board is None for one in holds.of(session, case)):
        # Times at which nobody asked the board: the sweep offers others, and asks it with the rest.
        holds.let_go_of(session, case, because="The integrated care board is asked too.", by=SERVICE, now=now)
    _seat(session, case, board, now=now)
    return telling


def _seat(session: Session, case: Case, board: CareBoard, *, now: datetime) -> None:
    """It must take part (section 53): it is invited to what is booked, or a person looks for another time."""
    booked = bookings.of(session, case, BookingKind.MEDIATION)
    if booked is None or booked.board is not None or booked.starts_at <= now:
        return
    try:
        bookings.seat(session, booked, board, by=SERVICE, now=now)
    except Refused as refusal:
        what = "The integrated care board could not be invited to the meeting that is booked: it needs another time"
        case.record(what, why=str(refusal), by=SERVICE, now=now)


def without_care_board(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, in which health is in issue and no care board is known to have been told."""
    waiting = select(Case.id).where(
        Case.health_in_issue,
        Case.closed_at.is_(None),
        Case.declined_at.is_(None),
        exists().where(Telling.case_id == Case.id, Telling.told_at > now - CHASED_FOR),
        ~exists().where(CareTelling.case_id == Case.id),
    )
    return list(session.scalars(waiting.order_by(Case.id)))


def remind_of_health(session: Session, case_id: int, *, now: datetime) -> int:
    """Remind the authority of the board a working day before the three are over, and it and its manager after them."""
    case = turns.take(session, case_id)
    if case is None or case_id not in without_care_board(session, now=now):
        return 0
    telling, working_days, today = case.tellings[0], calendar.working_days(session), london.london_day(now)
    due = deadlines.health_told_by(london.london_day(telling.told_at), working_days)
    is_over = today > due.day
    key = f"health reminder:{telling.id}:{'late' if is_over else 'soon'}"
    if today < working_days.before(due.day, 1) or messages.written_already(session, f"{key}:{telling.officer_id}"):
        return 0
    to = [telling.officer, *(_managers(telling.officer) if is_over else [])]
    for officer in to:
        mail = case_mails.remember_the_care_board(
            officer=officer.name,
            reference=case.reference,
            told_by=due,
            is_over=is_over,
            see_to_it_at=officer_links.make(session, officer, now=now),
        )
        _mail(session, case, officer, mail, purpose=CARE_REMINDER, key=f"{key}:{officer.id}", now=now)
    what = f"The authority was reminded to tell the integrated care board: {_names(to)}"
    case.record(what, why=f"Due by {london.written_day(due.day)}.", by=SERVICE, now=now)
    session.flush()
    return len(to)


def _must_concern_health(case: Case) -> None:
    if not case.health_in_issue:
        raise NoHealthCare
    if case.told_at is None:
        raise NotTold
    if not case.issues or case.consent_to_share_at is None:
        raise NotAgreed


def _board_mediates_by(session: Session, case: Case, telling: CareTelling) -> date:
    if routes.is_about_health_alone(case):
        return deadlines.health_mediation_by(london.london_day(telling.told_at)).day
    return mediation.window_end(session, case.told_at or telling.told_at).day


def _write_to_the_board(session: Session, telling: CareTelling, ends: date, *, now: datetime) -> None:
    case = telling.case
    mail = case_mails.care_board_told(
        board=telling.board.name,
        reference=case.reference,
        issues=case.issues or "",
        arranges=routes.is_about_health_alone(case),
        told_at=telling.told_at,
        mediation_by=ends,
    )
    messages.email(
        session,
        address=telling.board.email,
        recipient=THE_BOARD,
        purpose="care board told",
        subject=mail.subject,
        body=mail.body,
        key=f"care telling:{telling.id}",
        now=now,
        case=case,
    )


def _certificate_due(session: Session, case: Case, told_us_at: datetime) -> Deadline | None:
    route = routes.of(case)
    if route is not None and not route.needs_certificate:
        return None
    rule = rules.CERTIFICATE_WHEN_NOT_ARRANGED
    return deadlines.certificate_by(london.london_day(told_us_at), calendar.working_days(session), rule=rule)


def _names(officers: Sequence[Officer]) -> str:
    return ", ".join(officer.name for officer in officers)


def _managers(officer: Officer) -> list[Officer]:
    return [one for one in officer.authority.officers if one.is_manager and one.left_on is None and one is not officer]


def _ask_again(session: Session, telling: Telling, officer: Officer, *, key: str, now: datetime) -> None:
    shared = authority_view.of(session, telling)
    mail = case_mails.authority_asked_again(
        name=officer.name,
        officer=shared.officer,
        reference=shared.reference,
        told_at=shared.told_at,
        mediation_by=shared.mediation_by,
        link=links.to_acknowledge(session, telling, now=now),
        see_to_it_at=officer_links.make(session, officer, now=now),
    )
    _mail(session, telling.case, officer, mail, purpose=ASKED_AGAIN, key=key, now=now)


def _mail(session: Session, case: Case, officer: Officer, mail: Mail, *, purpose: str, key: str, now: datetime) -> None:
    messages.email(
        session,
        address=officer.email,
        recipient=messages.THE_AUTHORITY,
        purpose=purpose,
        subject=mail.subject,
        body=mail.body,
        key=key,
        now=now,
        case=case,
    )
