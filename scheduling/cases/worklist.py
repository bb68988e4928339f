"""Who is needed today, for what, why and by when: always derived from the record, never stored.

What is done disappears by itself, and nothing is forgotten because somebody forgot to write a task.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import alarms
from scheduling.cases.alarms import Raised
from scheduling.cases.item import Item
from scheduling.cases.needs import agreements, certificates, meetings, people
from scheduling.law.rules import Owed
from scheduling.models import Alarm, Case, Role
from scheduling.reference import calendar

OF_AN_ADVISER = (Owed.ADVISER, Owed.FAMILY)
"""Whoever advises the family sees to these; a coordinator to what others owe."""


def items(session: Session, *, now: datetime) -> list[Item]:
    """Everything that needs a person, the most pressing first."""
    working_days, today = calendar.working_days(session), london.london_day(now)
    found = [
        *people.call_backs(session, working_days),
        *people.unread(session, working_days),
        *people.undelivered(session, today),
        *people.young_people(session, today),
        *meetings.not_told(session, working_days),
        *meetings.unanswered(session, working_days, today),
        *meetings.unplaced(session, working_days, now),
        *meetings.to_book_again(session, working_days),
        *meetings.stranded(session, now),
        *meetings.on_a_holiday(session, working_days, now),
        *meetings.without_email(session, now),
        *meetings.to_record(session, working_days, now),
        *certificates.to_issue(session, today),
        *certificates.late_contacts(session, working_days, today),
        *certificates.appeals(session, working_days, today),
        *agreements.to_write_down(session, working_days),
        *agreements.not_done(session, working_days, now),
        *agreements.to_resolve(session),
    ]
    return sorted(_with_alarms(session, found, today), key=lambda item: (item.by or date.max, item.what))


def _with_alarms(session: Session, found: list[Item], today: date) -> list[Item]:
    """Put each alarm that nobody has seen beside what is to be done about it, or on a line of its own."""
    alarmed = select(Case).where(Case.id.in_(select(Alarm.case_id).where(Alarm.seen_at.is_(None))))
    for case in session.scalars(alarmed.order_by(Case.id)):
        for raised in alarms.unseen(session, case, today=today):
            about = [n for n, item in enumerate(found) if item.case is case and item.rule == raised.alarm.rule]
            for number in about:
                found[number] = replace(found[number], alarm=raised.alarm)
            if not about:
                found.append(_alone(raised))
    return found


def _alone(raised: Raised) -> Item:
    is_overdue = raised.alarm.threshold == "overdue"
    return Item(
        what="See to a deadline that has passed" if is_overdue else "See to a deadline that is near",
        why=raised.line.public_rule.name,
        who=Role.ADVISER if raised.line.owed_by in OF_AN_ADVISER else Role.COORDINATOR,
        by=raised.line.day,
        case=raised.alarm.case,
        alarm=raised.alarm,
        rule=raised.alarm.rule,
    )
