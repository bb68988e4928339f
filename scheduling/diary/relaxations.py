"""What would open a time for a case that has none: the smallest change of each kind, with the times it would free."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from scheduling.diary import slots
from scheduling.diary.search import Relaxed, Search
from scheduling.diary.slots import Prepared, Slot
from scheduling.law.window import Notice
from scheduling.models import Case, Mode
from scheduling.reference import outcodes

SHOWN: Final = 3
SATURDAY: Final = 5
LIFTED: Final = {
    Relaxed.A_DAY: "A mediator who sits once more on a day.",
    Relaxed.A_WEEK: "A mediator who sits once more in a week.",
    Relaxed.LEAVE: "A mediator who comes in spite of leave.",
    Relaxed.OFFICER: "An officer of the authority who puts something else off.",
}


@dataclass(frozen=True)
class Relaxation:
    """One change, and the best of the times that it would free."""

    what: str
    slots: tuple[Slot, ...]


def of(session: Session, case: Case, prepared: Prepared, *, now: datetime) -> list[Relaxation]:
    """Every change that would open a time."""
    by_consent = tuple(slots.best(session, case, now=now, limit=SHOWN, notice=Notice.CONSENT))
    found = [Relaxation("The family's agreement to shorter notice.", by_consent)]
    found += [_with(session, prepared, what, search) for what, search in _changes(prepared)]
    return [one for one in found if one.slots]


def _changes(prepared: Prepared) -> Iterator[tuple[str, Search]]:
    search = prepared.search
    if search.wanted.mode is Mode.IN_PERSON:
        farther = _farther(search)
        if farther is not None:
            yield f"A family that can come {farther.wanted.travels_km} km.", farther
        afar = replace(search.wanted, mode=Mode.VIDEO)
        yield "A meeting by video.", replace(search, wanted=afar)
    for limit, what in LIFTED.items():
        yield what, replace(search, relaxed=frozenset({limit}))
    saturdays = tuple(_saturdays(prepared))
    yield (
        "A venue and a mediator on a Saturday.",
        replace(search, days=saturdays, relaxed=frozenset({Relaxed.SATURDAY})),
    )


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


def _with(session: Session, prepared: Prepared, what: str, search: Search) -> Relaxation:
    found = replace(prepared, search=search).slots(session, islice(search.found(), SHOWN))
    return Relaxation(what, tuple(found))
