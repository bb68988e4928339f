"""The search for a slot: a lawful day and hour at which a family, an officer, a mediator and a room can be together.

The order in which slots are offered is a rule, so that two searches of the same diary give the same answer:
1. a day after which, should the meeting fall through, there is still a lawful day left to book once more;
2. the half of the day that the family prefers, where it has said so;
3. an hour between the two ways to school;
4. a short journey for the family: less than 20 km, then less than 40, and so on, then of a length we do not know;
5. the earliest day, then the earlier of the kind hours.
Of those who are free at that hour and can be there together are asked
6. the room of the nearest venue, then by the venue's and the room's name;
7. a mediator who speaks the family's language, where one is needed, before one with an interpreter; then the mediator
   with the fewest meetings from the first lawful day to the last, then the one who has been with us for longer;
8. the officer and the interpreter who have been in our books for longer.
A meeting that has to move stays as near as it can to what was promised: the same time before the same day before
another, and there the nearest day, the same house, the same mediator and officer before others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, manager_of_class, set_committed_value

from scheduling import london
from scheduling.db import Base
from scheduling.diary import claims, clocks, constraints, lawful_days, wanted, working_set
from scheduling.diary.claims import Need
from scheduling.diary.facts import Hold, Row
from scheduling.diary.free_hours import Supposed
from scheduling.diary.grid import Grid
from scheduling.diary.loading import TURNAROUND_QUARTERS, Resource
from scheduling.diary.search import MIDDAY, Found, Promised, Search
from scheduling.diary.working_set import Diary
from scheduling.law.window import Notice, Window
from scheduling.models import (
    Booking,
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
from scheduling.reference import calendar, outcodes

LENGTH = timedelta(hours=2)
LOOKS_AHEAD = timedelta(days=50)
"""No window that opens now closes later: 30 days after the last of the days on which notice of it can be given."""
EVERY = 1_000
"""More times than a window has."""

Kept = TypeVar("Kept", bound=Base)


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
    """What a search should suppose that is not yet in the diary: bookings that would move, offers let go."""

    moved: Mapping[int, Slot] = field(default_factory=dict)
    """By the booking's id: where it would be."""
    released: frozenset[int] = frozenset()
    """Offers, by their ids, that would be let go."""


NOTHING = Supposing()


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
    prepared = prepare(session, case, now=now, moving=moving, supposing=supposing, notice=notice)
    if prepared is None:
        return []
    found = prepared.slots(session, islice(prepared.search.found(), EVERY if spread else limit))
    return spread_out(list(found), limit=limit) if spread else list(found)


def spread_out(found: Sequence[Slot], *, limit: int) -> list[Slot]:
    """So many of these, the best first, and each as unlike those before it as there is: weekday, half of the day."""
    chosen: list[Slot] = []
    left = list(found)
    while left and len(chosen) < limit:
        best_one = max(left, key=lambda slot: _novelty(slot, chosen))  # the first of several that are equal
        left.remove(best_one)
        chosen.append(best_one)
    return chosen


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
    prepared = prepare(session, case, now=now, moving=moving, notice=notice)
    return prepared is not None and prepared.allows(slot)


def completed(session: Session, case: Case, slot: Slot, *, now: datetime, moving: Booking | None = None) -> Slot | None:
    """A slot to which the family agreed with everybody else who is needed at it; None where somebody is not free."""
    prepared = prepare(session, case, now=now, moving=moving, notice=Notice.CONSENT)
    return prepared.completed(session, slot) if prepared is not None and prepared.allows(slot) else None


def read_ahead(session: Session, *, now: datetime) -> None:
    """Bring the diary of this process up to date for searches of today and tomorrow, before somebody has to wait."""
    today = london.london_day(now)
    working_set.current(session, today, today + LOOKS_AHEAD + timedelta(days=1))


def window_of(session: Session, case: Case, *, now: datetime, notice: Notice = Notice.CLEAR) -> Window | None:
    """The days on which the case's mediation may be held if the family hears of it now; None before the telling."""
    began = clocks.began(session, case)
    if began is None:
        return None
    told, today = london.london_day(began), london.london_day(now)
    return lawful_days.window_of(case, told, calendar.working_days(session), today=today, notice=notice)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A search that is ready, and what is said of what it finds."""

    case: Case
    told: date
    window: Window
    search: Search

    @property
    def diary(self) -> Diary:
        return self.search.diary

    def slots(self, session: Session, found: Iterable[Found]) -> Iterable[Slot]:
        """What was found, with the people and rooms as the session has them."""
        return (self._slot(session, one) for one in found)

    def allows(self, slot: Slot) -> bool:
        """Whether everybody whom a slot needs is free at its time, whatever the notice."""
        search, when = self.search, london.london(slot.starts_at)
        if not self.diary.grid.covers(when.date(), when.date()) or slot.mode is not search.wanted.mode:
            return False
        bit = self.diary.grid.at(when.date(), when.time())
        officer = next((one for one in search.officers if one.id == slot.officer.id), None)
        mediator = next((one for one in search.fitting_mediators if one.id == slot.mediator.id), None)
        house = next(
            (one for one in search.houses if slot.room is not None and one.venue.id == slot.room.venue_id), None
        )
        if officer is None or mediator is None or (slot.room is None) != (house is None):
            return False
        free = search.family & search.board & search.officer_starts(officer) & search.mediator_starts[mediator.id]
        if slot.room is not None:
            free &= search.room_starts.get(slot.room.id, 0)
        is_understood = constraints.speaks(mediator, search.wanted) or search.interpreter_at(bit) is not None
        return (
            bool(free >> bit & 1)
            and is_understood
            and search.free.can_be_there(mediator, None if house is None else house.venue, bit)
        )

    def completed(self, session: Session, slot: Slot) -> Slot:
        """The same slot with an interpreter, where its mediator does not speak the language, and the care board."""
        search, when = self.search, london.london(slot.starts_at)
        mediator = next(one for one in search.fitting_mediators if one.id == slot.mediator.id)
        interpreter = (
            None
            if constraints.speaks(mediator, search.wanted)
            else search.interpreter_at(self.diary.grid.at(when.date(), when.time()))
        )
        return replace(
            slot,
            interpreter=None if interpreter is None else object_of(session, Interpreter, interpreter.row),
            board=search.wanted.board,
        )

    def _slot(self, session: Session, found: Found) -> Slot:
        day, hour = self.diary.grid.when(found.bit)
        starts_at = london.at(day, hour)
        room = _room(session, found)
        interpreter = found.interpreter
        return Slot(
            starts_at=starts_at,
            ends_at=starts_at + LENGTH,
            mode=self.search.wanted.mode,
            room=room,
            mediator=object_of(session, Mediator, found.mediator.row),
            officer=object_of(session, Officer, found.officer.row),
            interpreter=None if interpreter is None else object_of(session, Interpreter, interpreter.row),
            board=self.search.wanted.board,
            reasons=(*self._lawful(day), self._place(found), self._who(found)),
        )

    def _lawful(self, day: date) -> tuple[str, str]:
        return lawful_days.said_of(self.diary, self.told, self.window, day)

    def _place(self, found: Found) -> str:
        wishes = self.search.wanted
        venue = found.venue
        if venue is None:
            return f"The family wants to meet {wishes.mode.value}, so nobody has to travel."
        here = f"{venue.name} is neutral and serves the area{', and step-free' if venue.step_free else ''}."
        if outcodes.kilometres(wishes.outcode, venue.outcode) is None:
            return f"{here} How far it is for the family is not known."
        return f"{here} It is no farther than the family can come."

    def _who(self, found: Found) -> str:
        others = [
            *(["interpreter"] if found.interpreter is not None else []),
            *(["integrated care board"] if self.search.wanted.board is not None else []),
            "officer",
        ]
        return f"Mediator, {', '.join(others)} and family are free."


def prepare(
    session: Session,
    case: Case,
    *,
    now: datetime,
    moving: Booking | None = None,
    supposing: Supposing = NOTHING,
    notice: Notice = Notice.CLEAR,
) -> Prepared | None:
    """A search through the diary as it is now; None before the telling, when no day is lawful."""
    began = clocks.began(session, case)
    if began is None or case.authority_id is None:
        return None
    told, today = london.london_day(began), london.london_day(now)
    diary = working_set.current(session, today, today + LOOKS_AHEAD)
    lawful = lawful_days.known_window(diary, case, told, today=today, notice=notice)
    too_soon = None if notice is Notice.CLEAR else today
    days = lawful_days.working_days(diary, lawful)
    return Prepared(
        case=case,
        told=told,
        window=lawful,
        search=Search(
            diary=diary,
            wanted=wanted.of(session, case, diary, now=now),
            days=tuple(day for day in days if day != too_soon),
            again=frozenset(day for day in days if lawful_days.leaves_time_again(diary, told, day)),
            now=now,
            promised=None if moving is None else _promised(moving),
            supposed=_supposed(diary.grid, supposing, moving),
        ),
    )


def object_of(session: Session, kind: type[Kept], row: Row) -> Kept:
    """Somebody of the diary as an object of this session: the one that it has, or one made without a question."""
    known = session.identity_map.get((kind, (row["id"],), None))
    if known is not None:
        return known
    made = manager_of_class(kind).new_instance()
    instance_dict(made).update(row)  # as a row that was read: no events of somebody who sets each value
    make_transient_to_detached(made)
    session.add(made)
    return made


def _room(session: Session, found: Found) -> Room | None:
    """The room with its venue, since pages say where it is."""
    if found.room is None or found.venue is None:
        return None
    room = object_of(session, Room, found.room.row)
    set_committed_value(room, "venue", object_of(session, Venue, found.venue.row))
    return room


def _promised(booking: Booking) -> Promised:
    when = london.london(booking.starts_at)
    return Promised(
        booking_id=booking.id,
        day=when.date(),
        hour=when.time(),
        venue_id=None if booking.room is None else booking.room.venue_id,
        mediator_id=booking.mediator_id,
        officer_id=booking.officer_id,
    )


def _supposed(of_days: Grid, supposing: Supposing, moving: Booking | None) -> Supposed:
    if supposing is NOTHING and moving is None:
        return NO_SUPPOSED
    taken: dict[Resource, tuple[Hold, ...]] = {}
    for booking_id, slot in supposing.moved.items():
        for need in claims.of_people(slot):
            taken[need.resource] = (*taken.get(need.resource, ()), _hold(of_days, need, slot, booking_id))
    gone = frozenset({*supposing.moved, *([] if moving is None else [moving.id])})
    return Supposed(gone=gone, released=supposing.released, taken=taken)


def _hold(of_days: Grid, need: Need, slot: Slot, booking_id: int) -> Hold:
    """As it would stand in the diary; the case is not known, but no two of these are of one."""
    more = TURNAROUND_QUARTERS if need.resource[0] is ResourceKind.ROOM else 0
    return Hold(
        first=of_days.position(need.starts_at) - more,
        end=of_days.position(need.ends_at, up=True) + more,
        case=-booking_id,
        venue=None if slot.room is None else slot.room.venue_id,
    )


def _novelty(slot: Slot, chosen: Sequence[Slot]) -> tuple[int, bool]:
    shown, others = london.london(slot.starts_at), [london.london(one.starts_at) for one in chosen]
    weekday = shown.weekday() not in {one.weekday() for one in others}
    half = (shown.time() < MIDDAY) not in {one.time() < MIDDAY for one in others}
    return weekday + half, shown.date() not in {one.date() for one in others}


NO_SUPPOSED = Supposed()
