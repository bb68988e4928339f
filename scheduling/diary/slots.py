"""The search for a slot: a lawful day and hour at which a family, an officer, a mediator and a room can be together.

The order in which slots are offered is a rule, so that two searches of the same diary give the same answer:
1. a day after which, should the meeting fall through, there is still a lawful day left to book once more;
2. an hour between the two ways to school;
3. the earliest day, then the earlier of the kind hours;
4. the mediator with the fewest meetings in the window;
5. the venue and the room by name.
A meeting that has to move stays as near as it can to what was promised: same time, same day, same people, same house.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.diary import claims, clocks, constraints
from scheduling.diary.claims import Taken
from scheduling.law import deadlines, window
from scheduling.law.window import Notice, Window
from scheduling.law.working_days import Calendar
from scheduling.models import (
    Booking,
    BookingKind,
    BookingStatus,
    CareBoard,
    Case,
    Interpreter,
    Mediator,
    Mode,
    Officer,
    ResourceKind,
    Room,
    Venue,
)
from scheduling.models.venue import at_place, place
from scheduling.reference import calendar

LENGTH = timedelta(hours=2)
LATE = timedelta(days=30)
MIDDAY = time(12)

BETWEEN_SCHOOL_RUNS = (time(10), time(10, 30), time(13), time(13, 30), time(11), time(11, 30), time(12), time(12, 30))
"""In the order in which they are offered: ten and one leave a mediator room for two meetings on the day."""
OTHER_STARTS = (time(9, 30), time(14), time(9), time(14, 30), time(15))
STARTS = BETWEEN_SCHOOL_RUNS + OTHER_STARTS


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A time and everybody who is needed at it."""

    starts_at: datetime
    ends_at: datetime
    mode: Mode = Mode.IN_PERSON
    room: Room | None
    """None for a meeting from afar."""
    mediator: Mediator
    officer: Officer
    interpreter: Interpreter | None = None
    board: CareBoard | None = None
    """The integrated care board, where it is a party."""
    reasons: tuple[str, ...]
    """Why this one, in sentences that history keeps."""

    @property
    def place(self) -> str:
        """Where people meet, for pages: "Town Hall, Room 1" or "By video"."""
        return place(self.mode, self.room)

    @property
    def at_place(self) -> str:
        """The same inside a sentence: "at Town Hall" or "by video"."""
        return at_place(self.mode, self.room)


@dataclass(frozen=True, kw_only=True)
class Supposing:
    """What a search should suppose that is not yet in the diary: a closed venue, and bookings moved because of it."""

    closed: tuple[Venue, date, date] | None = None
    moved: Mapping[int, Slot] = field(default_factory=dict)
    """By the booking's id: where it would be."""
    released: frozenset[int] = frozenset()
    """Offers, by their ids, that would be let go."""

    def closes(self, venue: Venue, day: date) -> bool:
        if self.closed is None:
            return False
        closed, first_day, last_day = self.closed
        return venue.id == closed.id and first_day <= day <= last_day


NOTHING = Supposing()

EVERY = 1_000
"""More times than a window has."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """Everything that one search looks at, read once."""

    case: Case
    calendar: Calendar
    told: date
    window: Window
    officers: list[Officer]
    mediators: list[Mediator]
    rooms: list[Room]
    taken: Taken
    meetings: Counter[tuple[int, date]]
    """How many meetings a mediator has on a day."""
    moving: Booking | None
    supposing: Supposing
    too_soon: frozenset[date] = frozenset()
    """Days that are lawful if the family agrees, and on which nobody is asked to come all the same."""

    def starts(self) -> list[datetime]:
        """Every hour at which a meeting could begin, the best first."""
        days = [day for day in self.window.working_days(self.calendar) if day not in self.too_soon]
        return [london.at(day, hour) for day, hour in sorted(((d, h) for d in days for h in STARTS), key=self._rank)]

    def fill(self, starts_at: datetime) -> Slot | None:
        """The slot at this hour, with the best of the officers, mediators and rooms that are free."""
        officer = next(self.free_officers(starts_at), None)
        mediator = next(self.free_mediators(starts_at), None)
        room = next(self.free_rooms(starts_at), None)
        if not self.family_is_free(starts_at) or officer is None or mediator is None or room is None:
            return None
        return Slot(
            starts_at=starts_at,
            ends_at=starts_at + LENGTH,
            room=room,
            mediator=mediator,
            officer=officer,
            reasons=self._reasons(starts_at, room.venue),
        )

    def family_is_free(self, starts_at: datetime) -> bool:
        return self.taken.leaves(claims.family(self.case.person_id, starts_at, starts_at + LENGTH))

    def free_officers(self, starts_at: datetime) -> Iterator[Officer]:
        day = london.london_day(starts_at)
        for officer in self.officers:
            need = claims.officer(officer.id, starts_at, starts_at + LENGTH)
            if constraints.is_here(officer, day) and self.taken.leaves(need):
                yield officer

    def free_mediators(self, starts_at: datetime) -> Iterator[Mediator]:
        day, ends_at = london.london_day(starts_at), starts_at + LENGTH
        for mediator in self.mediators:
            if (
                constraints.is_at_work(mediator, starts_at, ends_at)
                and constraints.has_room_that_day(mediator, self.meetings[mediator.id, day])
                and self.taken.leaves(claims.mediator(mediator.id, starts_at, ends_at))
            ):
                yield mediator

    def free_rooms(self, starts_at: datetime) -> Iterator[Room]:
        day, ends_at = london.london_day(starts_at), starts_at + LENGTH
        for room in self.rooms:
            if (
                constraints.is_open(room.venue, starts_at, ends_at)
                and not self.supposing.closes(room.venue, day)
                and self.taken.leaves(claims.room(room.id, starts_at, ends_at))
            ):
                yield room

    def leaves_room_to_book_again(self, day: date) -> bool:
        """If the meeting fell through on the very day, notice could still be given of another in the window."""
        again = window.of_mediation(self.told, self.calendar, notice_on=day)
        return bool(again.working_days(self.calendar))

    def _rank(self, start: tuple[date, time]) -> tuple[int | date, ...]:
        day, hour = start
        kindness = (not self.leaves_room_to_book_again(day), hour in OTHER_STARTS)
        if self.moving is None:
            return (0, *kindness, 0, day, STARTS.index(hour))
        promised = london.london(self.moving.starts_at)
        disturbance = 2 - (day == promised.date()) - ((day, hour) == (promised.date(), promised.time()))
        return (disturbance, *kindness, abs((day - promised.date()).days), day, STARTS.index(hour))

    def _reasons(self, starts_at: datetime, venue: Venue) -> tuple[str, ...]:
        day = london.london_day(starts_at)
        return (
            self._in_time(day),
            self._notice(day),
            f"{venue.name} is neutral and serves the area{', and step-free' if venue.step_free else ''}.",
            "Mediator, officer and family are free.",
        )

    def _notice(self, day: date) -> str:
        if self.window.notice is Notice.CLEAR:
            return "The family has five clear working days' notice."
        latest = deadlines.notice_latest(day, self.calendar)
        return (
            f"Notice had to be given by {london.written_day(latest.clear.day)}, or by "
            f"{london.written_day(latest.ordinary.day)} counted the ordinary way: the family has to agree."
        )

    def _in_time(self, day: date) -> str:
        ends = deadlines.mediation_window(self.told, self.calendar).last_date.day
        if day > ends:
            return f"The 30 days ended on {london.written_day(ends)} without a meeting, and the family waits for one."
        again = "there would be time to book once more" if self.leaves_room_to_book_again(day) else "the last chance"
        return f"Within the 30 days, which end on {london.written_day(ends)}: {again}."


def best(
    session: Session,
    case: Case,
    *,
    now: datetime,
    limit: int = 3,
    moving: Booking | None = None,
    supposing: Supposing = NOTHING,
    notice: Notice = Notice.CLEAR,
    spread: bool = False,
) -> list[Slot]:
    """The best slots for a case at different hours, best first; none when nothing lawful is free.

    With `Notice.CONSENT` those for which it is too late to give five clear working days' notice, from tomorrow on:
    each can be kept only once the family has agreed to it. With `spread` they lie on different weekdays and in both
    halves of the day, where there are such.
    """
    if clocks.began(session, case) is None or case.authority is None:
        return []
    search = prepare(session, case, now=now, moving=moving, supposing=supposing, notice=notice)
    found = (slot for start in search.starts() if (slot := search.fill(start)) is not None)
    return spread_out(list(islice(found, EVERY)), limit=limit) if spread else list(islice(found, limit))


def spread_out(found: Sequence[Slot], *, limit: int) -> list[Slot]:
    """So many of these, the best first, and each as unlike those before it as there is: weekday, half of the day."""
    chosen: list[Slot] = []
    left = list(found)
    while left and len(chosen) < limit:
        best_one = max(left, key=lambda slot: _novelty(slot, chosen))  # the first of several that are equal
        left.remove(best_one)
        chosen.append(best_one)
    return chosen


def _novelty(slot: Slot, chosen: Sequence[Slot]) -> tuple[int, bool]:
    shown, others = london.london(slot.starts_at), [london.london(one.starts_at) for one in chosen]
    weekday = shown.weekday() not in {one.weekday() for one in others}
    half = (shown.time() < MIDDAY) not in {one.time() < MIDDAY for one in others}
    return weekday + half, shown.date() not in {one.date() for one in others}


def is_free(
    session: Session,
    case: Case,
    slot: Slot,
    *,
    now: datetime,
    moving: Booking | None = None,
    notice: Notice = Notice.CONSENT,
) -> bool:
    """Whether everybody whom a slot of this much notice needs still has that time; only keeping it makes it sure."""
    search = prepare(session, case, now=now, moving=moving, notice=notice)
    return (
        search.family_is_free(slot.starts_at)
        and slot.officer in search.free_officers(slot.starts_at)
        and slot.mediator in search.free_mediators(slot.starts_at)
        and (slot.room is None or slot.room in search.free_rooms(slot.starts_at))
    )


def window_of(session: Session, case: Case, *, now: datetime, notice: Notice = Notice.CLEAR) -> Window | None:
    """The days on which the case's mediation may be held if the family hears of it now; None before the telling."""
    began = clocks.began(session, case)
    if began is None:
        return None
    told, today = london.london_day(began), london.london_day(now)
    return _window(case, told, calendar.working_days(session), today=today, notice=notice)


def _window(case: Case, told: date, working_days: Calendar, *, today: date, notice: Notice) -> Window:
    """The 30 days; once they are missed, as many more for a family that would rather wait, with the same notice."""
    if notice is not Notice.CLEAR:
        return window.by_agreement(told, working_days, notice_on=today)
    lawful = window.of_mediation(told, working_days, notice_on=today)
    is_missed = today > lawful.closes or case.authority_cannot_at is not None
    return replace(lawful, closes=lawful.opens + LATE) if lawful.is_empty and is_missed else lawful


def prepare(
    session: Session,
    case: Case,
    *,
    now: datetime,
    moving: Booking | None = None,
    supposing: Supposing = NOTHING,
    notice: Notice = Notice.CLEAR,
) -> Search:
    """Read the diary once, for everybody who could be part of this case's meeting."""
    told = london.london_day(clocks.began(session, case) or now)
    working_days = calendar.working_days(session)
    lawful = _window(case, told, working_days, today=london.london_day(now), notice=notice)
    officers, mediators, rooms = _officers(case), _mediators(session, case), _rooms(session, case)
    elsewhere = {*supposing.moved, *([moving.id] if moving is not None else [])}
    everybody = [
        (ResourceKind.FAMILY, case.person_id),
        *((ResourceKind.OFFICER, officer.id) for officer in officers),
        *((ResourceKind.MEDIATOR, mediator.id) for mediator in mediators),
        *((ResourceKind.ROOM, room.id) for room in rooms),
    ]
    begins, ends = london.at(lawful.opens, time(0)), london.at(lawful.closes + timedelta(days=1), time(0))
    taken = claims.taken(
        session, everybody, begins, ends, now=now, leaving_out=elsewhere, without_offers=supposing.released
    )
    meetings = _meetings(session, begins, ends, leaving_out=elsewhere)
    for slot in supposing.moved.values():
        taken = taken.beside(_needs(slot))
        meetings[slot.mediator.id, london.london_day(slot.starts_at)] += 1
    return Search(
        case=case,
        calendar=working_days,
        told=told,
        window=lawful,
        officers=sorted(officers, key=lambda who: (not _is_of(moving, who), who.id)),
        mediators=sorted(mediators, key=lambda who: (not _is_of(moving, who), _load(meetings, who), who.id)),
        rooms=sorted(rooms, key=lambda room: (not _is_of(moving, room.venue), room.venue.name, room.name, room.id)),
        taken=taken,
        meetings=meetings,
        moving=moving,
        supposing=supposing,
        too_soon=frozenset() if notice is Notice.CLEAR else frozenset({london.london_day(now)}),
    )


def fits(kind: tuple[constraints.Constraint[constraints.Asked], ...], asked: constraints.Asked, case: Case) -> bool:
    """Whether a venue, mediator or officer satisfies every constraint of its kind in this case."""
    return all(constraint.holds(asked, case) for constraint in kind)


def near(session: Session, case: Case) -> list[Venue]:
    """Every venue that serves the case's authority, lawful for the case or not."""
    serving = select(Venue).where(Venue.serves.any(id=case.authority_id)).order_by(Venue.id)
    whole = (
        selectinload(Venue.serves),
        selectinload(Venue.hours),
        selectinload(Venue.rooms),
        selectinload(Venue.closures),
    )
    return list(session.scalars(serving.options(*whole)))


def working_there(session: Session, case: Case) -> list[Mediator]:
    """Every mediator who works with the case's authority, fit for the case or not."""
    there = select(Mediator).where(Mediator.works_with.any(id=case.authority_id)).order_by(Mediator.id)
    whole = (
        selectinload(Mediator.works_with),
        selectinload(Mediator.hours),
        selectinload(Mediator.leave),
        selectinload(Mediator.conflicts),
    )
    return list(session.scalars(there.options(*whole)))


def _officers(case: Case) -> list[Officer]:
    known = case.authority.officers if case.authority is not None else []
    return [officer for officer in known if fits(constraints.OF_AN_OFFICER, officer, case)]


def _mediators(session: Session, case: Case) -> list[Mediator]:
    return [m for m in working_there(session, case) if fits(constraints.OF_A_MEDIATOR, m, case)]


def _rooms(session: Session, case: Case) -> list[Room]:
    venues = [venue for venue in near(session, case) if fits(constraints.OF_A_VENUE, venue, case)]
    return [room for venue in venues for room in venue.rooms]


def _meetings(
    session: Session, begins: datetime, ends: datetime, *, leaving_out: set[int]
) -> Counter[tuple[int, date]]:
    held = select(Booking.mediator_id, Booking.starts_at).where(
        Booking.kind == BookingKind.MEDIATION,
        Booking.status != BookingStatus.CANCELLED,
        Booking.starts_at.between(begins, ends),
        Booking.id.not_in(leaving_out),
    )
    return Counter(
        (mediator, london.london_day(starts_at)) for mediator, starts_at in session.execute(held) if mediator
    )


def _load(meetings: Counter[tuple[int, date]], mediator: Mediator) -> int:
    return sum(number for (who, _day), number in meetings.items() if who == mediator.id)


def _needs(slot: Slot) -> list[claims.Need]:
    rooms = [] if slot.room is None else [claims.room(slot.room.id, slot.starts_at, slot.ends_at)]
    return [
        *rooms,
        claims.mediator(slot.mediator.id, slot.starts_at, slot.ends_at),
        claims.officer(slot.officer.id, slot.starts_at, slot.ends_at),
    ]


def _is_of(booking: Booking | None, who: Officer | Mediator | Venue) -> bool:
    """Whether the booking that is being moved has this officer, mediator or venue already."""
    if booking is None:
        return False
    return who in (booking.officer, booking.mediator, booking.room and booking.room.venue)
