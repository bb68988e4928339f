"""Promises: who is reminded of what was agreed, who is asked for what is late, and what the family is asked.

No mail or text says what was promised: it names the agreement by its day and the promise by its own. Whoever promised
it has the agreement, and so has the family.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import links, officer_links
from scheduling.law import chasing
from scheduling.law.chasing import Threshold
from scheduling.law.rules import Owed
from scheduling.law.working_days import Calendar
from scheduling.models import (
    AgreedAction,
    Agreement,
    Booking,
    BookingKind,
    CareBoard,
    CareTelling,
    Case,
    Officer,
    Purpose,
)
from scheduling.outbox import messages
from scheduling.outbox.wording import after_meetings
from scheduling.outbox.wording.mails import Mail
from scheduling.reference import calendar

NEAR, REPORTED = "a promise is due", "a promise is late"
ASKED = "was it done"
LINK_DAYS = 60

_REMINDED_AT = {
    Threshold.FIVE: Threshold.FIVE,
    Threshold.THREE: Threshold.FIVE,
    Threshold.ONE: Threshold.ONE,
    Threshold.OVERDUE: Threshold.OVERDUE,
}
"""A week before, the day before and when it is late; after an outage only the latest of these is written."""


@dataclass(frozen=True)
class Debtor:
    """Who has promised something, and where they are written to."""

    name: str
    email: str
    label: str
    officer: Officer | None = None
    """Of an authority, who can answer by a link of their own."""


def owed(session: Session, *, now: datetime) -> list[int]:  # noqa: ARG001 - asked for like every search of a sweep
    """The cases, by their ids, in which something that was promised is not done."""
    open_ones = select(Agreement.case_id).join(Agreement.actions).where(AgreedAction.done_at.is_(None))
    return list(session.scalars(open_ones.distinct().order_by(Agreement.case_id)))


def remind(session: Session, case_id: int, *, now: datetime) -> int:
    """Write every reminder of this case that is due and not yet written; gives about how many promises."""
    days, today = calendar.working_days(session), london.london_day(now)
    waiting = (
        select(AgreedAction)
        .join(AgreedAction.agreement)
        .where(Agreement.case_id == case_id, AgreedAction.done_at.is_(None))
        .order_by(AgreedAction.id)
        .with_for_update(skip_locked=True, of=AgreedAction)
    )
    return sum(_remind(session, action, days, today=today, now=now) for action in session.scalars(waiting).all())


def chase(session: Session, action: AgreedAction, *, now: datetime) -> None:
    """The family says that it was not done: whoever promised it is asked at once."""
    key = f"promise:{action.id}:reported:{now:%Y%m%d}"
    for debtor in debtors(session, action):
        _write(session, action, debtor, REPORTED, key=key, is_reported=True, now=now)


def debtors(session: Session, action: AgreedAction) -> list[Debtor]:
    """The officer who sat at the table or was told, or the integrated care boards of the case; maybe nobody we know."""
    case = action.agreement.case
    if action.action.owed_by is Owed.HEALTH:
        told = select(CareBoard).join(CareTelling).where(CareTelling.case_id == case.id).order_by(CareBoard.id)
        return [Debtor(board.name, board.email, str(Owed.HEALTH)) for board in session.scalars(told)]
    meeting = Booking.kind == BookingKind.MEDIATION
    latest = select(Booking).where(Booking.case_id == case.id, meeting).order_by(Booking.starts_at.desc()).limit(1)
    booking = session.scalar(latest)
    officers = [
        *([booking.officer] if booking is not None and booking.officer is not None else []),
        *(telling.officer for telling in case.tellings),
    ]
    return [Debtor(officer.name, officer.email, messages.THE_AUTHORITY, officer) for officer in officers[:1]]


def _remind(session: Session, action: AgreedAction, days: Calendar, *, today: date, now: datetime) -> bool:
    reached = chasing.due(action.due_on, today, days)
    step = _REMINDED_AT.get(reached[-1]) if reached else None
    if step is None:
        return False
    is_late = step is Threshold.OVERDUE
    key, purpose = f"promise:{action.id}:{step.name.lower()}", REPORTED if is_late else NEAR
    new = [_write(session, action, debtor, purpose, key=key, now=now) for debtor in debtors(session, action)]
    if is_late:
        _ask_family(session, action, now=now)
    return any(new)


def _ask_family(session: Session, action: AgreedAction, *, now: datetime) -> None:
    """Once, by text and by mail, whichever their record allows."""
    case, key = action.agreement.case, f"promise:{action.id}:asked"
    body = after_meetings.was_it_done_by_text(action.due_on)
    messages.text(session, case.person, purpose=ASKED, body=body, key=f"{key}:text", now=now, case=case)
    # Looked for first: every link that is made opens something, and this sweep comes again and again.
    if case.person.email and messages.written_already(session, key) is None:
        messages.email_the_family(
            session, case, purpose=ASKED, mail=_asked(session, case, action, now=now), key=key, now=now
        )


def _asked(session: Session, case: Case, action: AgreedAction, *, now: datetime) -> Mail:
    token = links.make(session, Purpose.ACTION, case, now=now, days=LINK_DAYS, action=action)
    address = links.address(Purpose.ACTION, token)
    return after_meetings.was_it_done(
        name=case.person.name, reference=case.reference, due_on=action.due_on, link=address
    )


def _write(
    session: Session,
    action: AgreedAction,
    debtor: Debtor,
    purpose: str,
    *,
    key: str,
    now: datetime,
    is_reported: bool = False,
) -> bool:
    """Once; gives whether it is new. Looked for first, since every link that is made opens something."""
    key = f"{key}:{debtor.email}"
    if messages.written_already(session, key) is not None:
        return False
    link = None if debtor.officer is None else officer_links.make(session, debtor.officer, now=now)
    mail = _near(action, debtor, link) if purpose == NEAR else _late(action, debtor, link, is_reported=is_reported)
    messages.email(
        session,
        address=debtor.email,
        recipient=debtor.label,
        purpose=purpose,
        subject=mail.subject,
        body=mail.body,
        key=key,
        now=now,
        case=action.agreement.case,
    )
    return True


def _near(action: AgreedAction, debtor: Debtor, see_to_it_at: str | None) -> Mail:
    agreement = action.agreement
    return after_meetings.promise_is_near(
        name=debtor.name,
        reference=agreement.case.reference,
        agreed_on=agreement.agreed_on,
        due_on=action.due_on,
        see_to_it_at=see_to_it_at,
    )


def _late(action: AgreedAction, debtor: Debtor, see_to_it_at: str | None, *, is_reported: bool) -> Mail:
    agreement = action.agreement
    return after_meetings.promise_is_late(
        name=debtor.name,
        reference=agreement.case.reference,
        agreed_on=agreement.agreed_on,
        due_on=action.due_on,
        is_reported=is_reported,
        see_to_it_at=see_to_it_at,
    )
