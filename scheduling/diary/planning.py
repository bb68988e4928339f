"""The waiting cases as a planner sees them, and what it has found as slots again.

Hours, neutrality, reach, languages and the law come from the same search that finds a slot for one case. What is
booked, or held while somebody chooses, stays where it is. A plan knows no interpreters or care boards of its own: their
free hours are taken as the family's, so two cases may be given the same one; the second is then refused when booked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import constraints, distance, facts, grid, movable, offers, slots
from scheduling.diary.facts import Hold, MediatorFacts, OfficerFacts, VenueFacts
from scheduling.diary.grid import Grid
from scheduling.diary.loading import TURNAROUND_QUARTERS, Resource
from scheduling.diary.plan import instance as plan_of
from scheduling.diary.plan.instance import Instance, Meeting, Person, Placement, Sitting
from scheduling.diary.search import STARTS
from scheduling.diary.slots import Prepared, Slot
from scheduling.diary.working_set import Diary
from scheduling.models import Booking, Case, Interpreter, Mode, ProposedPlace, ResourceKind
from scheduling.reference import outcodes

TOGETHER: Final = ("It was found together with the times of all who waited, so that as many as possible have one.",)
"""The reason that history keeps."""
FROM_AFAR: Final = 0
"""The first venue: nowhere, to which nobody travels."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """The instance, and who is who in it."""

    instance: Instance
    cases: tuple[int, ...]
    grid: Grid
    mediators: tuple[int, ...]
    officers: tuple[int, ...]
    rooms: tuple[int | None, ...]
    """None for a meeting from afar."""
    booked: Mapping[int, int] = field(default_factory=dict)
    """Bookings that may give way, by the meetings that they are in the instance."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where and when a case would meet, by ids."""

    case_id: int
    starts_at: datetime
    room_id: int | None
    mediator_id: int
    officer_id: int


def question(
    session: Session, cases: Iterable[Case], *, now: datetime, moving: Iterable[Booking] = ()
) -> Question | None:
    """Everything that a plan for these cases is made from; None where nobody waits.

    Bookings of which some may be ``moving`` stand in it as kept where they are; all others only take hours.
    """
    prepared = [one for case in cases if (one := slots.prepare(session, case, now=now)) is not None]
    if not prepared:
        return None
    refused = {one.case.id: offers.refused(session, one.case) for one in prepared}
    booked: dict[int, Booking] = {}
    for booking in moving:
        one = slots.prepare(session, booking.case, now=now, moving=booking)
        no = offers.refused(session, booking.case)
        if one is not None and booking.starts_at not in no and _stands(one, booking):
            booked[booking.case_id], refused[booking.case_id] = booking, no
            prepared.append(one)
    return _Asking(prepared, refused, booked, now).question()


def places(asked: Question, placements: Iterable[Placement]) -> list[Place]:
    """What the planner has placed, by the ids of the record."""
    return [
        Place(
            case_id=asked.cases[placement.meeting],
            starts_at=_starts_at(asked, placement),
            room_id=asked.rooms[placement.room],
            mediator_id=asked.mediators[placement.mediator],
            officer_id=asked.officers[placement.officer],
        )
        for placement in placements
    ]


def slot(session: Session, place: ProposedPlace, *, now: datetime, moving: Booking | None = None) -> Slot | None:
    """The proposed place as a slot; None when somebody it needs is not free any more."""
    prepared = slots.prepare(session, place.case, now=now, moving=moving)
    when = london.london(place.starts_at)
    if prepared is None or not prepared.diary.grid.covers(when.date(), when.date()):
        return None
    wanted, bit = prepared.search.wanted, prepared.diary.grid.at(when.date(), when.time())
    mediator = next((one for one in prepared.search.fitting_mediators if one.id == place.mediator_id), None)
    if mediator is None:
        return None
    interpreter = None if constraints.speaks(mediator, wanted) else prepared.search.interpreter_at(bit)
    found = Slot(
        starts_at=place.starts_at,
        ends_at=place.starts_at + slots.LENGTH,
        mode=place.mode,
        room=place.room,
        mediator=place.mediator,
        officer=place.officer,
        interpreter=None if interpreter is None else slots.object_of(session, Interpreter, interpreter.row),
        board=wanted.board,
        reasons=TOGETHER,
    )
    return found if prepared.allows(found) else None


def has_a_slot(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether the case would find a time if nobody else waited."""
    no = offers.refused(session, case)
    found = slots.best(session, case, now=now, limit=len(no) + 1)
    return any(one.starts_at not in no for one in found)


def _starts_at(asked: Question, placement: Placement) -> datetime:
    day = asked.instance.days[placement.day]
    _day, hour = asked.grid.when(asked.grid.number(day) * grid.LANE + placement.start)
    return london.at(day, hour)


class _Asking:
    """The searches of all cases, while an instance is made of them."""

    def __init__(
        self,
        prepared: Sequence[Prepared],
        refused: Mapping[int, frozenset[datetime]],
        booked: Mapping[int, Booking],
        now: datetime,
    ) -> None:
        self._prepared, self._refused, self._booked, self._now = prepared, refused, booked, now
        self._may_move = frozenset(booking.id for booking in booked.values())
        self._diary: Diary = prepared[0].diary
        self._days = _whole_weeks(prepared)
        self._mediators: dict[int, MediatorFacts] = {}
        self._officers: dict[int, OfficerFacts] = {}
        self._houses: dict[int, VenueFacts] = {}
        self._venues: dict[int | None, int] = {None: FROM_AFAR}
        self._families: dict[tuple[int, int], int] = {}

    def question(self) -> Question:
        for one in self._prepared:
            search = one.search
            self._mediators.update((mediator.id, mediator) for mediator in _who_could_sit(one))
            self._officers.update((officer.id, officer) for officer in search.officers)
            self._houses.update(_rooms(one))
        rooms: tuple[int | None, ...] = (*self._houses, *(None for one in self._prepared if _is_from_afar(one)))
        room_of = {room: index for index, room in enumerate(rooms) if room is not None}
        afar = iter(range(len(self._houses), len(rooms)))
        mediator_of = {one: index for index, one in enumerate(self._mediators)}
        officer_of = {one: index for index, one in enumerate(self._officers)}
        meetings = tuple(
            Meeting(
                family=index,
                told=one.told,
                days=tuple(self._days.index(day) for day in one.search.days),
                quarters=grid.MEETING,
                officers=tuple(officer_of[officer.id] for officer in one.search.officers),
                mediators=tuple(mediator_of[mediator.id] for mediator in _who_could_sit(one)),
                rooms=(next(afar),) if _is_from_afar(one) else tuple(room_of[room] for room in _rooms(one)),
            )
            for index, one in enumerate(self._prepared)
        )
        instance = Instance(
            days=self._days,
            meetings=meetings,
            families=tuple(Person(free=self._words(self._family(one))) for one in self._prepared),
            officers=tuple(Person(free=self._words(self._officer(officer))) for officer in self._officers.values()),
            mediators=tuple(self._mediator(mediator, rooms) for mediator in self._mediators.values()),
            rooms=tuple(self._room(room) for room in rooms),
            journeys=self._journeys(),
            starts=grid.lane(grid.every_day(STARTS), 0),
            kept=self._kept(meetings, mediator_of, officer_of, room_of),
        )
        return Question(
            instance=instance,
            cases=tuple(one.case.id for one in self._prepared),
            grid=self._diary.grid,
            mediators=tuple(self._mediators),
            officers=tuple(self._officers),
            rooms=rooms,
            booked={
                index: self._booked[one.case.id].id
                for index, one in enumerate(self._prepared)
                if one.case.id in self._booked
            },
        )

    def _kept(
        self, meetings: Sequence[Meeting], mediators: dict[int, int], officers: dict[int, int], rooms: dict[int, int]
    ) -> dict[int, Placement]:
        """Where the bookings are that may give way."""
        kept = {}
        for index, one in enumerate(self._prepared):
            booking = self._booked.get(one.case.id)
            if booking is not None:
                shown = london.london(booking.starts_at)
                room = rooms.get(booking.room_id or 0)
                kept[index] = Placement(
                    meeting=index,
                    day=self._days.index(shown.date()),
                    start=self._diary.grid.at(shown.date(), shown.time()) % grid.LANE,
                    mediator=mediators[booking.mediator_id or 0],
                    officer=officers[booking.officer_id or 0],
                    room=meetings[index].rooms[0] if room is None else room,
                )
        return kept

    def _family(self, one: Prepared) -> int:
        """When the family can come, and with it the care board and an interpreter where they are needed."""
        free = self._free(ResourceKind.FAMILY, one.case.person_id)
        if one.search.wanted.board is not None:
            free &= self._free(ResourceKind.BOARD, one.search.wanted.board.id)
        if _needs_an_interpreter(one):
            free &= _any(self._free(ResourceKind.INTERPRETER, who.id) for who in one.search.interpreters)
        for starts_at in self._refused[one.case.id]:
            shown = london.london(starts_at)
            if self._diary.grid.covers(shown.date(), shown.date()):
                free &= ~(1 << self._diary.grid.at(shown.date(), shown.time()))
        return free

    def _officer(self, officer: OfficerFacts) -> int:
        return self._free(ResourceKind.OFFICER, officer.id) & officer.here

    def _mediator(self, mediator: MediatorFacts, rooms: Sequence[int | None]) -> plan_of.Mediator:
        at_work = mediator.hours & mediator.accredited & ~mediator.away
        reached = (
            index
            for index, room in enumerate(rooms)
            if room is None or constraints.goes_there(mediator, self._houses[room])
        )
        has = tuple(self._sittings(mediator))
        return plan_of.Mediator(
            free=self._words(self._free(ResourceKind.MEDIATOR, mediator.id) & at_work),
            a_day=mediator.meetings_a_day,
            a_week=len(self._days) * mediator.meetings_a_day
            if mediator.meetings_a_week is None
            else mediator.meetings_a_week,
            reaches=frozenset(reached),
            has=has,
        )

    def _sittings(self, mediator: MediatorFacts) -> Iterable[Sitting]:
        """What they have already; of the times that one case is offered on a day, one at most comes true."""
        seen: set[tuple[int, int | None]] = set()
        for hold in self._holds((ResourceKind.MEDIATOR, mediator.id)):
            day = self._diary.grid.monday + timedelta(days=hold.day)
            if hold.case is None or day not in self._days or (hold.day, hold.case) in seen:
                continue
            seen.add((hold.day, hold.case))
            begins = hold.day * grid.LANE
            yield Sitting(
                day=self._days.index(day),
                start=hold.first - begins,
                end=hold.end - begins,
                venue=self._venue(hold.venue),
            )

    def _room(self, room: int | None) -> plan_of.Room:
        if room is None:
            return plan_of.Room(free=self._words(self._diary.grid.whole), venue=FROM_AFAR)
        venue = self._houses[room]
        free = self._free(ResourceKind.ROOM, room) & venue.hours & ~venue.closed
        return plan_of.Room(free=self._words(free), venue=self._venue(venue.id), gap=2 * TURNAROUND_QUARTERS)

    def _venue(self, venue: int | None) -> int:
        return self._venues.setdefault(venue, len(self._venues))

    def _journeys(self) -> tuple[bytes, ...]:
        known = [self._diary.venues.get(venue or 0) for venue in self._venues]
        return tuple(
            bytes(0 if FROM_AFAR in (here, there) else _way(known[here], known[there]) for there in range(len(known)))
            for here in range(len(known))
        )

    def _free(self, kind: ResourceKind, which: int) -> int:
        return self._diary.grid.whole & ~facts.taken(self._holds((kind, which)))

    def _holds(self, resource: Resource) -> tuple[Hold, ...]:
        holds = self._diary.times.get(resource, facts.NO_TIMES).holds
        return tuple(
            hold
            for hold in holds
            if (hold.until is None or hold.until > self._now) and hold.booking not in self._may_move
        )

    def _words(self, bits: int) -> tuple[int, ...]:
        return tuple(grid.lane(bits, self._diary.grid.number(day)) for day in self._days)


def _whole_weeks(prepared: Iterable[Prepared]) -> tuple[date, ...]:
    """Every day from the first Monday to the last Sunday: what mediators have on the others counts in their week."""
    lawful = sorted({day for one in prepared for day in one.search.days})
    if not lawful:
        return ()
    first = lawful[0] - timedelta(days=lawful[0].weekday())
    last = lawful[-1] + timedelta(days=6 - lawful[-1].weekday())
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def _who_could_sit(one: Prepared) -> list[MediatorFacts]:
    """Mediators who are understood, by themselves or with an interpreter."""
    fit = list(one.search.fitting_mediators)
    speaking = [mediator for mediator in fit if constraints.speaks(mediator, one.search.wanted)]
    return speaking or (fit if one.search.interpreters else [])


def _stands(one: Prepared, booking: Booking) -> bool:
    return movable.stands(one, booking) and any(who.id == booking.mediator_id for who in _who_could_sit(one))


def _needs_an_interpreter(one: Prepared) -> bool:
    return not any(constraints.speaks(mediator, one.search.wanted) for mediator in _who_could_sit(one))


def _rooms(one: Prepared) -> dict[int, VenueFacts]:
    """The houses of the rooms that suit, by the rooms' ids, the nearest to the family first."""
    wanted, diary = one.search.wanted, one.diary
    fit = [v for v in diary.venues_of(wanted.authority_id) if constraints.fits(constraints.OF_A_VENUE, v, wanted)]
    near = sorted(fit, key=lambda venue: (_kilometres(wanted.outcode, venue.outcode), venue.name, venue.id))
    return {
        room.id: venue
        for venue in near
        for room in venue.rooms
        if constraints.fits(constraints.OF_A_ROOM, room, wanted)
    }


def _kilometres(home: str | None, venue: str) -> float:
    km = outcodes.kilometres(home, venue)
    return float("inf") if km is None else km


def _is_from_afar(one: Prepared) -> bool:
    return one.search.wanted.mode is not Mode.IN_PERSON


def _way(here: VenueFacts | None, there: VenueFacts | None) -> int:
    if here is not None and there is not None and here.id == there.id:
        return 0
    outcode, other = (None if venue is None else venue.outcode for venue in (here, there))
    return distance.journey(outcode, other) // distance.QUARTER


def _any(several: Iterable[int]) -> int:
    bits = 0
    for one in several:
        bits |= one
    return bits
