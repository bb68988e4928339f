"""When each person and room is free, as far as one search is concerned.

What the diary has is remembered for all searches. A search may suppose that something is elsewhere, or leave a limit
aside to see what that would open; and what is offered to its own case is no obstacle to it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Final

from scheduling.diary import constraints, distance, facts, grid
from scheduling.diary.facts import Hold, MediatorFacts, RoomFacts, Times, VenueFacts
from scheduling.diary.grid import Grid
from scheduling.diary.loading import Resource
from scheduling.diary.wanted import Wanted
from scheduling.diary.working_set import Diary
from scheduling.models import ResourceKind

_ON_SATURDAYS: Final = Grid(date.min).weekly([(5, time(9), time(17))])

StartsOf = Callable[[tuple[Hold, ...]], int]


class Relaxed(StrEnum):
    """A limit of ours or of theirs that somebody could lift, and a search may leave aside to see what it would open."""

    A_DAY = "meetings a day"
    A_WEEK = "meetings a week"
    LEAVE = "leave"
    OFFICER = "the officer's other engagements"
    SATURDAY = "Saturday"


@dataclass(frozen=True, kw_only=True)
class Supposed:
    """What is to be taken as if it stood in the diary already."""

    gone: frozenset[int] = frozenset()
    """Bookings that would be elsewhere."""
    released: frozenset[int] = frozenset()
    """Offers that would be let go."""
    taken: Mapping[Resource, tuple[Hold, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class FreeHours:
    """The quarters at which a meeting of each could begin."""

    diary: Diary
    wanted: Wanted
    days: tuple[date, ...]
    now: datetime
    supposed: Supposed
    relaxed: frozenset[Relaxed]

    def of(self, kind: ResourceKind, which: int) -> int:
        def starts(holds: tuple[Hold, ...]) -> int:
            return grid.starts(self.diary.grid.whole & ~facts.taken(holds))

        return self._starts((kind, which), starts)

    def of_mediator(self, mediator: MediatorFacts) -> int:
        def starts(holds: tuple[Hold, ...]) -> int:
            away = 0 if Relaxed.LEAVE in self.relaxed else mediator.away
            at_work = (mediator.hours | self._saturdays) & mediator.accredited & ~away
            return grid.starts(at_work & ~facts.taken(holds)) & ~self._full(mediator)

        return self._starts((ResourceKind.MEDIATOR, mediator.id), starts)

    def of_room(self, venue: VenueFacts, room: RoomFacts) -> int:
        def starts(holds: tuple[Hold, ...]) -> int:
            return grid.starts((venue.hours | self._saturdays) & ~venue.closed & ~facts.taken(holds))

        return self._starts((ResourceKind.ROOM, room.id), starts)

    def load(self, mediator: MediatorFacts) -> int:
        """How many meetings a mediator has on the days of the search, from the first to the last."""
        return sum(self._counts(mediator)[self._first : self._end])

    def can_be_there(self, mediator: MediatorFacts, venue: VenueFacts | None, bit: int) -> bool:
        """Whether it is near enough for the mediator, and the way from one meeting of the day to the next is."""
        if venue is None:
            return True
        if not constraints.goes_there(mediator, venue):
            return False
        return self._in_time(mediator, venue, bit)

    def travelling(self, mediator: MediatorFacts, venue: VenueFacts | None) -> int:
        """The hours at which the mediator could not be at this venue in time, or not at their next meeting."""
        if venue is None:
            return 0
        bits = 0
        for day in {hold.day for hold in self._meetings(mediator)}:
            lane = range(day * grid.LANE, (day + 1) * grid.LANE)
            late = (bit for bit in lane if not self._in_time(mediator, venue, bit))
            bits |= sum(1 << bit for bit in late)
        return bits

    def _in_time(self, mediator: MediatorFacts, venue: VenueFacts, bit: int) -> bool:
        return not any(
            bit < hold.end + self._way(hold, venue) and bit + grid.MEETING > hold.first - self._way(hold, venue)
            for hold in self._elsewhere_on(mediator, bit // grid.LANE)
            if hold.venue != venue.id
        )

    def _way(self, hold: Hold, venue: VenueFacts) -> int:
        """Quarters from where a mediator meets others to this venue; their places may have been given up since."""
        there = self.diary.venues.get(hold.venue or 0)
        journey = distance.journey(None if there is None else there.outcode, venue.outcode)
        return journey // distance.QUARTER

    def _elsewhere_on(self, mediator: MediatorFacts, day: int) -> list[Hold]:
        return [hold for hold in self._meetings(mediator) if hold.day == day and hold.venue is not None]

    def _meetings(self, mediator: MediatorFacts) -> tuple[Hold, ...]:
        """A mediator's meetings with others: what is offered to this case beside is no second meeting."""
        times = self.diary.times.get((ResourceKind.MEDIATOR, mediator.id), facts.NO_TIMES)
        if times is facts.NO_TIMES and (ResourceKind.MEDIATOR, mediator.id) not in self.supposed.taken:
            return ()
        holds = self._holds((ResourceKind.MEDIATOR, mediator.id))
        return tuple(hold for hold in holds if hold.case not in (None, self.wanted.case_id))

    def _counts(self, mediator: MediatorFacts) -> bytes:
        """Meetings a day."""
        known = self.diary.counts.get(mediator.id)
        if known is not None and self.is_plain:
            return known
        resource = (int(ResourceKind.MEDIATOR), mediator.id)
        counts = _a_day(self._meetings(mediator))
        if self.is_plain and not self.diary.times.get(resource, facts.NO_TIMES).offers:
            self.diary.counts[mediator.id] = counts
        return counts

    def _full(self, mediator: MediatorFacts) -> int:
        """The days on which a mediator has as many meetings as they sit well, on the day or in the week."""
        counts = self._counts(mediator)
        days: set[int] = set()
        if Relaxed.A_DAY not in self.relaxed:
            days = {number for number, count in enumerate(counts) if count >= mediator.meetings_a_day}
        if mediator.meetings_a_week is not None and Relaxed.A_WEEK not in self.relaxed:
            weeks = range(0, grid.DAYS, 7)
            full = [first for first in weeks if sum(counts[first : first + 7]) >= mediator.meetings_a_week]
            days |= {first + number for first in full for number in range(7)}
        return grid.on_days(days)

    def _starts(self, resource: Resource, work_out: StartsOf) -> int:
        """When somebody's meeting could begin: remembered for all searches unless this one supposes something else."""
        kind, which = resource
        if kind == ResourceKind.FAMILY or not self._is_usual(resource):
            return work_out(self._holds(resource))
        times = self.diary.times.get(resource, facts.NO_TIMES)
        if times.offers:
            known, key = self.diary.held.setdefault(resource, {}), self._held(times)
            if key not in known:
                known[key] = work_out(self._holds(resource))
            return known[key]
        usual = self.diary.usual[kind]
        if which not in usual:
            usual[which] = work_out(self._holds(resource))
        return usual[which]

    @cached_property
    def is_plain(self) -> bool:
        """Whether nothing is supposed and the case holds nothing, so that what is remembered may be used unseen."""
        supposed = self.supposed
        times = self.diary.times.get((ResourceKind.FAMILY, self.wanted.person_id), facts.NO_TIMES)
        is_supposed = bool(supposed.gone or supposed.released or supposed.taken or self.relaxed)
        return not is_supposed and self.wanted.case_id not in times.cases

    def _is_usual(self, resource: Resource) -> bool:
        if self.is_plain:
            return True
        times = self.diary.times.get(resource, facts.NO_TIMES)
        if resource in self.supposed.taken or self.relaxed:
            return False
        return (
            self.wanted.case_id not in times.cases
            and self.supposed.gone.isdisjoint(times.bookings)
            and self.supposed.released.isdisjoint(times.offers)
        )

    def _held(self, times: Times) -> frozenset[int]:
        """The offers that still hold something of it."""
        return frozenset(
            hold.offer for hold in times.holds if hold.offer is not None and hold.until and hold.until > self.now
        )

    def _holds(self, resource: Resource) -> tuple[Hold, ...]:
        """What is taken of it now, as far as this search is concerned."""
        times = self.diary.times.get(resource, facts.NO_TIMES)
        there = tuple(
            hold
            for hold in times.holds
            if (hold.until is None or hold.until > self.now)
            and hold.booking not in self.supposed.gone
            and hold.offer not in self.supposed.released
        )
        return there + self.supposed.taken.get(resource, ())

    @cached_property
    def _saturdays(self) -> int:
        """Hours that venues and mediators would have on Saturdays."""
        return _ON_SATURDAYS if Relaxed.SATURDAY in self.relaxed else 0

    @cached_property
    def _first(self) -> int:
        return self.diary.grid.number(self.days[0]) if self.days else 0

    @cached_property
    def _end(self) -> int:
        return self.diary.grid.number(self.days[-1]) + 1 if self.days else 0


def _a_day(holds: tuple[Hold, ...]) -> bytes:
    """How many meetings there are on each day of the grid."""
    numbers = Counter(day for day, _case in facts.meetings(holds))
    return bytes(min(numbers[day], 255) for day in range(grid.DAYS))
