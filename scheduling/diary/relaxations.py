"""What would open a time for a case that has none: the smallest change of each kind, with the times it would free."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from scheduling.diary import slots
from scheduling.diary.free_hours import Relaxed
from scheduling.diary.search import Search
from scheduling.diary.slots import Prepared, Slot
from scheduling.law.window import Notice
from scheduling.models import Case, Mode
from scheduling.reference import outcodes

SHOWN: Final = 3
SATURDAY: Final = 5


class Change(StrEnum):
    """What somebody would have to allow, named as the addresses of pages name it."""

    NOTICE = "shorter-notice"
    FARTHER = "farther"
    VIDEO = "by-video"
    TELEPHONE = "by-telephone"
    A_DAY = "once-more-on-a-day"
    A_WEEK = "once-more-in-a-week"
    LEAVE = "in-spite-of-leave"
    OFFICER = "officer-comes-after-all"
    SATURDAY = "on-a-saturday"


AFAR: Final = {
    Change.VIDEO: (Mode.VIDEO, "A meeting by video."),
    Change.TELEPHONE: (Mode.TELEPHONE, "A meeting by telephone."),
}
LIFTED: Final = {
    Change.A_DAY: (Relaxed.A_DAY, "A mediator who takes one more meeting on a day."),
    Change.A_WEEK: (Relaxed.A_WEEK, "A mediator who takes one more meeting in a week."),
    Change.LEAVE: (Relaxed.LEAVE, "A mediator who comes in spite of leave."),
    Change.OFFICER: (Relaxed.OFFICER, "An officer of the authority who puts something else off."),
}


@dataclass(frozen=True)
class Relaxation:
    """One change, and the best of the times that it would free."""

    change: Change
    what: str
    slots: tuple[Slot, ...]
    travels_km: int | None = None
    """How far the family would come, where that is the change."""


@dataclass(frozen=True)
class _Try:
    """A search that supposes one change."""

    change: Change
    what: str
    search: Search
    travels_km: int | None = None


def of(session: Session, case: Case, prepared: Prepared, *, now: datetime) -> list[Relaxation]:
    """Every change that would open a time."""
    by_consent = tuple(slots.best(session, case, now=now, limit=SHOWN, notice=Notice.CONSENT))
    found = [Relaxation(Change.NOTICE, "The family's agreement to shorter notice.", by_consent)]
    found += [_with(session, prepared, one) for one in _tries(prepared)]
    return [one for one in found if one.slots]


def by(session: Session, case: Case, change: Change, *, now: datetime) -> Relaxation | None:
    """What this one change would open now; None where it would open nothing."""
    prepared = slots.prepare(session, case, now=now)
    if prepared is None:
        return None
    tried = next((one for one in _tries(prepared) if one.change is change), None)
    found = None if tried is None else _with(session, prepared, tried)
    return found if found is not None and found.slots else None


def _tries(prepared: Prepared) -> Iterator[_Try]:
    search = prepared.search
    if search.wanted.mode is Mode.IN_PERSON:
        farther = _farther(search)
        if farther is not None:
            km = farther.wanted.travels_km
            yield _Try(Change.FARTHER, f"A family that can come {km} km.", farther, km)
        for change, (mode, what) in AFAR.items():
            yield _Try(change, what, replace(search, wanted=replace(search.wanted, mode=mode)))
    for change, (limit, what) in LIFTED.items():
        yield _Try(change, what, replace(search, relaxed=frozenset({limit})))
    saturdays = replace(search, days=tuple(_saturdays(prepared)), relaxed=frozenset({Relaxed.SATURDAY}))
    yield _Try(Change.SATURDAY, "A venue and a mediator on a Saturday.", saturdays)


def _farther(search: Search) -> Search | None:
    """The least distance, in whole kilometres, at which there is a time."""
    kms = (
        outcodes.kilometres(search.wanted.outcode, one.outcode)
        for one in search.diary.venues_of(search.wanted.authority_id)
    )
    for limit in sorted({math.ceil(km) for km in kms if km is not None and km > search.wanted.travels_km}):
        wider = replace(search, wanted=replace(search.wanted, travels_km=limit))
        if next(wider.found(), None) is not None:
            return wider
    return None


def _saturdays(prepared: Prepared) -> Iterator[date]:
    day = prepared.window.opens
    while day <= prepared.window.closes and day < prepared.diary.grid.end:
        if day.weekday() == SATURDAY:
            yield day
        day += timedelta(days=1)


def _with(session: Session, prepared: Prepared, tried: _Try) -> Relaxation:
    found = replace(prepared, search=tried.search).slots(session, islice(tried.search.found(), SHOWN))
    return Relaxation(tried.change, tried.what, tuple(found), tried.travels_km)
