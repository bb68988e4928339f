"""The 30 days as they run out: ten days before the end a certificate is prepared, and a window that passed is recorded.

A breach is recorded with who caused it, as far as the record shows; a coordinator who knows better corrects it, and
history keeps both.
"""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import certificates, known, mediation, routes, turns
from scheduling.cases.known import Known
from scheduling.law import chasing, deadlines
from scheduling.law.certificates import Kind
from scheduling.law.deadlines import Deadline
from scheduling.law.working_days import Calendar
from scheduling.models import (
    SERVICE,
    Actor,
    Booking,
    BookingKind,
    Breach,
    Case,
    Ending,
    Entry,
    Meeting,
    Side,
    Telling,
)
from scheduling.reference import calendar
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

PREPARED = "The certificate that mediation could not be arranged is prepared"
"""Of history, once a case."""

TWENTY, THIRTY = 20, 30
"""So many days after the telling there is something to look at, at the earliest."""

LOOKS_BACK = 120
"""Days after the telling in which a sweep looks at a case: longer than any clock runs and any worker is down."""


class ReasonMissing(Refused):
    def __str__(self) -> str:
        return "Write down what led to it."


class NotOver(Refused):
    def __str__(self) -> str:
        return "The 30 days of this case are not over, so nothing has been missed."


def end(session: Session, case: Case) -> Deadline | None:
    """The last of the days that run in this case, the authority's or the care board's; None before they begin."""
    return _end(known.of(session, case), calendar.working_days(session))


def to_prepare(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, without a lawful meeting after 20 of the 30 days: a certificate may soon be due."""
    days, today = calendar.working_days(session), london.london_day(now)
    running = known.of_those(session, and_(_is_running(now=now, days=TWENTY), Case.authority_cannot_at.is_(None)))
    return [case_id for case_id, about in running.items() if _wants_a_certificate(about, days, today)]


def prepare(session: Session, case_id: int, *, now: datetime) -> bool:
    """Say once what is still missing, so that no weekend delays the certificate; whether it was said now."""
    case = turns.take(session, case_id)
    if case is None or _is_said(session, case, PREPARED):
        return False
    asked = certificates.permissions(session, case, today=_last_day(session, case) or london.london_day(now))
    lacking = next(one.why_not for one in asked if one.kind is Kind.NOT_ARRANGED)
    case.record(PREPARED, why=" ".join(lacking) or "Nothing is missing.", by=SERVICE, now=now)
    session.flush()
    return True


def missed(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, whose window has passed without a meeting and of which that is not recorded."""
    days, today = calendar.working_days(session), london.london_day(now)
    not_noted = ~exists().where(Breach.case_id == Case.id)
    running = known.of_those(session, and_(_is_running(now=now, days=THIRTY), not_noted))
    return [case_id for case_id, about in running.items() if _is_missed(about, days, today)]


def note_breach(session: Session, case_id: int, *, now: datetime) -> Breach | None:
    """Record who caused it, as far as our record shows; once."""
    case = turns.take(session, case_id)
    if case is None or session.get(Breach, case_id) is not None:
        return None
    caused_by, because = _cause(session, case)
    return record_breach(session, case, caused_by=caused_by, because=because, by=SERVICE, now=now)


def record_breach(session: Session, case: Case, *, caused_by: Side, because: str, by: Actor, now: datetime) -> Breach:
    """Write down who caused the missed window; said again it corrects what was written."""
    last_day = _last_day(session, case)
    if last_day is None or london.london_day(now) <= last_day:
        raise NotOver
    if not because.strip():
        raise ReasonMissing
    breach = session.get(Breach, case.id)
    if breach is None:
        breach = Breach(case=case)
        session.add(breach)
    breach.caused_by, breach.because, breach.recorded_at = caused_by, because.strip(), now
    case.record(f"The 30 days passed without a meeting, caused by {caused_by}", why=breach.because, by=by, now=now)
    session.flush()
    log.info("thirty days missed", extra={"case": case.id, "caused_by": caused_by.value})
    return breach


def _end(about: Known, days: Calendar) -> Deadline | None:
    if routes.is_about_health_alone(about.case):
        told_at = about.care_told_at
        return None if told_at is None else deadlines.health_mediation_by(london.london_day(told_at))
    told_at = about.case.told_at
    return None if told_at is None else deadlines.mediation_window(london.london_day(told_at), days).last_date


def _is_running(*, now: datetime, days: int) -> ColumnElement[bool]:
    """Open cases of which the authority heard so many days ago, and whose family has not declined since."""
    between = now - timedelta(days=LOOKS_BACK), now - timedelta(days=days - 1)
    told = exists().where(Telling.case_id == Case.id, Telling.told_at.between(*between))
    return and_(Case.closed_at.is_(None), Case.declined_at.is_(None), told)


def _last_day(session: Session, case: Case) -> date | None:
    ends = end(session, case)
    return None if ends is None else ends.day


def _wants_a_certificate(about: Known, days: Calendar, today: date) -> bool:
    case, ends = about.case, _end(about, days)
    route = routes.of(case)
    needs_one = about.certificate_on is None and (route is None or route.needs_certificate)
    if case.told_at is None or ends is None or not needs_one:
        return False
    is_time = chasing.draft_certificate_on(london.london_day(case.told_at)) <= today
    return is_time and not _meets_by(about, ends.day)


def _is_missed(about: Known, days: Calendar, today: date) -> bool:
    ends = _end(about, days)
    return ends is not None and today > ends.day and not _meets_by(about, ends.day)


def _meets_by(about: Known, last_day: date) -> bool:
    """Both parties met in time, also where the meeting goes on another day; or they may have, and nobody has said.

    A meeting in the window of which nobody has recorded yet what became of it is not held against anybody.
    """
    may_have = about.kept is not None and about.is_kept_unrecorded and _is_by(about.kept.starts_at, last_day)
    return may_have or any(
        meeting.family_came and meeting.authority_came and _is_by(meeting.ended_at, last_day)
        for meeting in about.meetings
        if meeting.ending is not Ending.NOT_HELD
    )


def _is_by(at: datetime, last_day: date) -> bool:
    return london.london_day(at) <= last_day


def _meetings(session: Session, case: Case) -> list[Meeting]:
    recorded = select(Meeting).join(Meeting.booking).where(Booking.case_id == case.id).order_by(Meeting.ended_at)
    return list(session.scalars(recorded))


def _cause(session: Session, case: Case) -> tuple[Side, str]:
    """What the record shows. Arranging is the authority's duty, so it answers for what nobody else has caused."""
    return next(_causes(session, case))


def _causes(session: Session, case: Case) -> Iterator[tuple[Side, str]]:
    for meeting in reversed(_meetings(session, case)):
        if not meeting.family_came:
            yield Side.FAMILY, "The family did not come to the meeting."
        if not meeting.authority_came:
            yield Side.AUTHORITY, "Nobody came for the authority."
    if case.authority_cannot_at is not None:
        yield Side.AUTHORITY, "It told us that it could not arrange mediation in its 30 days."
    yield from _called_off(session, case)
    if routes.is_about_health_alone(case):
        yield Side.HEALTH, "The integrated care board arranged no meeting."
    if _is_said(session, case, mediation.UNPLACED):
        yield Side.SERVICE, "We found no lawful time at which a mediator, a room and both parties were free."
    if not any(telling.acknowledged_at for telling in case.tellings):
        yield Side.AUTHORITY, "It never answered."
    yield Side.AUTHORITY, "No meeting was arranged."


def _called_off(session: Session, case: Case) -> Iterator[tuple[Side, str]]:
    """The side to which the last meeting that was called off is counted, whoever wrote it down."""
    cancelled = select(Booking).where(
        Booking.case_id == case.id,
        Booking.kind == BookingKind.MEDIATION,
        Booking.cancelled_by_side.is_not(None),
    )
    last = session.scalar(cancelled.order_by(Booking.cancelled_at.desc(), Booking.id.desc()).limit(1))
    if last is not None and last.cancelled_by_side is not None:
        day = london.written_day(london.london_day(last.starts_at))
        yield last.cancelled_by_side, f"The meeting on {day} was called off, and no other could be held in time."


def _is_said(session: Session, case: Case, what: str) -> bool:
    said = select(Entry.id).where(Entry.case_id == case.id, Entry.what == what)
    return session.scalar(said.limit(1)) is not None
