"""What was agreed, or is to be agreed with help: promises to ask after, and parties to ask. Never what was promised."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from scheduling import london
from scheduling.cases import agreements, resolution
from scheduling.cases.item import Item, answer_by
from scheduling.law import rules
from scheduling.law.working_days import Calendar
from scheduling.models import AgreedAction, Agreement, Booking, Case, Ending, Meeting, Role, Willing

PROMISED = rules.AGREED_WITHIN_WEEKS.key


def to_write_down(session: Session, working_days: Calendar) -> Iterator[Item]:
    """Mediation is over, and nobody has kept what came of it, be it nothing."""
    over = (
        select(Meeting)
        .join(Meeting.booking)
        .join(Booking.case)
        .where(
            Meeting.ending == Ending.CONCLUDED,
            Case.closed_at.is_(None),
            ~exists().where(Agreement.case_id == Booking.case_id),
        )
    )
    for meeting in session.scalars(over.order_by(Meeting.ended_at).options(contains_eager(Meeting.booking))):
        yield Item(
            what="Write down what came of the meeting",
            why="Mediation is over. Promises are kept in time only if their days are known; or nothing was agreed",
            who=Role.COORDINATOR,
            by=answer_by(meeting.ended_at, working_days),
            case=meeting.booking.case,
            booking=meeting.booking,
        )


def not_done(session: Session, working_days: Calendar, now: datetime) -> Iterator[Item]:
    """The family says that a promise was not kept, or its day has passed without a word."""
    reported = select(AgreedAction).where(AgreedAction.done_at.is_(None), AgreedAction.not_done_at.is_not(None))
    in_order = reported.order_by(AgreedAction.not_done_at).options(joinedload(AgreedAction.agreement))
    for action in session.scalars(in_order):
        yield Item(
            what="Chase something that was agreed",
            why=f"The family says that it has not been done. It was due by {london.written_day(action.due_on)}",
            who=Role.COORDINATOR,
            by=None if action.not_done_at is None else answer_by(action.not_done_at, working_days),
            case=action.agreement.case,
            action=action,
            rule=PROMISED,
        )
    for action in agreements.overdue(session, now=now):
        if action.not_done_at is None:
            yield Item(
                what="Ask whether something that was agreed has been done",
                why=f"It was due by {london.written_day(action.due_on)}, and nobody has said that it is done",
                who=Role.COORDINATOR,
                by=_next(action.due_on, working_days),
                case=action.agreement.case,
                action=action,
                rule=PROMISED,
            )


def to_resolve(session: Session) -> Iterator[Item]:
    """Disagreement resolution waits for an answer, or for a time with everybody; no days are counted."""
    asked = exists().where(Willing.case_id == Case.id)
    found = session.scalars(select(Case).where(Case.closed_at.is_(None), asked).order_by(Case.id)).all()
    parties = resolution.of_each(session, [case.id for case in found])
    for case in found:
        everybody = parties[case.id]
        waiting = [str(one.party) for one in everybody if one.is_willing is None]
        if any(one.is_willing is False for one in everybody):
            continue
        yield Item(
            what=f"Ask whether {' and '.join(waiting)} will take part"
            if waiting
            else "Arrange a meeting with everybody",
            why="Disagreement resolution needs everybody"
            if waiting
            else "Everybody is willing to resolve it with help",
            who=Role.COORDINATOR,
            case=case,
        )


def _next(day: date, working_days: Calendar) -> date:
    return working_days.after(day, 1)
