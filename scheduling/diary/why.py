"""Why a case has no slot: the first constraint that nobody satisfies, or who is missing at every hour.

A reason names no moment of today, so that the same reason is the same sentence tomorrow and history keeps it once.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import clocks, constraints, slots
from scheduling.diary.constraints import Asked, Constraint
from scheduling.diary.slots import NOTHING, Search, Supposing
from scheduling.models import Booking, Case


class Lack(StrEnum):
    """Who or what is not free at an hour."""

    FAMILY = "the family has another appointment"
    OFFICER = "the authority's officer is busy"
    MEDIATOR = "no mediator is free"
    ROOM = "no room is free"


def none(
    session: Session, case: Case, *, now: datetime, moving: Booking | None = None, supposing: Supposing = NOTHING
) -> str:
    """The sentence that says what stands in the way of a slot for this case."""
    if case.authority is None:
        return "It is not known which authority decided."
    if clocks.began(session, case) is None:
        who = "integrated care board" if clocks.is_the_boards(case) else "authority"
        return f"The {who} has not been told yet."
    return _nobody_suits(session, case) or _no_hour(
        slots.prepare(session, case, now=now, moving=moving, supposing=supposing)
    )


def _nobody_suits(session: Session, case: Case) -> str | None:
    officers = case.authority.officers if case.authority is not None else []
    return (
        _first_broken(constraints.OF_AN_OFFICER, officers, case)
        or _first_broken(constraints.OF_A_VENUE, slots.near(session, case), case)
        or _first_broken(constraints.OF_A_MEDIATOR, slots.working_there(session, case), case)
    )


def _first_broken(kind: Iterable[Constraint[Asked]], asked: Iterable[Asked], case: Case) -> str | None:
    """The constraint after which nobody is left."""
    left = list(asked)
    for constraint in kind:
        left = [one for one in left if constraint.holds(one, case)]
        if not left:
            return constraint.otherwise
    return None


def _no_hour(search: Search) -> str:
    last_day = london.written_day(search.window.closes)
    starts = search.starts()
    if not starts:
        return f"Five clear working days' notice can no longer be given before {last_day}, when the 30 days end."
    lacks = [_lacks(search, starts_at) for starts_at in starts]
    alone = {lack for at_once in lacks if len(at_once) == 1 for lack in at_once}
    binding = alone or {lack for at_once in lacks for lack in at_once}
    *others, last = [lack for lack in Lack if lack in binding]
    return f"At every lawful hour until {last_day} {' or '.join([*([', '.join(others)] if others else []), last])}."


def _lacks(search: Search, starts_at: datetime) -> set[Lack]:
    missing = {
        Lack.FAMILY: not search.family_is_free(starts_at),
        Lack.OFFICER: next(search.free_officers(starts_at), None) is None,
        Lack.MEDIATOR: next(search.free_mediators(starts_at), None) is None,
        Lack.ROOM: next(search.free_rooms(starts_at), None) is None,
    }
    return {lack for lack, is_missing in missing.items() if is_missing}
