"""A bank holiday that is proclaimed late, or was by mistake: open deadlines are counted anew, and people hear of it.

Deadlines are not stored, so they change by themselves. What has to be done here is to compare, to write down what has
changed, and to tell a family whose meeting falls on the day, which has less time to act, or which has longer to wait.
A day that was added by mistake is taken back in the same way; one of the national list is nobody's to take.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import deadlines
from scheduling.cases.deadlines import Line
from scheduling.diary import bookings
from scheduling.law.rules import Owed
from scheduling.models import (
    Actor,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Certificate,
    ExtraBankHoliday,
    Meeting,
    Telling,
)
from scheduling.outbox import messages
from scheduling.outbox.wording import warnings
from scheduling.outbox.wording.mails import Mail
from scheduling.outbox.wording.warnings import Changed
from scheduling.reference import calendar, changes
from scheduling.refusals import Refused

AHEAD = timedelta(days=2 * 366)

PURPOSE = "a new bank holiday"
OURS = (Owed.FAMILY, Owed.ARRANGER, Owed.SERVICE, Owed.MEDIATOR)
"""For the family less time is worse where it, or whoever arranges its meeting, has to act; else a longer wait is."""


@dataclass(eq=False)
class NoNewHoliday(Refused):
    """The day is one already, or none that can be proclaimed."""

    because: str

    def __str__(self) -> str:
        return self.because


class NotAdded(Refused):
    def __str__(self) -> str:
        return (
            "This day stands in the national list, or was never added here. Only what was added here can be taken back."
        )


@dataclass(frozen=True, kw_only=True)
class Proclaimed:
    """What a bank holiday has done, or its going."""

    changed: list[Case]
    told: list[Case]
    """Whose family has been told, or would have been if there were a way."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A day that has become a bank holiday, or is none after all."""

    day: date
    is_holiday: bool

    @property
    def sentence(self) -> str:
        """What has happened to it."""
        became = "has become a bank holiday" if self.is_holiday else "is no bank holiday after all"
        return f"{london.written_day(self.day)} {became}."


@dataclass(frozen=True)
class Change:
    """One deadline before and after."""

    before: Line
    after: Line

    @property
    def is_worse(self) -> bool:
        """For the family."""
        if self.after.owed_by in OURS:
            return _days(self.after) < _days(self.before) and not self.after.is_met
        return self.after.day > self.before.day


def proclaim(session: Session, day: date, name: str, *, by: Actor, now: datetime) -> Proclaimed:
    """Add the holiday, write what has changed in every open case, and tell the families who are worse off."""
    _must_be_new(session, day, today=london.london_day(now))

    def change() -> None:
        session.add(ExtraBankHoliday(day=day, name=name, added_at=now, added_by_id=by.staff_id))
        what = f"{london.written_day(day)} is a bank holiday: {name}"
        changes.record(session, changes.BANK_HOLIDAYS, what, by=by, now=now)

    return _counted_anew(session, Turn(day=day, is_holiday=True), change, by=by, now=now)


def take_back(session: Session, day: date, *, because: str, by: Actor, now: datetime) -> Proclaimed:
    """A day that was added by mistake is a working day again, and all is counted as if it had never been another."""
    if not because.strip():
        raise changes.WithoutReason
    added = session.get(ExtraBankHoliday, day)
    if added is None:
        raise NotAdded

    def change() -> None:
        session.delete(added)
        what = f"{london.written_day(day)} is no bank holiday after all, before: {added.name}"
        changes.record(session, changes.BANK_HOLIDAYS, what, by=by, now=now, why=because.strip())

    return _counted_anew(session, Turn(day=day, is_holiday=False), change, by=by, now=now)


def foresee_taking_back(session: Session, day: date, *, by: Actor, now: datetime) -> Proclaimed:
    """What that would do; nothing is changed."""
    attempt = session.begin_nested()
    try:
        return take_back(session, day, because="Only to see what it would do", by=by, now=now)
    finally:
        attempt.rollback()


def _counted_anew(session: Session, turn: Turn, change: Callable[[], None], *, by: Actor, now: datetime) -> Proclaimed:
    today = london.london_day(now)
    concerned = select(Case).where(Case.closed_at.is_(None), _could_change(turn.day)).order_by(Case.id)
    open_cases = list(session.scalars(concerned))
    before = {case.id: _by_rule(session, case, today=today) for case in open_cases}
    change()
    session.flush()
    proclaimed = Proclaimed(changed=[], told=[])
    for case in open_cases:
        after = _by_rule(session, case, today=today)
        compared = [Change(line, after[key]) for key, line in before[case.id].items() if key in after]
        _see_to(session, case, turn, compared, proclaimed, by=by, now=now)
    return proclaimed


def is_on(session: Session, case: Case, day: date) -> bool:
    """Whether the case's meeting is on this day."""
    booking = bookings.of(session, case, BookingKind.MEDIATION)
    return booking is not None and london.london_day(booking.starts_at) == day


APPEAL_WITHIN, AFTER_A_CERTIFICATE = (50, 100), (20, 70)
"""Days from the letter, and from the certificate, to a holiday that can still move the last lawful day of the appeal:
two months or one, and at most an August."""
COUNTED_WITHIN, MEETING_WITHIN = timedelta(days=21), timedelta(days=21)
"""From what calls for something in three working days to the holiday, and from the holiday to the meeting."""
SILENT_SINCE = (25, 50)
"""Days from the telling to a holiday that moves the certificate for an authority that has said nothing."""


def _could_change(day: date) -> ColumnElement[bool]:
    """Which cases are worth counting anew: one that is asked after in vain costs nothing but time."""
    begins = london.at(day, time())
    lately = begins - COUNTED_WITHIN
    meets_soon = and_(
        Booking.case_id == Case.id,
        Booking.status != BookingStatus.CANCELLED,
        Booking.starts_at.between(begins, begins + MEETING_WITHIN),
    )
    met = exists().where(Meeting.booking_id == Booking.id, Booking.case_id == Case.id, Meeting.ended_at >= lately)
    since, until = (begins - timedelta(days=number) for number in reversed(SILENT_SINCE))
    told = or_(Telling.told_at >= lately, Telling.told_at.between(since, until))
    return or_(
        Case.letter_date.between(*_days_before(day, APPEAL_WITHIN)),
        Case.declined_at >= lately,
        Case.authority_cannot_at >= lately,
        exists().where(meets_soon),
        met,
        exists().where(Telling.case_id == Case.id, told),
        exists().where(
            Certificate.case_id == Case.id, Certificate.issued_on.between(*_days_before(day, AFTER_A_CERTIFICATE))
        ),
    )


def _days_before(day: date, between: tuple[int, int]) -> tuple[date, date]:
    nearest, farthest = between
    return day - timedelta(days=farthest), day - timedelta(days=nearest)


def _must_be_new(session: Session, day: date, *, today: date) -> None:
    if not today <= day <= today + AHEAD:
        raise NoNewHoliday("The day of the bank holiday must be in the next 2 years")
    if day in calendar.working_days(session).holidays:
        raise NoNewHoliday("This day is a bank holiday already")
    if not calendar.working_days(session).is_working_day(day):
        raise NoNewHoliday(
            "This day is a Saturday or Sunday, which is no working day anyway. "
            "Enter the weekday on which the bank holiday is kept instead"
        )


def _by_rule(session: Session, case: Case, *, today: date) -> dict[str, Line]:
    """What is open, and notice that was given, since it may no longer be enough.

    One line a rule will do: what was agreed is due in weeks, which no holiday moves.
    """
    lines = deadlines.for_everybody(deadlines.of(session, case, today=today))
    return {line.deadline.rule.key: line for line in lines if not line.is_met or line.owed_by is Owed.ARRANGER}


def _see_to(
    session: Session,
    case: Case,
    turn: Turn,
    changes: list[Change],
    proclaimed: Proclaimed,
    *,
    by: Actor,
    now: datetime,
) -> None:
    moved = [one for one in changes if _days(one.before) != _days(one.after)]
    meets_then = turn.is_holiday and is_on(session, case, turn.day)
    for change in moved:
        case.record(_what(change), why=turn.sentence, by=by, now=now)
    if meets_then:
        case.record("The day of the meeting has become a bank holiday", by=by, now=now)
    if moved or meets_then:
        proclaimed.changed.append(case)
    worse = [change for change in moved if change.is_worse]
    if worse or meets_then:
        proclaimed.told.append(case)
        _tell(session, case, turn, worse, meets_then=meets_then, now=now)


def _tell(session: Session, case: Case, turn: Turn, worse: list[Change], *, meets_then: bool, now: datetime) -> None:
    """By mail with every day in it; by text, without any, where there is no mail. Once each time that the day turns."""
    key = f"holiday:{turn.day}:{case.id}:{now.isoformat()}"
    mail = _mail(case, turn, worse, meets_then=meets_then)
    sent = messages.email_the_family(session, case, purpose=PURPOSE, mail=mail, key=key, now=now)
    if sent is None:
        body = warnings.a_date_has_changed_by_text()
        messages.text(session, case.person, purpose=PURPOSE, body=body, key=f"{key}:text", now=now, case=case)


def _mail(case: Case, turn: Turn, worse: list[Change], *, meets_then: bool) -> Mail:
    name, reference = case.person.name, case.reference
    if meets_then:
        return warnings.meeting_on_a_holiday(name=name, reference=reference, holiday=turn.day)
    changes = [_told(one) for one in worse]
    return warnings.dates_have_changed(name=name, reference=reference, because=turn.sentence, changes=changes)


def _told(change: Change) -> Changed:
    """The day before and after; the last lawful ones where only these have moved."""
    before, after = change.before, change.after
    if before.day != after.day:
        return Changed(rule=after.name, before=before.day, after=after.day)
    return Changed(rule=after.name, before=before.deadline.last_lawful, after=after.deadline.last_lawful)


def _days(line: Line) -> tuple[date, date]:
    return line.day, line.deadline.last_lawful


def _what(change: Change) -> str:
    """Both days of it are told where only the last lawful one has moved."""
    before, after = change.before, change.after
    if before.day != after.day:
        return f"{after.name}: now {london.written_day(after.day)}, before {london.written_day(before.day)}"
    last, was = london.written_day(after.deadline.last_lawful), london.written_day(before.deadline.last_lawful)
    return f"{after.name}: still {london.written_day(after.day)}, and in time until {last}, before {was}"
