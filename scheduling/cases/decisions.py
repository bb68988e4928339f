"""Decisions that the service takes by itself, and a person who decides otherwise.

History says of each what was decided and why. What else may lawfully be done depends on how the case stands now, and
only the last decision of a kind can still be decided otherwise. The reason is written down first, beside the decision;
the page to which it leads then does it, and writes a line of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from scheduling.cases import mediation, thirty_days, turns
from scheduling.diary import bookings, holds
from scheduling.models import Actor, ActorKind, Booking, BookingKind, Case, Entry
from scheduling.refusals import Refused


class Decision(StrEnum):
    """What is decided by rule: by the clock, or by the law as soon as the facts are written down."""

    PLACED = "the time of the meeting"
    OFFERED = "which times are offered"
    UNPLACED = "that no time was found"
    ADVICE = "the time of the advice"
    ROUTE = "the route"
    RIGHT_HOLDER = "whose right it is"
    TOLD = "that the authority is told"
    PREPARED = "that a certificate is prepared"
    BREACH = "who caused that the 30 days were missed"
    REMINDED = "how the family is reminded"


BY_THE_SERVICE_ALONE: Final = frozenset(
    {Decision.PLACED, Decision.OFFERED, Decision.UNPLACED, Decision.PREPARED, Decision.BREACH, Decision.REMINDED}
)
"""The same line by a person is that person's decision. The others follow from the law, whoever gave the facts."""

BEGINS: Final = {
    "Mediation was booked for": Decision.PLACED,
    "Mediation was moved from": Decision.PLACED,
    "Offered to": Decision.OFFERED,
    mediation.UNPLACED: Decision.UNPLACED,
    "An advice appointment was booked": Decision.ADVICE,
    "The route is now": Decision.ROUTE,
    "The child was recorded": Decision.RIGHT_HOLDER,
    thirty_days.PREPARED: Decision.PREPARED,
    "The 30 days passed without a meeting": Decision.BREACH,
    "The family was reminded by": Decision.REMINDED,
}
TELLS: Final = "was told that the family wants mediation"
OTHERWISE: Final = "Decided otherwise"
"""So a line begins with which a person decides otherwise."""


class ReasonMissing(Refused):
    def __str__(self) -> str:
        return "Enter why, so that the history can say it."


class StandsAsItIs(Refused):
    def __str__(self) -> str:
        return "This decision is over, or a later one has taken its place. Look at the history as it is now."


@dataclass(frozen=True)
class Line:
    """A line of history with what it decides, and the line that decides it otherwise, if there is one."""

    entry: Entry
    decision: Decision | None
    is_open: bool
    """Whether it can still be decided otherwise."""
    overridden: Entry | None


def of(entry: Entry) -> Decision | None:
    """What a line decides by rule; None for what somebody did or said."""
    known = _kind(entry)
    is_theirs = known in BY_THE_SERVICE_ALONE and entry.by.kind is not ActorKind.SERVICE
    return None if is_theirs else known


def lines(session: Session, case: Case, *, now: datetime) -> list[Line]:
    """The case's history in order, with what can still be decided otherwise."""
    decided = {entry.id: kind for entry in case.history if (kind := _kind(entry)) is not None}
    last = {kind: entry_id for entry_id, kind in decided.items()}
    current = _current(session, case, now=now)
    overridden = {entry.overrides_id: entry for entry in case.history if entry.overrides_id is not None}
    return [
        Line(
            entry,
            kind := of(entry),
            is_open=kind in current and last.get(kind) == entry.id,
            overridden=overridden.get(entry.id),
        )
        for entry in case.history
    ]


def override(session: Session, case: Case, entry: Entry, *, how: str, because: str, by: Actor, now: datetime) -> Entry:
    """Write down that a person decides otherwise, how and why; raises ReasonMissing or StandsAsItIs."""
    if not because.strip():
        raise ReasonMissing
    turns.wait(session, case)
    if not any(line.entry is entry and line.is_open for line in lines(session, case, now=now)):
        raise StandsAsItIs
    case.record(f"{OTHERWISE}: {how}", why=because.strip(), overrides=entry, by=by, now=now)
    session.flush()
    return case.history[-1]


def _kind(entry: Entry) -> Decision | None:
    """What a line settles, whoever wrote it: a person's booking takes the place of the service's."""
    known = next((kind for words, kind in BEGINS.items() if entry.what.startswith(words)), None)
    return Decision.TOLD if known is None and entry.what.endswith(TELLS) else known


def _current(session: Session, case: Case, *, now: datetime) -> frozenset[Decision]:
    """Of which decisions something is left that could be done otherwise."""
    if case.closed_at is not None:
        return frozenset({Decision.BREACH})
    meeting = bookings.of(session, case, BookingKind.MEDIATION)
    meets, talks = (_is_to_come(one, now) for one in (meeting, bookings.of(session, case, BookingKind.ADVICE)))
    wants = case.declined_at is None
    depends = {
        Decision.PLACED: meets,
        Decision.ADVICE: talks,
        Decision.REMINDED: meets or talks,
        Decision.OFFERED: bool(holds.of(session, case)),
        Decision.UNPLACED: wants and meeting is None,
        Decision.TOLD: wants,
    }
    return frozenset(kind for kind in Decision if depends.get(kind, True))


def _is_to_come(booking: Booking | None, now: datetime) -> bool:
    return booking is not None and booking.starts_at > now
