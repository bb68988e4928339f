"""Alarms: ten, five, three and one working days before a deadline that nobody has met, and once it is over.

Each is raised once, however often the sweep runs. After an outage whatever was missed is caught up on; a case that
begins close to a deadline hears only the nearest alarm, not those of days before it began. An alarm that nobody has
seen goes to the manager.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import agreements, deadlines, known, office_hours
from scheduling.cases.deadlines import Line
from scheduling.cases.known import Known
from scheduling.law import chasing
from scheduling.law.chasing import Threshold
from scheduling.law.working_days import Calendar
from scheduling.models import SERVICE, Actor, Alarm, Case, Role, Staff
from scheduling.outbox import messages
from scheduling.outbox.wording import warnings
from scheduling.reference import calendar

log = logging.getLogger(__name__)

Key = tuple[str, date, str]
"""The rule, the day and the threshold, of which there is one alarm in a case."""

CALLED = {
    Threshold.TEN: "10 working days",
    Threshold.FIVE: "5 working days",
    Threshold.THREE: "3 working days",
    Threshold.ONE: "1 working day",
    Threshold.OVERDUE: "overdue",
}
NEARNESS = {name: place for place, name in enumerate(CALLED.values())}
PRESSING = (CALLED[Threshold.ONE], CALLED[Threshold.OVERDUE])
SEEN_WITHIN, PRESSING_SEEN_WITHIN = office_hours.A_DAY, timedelta(hours=4)
"""Office hours in which somebody must say that they have seen it, before it goes to the manager."""

THE_MANAGER = "the manager"


@dataclass(frozen=True, kw_only=True)
class Raised:
    """An alarm that nobody has seen, with the deadline it warns of."""

    alarm: Alarm
    line: Line


def watched(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, in which an alarm is due that has not been raised, among those not over yet.

    All are looked at in one reading: a transaction for each of a thousand cases would keep everybody waiting.
    """
    days, today = calendar.working_days(session), london.london_day(now)
    cases = known.of_those(session, agreements.has_more_to_come())
    agreed, raised = agreements.of_each(session, cases), _raised(session, agreements.has_more_to_come())
    found = []
    for case_id, about in cases.items():
        try:
            lines = deadlines.card(about, agreed.get(case_id, []), days, today=today)
            is_due = any(_due(about.case, lines, raised[case_id], days, today=today))
        except Exception:  # noqa: BLE001 - whoever then looks at this one case meets the same fault, and names the case
            is_due = True
        if is_due:
            found.append(case_id)
    return found


def raise_due(session: Session, case_id: int, *, now: datetime) -> int:
    """Raise every alarm of this case that is due and not yet raised; gives how many."""
    # Another clock may be at the same case: it is left to that one.
    case = session.scalar(select(Case).where(Case.id == case_id).with_for_update(skip_locked=True))
    if case is None:
        return 0
    days, today = calendar.working_days(session), london.london_day(now)
    lines = deadlines.of(session, case, today=today)
    due = list(_due(case, lines, _raised(session, Case.id == case_id)[case_id], days, today=today))
    for line, threshold in due:
        _raise(session, case, line, threshold, now=now)
    return len(due)


def reached(line: Line, days: Calendar, *, today: date) -> list[Threshold]:
    """The thresholds reached since the deadline was known, and the nearest in any case."""
    due = [alarm for alarm in chasing.thresholds(line.day, days) if alarm.day <= today]
    return [alarm.threshold for alarm in due if alarm.day >= line.since or alarm is due[-1]]


def unseen(session: Session, case: Case, *, today: date) -> list[Raised]:
    """The alarms that still matter and that nobody has seen, the nearest of each deadline."""
    return unseen_in(session, [known.of(session, case)], calendar.working_days(session), today=today)


def unseen_in(session: Session, cases: Collection[Known], days: Calendar, *, today: date) -> list[Raised]:
    """The same in many cases, in their order."""
    waiting = _waiting(session, [about.case.id for about in cases])
    alarmed = [about for about in cases if about.case.id in waiting]
    agreed = agreements.of_each(session, [about.case.id for about in alarmed])
    found = []
    for about in alarmed:
        lines = deadlines.card(about, agreed.get(about.case.id, []), days, today=today)
        for line in _by_key(deadlines.still_unmet(about.case, lines)).values():
            of_it = [a for a in waiting[about.case.id] if (a.rule, a.due_on) == (line.public_rule.key, line.day)]
            if of_it:
                found.append(Raised(alarm=_nearest(of_it), line=line))
    return found


def seen(session: Session, alarm: Alarm, *, by: Actor, now: datetime) -> None:
    """Somebody knows of it, and so of the earlier alarms of the same deadline, which are seen with it."""
    if alarm.seen_at is not None:
        return
    for earlier in _of_the_same_deadline(session, alarm):
        if earlier.seen_at is None and NEARNESS[earlier.threshold] <= NEARNESS[alarm.threshold]:
            earlier.seen_at, earlier.seen_by_id = now, by.staff_id
    what = f"The alarm about {london.written_day(alarm.due_on)} was seen"
    alarm.case.record(what, why=_called(alarm.threshold), by=by, now=now)
    session.flush()


def pass_on_due(session: Session, *, now: datetime) -> int:
    """Pass every alarm that nobody has seen for too long on to the manager, in one mail; gives how many."""
    managers = list(session.scalars(select(Staff).where(Staff.role == Role.MANAGER, Staff.is_active)))
    overdue = _not_seen_in_time(session, now=now)
    if not overdue or not managers:
        return 0
    for manager in managers:
        mail = warnings.passed_on(name=manager.name, alarms=[_told(raised) for raised in overdue])
        messages.email(
            session,
            address=manager.email,
            recipient=THE_MANAGER,
            purpose="alarms that nobody has seen",
            subject=mail.subject,
            body=mail.body,
            key=f"alarms:{overdue[0].alarm.id}:{manager.id}",
            now=now,
        )
    for raised in overdue:
        for alarm in _of_the_same_deadline(session, raised.alarm):
            alarm.passed_on_at = alarm.passed_on_at or now
        because = f"{raised.line.public_rule.name}: nobody had said in time that they had seen the alarm."
        what = "An alarm that nobody had seen went to the manager"
        raised.alarm.case.record(what, why=because, by=SERVICE, now=now)
    return len(overdue)


def _due(
    case: Case, lines: Iterable[Line], raised: Collection[Key], days: Calendar, *, today: date
) -> Iterator[tuple[Line, Threshold]]:
    """What is to be raised now, each alarm once, be it about two promises of one day."""
    known_ones = set(raised)
    for line in deadlines.still_unmet(case, lines):
        for threshold in reached(line, days, today=today):
            key = (line.public_rule.key, line.day, CALLED[threshold])
            if key not in known_ones:
                known_ones.add(key)
                yield line, threshold


def _raised(session: Session, wanted: ColumnElement[bool]) -> defaultdict[int, set[Key]]:
    """The alarms that there are in every case of which this holds, by the id of the case."""
    found: defaultdict[int, set[Key]] = defaultdict(set)
    rows = select(Alarm.case_id, Alarm.rule, Alarm.due_on, Alarm.threshold).join(Alarm.case).where(wanted)
    for case_id, rule, due_on, threshold in session.execute(rows):
        found[case_id].add((rule, due_on, threshold))
    return found


def _raise(session: Session, case: Case, line: Line, threshold: Threshold, *, now: datetime) -> None:
    name = CALLED[threshold]
    session.add(Alarm(case=case, rule=line.public_rule.key, due_on=line.day, threshold=name, raised_at=now))
    day = london.written_day(line.day)
    left = f"overdue since {day}" if threshold is Threshold.OVERDUE else f"{name} left until {day}"
    case.record(f"Alarm: {left}", why=line.public_rule.name, by=SERVICE, now=now)
    session.flush()
    log.info("deadline near", extra={"case": case.id, "rule": line.public_rule.key})


def _not_seen_in_time(session: Session, *, now: datetime) -> list[Raised]:
    days, today = calendar.working_days(session), london.london_day(now)
    unseen_ones = select(Alarm).where(Alarm.seen_at.is_(None), Alarm.passed_on_at.is_(None)).order_by(Alarm.id)
    waiting = unseen_ones.with_for_update(skip_locked=True)  # another clock may be writing the same mail
    late = {alarm.id: alarm for alarm in session.scalars(waiting) if _is_late(alarm, days, now=now)}
    concerned = Case.id.in_({alarm.case_id for alarm in late.values()})
    cases = known.of_those(session, and_(concerned, agreements.has_more_to_come()))
    in_order = [cases[case_id] for case_id in dict.fromkeys(a.case_id for a in late.values()) if case_id in cases]
    return [raised for raised in unseen_in(session, in_order, days, today=today) if raised.alarm.id in late]


def _is_late(alarm: Alarm, days: Calendar, *, now: datetime) -> bool:
    within = PRESSING_SEEN_WITHIN if alarm.threshold in PRESSING else SEEN_WITHIN
    return office_hours.after(alarm.raised_at, within, days) <= now


def _told(raised: Raised) -> warnings.Warned:
    return warnings.Warned(
        reference=raised.alarm.case.reference,
        rule=raised.line.public_rule.name,
        due_on=raised.alarm.due_on,
        is_overdue=raised.alarm.threshold == CALLED[Threshold.OVERDUE],
    )


def _called(threshold: str) -> str:
    return "It is overdue." if threshold == CALLED[Threshold.OVERDUE] else f"{threshold} left."


def _of(session: Session, case: Case) -> list[Alarm]:
    return list(session.scalars(select(Alarm).where(Alarm.case_id == case.id).order_by(Alarm.id)))


def _of_the_same_deadline(session: Session, alarm: Alarm) -> list[Alarm]:
    return [a for a in _of(session, alarm.case) if (a.rule, a.due_on) == (alarm.rule, alarm.due_on)]


def _waiting(session: Session, cases: Collection[int]) -> dict[int, list[Alarm]]:
    """The alarms that nobody has seen in these cases, by the id of the case."""
    found: dict[int, list[Alarm]] = {}
    not_seen = select(Alarm).where(Alarm.seen_at.is_(None), Alarm.case_id.in_(cases)).order_by(Alarm.id)
    for alarm in session.scalars(not_seen):
        found.setdefault(alarm.case_id, []).append(alarm)
    return found


def _by_key(lines: Iterable[Line]) -> dict[tuple[str, date], Line]:
    """Two promises of one day share their alarms."""
    return {(line.public_rule.key, line.day): line for line in lines}


def _nearest(alarms: list[Alarm]) -> Alarm:
    return max(alarms, key=lambda alarm: NEARNESS[alarm.threshold])
