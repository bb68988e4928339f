"""The search against one that tries everybody at every hour with plain intervals, on small diaries of every kind.

Nothing is shared with the search: neither the grid, nor the constraints, nor the order of what is best.
"""

import math
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from scheduling import db, london
from scheduling.diary import bookings, slots
from scheduling.models import (
    Booking,
    BookingKind,
    Busy,
    Case,
    Closure,
    Conflict,
    Interpreter,
    InterpreterLanguage,
    Leave,
    Mediator,
    MediatorLanguage,
    Mode,
    Officer,
    PartOfDay,
    Repeats,
    ResourceKind,
    Room,
    Venue,
)
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-12-07 09:00")
LAWFUL = [date(2026, 12, d) for d in (15, 16, 17, 18, 21, 22, 23, 24, 29, 30, 31)] + [
    date(2027, 1, d) for d in (4, 5, 6)
]
"""Five clear working days after the 7th, and not after the 30th day."""
AGAIN_UNTIL = date(2026, 12, 24)
"""Notice on the 24th would be in time for 6 January: the 29th, 30th, 31st, 4th and 5th lie between."""
KIND = ["10:00", "10:30", "13:00", "13:30", "11:00", "11:30", "12:00", "12:30"]
OTHER = ["09:30", "14:00", "09:00", "14:30", "15:00"]
NEAR_AND_FAR = {"N3": (51.6, -0.19), "AL4": (51.77, -0.28), "OX1": (51.75, -1.26)}
TWO_HOURS = timedelta(hours=2)

OUTCODES = st.sampled_from([*NEAR_AND_FAR, None, "ZZ9"])
HOURS = st.sampled_from([(time(9), time(17)), (time(10), time(12, 30)), (time(12), time(16, 45))])
DAYS = st.sampled_from(LAWFUL)
TIMES = st.tuples(
    DAYS, st.sampled_from([time(8), time(9, 40), time(11), time(13, 15)]), st.sampled_from([30, 120, 600])
)
LANGUAGES = st.sampled_from(["Polish", "bsl"])


@dataclass(frozen=True)
class Small:
    """A diary that is small enough to try everything."""

    family: dict[str, Any]
    venues: list[dict[str, Any]]
    mediators: list[dict[str, Any]]
    officers: int
    interpreters: list[str]
    busy: list[tuple[int, int, tuple[date, time, int]]]
    meetings: list[tuple[date, str, int, int]] = field(default_factory=list)


SMALL = st.builds(
    Small,
    family=st.fixed_dictionaries(
        {
            "outcode": OUTCODES,
            "travels_km": st.sampled_from([None, 30]),
            "prefers": st.sampled_from([None, *PartOfDay]),
            "needs_step_free": st.sampled_from([False, False, True]),
            "needs_parking": st.sampled_from([False, False, True]),
            "interpreter": st.sampled_from([None, None, "polish", "BSL"]),
            "school": st.sampled_from([None, "Hill School"]),
            "meets": st.sampled_from([Mode.IN_PERSON, Mode.IN_PERSON, Mode.VIDEO]),
        }
    ),
    venues=st.lists(
        st.fixed_dictionaries(
            {
                "outcode": st.sampled_from([*NEAR_AND_FAR, "ZZ9"]),
                "step_free": st.sampled_from([True, True, False]),
                "parking": st.sampled_from([True, True, False]),
                "is_own": st.sampled_from([False, False, False, True]),
                "hours": HOURS,
                "rooms": st.lists(st.sampled_from([3, 4, 8]), min_size=1, max_size=2),
                "closed": st.sampled_from(
                    [None, (date(2026, 12, 15), 1, None), (date(2026, 12, 15), 0, Repeats.WEEKLY)]
                ),
            }
        ),
        min_size=1,
        max_size=3,
    ),
    mediators=st.lists(
        st.fixed_dictionaries(
            {
                "outcode": OUTCODES,
                "travels_km": st.sampled_from([None, 25, 70]),
                "meets_from_afar": st.booleans(),
                "meetings_a_day": st.sampled_from([1, 2]),
                "meetings_a_week": st.sampled_from([None, 1, 3]),
                "accredited_until": st.sampled_from([None, date(2026, 12, 22)]),
                "hours": HOURS,
                "leave": st.sampled_from([None, date(2026, 12, 16)]),
                "speaks": st.lists(LANGUAGES, max_size=1),
                "conflict": st.sampled_from([None, None, None, None, "school", "person", "authority"]),
            }
        ),
        min_size=1,
        max_size=3,
    ),
    officers=st.integers(1, 2),
    interpreters=st.lists(LANGUAGES, max_size=2),
    busy=st.lists(st.tuples(st.sampled_from([1, 2, 3, 4, 6]), st.integers(0, 2), TIMES), max_size=6),
    meetings=st.lists(
        st.tuples(DAYS, st.sampled_from(["10:00", "13:00", "14:30"]), st.integers(0, 2), st.integers(0, 2)), max_size=5
    ),
)


def build(session: Session, small: Small) -> tuple[Case, Town]:  # noqa: C901 - every kind of fact there is
    town = builders.town(session)
    town.venue.is_active = town.mediator.is_active = False
    case = builders.case(session, town, told="2026-12-07 09:00", number=None, email=None)
    case.meets, case.school = small.family["meets"], small.family["school"]
    for name in ("outcode", "travels_km", "prefers", "needs_step_free", "needs_parking", "interpreter"):
        setattr(case.person, name, small.family[name])
    session.flush()
    for number, about in enumerate(small.venues):
        venue = builders.venue(session, town.authority, f"Venue {'CAB'[number]}")
        venue.postcode, venue.step_free, venue.parking = f"{about['outcode']} 1AA", about["step_free"], about["parking"]
        venue.owner = town.authority if about["is_own"] else None
        for hours in venue.hours:
            hours.opens, hours.closes = about["hours"]
        venue.rooms[0].name, venue.rooms[0].capacity = "Room 0", about["rooms"][0]
        venue.rooms += [Room(name=f"Room {n}", capacity=seats) for n, seats in enumerate(about["rooms"]) if n]
        if about["closed"] is not None:
            first, more, repeats = about["closed"]
            last = first + timedelta(days=more)
            venue.closures = [Closure(first_day=first, last_day=last, reason="x", closed_at=TOLD, repeats=repeats)]
        session.flush()
    for number, about in enumerate(small.mediators):
        mediator = builders.mediator(session, town.authority, f"Mediator {number}")
        for name in (
            "outcode",
            "travels_km",
            "meets_from_afar",
            "meetings_a_day",
            "meetings_a_week",
            "accredited_until",
        ):
            setattr(mediator, name, about[name])
        for sitting in mediator.hours:
            sitting.starts, sitting.ends = about["hours"]
        if about["leave"] is not None:
            mediator.leave = [Leave(first_day=about["leave"], last_day=about["leave"] + timedelta(days=1))]
        mediator.spoken = [MediatorLanguage(language=language) for language in about["speaks"]]
        with_whom: dict[str, dict[str, Any]] = {
            "school": {"school": "hill  school"},
            "person": {"person_id": case.person_id},
            "authority": {"authority_id": town.authority.id},
        }
        if about["conflict"] is not None:
            mediator.conflicts = [Conflict(because="x", **with_whom[about["conflict"]])]
        session.flush()
    for number in range(small.officers - 1):
        builders.officer(session, town.authority, f"Officer {number}")
    for number, language in enumerate(small.interpreters):
        spoken = [InterpreterLanguage(language=language)]
        session.add(Interpreter(name=f"I {number}", email=f"{number}@i.example", spoken=spoken))
    session.flush()
    session.expire_all()
    add_busy(session, small, case)
    add_meetings(session, small, town)
    return case, town


def add_busy(session: Session, small: Small, case: Case) -> None:
    of_kind = {1: Room, 2: Mediator, 4: Officer, 6: Interpreter}
    for kind, which, (day, at, minutes) in small.busy:
        ids = [case.person_id] if kind == ResourceKind.FAMILY else [one.id for one in everybody(session, of_kind[kind])]
        if ids:
            starts_at = london.at(day, at)
            session.add(
                Busy(
                    kind=kind,
                    resource_id=ids[which % len(ids)],
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=minutes),
                    noted_at=TOLD,
                )
            )
    session.flush()


def add_meetings(session: Session, small: Small, town: Town) -> None:
    rooms = [room for room in everybody(session, Room) if room.venue is not town.venue]
    mediators = [one for one in everybody(session, Mediator) if one is not town.mediator]
    officers = everybody(session, Officer)
    for day, hour, room, mediator in small.meetings:
        other = builders.case(session, town, told="2026-12-07 09:00", number=None, email=None)
        starts_at = london.at(day, time.fromisoformat(hour))
        booking = Booking(
            uid=f"b-{other.reference}",
            kind=BookingKind.MEDIATION,
            case=other,
            starts_at=starts_at,
            ends_at=starts_at + TWO_HOURS,
            room=rooms[room % len(rooms)],
            mediator=mediators[mediator % len(mediators)],
            officer=officers[room % len(officers)],
            booked_at=TOLD,
        )
        try:
            bookings.keep(session, booking)
        except bookings.SlotTaken:
            continue


def everybody(session: Session, kind: type[Any]) -> list[Any]:
    return sorted(session.query(kind).all(), key=lambda one: one.id)


def km(one: str | None, other: str) -> float | None:
    """By the law of cosines, from numbers of its own that are a little rounded."""
    if one not in NEAR_AND_FAR or other not in NEAR_AND_FAR:
        return None
    (a, b), (c, d) = (tuple(map(math.radians, NEAR_AND_FAR[name])) for name in (one or "", other))
    if (a, b) == (c, d):
        return 0.0
    return 6371 * math.acos(math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d))


def by_hand(session: Session, case: Case) -> list[tuple[Any, ...]]:  # noqa: C901 - all that is asked, in one place
    kept = [one for one in everybody(session, Booking) if one.is_live]
    busy = everybody(session, Busy)
    person, from_afar = case.person, case.meets is not Mode.IN_PERSON
    needed = person.interpreter.casefold() if person.interpreter else None
    rooms: list[Room | None] = [None] if from_afar else list(everybody(session, Room))
    helping: list[Interpreter | None] = [None, *everybody(session, Interpreter)]

    def is_busy(kind: int, which: int, start: datetime, apart: timedelta = timedelta()) -> bool:
        end = start + TWO_HOURS
        return any(
            (one.kind, one.resource_id) == (kind, which) and one.starts_at < end + apart and start - apart < one.ends_at
            for one in busy
        )

    def overlaps(booking: Booking, start: datetime, apart: timedelta = timedelta()) -> bool:
        return booking.starts_at < start + TWO_HOURS + apart and start - apart < booking.ends_at

    def way(one: Venue | None, other: Venue | None) -> timedelta:
        if one is None or other is None or one is other:
            return timedelta()
        far = km(one.postcode.split()[0], other.postcode.split()[0])
        quarters = 4 if far is None else max(2, math.ceil(far / 50 * 4))
        return timedelta(minutes=15 * quarters)

    def room_ok(room: Room | None, start: datetime) -> bool:
        if room is None:
            return True
        venue, quarter = room.venue, timedelta(minutes=15)
        far = km(person.outcode, venue.postcode.split()[0])
        own = [hours for hours in venue.hours if hours.weekday == start.weekday()]
        return (
            venue.is_active
            and venue.owner is None
            and (venue.step_free or not person.needs_step_free)
            and (venue.parking or not person.needs_parking)
            and room.capacity >= (3 if needed is None else 4)
            and (far is None or far <= (person.travels_km or 60))
            and any(one.opens <= start.time() and (start + TWO_HOURS).time() <= one.closes for one in own)
            and not any(one.covers(start.date()) for one in venue.closures)
            and not is_busy(1, room.id, start, quarter)
            and not any(one.room is room and overlaps(one, start, 2 * quarter) for one in kept)
        )

    def mediator_ok(one: Mediator, room: Room | None, start: datetime) -> bool:
        day = start.date()
        theirs = [meeting for meeting in kept if meeting.mediator is one]
        week = [m for m in theirs if m.starts_at.astimezone(london.LONDON).isocalendar()[:2] == day.isocalendar()[:2]]
        venue = None if room is None else room.venue
        far = None if venue is None else km(one.outcode, venue.postcode.split()[0])
        own = [hours for hours in one.hours if hours.weekday == start.weekday()]
        conflict = any(
            c.authority_id == case.authority_id
            or c.person_id == case.person_id
            or (c.school and case.school and c.school.casefold().split() == case.school.casefold().split())
            for c in one.conflicts
        )
        return (
            one.is_active
            and not conflict
            and (one.meets_from_afar or not from_afar)
            and (one.accredited_until is None or day <= one.accredited_until)
            and not any(leave.first_day <= day <= leave.last_day for leave in one.leave)
            and any(hours.starts <= start.time() and (start + TWO_HOURS).time() <= hours.ends for hours in own)
            and not is_busy(2, one.id, start)
            and sum(london.london_day(m.starts_at) == day for m in theirs) < one.meetings_a_day
            and (one.meetings_a_week is None or len(week) < one.meetings_a_week)
            and (far is None or one.travels_km is None or far <= one.travels_km)
            and not any(overlaps(m, start, way(m.room.venue if m.room else None, venue)) for m in theirs)
        )

    def speaks(one: Mediator) -> bool:
        return needed is None or needed in {spoken.language.casefold() for spoken in one.spoken}

    def interpreter_ok(one: Interpreter | None, mediator: Mediator, start: datetime) -> bool:
        if speaks(mediator) or one is None:
            return speaks(mediator) and one is None
        return needed in {spoken.language.casefold() for spoken in one.spoken} and not is_busy(6, one.id, start)

    def officer_ok(one: Officer, start: datetime) -> bool:
        return not is_busy(4, one.id, start) and not any(m.officer is one and overlaps(m, start) for m in kept)

    def rank(  # noqa: PLR0917 - everybody who is chosen
        day: date, hour: str, room: Room | None, one: Mediator, officer: Officer, who: Any
    ) -> tuple[Any, ...]:
        far = None if room is None else km(person.outcode, room.venue.postcode.split()[0])
        is_morning = hour < "12:00"
        load = sum(m.mediator is one and LAWFUL[0] <= london.london_day(m.starts_at) <= LAWFUL[-1] for m in kept)
        return (
            day > AGAIN_UNTIL,
            person.prefers is not None and is_morning is not (person.prefers is PartOfDay.MORNING),
            hour in OTHER,
            0 if room is None else 999 if far is None else int(far // 20),
            day,
            [*KIND, *OTHER].index(hour),
            0 if far is None else round(far),
            () if room is None else (room.venue.name, room.name, room.id),
            not speaks(one),
            load,
            one.id,
            officer.id,
            0 if who is None else who.id,
        )

    all_mediators, all_officers = everybody(session, Mediator), everybody(session, Officer)
    possible = []
    for day, hour in product(LAWFUL, [*KIND, *OTHER]):
        start = london.at(day, time.fromisoformat(hour))
        if is_busy(3, case.person_id, start):
            continue
        officers = [one for one in all_officers if officer_ok(one, start)]
        fit = [room for room in rooms if officers and room_ok(room, start)]
        pairs = [pair for pair in product(fit, all_mediators) if mediator_ok(pair[1], pair[0], start)]
        for (room, one), officer, who in product(pairs, officers, helping):
            if interpreter_ok(who, one, start):
                names = (room and f"{room.venue.name}, {room.name}", one.name, officer.name, who and who.name)
                possible.append((rank(day, hour, room, one, officer, who), f"{day} {hour}", *names))
    best: dict[str, tuple[Any, ...]] = {}
    for _key, *what in sorted(possible, key=lambda one: one[0]):
        best.setdefault(what[0], tuple(what))
    return list(best.values())


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(small=SMALL)
def test_the_search_finds_the_same_in_the_same_order_as_trying_everything(engine: Engine, small: Small) -> None:
    with db.Session() as session:
        case, _town = build(session, small)
        found = slots.best(session, case, now=TOLD, limit=slots.EVERY)

        assert [
            (
                f"{london.london(slot.starts_at):%Y-%m-%d %H:%M}",
                slot.room and f"{slot.room.venue.name}, {slot.room.name}",
                slot.mediator.name,
                slot.officer.name,
                slot.interpreter and slot.interpreter.name,
            )
            for slot in found
        ] == by_hand(session, case)
        session.rollback()
