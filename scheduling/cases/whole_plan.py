"""The whole plan: a place for every case that waits, found together, and proposed to a coordinator.

A proposal keeps nothing and tells nobody. Each place that a coordinator accepts is booked like any other, in a
transaction of its own; one that has gone meanwhile is passed over with its reason. Searching takes up to a minute, so
the question is read, answered outside of any transaction, and what was found is written down.

Booked meetings stay where they are. Only a plan that was told which of them may move proposes to move some, each where
it makes room for a case that would be left out; each such move is accepted by itself, like any other place.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.cases import mediation, turns
from scheduling.diary import bookings, holds, movable, moves, offers, planning, why
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.moves import Cause
from scheduling.diary.plan import bound, giving_way, greedy, planner
from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Plan
from scheduling.diary.planning import Place, Question
from scheduling.models import (
    Actor,
    Booking,
    BookingKind,
    Case,
    LeftOut,
    Mode,
    Proposal,
    ProposedPlace,
    ProposedState,
    Room,
    Side,
)
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

NIGHT_BEGINS, NIGHT_ENDS = 2, 5
"""Hours of the morning."""
SEED = 1
"""The same diary is planned in the same way."""
GONE = "Somebody it needs has something else at that time now."
BOOKED_MEANWHILE = "It was given a time in another way meanwhile."
OTHERS_NEED_IT = (
    "Alone it would find a time, but whatever suits it is needed by others with fewer choices or less time."
)

MOVED_MEANWHILE = "It was moved or cancelled in another way meanwhile."
MADE_ROOM = "Another family had no time within its 30 days, and both have one so."
"""What the history of the meeting that moves says."""
AGREED_MEANWHILE = "Everybody has agreed to the time that is booked, so it is not moved any more."


TO_GIVE_WAY = 0.2
"""The share of the time in which booked meetings may be asked to give way, where some may move."""
LEAST_TO_GIVE_WAY = 1.0
"""Seconds, however short the search."""

Progress = Callable[[float, int], None]


class Settled(Refused):
    def __str__(self) -> str:
        return "This place was booked or passed over already."


@dataclass(eq=False)
class CannotBeKept(Refused):
    """Somebody or something has changed since the plan was made."""

    because: str

    def __str__(self) -> str:
        return self.because


class WaitsForAMove(Refused):
    def __str__(self) -> str:
        return "This place is free only once the booked meeting has moved that would make room for it."


@dataclass(frozen=True, kw_only=True)
class Moving:
    """A booked meeting that would go elsewhere."""

    booking_id: int
    to: Place
    for_case: int
    """Whose place it makes room for."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one plan found."""

    places: list[Place]
    unplaced: list[int]
    """Cases, by their ids."""
    moves: list[Moving] = field(default_factory=list)
    one_by_one: int
    """How many would have a time if each took the first that is left."""
    at_most: int

    @property
    def placed(self) -> int:
        return len(self.places)


NOBODY_WAITS = Found(places=[], unplaced=[], one_by_one=0, at_most=0)


def read(session: Session, *, now: datetime, moving: Sequence[Booking] = ()) -> Question | None:
    """The cases that wait and for which nothing is offered, with everything that a plan is made from."""
    waiting = [case for case in mediation.waiting(session, now=now) if not _is_seen_to(session, case, now=now)]
    return planning.question(session, waiting, now=now, moving=moving)


def find(question: Question | None, *, seconds: float, progress: Progress | None = None) -> Found:
    """The best plan that is found in this time."""
    if question is None:
        return NOBODY_WAITS
    to_give_way = seconds * TO_GIVE_WAY if question.booked else 0.0
    plan = planner.plan(question.instance, seconds=seconds - to_give_way, seed=SEED, progress=progress)
    return _found(question, plan, seconds=max(to_give_way, LEAST_TO_GIVE_WAY))


def write(session: Session, found: Found, *, by: Actor, now: datetime, night: date | None = None) -> Proposal:
    """Propose what was found, with a reason for every case that is left out."""
    proposal = Proposal(
        made_at=now,
        made_by_id=by.staff_id,
        night=night,
        one_by_one=found.one_by_one,
        at_most=found.at_most,
        places=[
            *(_proposed(session, place) for place in found.places),
            *(_moving(session, move) for move in found.moves),
        ],
        left_out=[LeftOut(case_id=one, because=reason(session, one, now=now)) for one in found.unplaced],
    )
    session.add(proposal)
    session.flush()
    log.info("plan proposed", extra={"proposal": proposal.id, "placed": found.placed, "left_out": len(found.unplaced)})
    return proposal


def reason(session: Session, case_id: int, *, now: datetime) -> str:
    """Why a case has no place in a plan."""
    case = session.get_one(Case, case_id)
    return OTHERS_NEED_IT if planning.has_a_slot(session, case, now=now) else why.none(session, case, now=now)


def latest(session: Session) -> Proposal | None:
    """The last proposal, with its places and those whom it leaves out."""
    of_places = selectinload(Proposal.places).selectinload(ProposedPlace.case)
    whole = (
        of_places.selectinload(Case.tellings),
        of_places.selectinload(Case.authority),
        selectinload(Proposal.places).selectinload(ProposedPlace.room).selectinload(Room.venue),
        selectinload(Proposal.places).selectinload(ProposedPlace.mediator),
        selectinload(Proposal.places).selectinload(ProposedPlace.for_case),
        selectinload(Proposal.places).selectinload(ProposedPlace.was_room).selectinload(Room.venue),
        selectinload(Proposal.places).selectinload(ProposedPlace.was_mediator),
        selectinload(Proposal.left_out).selectinload(LeftOut.case).selectinload(Case.authority),
    )
    return session.scalar(select(Proposal).order_by(Proposal.id.desc()).limit(1).options(*whole))


def accept(session: Session, place_id: int, *, by: Actor, now: datetime) -> Booking | None:
    """Book a proposed place, or move a booked meeting to it; None where it could not be kept, which is written down."""
    place = _open_place(session, place_id)
    case = turns.take(session, place.case_id)
    booking = None if case is None else bookings.of(session, case, BookingKind.MEDIATION)
    if case is None or (None if booking is None else booking.id) != place.booking_id:
        because = BOOKED_MEANWHILE if place.booking_id is None else MOVED_MEANWHILE
        _settle(place, ProposedState.PASSED_OVER, because, now=now)
        return None
    try:
        kept = _book(session, place, now=now, by=by) if booking is None else _move(session, place, booking, by, now=now)
    except (SlotTaken, bookings.NoticeTooShort, CannotBeKept) as refusal:
        _settle(place, ProposedState.PASSED_OVER, str(refusal), now=now)
        return None
    _settle(place, ProposedState.BOOKED, None, now=now)
    return kept


def pass_over(session: Session, place_id: int, *, because: str, now: datetime) -> None:
    """Leave a proposed place alone; the case waits on."""
    _settle(_open_place(session, place_id), ProposedState.PASSED_OVER, because, now=now)


def is_made_for(session: Session, night: date) -> bool:
    """Whether this night has its proposal."""
    return session.scalar(select(Proposal.id).where(Proposal.night == night)) is not None


def night_of(now: datetime) -> date | None:
    """The night that it is, between two and five in the morning; None by day."""
    shown = london.london(now)
    return shown.date() if NIGHT_BEGINS <= shown.hour < NIGHT_ENDS else None


def _book(session: Session, place: ProposedPlace, *, by: Actor, now: datetime) -> Booking:
    slot = planning.slot(session, place, now=now)
    if slot is not None:
        return bookings.book(session, place.case, slot, by=by, now=now)
    if any(one.for_case_id == place.case_id and one.state is ProposedState.PROPOSED for one in place.proposal.places):
        raise WaitsForAMove
    raise CannotBeKept(GONE)


def _move(session: Session, place: ProposedPlace, booking: Booking, by: Actor, *, now: datetime) -> Booking:
    """Move a booked meeting as a coordinator would by hand: with notice, in the history, and everybody told."""
    if not _is_where_it_was(booking, place):
        raise CannotBeKept(MOVED_MEANWHILE)
    if not movable.may_move(session, booking, now=now):
        raise CannotBeKept(AGREED_MEANWHILE)
    slot = planning.slot(session, place, now=now, moving=booking)
    if slot is None:
        raise CannotBeKept(GONE)
    moves.move_to(session, booking, slot, Cause(side=Side.SERVICE, because=MADE_ROOM), by=by, now=now)
    return booking


def _is_where_it_was(booking: Booking, place: ProposedPlace) -> bool:
    was = (place.was_at, place.was_mode, place.was_room_id, place.was_mediator_id)
    return (booking.starts_at, booking.mode, booking.room_id, booking.mediator_id) == was


def _is_seen_to(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether its parties are choosing, or somebody has taken the choice back to do better."""
    return bool(holds.of(session, case)) or offers.is_in_hand(session, case, now=now)


def _found(question: Question, plan: Plan, *, seconds: float) -> Found:
    instance, booked = question.instance, question.booked
    board = Board(instance)
    greedy.fill(board)
    ends = time.monotonic() + seconds
    new = giving_way.rearranged(instance, plan, booked, is_over=lambda: time.monotonic() >= ends)
    placed = {
        placement.meeting: place
        for placement, place in zip(new.plan.placements, planning.places(question, new.plan.placements), strict=True)
    }
    return Found(
        places=[place for meeting, place in placed.items() if meeting not in booked],
        unplaced=[question.cases[meeting] for meeting in new.plan.unplaced],
        moves=[
            Moving(booking_id=booked[one], to=placed[one], for_case=question.cases[other])
            for one, other in new.moved.items()
        ],
        one_by_one=len(board.placed) - len(booked),
        at_most=bound.most(replace(instance, kept={})) - len(booked),
    )


def _moving(session: Session, move: Moving) -> ProposedPlace:
    booking, place = session.get_one(Booking, move.booking_id), _proposed(session, move.to)
    place.booking_id, place.for_case_id = booking.id, move.for_case
    place.was_at, place.was_mode = booking.starts_at, booking.mode
    place.was_room_id, place.was_mediator_id = booking.room_id, booking.mediator_id
    return place


def _proposed(session: Session, place: Place) -> ProposedPlace:
    return ProposedPlace(
        case_id=place.case_id,
        starts_at=place.starts_at,
        mode=session.get_one(Case, place.case_id).meets if place.room_id is None else Mode.IN_PERSON,
        room_id=place.room_id,
        mediator_id=place.mediator_id,
        officer_id=place.officer_id,
    )


def _open_place(session: Session, place_id: int) -> ProposedPlace:
    place = session.scalars(select(ProposedPlace).where(ProposedPlace.id == place_id).with_for_update()).one()
    if place.state is not ProposedState.PROPOSED:
        raise Settled
    return place


def _settle(place: ProposedPlace, state: ProposedState, because: str | None, *, now: datetime) -> None:
    place.state, place.because, place.settled_at = state, because, now
    log.info("proposed place settled", extra={"place": place.id, "state": state.value})
