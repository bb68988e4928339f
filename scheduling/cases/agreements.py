"""Agreements: who promised what by when, reminders to whoever owes it, and what the family says of it.

All of it is without prejudice. History, mails, texts and alarms say that something was agreed and is due, never what:
that is read in the agreement alone, by the family, by the officer whose promise it is, and by the staff of the case.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.cases import intake, promises
from scheduling.law import agreements as law
from scheduling.law.agreements import Action
from scheduling.law.deadlines import Deadline
from scheduling.models import (
    FAMILY,
    Actor,
    AgreedAction,
    Agreement,
    Case,
    Contact,
    ContactChannel,
    Extent,
    Person,
    Said,
)
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

NOON = time(12)
"""Of a day that somebody names without an hour."""

Promise = tuple[Action, str, date | None]
"""What is to be done, in the parties' words, and their own date where they wrote one down."""

ALWAYS_FOLLOWS = {
    Action.ASSESSMENT: (Action.ASSESSMENT_PLAN,),
    Action.PLAN_DRAFT: (Action.PLAN_FINAL,),
}
"""What would be forgotten if only the first step were written down. That no plan follows is said only if none does."""
INSTEAD = {Action.ASSESSMENT_PLAN: Action.ASSESSMENT_NO_PLAN, Action.ASSESSMENT_NO_PLAN: Action.ASSESSMENT_PLAN}


@dataclass(eq=False)
class NotAnAgreement(Refused):
    """The extent, the actions and the dates do not fit together."""

    because: str

    def __str__(self) -> str:
        return self.because


class AlreadyDone(Refused):
    """Nothing is open any more."""

    def __str__(self) -> str:
        return "This is recorded as done already. Nothing was changed."


class NotThen(Refused):
    """The day cannot be right."""

    def __str__(self) -> str:
        return "The day must be from the day of the agreement until today. Check it."


def record(
    session: Session,
    case: Case,
    *,
    extent: Extent,
    agreed_on: date,
    actions: Sequence[Promise],
    by: Actor,
    now: datetime,
) -> Agreement:
    """Keep what came of it, each promise with its day; history hears only that it was written down."""
    _must_be_whole(extent, agreed_on, actions, today=london.london_day(now))
    if by.staff_id is None:
        raise NotAnAgreement("A member of staff writes down what was agreed.")
    agreement = Agreement(
        case=case,
        extent=extent,
        agreed_on=agreed_on,
        recorded_at=now,
        recorded_by_id=by.staff_id,
        actions=[_promise(promise, agreed_on) for promise in (*actions, *_what_follows(actions))],
    )
    session.add(agreement)
    session.flush()
    case.record("What came of the meeting was written down", why="It is confidential.", by=by, now=now)
    log.info("agreement recorded", extra={"case": case.id, "agreement": agreement.id})
    return agreement


def of(session: Session, case: Case) -> list[Agreement]:
    """What the parties agreed, the earliest first."""
    return of_each(session, [case.id]).get(case.id, [])


def of_each(session: Session, case_ids: Collection[int]) -> dict[int, list[Agreement]]:
    """The same for many cases, by their ids; those without an agreement are left out."""
    found: dict[int, list[Agreement]] = {}
    agreed = select(Agreement).where(Agreement.case_id.in_(case_ids)).order_by(Agreement.id)
    for agreement in session.scalars(agreed.options(selectinload(Agreement.actions))):
        found.setdefault(agreement.case_id, []).append(agreement)
    return found


def has_more_to_come() -> ColumnElement[bool]:
    """A case that is open, or in which something was promised and is not done."""
    promised = select(Agreement.case_id).join(AgreedAction).where(AgreedAction.done_at.is_(None))
    return or_(Case.closed_at.is_(None), Case.id.in_(promised))


def deadline(action: AgreedAction) -> Deadline:
    """By when this is due, with the rule it comes from."""
    return law.due(action.action, agreed=action.agreement.agreed_on, written_down=action.written_down)


def done(session: Session, action: AgreedAction, *, by: Actor, now: datetime, on: date | None = None) -> None:
    """It has been done, now or on the day that is named; where it was one of two ways, the other is open no longer."""
    _must_be_open(session, action)
    at = now if on is None or on == london.london_day(now) else london.at(on, NOON)
    if not action.agreement.agreed_on <= london.london_day(at) <= london.london_day(now):
        raise NotThen
    settled = [action, *(a for a in action.agreement.actions if a.action is INSTEAD.get(action.action))]
    for one in settled:
        one.done_at, one.not_done_at = one.done_at or at, None
    action.agreement.case.record("Something that was agreed has been done", by=by, now=now)
    session.flush()


def not_done(session: Session, action: AgreedAction, *, by: Actor = FAMILY, now: datetime) -> None:
    """The family says that it was not done: whoever owes it is asked, and a coordinator sees to it."""
    _must_be_open(session, action)
    if action.not_done_at is not None:
        return
    action.not_done_at = now
    action.agreement.case.record("Something that was agreed was reported as not done", by=by, now=now)
    session.flush()
    promises.chase(session, action, now=now)


def not_done_by_text(
    session: Session, *, number: str, words: str, received_at: datetime, provider_id: str, now: datetime
) -> Contact:
    """A text says NOT DONE. It is chased where only one promise can be meant; otherwise an adviser reads it."""
    meant = _due_for(session, number, today=london.london_day(now))
    cases = {action.agreement.case_id: action.agreement.case for action in meant}
    contact = intake.record_contact(
        session,
        channel=ContactChannel.TEXT,
        said=Said.OTHER,
        received_at=received_at,
        number=number,
        provider_id=provider_id,
        words=words,
        case=next(iter(cases.values())) if len(cases) == 1 else None,
    )
    if len(meant) == 1:
        not_done(session, meant[0], by=FAMILY, now=now)
        contact.handled_at = now
    return contact


def overdue(session: Session, *, now: datetime) -> list[AgreedAction]:
    """Everything that should have been done by now and is not, the oldest first."""
    open_ones = select(AgreedAction).where(AgreedAction.done_at.is_(None), AgreedAction.due_on < london.london_day(now))
    in_order = open_ones.order_by(AgreedAction.due_on, AgreedAction.id)
    return list(session.scalars(in_order.options(selectinload(AgreedAction.agreement))))


def _due_for(session: Session, number: str, *, today: date) -> list[AgreedAction]:
    """What this family could mean: whatever it was promised until today and has not got."""
    return list(
        session.scalars(
            select(AgreedAction)
            .join(AgreedAction.agreement)
            .join(Agreement.case)
            .join(Case.person)
            .where(Person.number == number, AgreedAction.done_at.is_(None), AgreedAction.due_on <= today)
            .order_by(AgreedAction.due_on, AgreedAction.id)
        )
    )


def _must_be_whole(extent: Extent, agreed_on: date, actions: Sequence[Promise], *, today: date) -> None:
    if agreed_on > today:
        raise NotAnAgreement("The day of the agreement is still to come. Check it.")
    if extent is Extent.NONE and actions:
        raise NotAnAgreement("Something was promised, so part of it was agreed. Change one or the other.")
    if extent is not Extent.NONE and not actions:
        raise NotAnAgreement("Write down what was agreed, each promise by itself.")
    if not all(words.strip() for _action, words, _day in actions):
        raise NotAnAgreement("Write down each promise in the parties' own words.")
    if any(day is not None and day < agreed_on for _action, _words, day in actions):
        raise NotAnAgreement("A promise cannot be due before the day of the agreement. Check the dates.")


def _what_follows(actions: Sequence[Promise]) -> list[Promise]:
    promised = [action for action, _words, _day in actions]
    following = [step for action in promised for step in ALWAYS_FOLLOWS.get(action, ())]
    return [(step, step.value.capitalize(), None) for step in dict.fromkeys(following) if step not in promised]


def _promise(promise: Promise, agreed_on: date) -> AgreedAction:
    action, words, day = promise
    due = law.due(action, agreed=agreed_on, written_down=day)
    return AgreedAction(action=action, words=words.strip(), due_on=due.day, written_down=day)


def _must_be_open(session: Session, action: AgreedAction) -> None:
    session.refresh(action, with_for_update=True)
    if action.done_at is not None:
        raise AlreadyDone
