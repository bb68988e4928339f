"""How many ways to meet there are before anything is asked, and what each constraint takes away of them.

A candidate is a day, a venue and a mediator. Constraints are asked in a fixed order: what one takes away is taken away
by no later one. Beside it stands what each would take away by itself.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from scheduling.diary import constraints, grid
from scheduling.diary.facts import MediatorFacts, RoomFacts, VenueFacts
from scheduling.diary.search import Search
from scheduling.models import Mode

NOTICE, WORKING_DAY = "notice and the 30 days", "working day"
FAMILY, OFFICER, BOARD = "family's other engagements", "officer's other engagements", "care board's other engagements"
OPEN, ROOM = "venue open", "room free"
AT_WORK, FREE, INTERPRETER = "mediator at work", "mediator free and not at a limit", "interpreter"
FOR_ALL = "room for all who come"
REACH, TRAVEL = "mediator's reach", "mediator's way between meetings"

BEFORE_ANY_TIME: Final = (NOTICE, WORKING_DAY)
"""What the law takes away, beside places and people that would never do: what is left are times to be found."""
IN_WORDS: Final = {
    NOTICE: "five clear working days' notice cannot be given in the 30 days",
    WORKING_DAY: "it is no working day",
    FAMILY: "the family cannot come",
    OFFICER: "the authority's officer cannot come",
    BOARD: "the integrated care board cannot come",
    OPEN: "the venue is closed",
    ROOM: "no room is free at the venue",
    AT_WORK: "the mediator is away or does not work then",
    FREE: "the mediator is with others or sits as often as agreed",
    INTERPRETER: "nobody is free to interpret",
    REACH: "the venue is too far for the mediator",
    TRAVEL: "the mediator could not be there in time",
}
"""What is said of a time that a constraint takes away."""
NEVER_IN_WORDS: Final = {
    "serves the authority": "the venue does not serve the authority",
    "venue in use": "the venue is not in use",
    "neutral": "the venue belongs to the authority",
    "step-free": "the venue is not step-free",
    "hearing loop": "the venue has no hearing loop",
    "quiet room": "the venue has no quiet room",
    "parking": "the venue has no parking",
    "distance from the family": "the venue is too far from the family",
    FOR_ALL: "no room there holds all who come",
    "works with the authority": "the mediator does not work with the authority",
    "mediator active": "the mediator does not work with us now",
    "independent of the authority": "the mediator is not independent of the authority",
    "independent of the school": "the mediator is not independent of the school",
    "independent of the family": "the mediator is not independent of the family",
    "no earlier case of the family": "the mediator knows the family from an earlier case",
    "sits from afar": "the mediator does not sit by video or telephone",
}
"""The same of a place or a person that would do at no time."""

ELSEWHERE: Final = ("serves the authority", "works with the authority")
"""Places and people of other councils, of which nothing is said as long as there is something nearer to say."""


@dataclass(frozen=True)
class Excluded:
    """What one constraint takes away."""

    constraint: str
    first: int
    """Candidates that every earlier constraint had left."""
    alone: int
    """Candidates that it would take away if there were no other."""


@dataclass(frozen=True)
class Tally:
    """Everything that was counted."""

    candidates: int
    excluded: tuple[Excluded, ...]
    left: int


@dataclass(frozen=True)
class Counted:
    """The times at which a case could meet, and what stands in the way of how many, the most first."""

    times: int
    """Lawful days, each with a venue and a mediator who would do; where there is none, every day with those at hand."""
    reasons: tuple[tuple[str, int], ...]

    @property
    def sentence(self) -> str:
        """29 of 31 times: the authority's officer cannot come; 2: the venue is closed."""
        if not self.reasons:
            return ""
        (first, most), *others = self.reasons
        ones = [f"{most:,} of {self.times:,} times: {first}", *(f"{count:,}: {why}" for why, count in others)]
        return f"{'; '.join(ones)}."


def counted(of: Tally) -> Counted:
    """Each candidate by the first constraint that takes it away, those of a lawful day with people who would do."""
    at_times = [one for one in of.excluded if one.constraint in IN_WORDS and one.constraint not in BEFORE_ANY_TIME]
    at_hand = [one for one in of.excluded if one.constraint not in ELSEWHERE]
    shown = next((some for some in (at_times, at_hand) if of.left or any(one.first for one in some)), of.excluded)
    by_number = sorted((one for one in shown if one.first), key=lambda one: -one.first)
    said = IN_WORDS | NEVER_IN_WORDS
    reasons = [(said[one.constraint], one.first) for one in by_number]
    return Counted(of.left + sum(count for _, count in reasons), tuple(reasons))


def tally(search: Search, *, today: date, closes: date) -> Tally:
    """Count the candidates from tomorrow to the end of the 30 days."""
    days = [today + timedelta(days=n) for n in range(1, (closes - today).days + 1)]
    return _Count(search, [day for day in days if day < search.diary.grid.end]).tally()


class _Count:
    def __init__(self, search: Search, days: Sequence[date]) -> None:
        self.search, self.wanted, self.diary = search, search.wanted, search.diary
        self.days = days
        self.whole = grid.on_days(self.diary.grid.number(day) for day in days) & search.every_hour
        self.venues: list[VenueFacts | None] = [None]
        if self.wanted.mode is Mode.IN_PERSON:
            self.venues = list(self.diary.venues.values())
        self.mediators = list(self.diary.mediators.values())
        self.first: Counter[str] = Counter()
        self.alone: Counter[str] = Counter()

    def tally(self) -> Tally:
        order = [constraint.name for constraint in self._of_venues()] + [FOR_ALL]
        order += [constraint.name for constraint in constraints.OF_A_MEDIATOR]
        order += [NOTICE, WORKING_DAY, FAMILY, OFFICER, BOARD, OPEN, ROOM, AT_WORK, FREE, INTERPRETER, REACH, TRAVEL]
        venues = [venue for venue in self.venues if self._suits(venue)]
        mediators = [mediator for mediator in self.mediators if self._may_sit(mediator, len(venues))]
        left = self._pairs(venues, mediators)
        excluded = tuple(Excluded(name, self.first[name], self.alone[name]) for name in order)
        return Tally(len(self.days) * len(self.venues) * len(self.mediators), excluded, left)

    def _of_venues(self) -> Iterable[constraints.Constraint[VenueFacts]]:
        return constraints.OF_A_VENUE if self.wanted.mode is Mode.IN_PERSON else ()

    def _suits(self, venue: VenueFacts | None) -> bool:
        if venue is None:
            return True
        of_each = len(self.days) * len(self.mediators)
        broken = [one.name for one in constraints.OF_A_VENUE if not one.holds(venue, self.wanted)]
        if not self._rooms(venue):
            broken.append(FOR_ALL)
        self._note(broken, of_each, of_each)
        return not broken

    def _may_sit(self, mediator: MediatorFacts, venues: int) -> bool:
        broken = [one.name for one in constraints.OF_A_MEDIATOR if not one.holds(mediator, self.wanted)]
        self._note(broken, len(self.days) * venues, len(self.days) * len(self.venues))
        return not broken

    def _note(self, broken: Sequence[str], first: int, alone: int) -> None:
        for number, name in enumerate(broken):
            self.first[name] += 0 if number else first
            self.alone[name] += alone

    def _pairs(self, venues: list[VenueFacts | None], mediators: list[MediatorFacts]) -> int:
        """Everything that depends on a day: the hours that are left, constraint by constraint."""
        common = self._common()
        for name, hours in common:
            self.alone[name] += self._lost(hours) * len(self.venues) * len(self.mediators)
        for venue in self.venues:
            for name, hours in self._of_venue(venue):
                self.alone[name] += self._lost(hours) * len(self.mediators)
        sitting = {mediator.id: self._of_mediator(mediator) for mediator in self.mediators}
        for of_one in sitting.values():
            for name, hours in of_one:
                self.alone[name] += self._lost(hours) * len(self.venues)
        self.alone[REACH] = len(self.days) * sum(
            not constraints.goes_there(one, venue)
            for venue in self.venues
            if venue is not None
            for one in self.mediators
        )
        left = 0
        for venue in venues:
            hours = self._through([*common, *self._of_venue(venue)], self.whole, times=len(mediators))
            for mediator in mediators:
                rest = self._through(sitting[mediator.id], hours, times=1)
                left += _days(self._through(self._together(mediator, venue), rest, times=1))
        return left

    def _through(self, asked: Iterable[tuple[str, int]], hours: int, *, times: int) -> int:
        for name, allowed in asked:
            before, hours = _days(hours), hours & allowed
            self.first[name] += (before - _days(hours)) * times
        return hours

    def _lost(self, hours: int) -> int:
        return len(self.days) - _days(self.whole & hours)

    def _common(self) -> list[tuple[str, int]]:
        search, numbers = self.search, self.diary.grid.number
        working = grid.on_days(numbers(day) for day in self.days if self.diary.working_days.is_working_day(day))
        lawful = search.lawful | ~working if search.days else 0
        return [
            (NOTICE, self._in_window(lawful)),
            (WORKING_DAY, working),
            (FAMILY, search.family),
            (OFFICER, search.any_officer),
            (BOARD, search.board),
        ]

    def _in_window(self, lawful: int) -> int:
        if not self.search.days:
            return 0
        return lawful & self.diary.grid.days(self.search.days[0], self.search.days[-1])

    def _of_venue(self, venue: VenueFacts | None) -> list[tuple[str, int]]:
        if venue is None:
            return []
        free = 0
        for room in self._rooms(venue):
            free |= self.search.free.of_room(venue, room)
        is_open = grid.starts(venue.hours & ~venue.closed)
        return [(OPEN, is_open), (ROOM, free | ~is_open)]

    def _of_mediator(self, mediator: MediatorFacts) -> list[tuple[str, int]]:
        at_work = grid.starts(mediator.hours & mediator.accredited & ~mediator.away)
        understood = self.diary.grid.whole
        if not constraints.speaks(mediator, self.wanted):
            understood = self.search.any_interpreter
        return [
            (AT_WORK, at_work),
            (FREE, self.search.free.of_mediator(mediator) | ~at_work),
            (INTERPRETER, understood),
        ]

    def _together(self, mediator: MediatorFacts, venue: VenueFacts | None) -> list[tuple[str, int]]:
        reach = self.diary.grid.whole if venue is None or constraints.goes_there(mediator, venue) else 0
        way = ~self.search.free.travelling(mediator, venue)
        self.alone[TRAVEL] += self._lost(way)
        return [(REACH, reach), (TRAVEL, way)]

    def _rooms(self, venue: VenueFacts) -> list[RoomFacts]:
        return [room for room in venue.rooms if constraints.fits(constraints.OF_A_ROOM, room, self.wanted)]


def _days(hours: int) -> int:
    return grid.days_with_any(hours).bit_count() if hours else 0
