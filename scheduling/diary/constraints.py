"""What must hold of a place or a person for a case, each by its name and with what is said if it never does.

These depend on the case and on whoever is asked, not on a day or an hour: those that do are in `search`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from scheduling.diary import distance
from scheduling.diary.facts import InterpreterFacts, MediatorFacts, OfficerFacts, RoomFacts, VenueFacts
from scheduling.diary.loading import compared
from scheduling.diary.wanted import Wanted
from scheduling.models import Case, Mediator, Mode, Officer

Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Constraint(Generic[Asked]):
    """Something that must hold between a case and whoever is asked, and what is said of the case if it never does."""

    name: str
    holds: Callable[[Asked, Wanted], bool]
    otherwise: str


class Decides(Protocol):
    """An officer, as the record or the diary has them."""

    @property
    def may_decide(self) -> bool: ...
    @property
    def is_manager(self) -> bool: ...


def serves(venue: VenueFacts, wanted: Wanted) -> bool:
    """Serves the families of the authority."""
    return wanted.authority_id in venue.serves


def is_in_use(venue: VenueFacts, _wanted: Wanted) -> bool:
    return venue.is_active


def is_neutral(venue: VenueFacts, wanted: Wanted) -> bool:
    """A building that belongs to the authority is no neutral ground in its cases."""
    return wanted.authority_id is not None and venue.owner_id != wanted.authority_id


def is_step_free(venue: VenueFacts, wanted: Wanted) -> bool:
    return venue.step_free or not wanted.step_free


def has_hearing_loop(venue: VenueFacts, wanted: Wanted) -> bool:
    return venue.hearing_loop or not wanted.hearing_loop


def has_quiet_room(venue: VenueFacts, wanted: Wanted) -> bool:
    return venue.quiet_room or not wanted.quiet_room


def has_parking(venue: VenueFacts, wanted: Wanted) -> bool:
    return venue.parking or not wanted.parking


def is_near(venue: VenueFacts, wanted: Wanted) -> bool:
    """No farther than the family can come, as the crow flies; an unknown distance is not held against a venue."""
    return distance.is_within(wanted.outcode, venue.outcode, wanted.travels_km)


def is_large_enough(room: RoomFacts, wanted: Wanted) -> bool:
    """Everybody who comes has a chair."""
    return room.capacity >= wanted.seats


def works_there(mediator: MediatorFacts, wanted: Wanted) -> bool:
    return wanted.authority_id in mediator.works_with


def is_with_us(mediator: MediatorFacts, _wanted: Wanted) -> bool:
    return mediator.is_active


def is_independent(mediator: MediatorFacts, wanted: Wanted) -> bool:
    """Never worked for the authority (Act, section 56)."""
    return wanted.authority_id is not None and wanted.authority_id not in mediator.authorities


def is_independent_of_the_school(mediator: MediatorFacts, wanted: Wanted) -> bool:
    return wanted.school is None or wanted.school not in mediator.schools


def is_independent_of_the_family(mediator: MediatorFacts, wanted: Wanted) -> bool:
    return wanted.person_id not in mediator.people


def is_new_to_the_family(mediator: MediatorFacts, wanted: Wanted) -> bool:
    """Did not mediate an earlier case of theirs: what they heard there was confidential."""
    return mediator.id not in wanted.has_mediated


def meets_so(mediator: MediatorFacts, wanted: Wanted) -> bool:
    """Sits in the way in which the family wants to meet."""
    return wanted.mode is Mode.IN_PERSON or mediator.meets_from_afar


def may_decide(officer: Decides, _wanted: object = None) -> bool:
    """Somebody with authority to resolve the issues comes (regulation 38); a manager is only for chasing."""
    return officer.may_decide and not officer.is_manager


def is_here(officer: Officer, day: date) -> bool:
    """Still works at the authority on the day."""
    return officer.left_on is None or day < officer.left_on


def stays_independent(mediator: Mediator, case: Case) -> bool:
    """Whether somebody who is booked may still sit: no conflict has come up with authority, school or family."""
    return not any(
        (case.authority_id is not None and conflict.authority_id == case.authority_id)
        or conflict.person_id == case.person_id
        or (conflict.school and case.school and compared(conflict.school) == compared(case.school))
        for conflict in mediator.conflicts
    )


def speaks(mediator: MediatorFacts, wanted: Wanted) -> bool:
    """Needs nobody to interpret."""
    return wanted.language is None or wanted.language in mediator.languages


def interprets(interpreter: InterpreterFacts, wanted: Wanted) -> bool:
    """Works with us, from and into the family's language."""
    return interpreter.is_active and wanted.language in interpreter.languages


def goes_there(mediator: MediatorFacts, venue: VenueFacts) -> bool:
    """No farther than the mediator travels."""
    return distance.is_within(mediator.outcode, venue.outcode, mediator.travels_km)


OF_A_HOUSE: tuple[Constraint[VenueFacts], ...] = (
    Constraint("serves the authority", serves, "No venue serves this authority."),
    Constraint("venue in use", is_in_use, "No venue that serves this authority is in use."),
    Constraint("neutral", is_neutral, "Every venue that serves this authority belongs to it, so none is neutral."),
    Constraint("step-free", is_step_free, "No neutral venue that serves this authority is step-free."),
    Constraint("hearing loop", has_hearing_loop, "No venue that would do otherwise has a hearing loop."),
    Constraint("quiet room", has_quiet_room, "No venue that would do otherwise has a quiet room."),
    Constraint("parking", has_parking, "No venue that would do otherwise has parking."),
)
NEAR = Constraint(
    "distance from the family", is_near, "Every venue that would do otherwise is too far from the family."
)
OF_A_VENUE = (*OF_A_HOUSE, NEAR)
OF_A_ROOM: tuple[Constraint[RoomFacts], ...] = (
    Constraint("room for all who come", is_large_enough, "No room that would do otherwise holds all who come."),
)
OF_A_MEDIATOR: tuple[Constraint[MediatorFacts], ...] = (
    Constraint("works with the authority", works_there, "No mediator works with this authority."),
    Constraint("mediator active", is_with_us, "No mediator who works with this authority is active."),
    Constraint(
        "independent of the authority",
        is_independent,
        "Every mediator who works with this authority has a conflict of interest with it.",
    ),
    Constraint(
        "independent of the school",
        is_independent_of_the_school,
        "Every mediator who would do otherwise has a conflict of interest with the school.",
    ),
    Constraint(
        "independent of the family",
        is_independent_of_the_family,
        "Every mediator who would do otherwise has a conflict of interest with the family.",
    ),
    Constraint(
        "no earlier case of the family",
        is_new_to_the_family,
        "Every mediator who would do otherwise has mediated an earlier case of this family.",
    ),
    Constraint("sits from afar", meets_so, "No mediator who would do otherwise sits by video or telephone."),
)
OF_AN_OFFICER: tuple[Constraint[OfficerFacts], ...] = (
    Constraint(
        "an officer who may decide", may_decide, "The authority has named no officer who has authority to decide."
    ),
)


def fits(kind: tuple[Constraint[Asked], ...], asked: Asked, wanted: Wanted) -> bool:
    """Whether somebody satisfies every constraint of their kind."""
    return all(constraint.holds(asked, wanted) for constraint in kind)
