"""One search through the diary in memory: when everybody who is needed is free at once, and who they are.

Each person and room is a number with a bit for every quarter-hour at which a meeting of theirs could begin; the hours
that remain are an `&` of some of them. What depends on two at once, a mediator's way to a venue, is looked at only for
the hours that remain. The order in which times are found is told in `slots`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Final

from scheduling.diary import constraints, distance, grid
from scheduling.diary.facts import InterpreterFacts, MediatorFacts, OfficerFacts, RoomFacts, VenueFacts
from scheduling.diary.free_hours import FreeHours, Relaxed, Supposed
from scheduling.diary.wanted import Wanted
from scheduling.diary.working_set import Diary
from scheduling.models import Mode, PartOfDay, ResourceKind
from scheduling.reference import outcodes

BETWEEN_SCHOOL_RUNS: Final = (
    time(10),
    time(10, 30),
    time(13),
    time(13, 30),
    time(11),
    time(11, 30),
    time(12),
    time(12, 30),
)
"""In the order in which they are offered: ten and one leave a mediator room for two meetings on the day."""
OTHER_STARTS: Final = (time(9, 30), time(14), time(9), time(14, 30), time(15))
STARTS: Final = BETWEEN_SCHOOL_RUNS + OTHER_STARTS
MIDDAY: Final = time(12)

_KIND_HOURS: Final = grid.every_day(BETWEEN_SCHOOL_RUNS)
_HOURS: Final = grid.every_day(STARTS)
_MORNING: Final = grid.every_day(start for start in STARTS if start < MIDDAY)
_QUARTERS: Final = tuple((start.hour - grid.OPENS.hour) * 4 + start.minute // grid.QUARTER for start in STARTS)
_FROM_AFAR: Final = 0
"""The only band of a meeting that nobody travels to."""
_UNKNOWN_KM: Final = float("inf")


@dataclass(frozen=True, kw_only=True)
class Promised:
    """The meeting that is to move: what was promised, and is kept where it can be."""

    booking_id: int
    day: date
    hour: time
    venue_id: int | None
    mediator_id: int | None
    officer_id: int | None


@dataclass(frozen=True, slots=True)
class House:
    """A venue that suits, with those of its rooms that are large enough, and how long the family's journey is."""

    band: int
    venue: VenueFacts
    rooms: tuple[RoomFacts, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A time, and everybody who is free at it."""

    bit: int
    venue: VenueFacts | None
    room: RoomFacts | None
    mediator: MediatorFacts
    officer: OfficerFacts
    interpreter: InterpreterFacts | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Search:
    """Everything that one search looks at."""

    diary: Diary
    wanted: Wanted
    days: tuple[date, ...]
    """The days on which the meeting may lawfully be, in order."""
    again: frozenset[date]
    """Those after which there would be time to book once more."""
    now: datetime
    promised: Promised | None = None
    supposed: Supposed = field(default_factory=Supposed)
    relaxed: frozenset[Relaxed] = frozenset()

    def found(self) -> Iterator[Found]:
        """Every time at which the meeting can be, the best first, each with the best who are free."""
        done = 0
        for bits in self._classes():
            for band in self.bands:
                for bit in self._in_order(bits & self.possible(band) & ~done):
                    one = self.fill(bit, band)
                    if one is not None:
                        done |= 1 << bit
                        yield one

    def fill(self, bit: int, band: int) -> Found | None:
        """The best of the rooms, mediators and officers that are free at this hour."""
        officer = next((one for one in self.officers if self.officer_starts(one) >> bit & 1), None)
        if officer is None or not self._others >> bit & 1:
            return None
        interpreter = self.interpreter_at(bit)
        sitting: Iterable[MediatorFacts] = self._sitting(bit, is_interpreted=interpreter is not None)
        for number, (venue, room) in enumerate(self._free_rooms(bit, band)):
            if number == 1:  # most often the first house will do, and nobody has to be looked at
                sitting = list(self._sitting(bit, is_interpreted=interpreter is not None))
            mediator = next((one for one in sitting if self.free.can_be_there(one, venue, bit)), None)
            if mediator is not None:
                needed = None if constraints.speaks(mediator, self.wanted) else interpreter
                return Found(bit, venue, room, mediator, officer, needed)
        return None

    def _sitting(self, bit: int, *, is_interpreted: bool) -> Iterator[MediatorFacts]:
        """The mediators who are free and understood, in the order in which they are asked."""
        for mediator, starts in self._asked:
            if starts >> bit & 1 and (is_interpreted or constraints.speaks(mediator, self.wanted)):
                yield mediator

    def _free_rooms(self, bit: int, band: int) -> Iterator[tuple[VenueFacts | None, RoomFacts | None]]:
        """The first free room of each house that has one."""
        if self.wanted.mode is not Mode.IN_PERSON:
            yield None, None
            return
        for house in self.houses:
            if house.band == band:
                room = next((one for one in house.rooms if self.room_starts[one.id] >> bit & 1), None)
                if room is not None:
                    yield house.venue, room

    @cached_property
    def _asked(self) -> list[tuple[MediatorFacts, int]]:
        return [(one, self.mediator_starts[one.id]) for one in self.mediators]

    def possible(self, band: int) -> int:
        """The hours at which somebody of each kind is free, whether or not they can be together."""
        return self._everybody & self._rooms_of[band]

    @cached_property
    def lawful(self) -> int:
        """Every hour at which a meeting may begin at all."""
        return grid.on_days(self.diary.grid.number(day) for day in self.days) & _HOURS

    @cached_property
    def free(self) -> FreeHours:
        """When each of them is free, for this search."""
        return FreeHours(
            diary=self.diary,
            wanted=self.wanted,
            days=self.days,
            now=self.now,
            supposed=self.supposed,
            relaxed=self.relaxed,
        )

    @cached_property
    def family(self) -> int:
        return self.free.of(ResourceKind.FAMILY, self.wanted.person_id)

    @cached_property
    def board(self) -> int:
        """When the integrated care board can come; always, where it is no party."""
        board = self.wanted.board
        return self.diary.grid.whole if board is None else self.free.of(ResourceKind.BOARD, board.id)

    @cached_property
    def officers(self) -> list[OfficerFacts]:
        """Those who may decide, in the order in which they are asked."""
        known = self.diary.officers.get(self.wanted.authority_id or 0, ())
        fit = [one for one in known if constraints.fits(constraints.OF_AN_OFFICER, one, self.wanted)]
        before = None if self.promised is None else self.promised.officer_id
        return sorted(fit, key=lambda one: (before is not None and one.id != before, one.id))

    def officer_starts(self, officer: OfficerFacts) -> int:
        if Relaxed.OFFICER in self.relaxed:
            return officer.here
        return self.free.of(ResourceKind.OFFICER, officer.id) & officer.here

    @cached_property
    def any_officer(self) -> int:
        return _any(self.officer_starts(one) for one in self.officers)

    @cached_property
    def fitting_mediators(self) -> tuple[MediatorFacts, ...]:
        """Everybody who may sit in this case, free or not."""
        wanted, known = self.wanted, self.diary.mediators_of(self.wanted.authority_id)
        schools, people = self.diary.fitted("named", lambda: _named(self.diary))
        alike = (
            wanted.authority_id,
            wanted.mode is Mode.IN_PERSON,
            wanted.school if wanted.school in schools else None,
            wanted.person_id if wanted.person_id in people else None,
            wanted.has_mediated,
        )
        return self.diary.fitted(
            alike, lambda: tuple(one for one in known if constraints.fits(constraints.OF_A_MEDIATOR, one, wanted))
        )

    @cached_property
    def mediators(self) -> list[MediatorFacts]:
        """The same in the order in which they are asked: who knows the case, who speaks, who has sat least."""
        in_turn = sorted(self.fitting_mediators, key=self.free.load)  # of equals the one first who was first before
        before = None if self.promised is None else self.promised.mediator_id
        if before is None and self.wanted.language is None:
            return in_turn
        return sorted(
            in_turn, key=lambda one: (before is not None and one.id != before, not constraints.speaks(one, self.wanted))
        )

    @cached_property
    def mediator_starts(self) -> dict[int, int]:
        """When each of them could begin, the way there left aside."""
        usual, is_plain = self.diary.usual[ResourceKind.MEDIATOR], self.free.is_plain
        return {
            one.id: usual[one.id] if is_plain and one.id in usual else self.free.of_mediator(one)
            for one in self.fitting_mediators
        }

    @cached_property
    def any_mediator(self) -> int:
        return _any(self.mediator_starts.values())

    @cached_property
    def interpreters(self) -> list[InterpreterFacts]:
        """Everybody who could interpret, if it is needed."""
        if self.wanted.language is None:
            return []
        known = (one for one in self.diary.interpreters.values() if constraints.interprets(one, self.wanted))
        return sorted(known, key=lambda one: one.id)

    @cached_property
    def any_interpreter(self) -> int:
        return _any(self.free.of(ResourceKind.INTERPRETER, one.id) for one in self.interpreters)

    def interpreter_at(self, bit: int) -> InterpreterFacts | None:
        """The first who is free."""
        free = (one for one in self.interpreters if self.free.of(ResourceKind.INTERPRETER, one.id) >> bit & 1)
        return next(free, None)

    @cached_property
    def any_who_is_understood(self) -> int:
        """When a mediator is free who speaks the family's language, or one together with an interpreter."""
        speaking = (self.mediator_starts[m.id] for m in self.fitting_mediators if constraints.speaks(m, self.wanted))
        return _any(speaking) | self.any_mediator & self.any_interpreter

    @cached_property
    def houses(self) -> list[House]:
        """Every venue that suits, in the order in which they are offered."""
        wanted = self.wanted
        alike = (wanted.authority_id, wanted.step_free, wanted.hearing_loop, wanted.quiet_room, wanted.parking)
        suitable = self.diary.fitted((*alike, wanted.seats), self._suitable)
        promised = None if self.promised is None else self.promised.venue_id
        ranked = []
        for number, (venue, rooms) in enumerate(suitable):
            km = outcodes.kilometres(wanted.outcode, venue.outcode)
            if km is None or km <= wanted.travels_km:
                band = 0 if venue.id == promised else distance.band(km)
                far = _UNKNOWN_KM if km is None else km
                ranked.append((band, venue.id != promised, far, number, House(band, venue, rooms)))
        return [house for *_key, house in sorted(ranked)]

    def _suitable(self) -> list[tuple[VenueFacts, tuple[RoomFacts, ...]]]:
        """Every venue that would do if it were near, with the rooms that are large enough."""
        found = []
        for venue in self.diary.venues_of(self.wanted.authority_id):
            rooms = tuple(room for room in venue.rooms if constraints.fits(constraints.OF_A_ROOM, room, self.wanted))
            if rooms and constraints.fits(constraints.OF_A_HOUSE, venue, self.wanted):
                found.append((venue, rooms))
        return found

    @cached_property
    def room_starts(self) -> dict[int, int]:
        """When a meeting could begin in each room that suits."""
        usual = self.diary.usual[ResourceKind.ROOM]
        return {
            room.id: usual[room.id] if self.free.is_plain and room.id in usual else self.free.of_room(house.venue, room)
            for house in self.houses
            for room in house.rooms
        }

    @cached_property
    def any_room(self) -> int:
        return _any(self._rooms_of.values())

    @cached_property
    def bands(self) -> list[int]:
        """The lengths of the family's journey that there are, the shortest first."""
        return sorted(self._rooms_of)

    @property
    def every_hour(self) -> int:
        """The hours of every day at which a meeting could begin."""
        return _HOURS

    @cached_property
    def _others(self) -> int:
        return self.family & self.board

    @cached_property
    def _everybody(self) -> int:
        people = self.any_mediator if self.wanted.language is None else self.any_who_is_understood
        return self.lawful & self._others & self.any_officer & people

    @cached_property
    def _rooms_of(self) -> dict[int, int]:
        if self.wanted.mode is not Mode.IN_PERSON:
            return {_FROM_AFAR: self.diary.grid.whole}
        bands: dict[int, int] = defaultdict(int)
        starts = self.room_starts
        for house in self.houses:
            bits = 0
            for room in house.rooms:
                bits |= starts[room.id]
            bands[house.band] |= bits
        return bands

    def _classes(self) -> Iterator[int]:
        """The lawful hours in classes of which an earlier one is always better, whatever else."""
        again = grid.on_days(self.diary.grid.number(day) for day in self.again)
        for near in self._disturbance():
            for margin in (again, ~again):
                for half in self._halves():
                    for kind in (_KIND_HOURS, ~_KIND_HOURS):
                        yield self.lawful & near & margin & half & kind

    def _disturbance(self) -> tuple[int, ...]:
        if self.promised is None or not self.diary.grid.covers(self.promised.day, self.promised.day):
            return (self.diary.grid.whole,)
        then = 1 << self.diary.grid.at(self.promised.day, self.promised.hour)
        that_day = self.diary.grid.days(self.promised.day, self.promised.day)
        return (then, that_day & ~then, ~that_day)

    def _halves(self) -> tuple[int, ...]:
        if self.wanted.prefers is None:
            return (self.diary.grid.whole,)
        preferred = _MORNING if self.wanted.prefers is PartOfDay.MORNING else ~_MORNING
        return (preferred, ~preferred)

    def _in_order(self, bits: int) -> Iterator[int]:
        """The earliest day first, or the nearest to what was promised; on a day the kinder hour first."""
        if not bits:
            return
        for number in self._numbers:
            quarters = grid.lane(bits, number)
            if quarters:
                yield from (number * grid.LANE + quarter for quarter in _QUARTERS if quarters >> quarter & 1)

    @cached_property
    def _numbers(self) -> list[int]:
        days = self.days
        if self.promised is not None:
            promised = self.promised.day
            days = tuple(sorted(days, key=lambda day: (abs((day - promised).days), day)))
        return [self.diary.grid.number(day) for day in days]


def _any(several: Iterable[int]) -> int:
    bits = 0
    for one in several:
        bits |= one
    return bits


def _named(diary: Diary) -> tuple[frozenset[str], frozenset[int]]:
    """The schools and the people with whom any mediator has a conflict."""
    schools = frozenset(school for one in diary.mediators.values() for school in one.schools)
    return schools, frozenset(person for one in diary.mediators.values() for person in one.people)
