"""What was promised and is not done, for pages that may know the days of it and never what was agreed.

What a care board has promised is that board's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from scheduling.cases import agreements
from scheduling.law.rules import Owed
from scheduling.models import Actor, AgreedAction, Agreement, Case


@dataclass(frozen=True, kw_only=True)
class Owing:
    """Something that the authority has promised: its days. What it is stands in the agreement alone."""

    action_id: int
    agreed_on: date
    due_on: date
    reported_not_done: bool


def by_authority(session: Session, case_ids: Sequence[int]) -> dict[int, list[Owing]]:
    """What is not done yet in each of these cases, by their ids, the earliest agreement first."""
    return {
        case_id: [_days(action) for one in agreed for action in one.actions if _is_open(action)]
        for case_id, agreed in agreements.of_each(session, case_ids).items()
    }


def until(session: Session, case: Case) -> date | None:
    """The last day of what anybody has promised in this case and not done; None where nothing is open."""
    actions = (action for agreed in agreements.of(session, case) for action in agreed.actions)
    return max((action.due_on for action in actions if action.done_at is None), default=None)


def open_in_each(session: Session) -> dict[int, int]:
    """How many promises are not done, by the ids of the cases in which what came of the meeting was written down."""
    still = func.count(AgreedAction.id).label("still")
    of_each = select(Agreement.case_id, still).outerjoin(
        AgreedAction, and_(AgreedAction.agreement_id == Agreement.id, AgreedAction.done_at.is_(None))
    )
    return {row.case_id: row.still for row in session.execute(of_each.group_by(Agreement.case_id))}


def anywhere() -> ColumnElement[bool]:
    """A case in which something is still to come: it is open, or something was promised and is not done."""
    return agreements.has_more_to_come()


def is_theirs(session: Session, case: Case, action_id: int) -> bool:
    """Whether this is a promise of the authority's in this very case, done or not."""
    action = session.get(AgreedAction, action_id)
    return action is not None and action.agreement.case_id == case.id and action.action.owed_by is not Owed.HEALTH


def done(session: Session, action_id: int, *, on: date | None, by: Actor, now: datetime) -> None:
    """The authority says that it is done, on the day that it names; raises a refusal where that day cannot be right."""
    action = session.get_one(AgreedAction, action_id)
    if action.done_at is None:
        agreements.done(session, action, by=by, now=now, on=on)


def _is_open(action: AgreedAction) -> bool:
    return action.done_at is None and action.action.owed_by is not Owed.HEALTH


def _days(action: AgreedAction) -> Owing:
    return Owing(
        action_id=action.id,
        agreed_on=action.agreement.agreed_on,
        due_on=action.due_on,
        reported_not_done=action.not_done_at is not None,
    )
