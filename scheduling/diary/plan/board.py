"""The plan while it is being made: who is where, and the earliest place that would still do for a meeting.

What a search asks again and again is kept ready as bits: for each day and length the mediators who could take one
more meeting, and for each room the quarters at which one could begin. So a day that is full costs a single ``&``.
Mediators are ranked for this, those whom the fewest meetings need first: they are tried in that order.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random

from scheduling.diary.plan import words
from scheduling.diary.plan.instance import Instance, Meeting, Person, Placement

Stay = tuple[int, int, int]
"""From when to when a mediator is in which venue."""


class Board:
    """A plan that is changed one meeting at a time, and keeps every rule after each change."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.placed: dict[int, Placement] = {}
        self.ranked = _least_in_demand_first(instance)
        self._rank = {mediator: rank for rank, mediator in enumerate(self.ranked)}
        self._able = _as_bits(instance.meetings, self._rank)
        self._lengths = sorted({meeting.quarters for meeting in instance.meetings})
        self._weeks = [instance.week_of(day) for day in range(len(instance.days))]
        self._pause = [min(row, default=0) for row in instance.journeys]
        self._venue = [room.venue for room in instance.rooms]
        self._rooms: dict[tuple[int, int], tuple[int, ...]] = {}
        self._families, self._officers = _People(instance.families), _People(instance.officers)
        self._sitting: dict[tuple[int, int], list[Placement]] = defaultdict(list)
        self._held: dict[tuple[int, int], list[Placement]] = defaultdict(list)
        self._stays: dict[tuple[int, int], list[Stay]] = defaultdict(list)
        self._in_week: Counter[tuple[int, int]] = Counter()
        self._have_sat()
        self._lay_out()
        for placement in instance.kept.values():
            self.place(placement)

    def _have_sat(self) -> None:
        """Write down what mediators have already."""
        for rank, mediator in enumerate(self.ranked):
            for sitting in self.instance.mediators[mediator].has:
                self._stays[rank, sitting.day].append((sitting.start, sitting.end, sitting.venue))
                self._in_week[rank, self._weeks[sitting.day]] += 1

    def _lay_out(self) -> None:
        """Write down for each day when mediators could begin, which of them at all, and when rooms could."""
        days, mediators, rooms = self.instance.days, self.ranked, self.instance.rooms
        self._open = [dict.fromkeys(self._lengths, 0) for _ in days]
        self._free = [[0] * len(mediators) for _ in days]
        self._sits = [{n: [0] * len(mediators) for n in self._lengths} for _ in days]
        self._opens = [{n: [0] * len(rooms) for n in self._lengths} for _ in days]
        for day in range(len(days)):
            for rank in range(len(mediators)):
                self._look_at_mediator(rank, day)
            for room in range(len(rooms)):
                self._look_at_room(room, day)

    def place(self, placement: Placement) -> None:
        """Put a meeting on the board."""
        self.placed[placement.meeting] = placement
        key = self._rank[placement.mediator], placement.day
        self._sitting[key].append(placement)
        self._stays[key].append(self._stay(placement))
        self._held[placement.room, placement.day].append(placement)
        self._changed(placement, 1)

    def take_down(self, meeting: int) -> Placement:
        """Take a meeting off the board."""
        placement = self.placed.pop(meeting)
        key = self._rank[placement.mediator], placement.day
        self._sitting[key].remove(placement)
        self._stays[key].remove(self._stay(placement))
        self._held[placement.room, placement.day].remove(placement)
        self._changed(placement, -1)
        return placement

    def beside(self, mediator: int, day: int) -> Sequence[Placement]:
        """What a mediator sits in on a day."""
        return self._sitting.get((self._rank[mediator], day), ())

    def with_officer(self, officer: int, day: int) -> Sequence[Placement]:
        """What an officer comes to on a day."""
        return self._officers.diary.get((officer, day), ())

    def sits(self, mediator: int, day: int, length: int) -> int:
        """When a mediator could begin a meeting of this length."""
        return self._sits[day][length][self._rank[mediator]]

    def room_left(self, mediator: int, day: int, length: int, pause: int) -> int:
        """How many meetings of this length a mediator could still sit in on a day."""
        rank, fit = self._rank[mediator], 0
        most = self.instance.mediators[mediator].a_day - len(self._stays.get((rank, day), ()))
        free = self._free[day][rank]
        while fit < most and (starts := words.starts_in(free, length)):
            free &= ~words.span(0, words.first(starts) + length + pause)
            fit += 1
        return fit

    def left_in_week(self, mediator: int, week: int) -> int:
        """How many more a mediator may sit in that week."""
        return max(0, self.instance.mediators[mediator].a_week - self._in_week[self._rank[mediator], week])

    def earliest(self, meeting: int, days: Sequence[int] | None = None) -> Placement | None:
        """The first of its days on which a place is left, with the mediator least in demand."""
        wanted = self.instance.meetings[meeting]
        able, length = self._able[meeting], wanted.quarters
        for day in wanted.days if days is None else days:
            mediators = self._open[day][length] & able
            if mediators:
                found = self._on(meeting, wanted, day, mediators)
                if found is not None:
                    return found
        return None

    def anywhere(self, meeting: int, dice: Random) -> Placement | None:
        """A place by chance, such as the search for the earliest would not look at."""
        wanted = self.instance.meetings[meeting]
        day, length = dice.choice(wanted.days), wanted.quarters
        mediators = list(words.each(self._open[day][length] & self._able[meeting]))
        rank = dice.choice(mediators) if mediators else -1
        rooms = self._rooms_for(wanted, rank) if mediators else ()
        if not rooms:
            return None
        room = dice.choice(rooms)
        starts = self.hours(wanted, day) & self._sits[day][length][rank] & self._opens[day][length][room]
        starts = self._by_road(starts, self._stays.get((rank, day), ()), room, length)
        if not starts:
            return None
        start = dice.choice(list(words.each(starts)))
        officer = dice.choice(self._officers_free(wanted, day, start))
        return Placement(meeting, day, start, mediator=self.ranked[rank], officer=officer, room=room)

    def _on(self, meeting: int, wanted: Meeting, day: int, mediators: int) -> Placement | None:
        length = wanted.quarters
        starts = self.hours(wanted, day)
        if not starts:
            return None
        sits, free = self._sits[day][length], self._free[day]
        loose: Placement | None = None
        for rank in words.each(mediators):
            both = starts & sits[rank]
            if not both:
                continue
            snug = words.snug(both, free[rank], length)
            if snug and (found := self._in_a_room(meeting, wanted, day, rank, snug)):
                return found
            if loose is None and both != snug:
                loose = self._in_a_room(meeting, wanted, day, rank, both)
        return loose

    def hours(self, wanted: Meeting, day: int) -> int:
        """When the family and one of the officers could begin."""
        starts = self._families.starts(wanted.family, day, wanted.quarters) & self.instance.starts
        if not starts:
            return 0
        officers = 0
        for officer in wanted.officers:
            officers |= self._officers.starts(officer, day, wanted.quarters)
        return starts & officers

    def _in_a_room(self, meeting: int, wanted: Meeting, day: int, rank: int, starts: int) -> Placement | None:
        """The first room, the nearest in front, that is free at one of these starts and can be reached."""
        length = wanted.quarters
        opens, others = self._opens[day][length], self._stays.get((rank, day))
        for room in self._rooms_for(wanted, rank):
            here = starts & opens[room]
            if here and others:
                here = self._by_road(here, others, room, length)
            if here:
                start = words.first(here)
                officer = self._officers_free(wanted, day, start)[0]
                return Placement(meeting, day, start, mediator=self.ranked[rank], officer=officer, room=room)
        return None

    def _by_road(self, starts: int, others: Sequence[Stay], room: int, length: int) -> int:
        """The starts that leave time for the way from and to the mediator's other meetings of the day."""
        journeys = self.instance.journeys[self._venue[room]]
        for start, end, venue in others:
            way = journeys[venue]
            starts &= ~words.span(start - length - way + 1, end + way)
        return starts

    def _officers_free(self, wanted: Meeting, day: int, start: int) -> list[int]:
        length = wanted.quarters
        return [one for one in wanted.officers if self._officers.starts(one, day, length) >> start & 1]

    def _rooms_for(self, wanted: Meeting, rank: int) -> tuple[int, ...]:
        """The meeting's rooms that the mediator reaches; kept, as many meetings have the same rooms."""
        reaches = self.instance.mediators[self.ranked[rank]].reaches
        if reaches is None:
            return wanted.rooms
        key = id(wanted.rooms), rank
        rooms = self._rooms.get(key)
        if rooms is None:
            rooms = self._rooms[key] = tuple(room for room in wanted.rooms if room in reaches)
        return rooms

    def _changed(self, placement: Placement, by: int) -> None:
        rank, day = self._rank[placement.mediator], placement.day
        wanted = self.instance.meetings[placement.meeting]
        self._families.changed(wanted.family, placement, wanted.quarters, by)
        self._officers.changed(placement.officer, placement, wanted.quarters, by)
        self._look_at_room(placement.room, day)
        week = self._weeks[day]
        limit = self.instance.mediators[placement.mediator].a_week
        before = self._in_week[rank, week]
        self._in_week[rank, week] += by
        if (before < limit) == (before + by < limit):
            self._look_at_mediator(rank, day)
        else:
            for other in range(len(self._weeks)):
                if self._weeks[other] == week:
                    self._look_at_mediator(rank, other)

    def _look_at_mediator(self, rank: int, day: int) -> None:
        mediator = self.instance.mediators[self.ranked[rank]]
        stays = self._stays.get((rank, day), ())
        free = mediator.free[day]
        for start, end, venue in stays:
            free &= ~words.span(start - self._pause[venue], end + self._pause[venue])
        may_sit = len(stays) < mediator.a_day and self._in_week[rank, self._weeks[day]] < mediator.a_week
        self._free[day][rank] = free
        sits, is_open, bit = self._sits[day], self._open[day], 1 << rank
        for length in self._lengths:
            starts = words.starts_in(free, length) if may_sit else 0
            sits[length][rank] = starts
            if starts:
                is_open[length] |= bit
            else:
                is_open[length] &= ~bit

    def _stay(self, placement: Placement) -> Stay:
        end = placement.start + self.instance.meetings[placement.meeting].quarters
        return placement.start, end, self._venue[placement.room]

    def _look_at_room(self, room: int, day: int) -> None:
        gap, free = self.instance.rooms[room].gap, self.instance.rooms[room].free[day]
        for other in self._held.get((room, day), ()):
            end = other.start + self.instance.meetings[other.meeting].quarters
            free &= ~words.span(other.start - gap, end + gap)
        for length, opens in self._opens[day].items():
            opens[room] = words.starts_in(free, length)


class _People:
    """Officers or families: what is left of their days."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.diary: dict[tuple[int, int], list[Placement]] = {}
        self._people = people
        self._taken: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._left: dict[tuple[int, int], int] = {}

    def starts(self, who: int, day: int, length: int) -> int:
        free = self._left.get((who, day))
        return words.starts_in(self._people[who].free[day] if free is None else free, length)

    def changed(self, who: int, placement: Placement, length: int, by: int) -> None:
        key = who, placement.day
        diary = self.diary.setdefault(key, [])
        taken = self._taken.setdefault(key, [])
        hours = placement.start, placement.start + length
        if by > 0:
            diary.append(placement)
            taken.append(hours)
        else:
            diary.remove(placement)
            taken.remove(hours)
        person = self._people[who]
        free = person.free[placement.day]
        for start, end in taken:
            free &= ~words.span(start - person.gap, end + person.gap)
        self._left[key] = free


def _least_in_demand_first(instance: Instance) -> list[int]:
    """Mediators, the one first whom meetings need least: a meeting with many to choose from needs each less."""
    demand = [0.0] * len(instance.mediators)
    for meeting in instance.meetings:
        for mediator in meeting.mediators:
            demand[mediator] += 1 / len(meeting.mediators)
    return sorted(range(len(demand)), key=lambda mediator: (demand[mediator], mediator))


def _as_bits(meetings: Sequence[Meeting], rank: dict[int, int]) -> list[int]:
    """Who could sit in each meeting, as bits by rank; counted once where many have the same mediators."""
    known: dict[tuple[int, ...], int] = {}
    for meeting in meetings:
        if meeting.mediators not in known:
            known[meeting.mediators] = sum(1 << rank[mediator] for mediator in meeting.mediators)
    return [known[meeting.mediators] for meeting in meetings]
