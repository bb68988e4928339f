"""Who is needed today, for what, why and by when: always derived from the record, never stored.

What is done disappears by itself, and nothing is forgotten because somebody forgot to write a task.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import agreements, alarms, known, tasks
from scheduling.cases.alarms import Raised
from scheduling.cases.item import Item
from scheduling.cases.needs import agreements as promised
from scheduling.cases.needs import answers, certificates, closing, meetings, officers, people, records
from scheduling.law.rules import Owed
from scheduling.models import (
    Booking,
    BookingKind,
    BookingStatus,
    CallBack,
    Case,
    Contact,
    InboundMail,
    Meeting,
    Message,
    Role,
)
from scheduling.reference import calendar

OF_AN_ADVISER = (Owed.ADVISER, Owed.FAMILY)
"""Whoever advises the family sees to these; a coordinator to what others owe."""


def items(session: Session, *, now: datetime) -> list[Item]:
    """Everything that needs a person, the most pressing first.

    Every case that can be on the list is read first, whole and all at once, so that no item asks for its own again.
    """
    working_days, today = calendar.working_days(session), london.london_day(now)
    cases = known.of_those(session, _is_concerned())
    found = [
        *people.call_backs(session, working_days),
        *people.unread(session, working_days),
        *people.mails(session, working_days),
        *people.undelivered(session, today),
        *people.often_looked(session, working_days),
        *people.young_people(cases.values(), today),
        *meetings.not_told(session, working_days),
        *meetings.unanswered(cases.values(), working_days, today),
        *meetings.unplaced(session, working_days, now),
        *meetings.to_ring_about_times(session),
        *meetings.to_book_again(session, cases, working_days),
        *meetings.stranded(session, now),
        *meetings.unsuited(session, now),
        *meetings.on_a_holiday(session, working_days, now),
        *meetings.without_email(session, now),
        *meetings.to_record(session, working_days, now),
        *answers.to_invites(session, working_days, now),
        *answers.to_feedback(session, working_days),
        *officers.without_authority(session, working_days),
        *certificates.to_issue(cases.values(), working_days, today),
        *certificates.late_contacts(cases.values(), working_days, today),
        *certificates.appeals(cases.values(), working_days, today),
        *promised.to_write_down(session, working_days),
        *promised.not_done(session, working_days, now),
        *promised.to_resolve(session),
        *closing.ready(session, cases.values(), working_days, now),
        *records.to_hand_out(session),
        *records.to_erase(session),
    ]
    alarmed = _with_alarms(found, alarms.unseen_in(session, cases.values(), working_days, today=today))
    return sorted(alarmed, key=lambda item: (item.by or date.max, item.what))


def _is_concerned() -> ColumnElement[bool]:
    """A case that is not over, or about which somebody waits all the same, whom we must answer or could not reach."""
    waiting = (
        select(CallBack.case_id).where(CallBack.done_at.is_(None)),
        select(Contact.case_id).where(Contact.handled_at.is_(None)),
        select(InboundMail.case_id).where(InboundMail.handled_at.is_(None)),
        select(Message.case_id).where(tasks.reached_nobody()),
        select(Booking.case_id).where(
            Booking.kind == BookingKind.MEDIATION,
            Booking.status != BookingStatus.CANCELLED,
            ~exists().where(Meeting.booking_id == Booking.id),
        ),
    )
    return or_(agreements.has_more_to_come(), *(Case.id.in_(ids) for ids in waiting))


def _with_alarms(found: list[Item], unseen: list[Raised]) -> list[Item]:
    """Put each alarm that nobody has seen beside what is to be done about it, or on a line of its own."""
    places = defaultdict(list)
    for place, item in enumerate(found):
        places[item.case, item.rule].append(place)
    alone = []
    for raised in unseen:
        about = places[raised.alarm.case, raised.alarm.rule]
        for place in about:
            found[place] = replace(found[place], alarm=raised.alarm)
        if not about:
            alone.append(_alone(raised))
    return [*found, *alone]


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
