"""The diary in memory: one for each process and database, shared by all searches of web and clock.

It is a value that nobody changes. Before a search, the changes that were written down since are read, and a new value
is made that shares with the old one whatever has not changed. A transaction that has changed the diary itself gets a
value of its own, made the same way from what it alone can see, so its searches know its bookings and nobody else's do;
it is thrown away when the transaction, or a savepoint in it, is over.

What is kept in memory may be a moment old when a slot is booked: the database refuses hours that are taken.
"""

import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import Pool

from scheduling import db
from scheduling.diary import changes, loading
from scheduling.diary.changes import News, Seen
from scheduling.diary.facts import InterpreterFacts, MediatorFacts, OfficerFacts, RoomFacts, Times, VenueFacts
from scheduling.diary.grid import Grid
from scheduling.diary.loading import Mediated, Resource
from scheduling.diary.shares import Shares
from scheduling.law.working_days import Calendar
from scheduling.models import Changed, ResourceKind
from scheduling.reference import calendar, policies

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Diary:
    """Everything that a search looks at."""

    grid: Grid
    seen: Seen
    working_days: Calendar
    travel_km: int
    venues: dict[int, VenueFacts]
    mediators: dict[int, MediatorFacts]
    officers: dict[int, tuple[OfficerFacts, ...]]
    """By authority."""
    interpreters: dict[int, InterpreterFacts]
    times: Shares[Resource, Times]
    mediated: Shares[int, Mediated]
    """By family."""
    company: dict[int, int]
    """By case."""
    serving: dict[int, tuple[VenueFacts, ...]] = field(default_factory=dict)
    """Worked out when first needed: who serves an authority, in the order of their names."""
    sitting: dict[int, tuple[MediatorFacts, ...]] = field(default_factory=dict)
    """Likewise: who works with it."""
    usual: dict[int, dict[int, int]] = field(default_factory=lambda: {kind: {} for kind in ResourceKind})
    """Likewise: when a meeting could begin, by kind and id of whoever holds no offers. No family: it is asked once."""
    held: dict[Resource, dict[frozenset[int], int]] = field(default_factory=dict)
    """Likewise: of those who do, by the offers that are still held."""
    counts: dict[int, bytes] = field(default_factory=dict)
    """Likewise: how many meetings a mediator without offers has on each day."""
    days: dict[object, object] = field(default_factory=dict)
    """Likewise: what the law makes of a telling, which many cases share."""
    fits: dict[object, object] = field(default_factory=dict)
    """Likewise: who and what suits cases that are alike."""

    def remembered(self, key: object, work_out: Callable[[], Value]) -> Value:
        """What the calendar makes of something, worked out once for all searches."""
        if key not in self.days:
            self.days[key] = work_out()
        return cast("Value", self.days[key])

    def fitted(self, key: object, work_out: Callable[[], Value]) -> Value:
        """Who of the venues and mediators suits, likewise."""
        if key not in self.fits:
            self.fits[key] = work_out()
        return cast("Value", self.fits[key])

    def venues_of(self, authority_id: int | None) -> tuple[VenueFacts, ...]:
        """Every venue that serves an authority."""
        if authority_id is None:
            return ()
        if authority_id not in self.serving:
            there = (venue for venue in self.venues.values() if authority_id in venue.serves)
            self.serving[authority_id] = tuple(sorted(there, key=lambda venue: (venue.name, venue.id)))
        return self.serving[authority_id]

    def mediators_of(self, authority_id: int | None) -> tuple[MediatorFacts, ...]:
        """Every mediator who works with an authority."""
        if authority_id is None:
            return ()
        if authority_id not in self.sitting:
            there = (mediator for mediator in self.mediators.values() if authority_id in mediator.works_with)
            self.sitting[authority_id] = tuple(sorted(there, key=lambda mediator: mediator.id))
        return self.sitting[authority_id]


@dataclass(eq=False)
class Shared:
    """The value that all searches of a process have in common, for one database."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    diary: Diary | None = None


_shared: WeakKeyDictionary[Pool, Shared] = WeakKeyDictionary()
_first = threading.Lock()
_OWN = "diary of this transaction"


def current(session: Session, first_day: date, last_day: date) -> Diary:
    """The diary as this transaction sees it, on a grid with these days."""
    session.flush()  # or what it has not written yet would be written between two questions below
    own = session.info.get(_OWN)
    if own is not None and own.grid.covers(first_day, last_day):
        return _own(session, own)
    shared = _of(session)
    known = shared.diary
    if known is None or not known.grid.covers(first_day, last_day):
        return _anew(session, shared, Grid.around(first_day))
    news = changes.since(session, known.seen)
    if news.is_gap:
        return _anew(session, shared, known.grid)
    if not news.things:
        return known
    if db.has_written(session):
        return _own(session, _committed(session, shared, known.grid))
    return _folded(session, shared, known.grid, (known, news))


def _own(session: Session, base: Diary) -> Diary:
    """What this transaction sees beyond the value from which it began."""
    news = changes.since(session, base.seen)
    own = base if not news.things else updated(session, base, news)
    session.info[_OWN] = own
    return own


def _anew(session: Session, shared: Shared, grid: Grid) -> Diary:
    """Read everything; a transaction that may have changed something reads only its own part of it by itself."""
    if db.has_written(session):
        return _own(session, _committed(session, shared, grid))
    return _folded(session, shared, grid)


def _folded(session: Session, shared: Shared, grid: Grid, read_before: tuple[Diary, News] | None = None) -> Diary:
    """Bring what all have in common up to date with a session that sees nothing but what is committed.

    What it has read of the news before counts, unless somebody else has brought it up to date meanwhile.
    """
    with shared.lock:
        known = shared.diary
        if known is None or known.grid != grid:
            known = shared.diary = read(session, grid)
            return known
        if read_before is not None and read_before[0] is known:
            news = read_before[1]
        else:
            news = changes.since(session, known.seen)
        if news.is_gap:
            known = shared.diary = read(session, grid)
        elif news.things:
            known = shared.diary = updated(session, known, news)
        return known


def _committed(session: Session, shared: Shared, grid: Grid) -> Diary:
    """The same with a session of its own, beside one that has changed something.

    Its connection is its own as well: writers who hold every connection of the pool must not wait for one more.
    """
    bind = session.get_bind()
    beside = db.beside(bind if isinstance(bind, Engine) else bind.engine)
    with Session(beside.execution_options(read_only=True)) as reading:
        return _folded(reading, shared, grid)


def read(session: Session, grid: Grid) -> Diary:
    """Everything, from the database."""
    seen = changes.since(session, Seen()).seen
    taken = loading.engagements(session, grid)
    return Diary(
        grid=grid,
        seen=replace(seen, known=frozenset()),
        working_days=calendar.working_days(session),
        travel_km=policies.value(session, policies.TRAVEL_KM),
        venues=loading.venues(session, grid),
        mediators=loading.mediators(session, grid),
        officers=loading.officers(session, grid),
        interpreters=loading.interpreters(session),
        times=Shares.of(taken.times),
        mediated=Shares.of(taken.mediated),
        company=loading.company(session),
    )


def updated(session: Session, diary: Diary, news: News) -> Diary:
    """The diary with what has changed read again."""
    things, grid = news.things, diary.grid
    resources = changes.only(things, [int(kind) for kind in ResourceKind if kind is not ResourceKind.ADVISER])
    venues, mediators = things.get(Changed.VENUE), things.get(Changed.MEDIATOR)
    authorities, interpreters = things.get(Changed.AUTHORITY), things.get(Changed.INTERPRETER)
    families, cases = things.get(ResourceKind.FAMILY), things.get(Changed.COMPANY)
    stale = {*resources, *((int(ResourceKind.MEDIATOR), one) for one in mediators or ())}
    stale |= {(int(ResourceKind.ROOM), room.id) for one in venues or () for room in _rooms(diary, one)}
    stale |= {(int(ResourceKind.OFFICER), one.id) for each in authorities or () for one in diary.officers.get(each, ())}
    again = Changed.CALENDAR in things
    taken = loading.engagements(session, grid, resources) if resources else loading.NOTHING
    return Diary(
        grid=grid,
        seen=news.seen,
        working_days=calendar.working_days(session) if again else diary.working_days,
        travel_km=policies.value(session, policies.TRAVEL_KM) if Changed.POLICY in things else diary.travel_km,
        venues=_with(diary.venues, venues, lambda ids: loading.venues(session, grid, ids)),
        mediators=_with(diary.mediators, mediators, lambda ids: loading.mediators(session, grid, ids)),
        officers=_with(diary.officers, authorities, lambda ids: loading.officers(session, grid, ids)),
        interpreters=_with(diary.interpreters, interpreters, lambda ids: loading.interpreters(session, ids)),
        times=diary.times.replaced(resources, taken.times),
        mediated=diary.mediated.replaced(families or (), taken.mediated),
        company=_with(diary.company, cases, lambda ids: loading.company(session, ids)),
        serving={} if venues else diary.serving,
        sitting={} if mediators else diary.sitting,
        usual={kind: _without(words, _of_kind(stale, kind)) for kind, words in diary.usual.items()},
        held=_without(diary.held, stale),
        counts=_without(diary.counts, _of_kind(stale, ResourceKind.MEDIATOR)),
        days={} if again else diary.days,
        fits={} if venues or mediators else diary.fits,
    )


def _with(
    known: dict[Key, Value], stale: set[Key] | None, load: Callable[[set[Key]], dict[Key, Value]]
) -> dict[Key, Value]:
    return {**_without(known, stale), **load(stale)} if stale else known


def _without(known: dict[Key, Value], stale: Iterable[Key]) -> dict[Key, Value]:
    """A copy, though nothing be stale: what one transaction works out of its own rooms is nobody else's."""
    left = known.copy()  # in one step, whoever adds to it meanwhile
    for key in stale:
        left.pop(key, None)
    return left


def _of_kind(stale: Iterable[Resource], kind: int) -> set[int]:
    return {which for of_kind, which in stale if of_kind == kind}


def _rooms(diary: Diary, venue_id: int) -> tuple[RoomFacts, ...]:
    venue = diary.venues.get(venue_id)
    return () if venue is None else venue.rooms


def _of(session: Session) -> Shared:
    bind = session.get_bind()
    pool = bind.pool if isinstance(bind, Engine) else bind.engine.pool
    with _first:
        return _shared.setdefault(pool, Shared())


def _forget_own(session: Session, *_ended: object) -> None:
    session.info.pop(_OWN, None)


def _forget_at_the_end(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        _forget_own(session)


event.listen(Session, "after_soft_rollback", _forget_own)
event.listen(Session, "after_transaction_end", _forget_at_the_end)
