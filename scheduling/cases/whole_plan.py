"""The whole plan: a place for every case that waits, found together, and proposed to a coordinator.

A proposal keeps nothing and tells nobody. Each place that a coordinator accepts is booked like any other, in a
transaction of its own; one that has gone meanwhile is passed over with its reason. Searching takes up to a minute, so
the question is read, answered outside of any transaction, and what was found is written down.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.cases import mediation, turns
from scheduling.diary import bookings, holds, offers, planning, why
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.plan import bound, greedy, planner
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

Progress = Callable[[float, int], None]


class Settled(Refused):
    def __str__(self) -> str:
        return "This place was booked or passed over already."


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one plan found."""

    places: list[Place]
    unplaced: list[int]
    """Cases, by their ids."""
    one_by_one: int
    """How many would have a time if each took the first that is left."""
    at_most: int

    @property
    def placed(self) -> int:
        return len(self.places)


NOBODY_WAITS = Found(places=[], unplaced=[], one_by_one=0, at_most=0)


def read(session: Session, *, now: datetime) -> Question | None:
    """The cases that wait and for which nothing is offered, with everything that a plan is made from."""
    waiting = mediation.waiting(session, now=now)
    return planning.question(session, [case for case in waiting if not _is_seen_to(session, case, now=now)], now=now)


def find(question: Question | None, *, seconds: float, progress: Progress | None = None) -> Found:
    """The best plan that is found in this time."""
    if question is None:
        return NOBODY_WAITS
    plan = planner.plan(question.instance, seconds=seconds, seed=SEED, progress=progress)
    return _found(question, plan)


def write(session: Session, found: Found, *, by: Actor, now: datetime, night: date | None = None) -> Proposal:
    """Propose what was found, with a reason for every case that is left out."""
    proposal = Proposal(
        made_at=now,
        made_by_id=by.staff_id,
        night=night,
        one_by_one=found.one_by_one,
        at_most=found.at_most,
        places=[_proposed(session, place) for place in found.places],
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
        selectinload(Proposal.left_out).selectinload(LeftOut.case).selectinload(Case.authority),
    )
    return session.scalar(select(Proposal).order_by(Proposal.id.desc()).limit(1).options(*whole))


def accept(session: Session, place_id: int, *, by: Actor, now: datetime) -> Booking | None:
    """Book a proposed place; None where it could not be kept any more, which is written down."""
    place = _open_place(session, place_id)
    case = turns.take(session, place.case_id)
    is_booked = case is None or bookings.of(session, case, BookingKind.MEDIATION) is not None
    slot = None if is_booked else planning.slot(session, place, now=now)
    if case is None or slot is None:
        _settle(place, ProposedState.PASSED_OVER, BOOKED_MEANWHILE if is_booked else GONE, now=now)
        return None
    try:
        booking = bookings.book(session, case, slot, by=by, now=now)
    except (SlotTaken, bookings.NoticeTooShort) as refusal:
        _settle(place, ProposedState.PASSED_OVER, str(refusal), now=now)
        return None
    _settle(place, ProposedState.BOOKED, None, now=now)
    return booking


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


def _is_seen_to(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether its parties are choosing, or somebody has taken the choice back to do better."""
    return bool(holds.of(session, case)) or offers.is_in_hand(session, case, now=now)


def _found(question: Question, plan: Plan) -> Found:
    board = Board(question.instance)
    greedy.fill(board)
    return Found(
        places=planning.places(question, plan.placements),
        unplaced=[question.cases[meeting] for meeting in plan.unplaced],
        one_by_one=len(board.placed),
        at_most=bound.most(question.instance),
    )


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
