"""How long a search for a time takes with ten thousand open cases, and how long the memory behind it takes to be right.

    .venv/bin/python -m benchmarks.slots [--cases 10000] [--seed 1]

A country of sixty-four authorities is written in bulk, the same for the same seed: 460 mediators, 420 venues, half of
the cases booked. Searches are then asked for the first ten times of open cases, and beside them the same question is
put to the database in SQL alone, by intervals and without memory. Nothing here is a test: figures depend on the
machine, and docs/reference/benchmarks.md keeps those of one.
"""

import random
import resource
import statistics
import tempfile
import time as clocks
import tracemalloc
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling import db, london
from scheduling.diary import bookings, grid, slots, working_set
from scheduling.diary.search import STARTS
from scheduling.models import (
    Authority,
    Booking,
    BookingKind,
    Case,
    Claim,
    Contract,
    Mediator,
    MediatorHours,
    Officer,
    Person,
    ResourceKind,
    Room,
    Telling,
    Venue,
    VenueHours,
)
from scheduling.models.mediator import mediator_works_with
from scheduling.models.venue import venue_serves
from scheduling.reference import outcodes
from scheduling.vault.sealed import Box
from webapp import migrations

TODAY = date(2026, 12, 1)
NOW = london.at(TODAY, time(9))
AUTHORITIES, MEDIATORS, VENUES = 64, 460, 420
SEARCHES, BY_SQL, CHANGES = 1_000, 5, 100
FEW, FIRST_TEN = 3, 10

Rows = list[dict[str, Any]]


@click.command()
@click.option("--cases", default=10_000, help="How many are open.")
@click.option("--seed", default=1, help="Another country.")
def measure(cases: int, seed: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        engine = db.connect(f"sqlite:///{Path(folder) / 'benchmark.db'}")
        migrations.upgrade(engine)
        Country(random.Random(seed), cases).write(engine)
        click.echo(f"{cases} open cases, {MEDIATORS} mediators, {VENUES} venues, SQLite, seed {seed}")
        _cold()
        median = _warm(cases, seed)
        _by_sql(cases, seed, median)
        _changes(cases, seed)
        _memory()
        engine.dispose()


class Country:
    """Authorities on a map, and everybody who meets in them."""

    def __init__(self, dice: random.Random, cases: int) -> None:
        self.dice = dice
        self.cases = cases
        self.places = sorted(outcodes._places())  # noqa: SLF001 - the map itself
        self.towns = [self._outcode() for _ in range(AUTHORITIES)]

    def write(self, engine: Engine) -> None:
        """All of it in one transaction."""
        with db.Session(bind=engine) as session, session.begin():
            self._authorities(session)
            self._venues(session)
            self._mediators(session)
            self._families(session)
            self._meetings(session)

    def _authorities(self, session: Session) -> None:
        listed = [
            {
                "id": number,
                "code": f"{number:03}",
                "name": f"Town {number}",
                "official_name": f"Town {number} Council",
                "ons_code": f"E{number}",
                "region": "England",
            }
            for number in range(1, AUTHORITIES + 1)
        ]
        session.execute(insert(Authority), listed)
        session.execute(insert(Contract), [{"authority_id": one["id"], "starts_on": TODAY} for one in listed])
        officers = [(number, n) for number in range(1, AUTHORITIES + 1) for n in range(self._officers(number))]
        session.execute(
            insert(Officer),
            [
                {"authority_id": number, "name": f"Officer {n}", "email": f"{number}.{n}@a.example", "may_decide": True}
                for number, n in officers
            ],
        )

    def _venues(self, session: Session) -> None:
        venues: Rows = []
        serves: Rows = []
        for number in range(1, VENUES + 1):
            home = self.dice.randrange(AUTHORITIES)
            outcode = self._near(self.towns[home])
            venues.append(
                {
                    "id": number,
                    "name": f"Venue {number:03}",
                    "address": "1 High Street",
                    "postcode": f"{outcode} 1AA",
                    "owner_id": home + 1 if self.dice.random() < 0.1 else None,
                    "step_free": self.dice.random() < 0.8,
                }
            )
            serves += [{"venue_id": number, "authority_id": one + 1} for one in self._around(outcode)]
        session.execute(insert(Venue), venues)
        session.execute(insert(venue_serves), serves)
        hours = [(one["id"], day) for one in venues for day in range(5)]
        session.execute(
            insert(VenueHours),
            [{"venue_id": one, "weekday": day, "opens": time(9), "closes": time(17)} for one, day in hours],
        )
        rooms = [(one["id"], n) for one in venues for n in range(self.dice.choice((1, 2, 2, 3)))]
        session.execute(insert(Room), [{"venue_id": one, "name": f"Room {n + 1}", "capacity": 8} for one, n in rooms])

    def _mediators(self, session: Session) -> None:
        mediators: Rows = []
        works: Rows = []
        for number in range(1, MEDIATORS + 1):
            outcode = self._near(self.towns[self.dice.randrange(AUTHORITIES)])
            mediators.append(
                {
                    "id": number,
                    "name": f"Mediator {number}",
                    "email": f"{number}@m.example",
                    "meetings_a_day": 2,
                    "outcode": outcode,
                    "travels_km": self.dice.choice((60, 90, 120)),
                }
            )
            works += [{"mediator_id": number, "authority_id": one + 1} for one in self._around(outcode)]
        session.execute(insert(Mediator), mediators)
        session.execute(insert(mediator_works_with), works)
        days = [(one["id"], day) for one in mediators for day in sorted(self.dice.sample(range(5), k=4))]
        session.execute(
            insert(MediatorHours),
            [{"mediator_id": one, "weekday": day, "starts": time(9), "ends": time(17)} for one, day in days],
        )

    def _families(self, session: Session) -> None:
        people: Rows = []  # as before there was a vault: sealing ten thousand is not what is measured
        opened: Rows = []
        tellings: Rows = []
        officers = dict(session.execute(select(Officer.authority_id, Officer.id)).all())
        for number in range(1, self.cases + 1):
            town = self.dice.randrange(AUTHORITIES)
            told = NOW - timedelta(days=self.dice.randrange(12), hours=1)
            people.append(
                {"id": number, "outcode": self._near(self.towns[town]), "sealed_name": Box(stored=f"Family {number}")}
            )
            opened.append(
                {
                    "id": number,
                    "reference": f"{number:08}",
                    "person_id": number,
                    "authority_id": town + 1,
                    "opened_at": told,
                    "mediation_wanted_at": told,
                    "letter_date": TODAY,
                    "sealed_issues": Box(stored="Speech therapy"),
                }
            )
            tellings.append(
                {"case_id": number, "officer_id": officers[town + 1], "sealed_issues": Box(stored="x"), "told_at": told}
            )
        session.execute(insert(Person), people)
        session.execute(insert(Case), opened)
        session.execute(insert(Telling), tellings)

    def _meetings(self, session: Session) -> None:
        """Every other case is booked, at the best of some random hours at which all are free."""
        taken: dict[tuple[int, int], set[int]] = {}
        a_day: dict[tuple[int, date], int] = {}
        days = [TODAY + timedelta(days=n) for n in range(-5, 31) if (TODAY + timedelta(days=n)).weekday() < 5]
        serving = _groups(session.execute(select(venue_serves.c.authority_id, venue_serves.c.venue_id)))
        sitting = _groups(
            session.execute(select(mediator_works_with.c.authority_id, mediator_works_with.c.mediator_id))
        )
        rooms = _groups(session.execute(select(Room.venue_id, Room.id)))
        officers = _groups(session.execute(select(Officer.authority_id, Officer.id)))
        towns = dict(session.execute(select(Case.id, Case.authority_id)).all())
        booked: Rows = []
        claimed: Rows = []
        for number in range(1, self.cases + 1, 2):
            town = towns[number]
            for _ in range(30):
                starts_at = london.at(self.dice.choice(days), self.dice.choice(STARTS))
                ends_at = starts_at + slots.LENGTH
                chosen = {
                    ResourceKind.ROOM: self.dice.choice(rooms[self.dice.choice(serving[town or 0])]),
                    ResourceKind.MEDIATOR: self.dice.choice(sitting[town or 0]),
                    ResourceKind.FAMILY: number,
                    ResourceKind.OFFICER: self.dice.choice(officers[town or 0]),
                }
                mediator_s_day = (chosen[ResourceKind.MEDIATOR], london.london_day(starts_at))
                quarters = set(range(int(starts_at.timestamp()) // 900 - 4, int(ends_at.timestamp()) // 900 + 4))
                if a_day.get(mediator_s_day, 0) > 1 or any(
                    not taken.get((kind, one), set()).isdisjoint(quarters) for kind, one in chosen.items()
                ):
                    continue
                a_day[mediator_s_day] = a_day.get(mediator_s_day, 0) + 1
                for kind, one in chosen.items():
                    taken.setdefault((kind, one), set()).update(quarters)
                identity = len(booked) + 1
                booked.append(
                    {
                        "id": identity,
                        "uid": f"b-{identity}@benchmark.example",
                        "kind": BookingKind.MEDIATION,
                        "case_id": number,
                        "starts_at": starts_at,
                        "ends_at": ends_at,
                        "room_id": chosen[ResourceKind.ROOM],
                        "mediator_id": chosen[ResourceKind.MEDIATOR],
                        "officer_id": chosen[ResourceKind.OFFICER],
                        "booked_at": NOW,
                    }
                )
                claimed += [
                    {
                        "booking_id": identity,
                        "kind": kind,
                        "resource_id": one,
                        "starts_at": starts_at,
                        "ends_at": ends_at,
                    }
                    for kind, one in chosen.items()
                ]
                break
        session.execute(insert(Booking), booked)
        session.execute(insert(Claim), claimed)
        click.echo(f"{len(booked)} meetings are booked")

    def _officers(self, _number: int) -> int:
        return 6

    def _outcode(self) -> str:
        return self.dice.choice(self.places)

    def _near(self, outcode: str) -> str:
        """One of the outcodes within forty kilometres."""
        for _ in range(400):
            other = self._outcode()
            if (outcodes.kilometres(outcode, other) or 0) < 40:
                return other
        return outcode

    def _around(self, outcode: str) -> list[int]:
        """The authorities within a hundred kilometres."""
        near = [n for n, town in enumerate(self.towns) if (outcodes.kilometres(outcode, town) or 0) < 100]
        return near or [0]


def _cold() -> None:
    with db.Reading() as session:
        took = _timed(lambda: working_set.current(session, TODAY, TODAY + slots.LOOKS_AHEAD))
    click.echo(f"{'read everything':36} {took * 1000:8.1f} ms")


def _warm(cases: int, seed: int) -> float:
    with db.Reading() as session:
        chosen = _open_cases(session, cases, seed, SEARCHES)
        for case in chosen[:20]:
            slots.best(session, case, now=NOW, limit=FIRST_TEN)
        few = _searched(session, chosen, limit=FEW)
        return min(few, _searched(session, chosen, limit=FIRST_TEN))


def _searched(session: Session, chosen: list[Case], *, limit: int) -> float:
    figures, busy = [], []
    for case in chosen:
        at_work, begun = clocks.process_time(), clocks.perf_counter()  # to ask for the former takes longer
        slots.best(session, case, now=NOW, limit=limit)
        figures.append(clocks.perf_counter() - begun)
        busy.append(clocks.process_time() - at_work)
    name = f"first {limit} times of a case"
    click.echo(f"{name:36} {_told(figures)}")
    click.echo(f"{'    of the processor':36} {_told(busy)}")
    return statistics.median(figures)


def _by_sql(cases: int, seed: int, median: float) -> None:
    figures = []
    with db.Reading() as session:
        for case in _open_cases(session, cases, seed, BY_SQL):
            begun = clocks.perf_counter()
            session.execute(text(PLAIN), {"case": case.id, **_hours()}).all()
            figures.append(clocks.perf_counter() - begun)
    ratio = statistics.median(figures) / median
    click.echo(f"{'the same in SQL, by intervals':36} {_told(figures)}, {ratio:.0f} times as long")


def _changes(cases: int, seed: int) -> None:
    """A booking by another session, and what the next search has to read because of it."""
    figures = []
    with db.Reading() as looking:
        working_set.current(looking, TODAY, TODAY + slots.LOOKS_AHEAD)
    for number in _numbers(cases, seed, CHANGES):
        with db.Session.begin() as session:
            case = session.get_one(Case, number)
            slot = next(iter(slots.best(session, case, now=NOW, limit=1)), None)
            if slot is None:
                continue
            booking = Booking(
                uid=bookings.new_uid(),
                kind=BookingKind.MEDIATION,
                case=case,
                booked_at=NOW,
                **bookings.facts(slot),
            )
            bookings.keep(session, booking)
        with db.Reading() as session:
            session.connection()
            figures.append(_timed(lambda: working_set.current(session, TODAY, TODAY + slots.LOOKS_AHEAD)))
    click.echo(f"{'know of a booking':36} {_told(figures)}")


def _memory() -> None:
    with db.Reading() as session:
        tracemalloc.start()
        kept = working_set.read(session, grid.Grid.around(TODAY))
        size, _peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"{'memory of the diary':36} {size / 1e6:8.1f} MB; the whole process at most {whole:.0f} MB")
    del kept


PLAIN = """
WITH RECURSIVE
days (day, number) AS (
    SELECT :first, 0 UNION ALL SELECT date(day, '+1 day'), number + 1 FROM days WHERE number < 20
),
times AS (
    SELECT datetime(day || ' ' || hours.value) AS starts, datetime(day || ' ' || hours.value, '+2 hours') AS ends, day
    FROM days, json_each(:hours) AS hours WHERE strftime('%w', day) BETWEEN '1' AND '5'
)
SELECT times.starts FROM cases JOIN times
WHERE cases.id = :case
AND EXISTS (
    SELECT 1 FROM officers WHERE officers.authority_id = cases.authority_id AND may_decide
    AND NOT EXISTS (
        SELECT 1 FROM claims
        WHERE kind = 4 AND resource_id = officers.id AND starts_at < times.ends AND ends_at > times.starts
    )
)
AND EXISTS (
    SELECT 1 FROM mediator_works_with AS works JOIN mediators ON mediators.id = works.mediator_id
    WHERE works.authority_id = cases.authority_id AND mediators.is_active
    AND NOT EXISTS (
        SELECT 1 FROM claims
        WHERE kind = 2 AND resource_id = mediators.id AND starts_at < times.ends AND ends_at > times.starts
    )
    AND (
        SELECT count(*) FROM claims WHERE kind = 2 AND resource_id = mediators.id AND date(starts_at) = times.day
    ) < mediators.meetings_a_day
)
AND EXISTS (
    SELECT 1 FROM venue_serves AS serves JOIN venues ON venues.id = serves.venue_id
    JOIN rooms ON rooms.venue_id = venues.id
    WHERE serves.authority_id = cases.authority_id AND venues.owner_id IS NOT cases.authority_id
    AND NOT EXISTS (
        SELECT 1 FROM claims
        WHERE kind = 1 AND resource_id = rooms.id AND starts_at < times.ends AND ends_at > times.starts
    )
)
ORDER BY times.starts LIMIT 10
"""
"""Plain, and kinder to itself than the search: it knows no journeys, no reach, no hours and no order but time."""


def _hours() -> dict[str, object]:
    first = TODAY + timedelta(days=8)
    return {"first": first.isoformat(), "hours": "[" + ",".join(f'"{start:%H:%M:%S}"' for start in STARTS) + "]"}


def _open_cases(session: Session, cases: int, seed: int, number: int) -> list[Case]:
    """As a page has them: with family, authority and tellings."""
    whole = (joinedload(Case.person), joinedload(Case.authority), selectinload(Case.tellings))
    wanted = select(Case).where(Case.id.in_(_numbers(cases, seed, number))).options(*whole)
    return list(session.scalars(wanted))


def _numbers(cases: int, seed: int, number: int) -> list[int]:
    return random.Random(seed).sample(range(2, cases + 1, 2), k=min(number, cases // 2))


def _groups(pairs: Any) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _timed(work: Callable[[], object]) -> float:
    begun = clocks.perf_counter()
    work()
    return clocks.perf_counter() - begun


def _told(figures: list[float]) -> str:
    ordered = sorted(figures)
    return f"{statistics.median(ordered) * 1000:8.2f} ms, p99 {ordered[int(len(ordered) * 0.99)] * 1000:.2f} ms"


if __name__ == "__main__":
    measure()
