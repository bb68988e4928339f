"""Why a case has no slot: the first constraint that nobody satisfies, or who is missing at every hour.

A reason names no moment of today, so that the same reason is the same sentence tomorrow and history keeps it once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import clocks, constraints, explanation, relaxations, slots
from scheduling.diary.constraints import Asked, Constraint
from scheduling.diary.explanation import Tally
from scheduling.diary.relaxations import Relaxation
from scheduling.diary.search import Search
from scheduling.diary.slots import NOTHING, Prepared, Supposing
from scheduling.diary.wanted import Wanted
from scheduling.models import Booking, Case, Mode


class Lack(StrEnum):
    """Who or what is not free at an hour."""

    FAMILY = "the family has another appointment"
    OFFICER = "the authority's officer is busy"
    BOARD = "the integrated care board is busy"
    MEDIATOR = "no mediator is free"
    INTERPRETER = "no interpreter is free"
    ROOM = "no room is free"
    TOGETHER = "no mediator who is free can be at a venue that is free"


def none(
    session: Session, case: Case, *, now: datetime, moving: Booking | None = None, supposing: Supposing = NOTHING
) -> str:
    """The sentence that says what stands in the way of a slot for this case."""
    if case.authority is None:
        return "It is not known which authority decided."
    prepared = slots.prepare(session, case, now=now, moving=moving, supposing=supposing)
    if prepared is None:
        who = "integrated care board" if clocks.is_the_boards(case) else "authority"
        return f"The {who} has not been told yet."
    return nobody_suits(prepared.search) or _no_hour(prepared)


@dataclass(frozen=True)
class Explanation:
    """What stands between a case and a time, counted, and what would open one."""

    sentence: str | None
    """The one sentence; None where there is a time."""
    tally: Tally | None
    """None where no search is possible yet."""
    relaxations: tuple[Relaxation, ...]

    @property
    def counts(self) -> str:
        """How many times each constraint takes away, as a sentence; empty where nothing was counted or taken."""
        return "" if self.tally is None else explanation.counted(self.tally).sentence


def explain(session: Session, case: Case, *, now: datetime, moving: Booking | None = None) -> Explanation:
    """Everything that can be said of why a case has no time, or so few; what would open one, before it is booked."""
    prepared = slots.prepare(session, case, now=now, moving=moving)
    if prepared is None:
        return Explanation(none(session, case, now=now, moving=moving), None, ())
    has_time = next(prepared.search.found(), None) is not None
    return Explanation(
        sentence=None if has_time else none(session, case, now=now, moving=moving),
        tally=explanation.tally(prepared.search, today=london.london_day(now), closes=prepared.window.closes),
        relaxations=() if has_time or moving is not None else tuple(relaxations.of(session, case, prepared, now=now)),
    )


def nobody_suits(search: Search) -> str | None:
    """The first constraint on a place or a person, whatever the day, that leaves nobody."""
    diary, wanted = search.diary, search.wanted
    known = diary.officers.get(wanted.authority_id or 0, ())
    return (
        _first_broken(constraints.OF_AN_OFFICER, known, wanted)
        or (_no_place(search) if wanted.mode is Mode.IN_PERSON else None)
        or _first_broken(constraints.OF_A_MEDIATOR, diary.mediators_of(wanted.authority_id), wanted)
        or _no_way_there(search)
        or _nobody_interprets(search)
    )


def _no_place(search: Search) -> str | None:
    venues = search.diary.venues_of(search.wanted.authority_id)
    fit = [venue for venue in venues if constraints.fits(constraints.OF_A_VENUE, venue, search.wanted)]
    rooms = [room for venue in fit for room in venue.rooms]
    return _first_broken(constraints.OF_A_VENUE, venues, search.wanted) or _first_broken(
        constraints.OF_A_ROOM, rooms, search.wanted
    )


def _no_way_there(search: Search) -> str | None:
    pairs = ((mediator, house.venue) for mediator in search.fitting_mediators for house in search.houses)
    if search.wanted.mode is not Mode.IN_PERSON or any(constraints.goes_there(*pair) for pair in pairs):
        return None
    return "Every venue that would do is too far for every mediator who would."


def _nobody_interprets(search: Search) -> str | None:
    speaking = (constraints.speaks(mediator, search.wanted) for mediator in search.fitting_mediators)
    if search.interpreters or any(speaking):
        return None
    return "Nobody interprets the family's language, and no mediator who would do otherwise speaks it."


def _first_broken(kind: Iterable[Constraint[Asked]], asked: Iterable[Asked], wanted: Wanted) -> str | None:
    """The constraint after which nobody is left."""
    left = list(asked)
    for constraint in kind:
        left = [one for one in left if constraint.holds(one, wanted)]
        if not left:
            return constraint.otherwise
    return None


def _no_hour(prepared: Prepared) -> str:
    last_day, search = london.written_day(prepared.window.closes), prepared.search
    if not search.lawful:
        return f"Five clear working days' notice can no longer be given before {last_day}, when the 30 days end."
    free = {lack: search.lawful & hours for lack, hours in _free(search).items()}
    alone = {lack for lack in free if search.lawful & ~free[lack] & _all(free, but=lack)}
    binding = alone or {lack for lack, hours in free.items() if hours != search.lawful} or {Lack.TOGETHER}
    *others, last = [lack for lack in Lack if lack in binding]
    return f"At every lawful hour until {last_day} {' or '.join([*([', '.join(others)] if others else []), last])}."


def _free(search: Search) -> dict[Lack, int]:
    """When somebody of each kind is free."""
    hours = {
        Lack.FAMILY: search.family,
        Lack.OFFICER: search.any_officer,
        Lack.BOARD: search.board,
        Lack.MEDIATOR: search.any_mediator,
        Lack.ROOM: search.any_room,
    }
    if search.wanted.language is not None:
        hours[Lack.INTERPRETER] = search.any_who_is_understood | ~search.any_mediator
    return hours


def _all(free: dict[Lack, int], *, but: Lack) -> int:
    bits = -1
    for lack, hours in free.items():
        if lack is not but:
            bits &= hours
    return bits
