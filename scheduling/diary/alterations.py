"""Altering a place or a mediator: which meetings and offers that hits, where each meeting could go, and doing it.

What somebody is shown beforehand and what is then done are the same code: the alteration is made, whatever can no
longer be held as it stands is found by asking, offers are given back, and each meeting is placed. For the look ahead
all of it is undone.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from scheduling.diary import claims, holds, moves, standing
from scheduling.diary.claims import Resource
from scheduling.diary.moves import Cause, Hit, Impact, Move
from scheduling.diary.standing import Kept
from scheduling.models import SERVICE, Actor, Booking, Offer, OfferState, ResourceKind

log = logging.getLogger(__name__)

Made = Callable[[], object]
"""Makes an alteration, as often as it is called."""


@dataclass(frozen=True, kw_only=True)
class Alteration:
    """What is altered: made only when somebody has seen what it does, and as often as it is tried."""

    resources: Sequence[Resource]
    """The rooms or mediators whose meetings it may hit."""
    make: Made
    cause: Cause
    lines: Sequence[str] = field(default=())
    """What is altered, a sentence each."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an alteration has done."""

    moved: list[Booking]
    stranded: list[Move]
    released: Sequence[Offer]


def impact(session: Session, alteration: Alteration, *, now: datetime) -> Impact:
    """What would happen to meetings and offers; nothing is changed."""
    return moves.foresee(session, lambda: _made(session, alteration, now=now), now=now)


def carry_out(session: Session, alteration: Alteration, *, by: Actor, now: datetime) -> Outcome:
    """Make the alteration, give offers back, and move what cannot stay; the rest is stranded, and says why."""
    claims.lock(session, alteration.resources)
    hit = _made(session, alteration, now=now)
    tried = moves.carry_out(session, hit.bookings, alteration.cause, by=by, now=now)
    outcome = Outcome(
        moved=[move.booking for move in tried if move.to is not None],
        stranded=[move for move in tried if move.to is None],
        released=hit.offers,
    )
    for move in outcome.stranded:
        what = f"{alteration.cause.because.rstrip('.')}, and no other place was found"
        move.booking.case.record(what, why=move.why, by=by, now=now)
    log.info(
        "altered",
        extra={"moved": len(outcome.moved), "stranded": len(outcome.stranded), "offers": len(outcome.released)},
    )
    return outcome


def give_back(session: Session, resources: Sequence[Resource], because: str, *, now: datetime) -> list[Offer]:
    """Let go of the times held there or with them that could not be booked any more; gives which."""
    held = [kept for kept in _kept(session, resources, now=now) if isinstance(kept, Offer) and _hindrances(kept)]
    _give_back(session, held, because, now=now)
    return held


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What is not as it was, a sentence each: "Telephone: 020 7946 0001, before that 020 7946 0000"."""
    return [
        f"{label}: {text or 'none'}, before that {before[label] or 'none'}"
        for label, text in after.items()
        if text != before[label]
    ]


def _made(session: Session, alteration: Alteration, *, now: datetime) -> Hit:
    """Make it, and say what it hits: whatever has something in its way that was not there before."""
    before = {kept: _hindrances(kept) for kept in _kept(session, alteration.resources, now=now)}
    alteration.make()
    session.flush()
    hit = [kept for kept, known in before.items() if _hindrances(kept) - known]
    offers = [kept for kept in hit if isinstance(kept, Offer)]
    _give_back(session, offers, alteration.cause.because, now=now)
    return Hit(bookings=[kept for kept in hit if isinstance(kept, Booking)], offers=offers)


def _hindrances(kept: Kept) -> frozenset[str]:
    return frozenset([*standing.at_the_place(kept), *standing.with_the_mediator(kept)])


def _kept(session: Session, resources: Sequence[Resource], *, now: datetime) -> Iterator[Kept]:
    """The meetings to come there or with them, and the times that are held for one."""
    ids = {kind: [one_id for one, one_id in resources if one == kind] for kind, _ in resources}
    rooms, mediators = ids.get(ResourceKind.ROOM, []), ids.get(ResourceKind.MEDIATOR, [])

    def concerns(kind: type[Booking] | type[Offer]) -> ColumnElement[bool]:
        return or_(kind.room_id.in_(rooms), kind.mediator_id.in_(mediators))

    yield from session.scalars(moves.to_come(now).where(concerns(Booking)))
    held = select(Offer).where(Offer.state == OfferState.HELD, Offer.starts_at > now, concerns(Offer))
    yield from session.scalars(held.order_by(Offer.id))


def _give_back(session: Session, offers: Sequence[Offer], because: str, *, now: datetime) -> None:
    """By the service itself: what a person takes back waits for that person, and these families need other times."""
    for case in {offer.case.id: offer.case for offer in offers}.values():
        theirs = [offer for offer in offers if offer.case_id == case.id]
        if len(theirs) == len(holds.of(session, case)):
            holds.let_go_of(session, case, because=because, by=SERVICE, now=now)
        else:
            holds.let_go(session, theirs, because=because, by=SERVICE, now=now)
