"""Somebody opens many cases that are not theirs within an hour: a manager hears of it at once, and asks them about it.

Once a person and hour, whatever comes after: the manager then reads every reason on the page of looks. Nothing is
locked by it, since colleagues do fall ill on the busiest of days.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from scheduling import london
from scheduling.models import Actor, Look, LookAlarm, Role, Staff
from scheduling.outbox import messages
from scheduling.outbox.wording import warnings
from scheduling.reference import policies

log = logging.getLogger(__name__)

AN_HOUR: Final = timedelta(hours=1)
PURPOSE = "many looks at colleagues' cases"
THE_MANAGER = "the manager"


@dataclass(frozen=True, kw_only=True)
class Week:
    """How many cases that were not theirs somebody has opened in a week, each counted once."""

    monday: date
    staff: Staff
    cases: int


def watch(session: Session, staff_id: int, *, now: datetime) -> LookAlarm | None:
    """Raise the alarm if there are more than the policy allows, and none was raised within the hour."""
    staff = session.scalars(select(Staff).where(Staff.id == staff_id).with_for_update(key_share=True)).one()
    opened = select(func.count(Look.case_id.distinct())).where(
        Look.staff_id == staff_id, Look.reason.is_not(None), Look.at > now - AN_HOUR
    )
    number = session.scalars(opened).one()
    raised = select(LookAlarm.id).where(LookAlarm.staff_id == staff_id, LookAlarm.raised_at > now - AN_HOUR)
    if number <= policies.value(session, policies.LOOKS_AN_HOUR) or session.scalar(raised.limit(1)) is not None:
        return None
    alarm = LookAlarm(staff=staff, cases=number, raised_at=now)
    session.add(alarm)
    session.flush()
    _tell(session, alarm, now=now)
    log.warning("many looks at colleagues' cases", extra={"staff": staff_id, "cases": number})
    return alarm


def waiting(session: Session) -> list[LookAlarm]:
    """Alarms of which no manager has spoken with the one concerned, the oldest first."""
    unseen = select(LookAlarm).where(LookAlarm.seen_at.is_(None)).options(joinedload(LookAlarm.staff))
    return list(session.scalars(unseen.order_by(LookAlarm.raised_at, LookAlarm.id)))


def seen(alarm: LookAlarm, *, by: Actor, now: datetime) -> None:
    """Somebody has asked them; a second time, or by the one concerned, changes nothing."""
    if alarm.seen_at is None and by.staff_id != alarm.staff_id:
        alarm.seen_at, alarm.seen_by_id = now, by.staff_id


def by_week(looks: Sequence[Look]) -> list[Week]:
    """The looks with reasons, added up by week and person, the newest week first."""
    found = []
    in_order = sorted(looks, key=lambda look: (_monday(look.at), look.staff_id))
    for (monday, _), theirs in groupby(in_order, key=lambda look: (_monday(look.at), look.staff_id)):
        of_the_week = list(theirs)
        cases = len({look.case_id for look in of_the_week})
        found.append(Week(monday=monday, staff=of_the_week[0].staff, cases=cases))
    return sorted(found, key=lambda week: (-week.monday.toordinal(), -week.cases, week.staff.name))


def _monday(moment: datetime) -> date:
    day = london.london_day(moment)
    return day - timedelta(days=day.weekday())


def _tell(session: Session, alarm: LookAlarm, *, now: datetime) -> None:
    """The managers; where it is the only manager who has looked, the administrators."""
    for one in _others(session, Role.MANAGER, alarm.staff) or _others(session, Role.ADMINISTRATOR, alarm.staff):
        mail = warnings.many_looks(name=one.name, who=alarm.staff.name, cases=alarm.cases, at=now)
        messages.email(
            session,
            address=one.email,
            recipient=THE_MANAGER,
            purpose=PURPOSE,
            subject=mail.subject,
            body=mail.body,
            key=f"many looks:{alarm.id}:{one.id}",
            now=now,
        )


def _others(session: Session, role: Role, staff: Staff) -> list[Staff]:
    return list(session.scalars(select(Staff).where(Staff.role == role, Staff.is_active, Staff.id != staff.id)))
