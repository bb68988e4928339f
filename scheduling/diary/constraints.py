"""What a slot must satisfy, one constraint a function, each with the name under which it explains itself.

Constraints on a venue or a mediator as such come first, then those on a day or an hour. Opening hours and working
hours are wall-clock times: ten in the morning is ten in the morning on either side of a clock change.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Generic, TypeVar

from scheduling import london
from scheduling.models import Case, Mediator, Officer, Venue

Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Constraint(Generic[Asked]):
    """Something that must hold between a case and whoever is asked, and what is said of the case if it never does."""

    holds: Callable[[Asked, Case], bool]
    otherwise: str


def is_in_use(venue: Venue, _case: Case) -> bool:
    return venue.is_active


def is_neutral(venue: Venue, case: Case) -> bool:
    """A building that belongs to the authority is no neutral ground in its cases."""
    return case.authority is not None and venue.is_neutral_for(case.authority)


def is_near(venue: Venue, case: Case) -> bool:
    """Serves the families of the authority."""
    return case.authority in venue.serves


def is_accessible(venue: Venue, case: Case) -> bool:
    return venue.step_free or not case.person.needs_step_free


def is_with_us(mediator: Mediator, _case: Case) -> bool:
    return mediator.is_active


def works_there(mediator: Mediator, case: Case) -> bool:
    return case.authority in mediator.works_with


def is_independent(mediator: Mediator, case: Case) -> bool:
    """Never worked for the authority (Act, section 56)."""
    return case.authority is not None and not mediator.has_conflict_with(case.authority)


def may_decide(officer: Officer, _case: Case) -> bool:
    """Somebody with authority to resolve the issues comes (regulation 38); a manager is only for chasing."""
    return officer.may_decide and not officer.is_manager


OF_A_VENUE = (
    Constraint(is_near, "No venue serves this authority."),
    Constraint(is_in_use, "No venue that serves this authority is in use."),
    Constraint(is_neutral, "Every venue that serves this authority belongs to it, so none is neutral."),
    Constraint(is_accessible, "No neutral venue that serves this authority is step-free."),
)
OF_A_MEDIATOR = (
    Constraint(works_there, "No mediator works with this authority."),
    Constraint(is_with_us, "No mediator who works with this authority is active."),
    Constraint(is_independent, "Every mediator who works with this authority has a conflict of interest with it."),
)
OF_AN_OFFICER = (Constraint(may_decide, "The authority has named no officer who has authority to decide."),)


def is_here(officer: Officer, day: date) -> bool:
    """Still works at the authority on the day."""
    return officer.left_on is None or day < officer.left_on


def is_open(venue: Venue, starts_at: datetime, ends_at: datetime) -> bool:
    """Within the hours of that weekday, on a day without closure."""
    hours = ((hours.weekday, hours.opens, hours.closes) for hours in venue.hours)
    return not venue.is_closed_on(london.london_day(starts_at)) and _within(hours, starts_at, ends_at)


def is_at_work(mediator: Mediator, starts_at: datetime, ends_at: datetime) -> bool:
    """Within the mediator's hours of that weekday, and not on leave."""
    hours = ((hours.weekday, hours.starts, hours.ends) for hours in mediator.hours)
    return not mediator.is_on_leave(london.london_day(starts_at)) and _within(hours, starts_at, ends_at)


def has_room_that_day(mediator: Mediator, meetings: int) -> bool:
    """So many meetings on a day already, and at most N are sat well."""
    return meetings < mediator.meetings_a_day


def _within(hours: Iterable[tuple[int, time, time]], starts_at: datetime, ends_at: datetime) -> bool:
    starts, ends = london.london(starts_at), london.london(ends_at)
    return any(
        weekday == starts.weekday() and opens <= starts.time() and ends.time() <= closes
        for weekday, opens, closes in hours
    )
