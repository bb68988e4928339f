"""Alarms: ten, five, three and one working days before a deadline that nobody has met, and once it is over.

Each is a line of history, written once however often the sweep runs. After an outage whatever was missed is caught up
on; a case that begins close to a deadline hears only the nearest alarm, not those of days before it began.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import deadlines
from scheduling.law.deadlines import Deadline
from scheduling.law.working_days import Calendar
from scheduling.models import SERVICE, Case, Entry
from scheduling.reference import calendar

log = logging.getLogger(__name__)

WORKING_DAYS_BEFORE = (10, 5, 3, 1)


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A deadline has come this near."""

    deadline: Deadline
    from_day: date
    """The day from which the alarm is due."""
    what: str


def watched(session: Session, *, now: datetime) -> list[int]:  # noqa: ARG001 - asked for like every search of a sweep
    """The cases, by their ids, in which a deadline may come near."""
    return list(session.scalars(select(Case.id).where(Case.closed_at.is_(None)).order_by(Case.id)))


def raise_due(session: Session, case_id: int, *, now: datetime) -> int:
    """Write every alarm of this case that is due and not yet written; gives how many."""
    working_days = calendar.working_days(session)
    # Another clock may be at the same case: it is left to that one.
    case = session.scalar(select(Case).where(Case.id == case_id).with_for_update(skip_locked=True))
    return 0 if case is None else _raise(session, case, working_days, now=now)


def due(deadline: Deadline, working_days: Calendar, *, known_since: date, today: date) -> list[Alarm]:
    """The alarms of one deadline that have become due since it was known, and the nearest in any case."""
    reached = [alarm for alarm in _all(deadline, working_days) if alarm.from_day <= today]
    return [alarm for alarm in reached if alarm.from_day >= known_since or alarm is reached[-1]]


def _all(deadline: Deadline, working_days: Calendar) -> Iterator[Alarm]:
    day = london.written_day(deadline.day)
    for number in WORKING_DAYS_BEFORE:
        left = f"{number} working {'day' if number == 1 else 'days'} left until {day}"
        yield Alarm(deadline=deadline, from_day=working_days.before(deadline.day, number), what=f"Alarm: {left}")
    overdue = working_days.after(deadline.day, 1)
    yield Alarm(deadline=deadline, from_day=overdue, what=f"Alarm: overdue since {day}")


def _raise(session: Session, case: Case, working_days: Calendar, *, now: datetime) -> int:
    since, today = london.london_day(case.told_at or case.opened_at), london.london_day(now)
    alarms = [
        alarm
        for deadline in deadlines.unmet(session, case)
        for alarm in due(deadline, working_days, known_since=since, today=today)
    ]
    if not alarms:
        return 0
    lines = select(Entry.what, Entry.why).where(Entry.case_id == case.id, Entry.what.in_([a.what for a in alarms]))
    written = {(what, why) for what, why in session.execute(lines)}
    new = [alarm for alarm in alarms if (alarm.what, alarm.deadline.rule.name) not in written]
    for alarm in new:
        case.record(alarm.what, why=alarm.deadline.rule.name, by=SERVICE, now=now)
        log.info("deadline near", extra={"case": case.id, "rule": alarm.deadline.rule.key})
    return len(new)
