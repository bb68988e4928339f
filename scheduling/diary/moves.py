"""Meetings that cannot stay where they are: where each could go instead, and moving them.

What somebody is shown before a change is worked out by the same code that then does it: the change is tried, every
meeting is placed one after the other so that no two are promised the same room or mediator, and the trial is undone. A
meeting stays as near as it can to what was promised. One for which nothing lawful is free keeps its time and is handed
back as stranded, with the reason: the family needs a call. Meetings that have begun are left alone.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.diary import bookings, constraints, slots, standing, why
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.slots import NOTHING, Slot
from scheduling.models import (
    SERVICE,
    Actor,
    Booking,
    BookingKind,
    BookingStatus,
    Busy,
    Case,
    Mediator,
    MovedBooking,
    Offer,
    ResourceKind,
    Room,
    Side,
    Venue,
)
from scheduling.outbox import invites, messages

log = logging.getLogger(__name__)

LEFT = "The officer will have left the authority by the day."

OF_A_VENUE = (Venue.closures, Venue.hours, Venue.serves)
OF_A_MEDIATOR = (Mediator.leave, Mediator.conflicts, Mediator.hours, Mediator.works_with)
"""What a look at many meetings reads at once."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """A meeting that cannot stay, and where it would go."""

    booking: Booking
    to: Slot | None
    why: str | None
    """Why there is nowhere to go; None when there is."""


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What a change would do."""

    moves: list[Move]
    messages: int
    """How many texts and mails would go out."""
    offers: Sequence[Offer] = ()
    """Times that are held there or with them for families who are choosing: they would be given back."""

    @property
    def stranded(self) -> list[Move]:
        return [move for move in self.moves if move.to is None]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What a change takes the place or the mediator of."""

    bookings: Sequence[Booking]
    offers: Sequence[Offer] = ()


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Who makes meetings move, and why, as a sentence that history keeps."""

    side: Side
    because: str


def foresee(session: Session, change: Callable[[], Hit], *, now: datetime) -> Impact:
    """What would become of the meetings and offers that a change turns out to hit; nothing is changed."""
    with _trial(session):
        hit = change()
        found = places(session, hit.bookings, now=now)
    messages = sum(_messages(session, move) for move in found)
    return Impact(moves=found, messages=messages, offers=hit.offers)


def carry_out(session: Session, hit: Sequence[Booking], cause: Cause, *, by: Actor, now: datetime) -> list[Move]:
    """Move these meetings, those with the least time left first; those without another place are given back as such."""
    return [_moved(session, move, cause, by=by, now=now) for move in places(session, hit, now=now)]


def move_to(session: Session, booking: Booking, slot: Slot, cause: Cause, *, by: Actor, now: datetime) -> None:
    """Move a meeting to this slot, and count the move to whoever caused it."""
    was_at = booking.starts_at
    bookings.move(session, booking, slot, because=cause.because, by=by, now=now)
    session.add(
        MovedBooking(
            booking_id=booking.id,
            moved_at=now,
            caused_by=cause.side,
            because=cause.because,
            was_at=was_at,
            is_at=slot.starts_at,
        )
    )


def places(session: Session, hit: Sequence[Booking], *, now: datetime) -> list[Move]:
    """The best place for each, one after the other, nobody's place given twice."""
    supposing, found = NOTHING, []
    for booking in tightest_first(hit):
        best = slots.best(session, booking.case, now=now, limit=1, moving=booking, supposing=supposing)
        if best:
            supposing = replace(supposing, moved={**supposing.moved, booking.id: best[0]})
            found.append(Move(booking=booking, to=best[0], why=None))
        else:
            because = why.none(session, booking.case, now=now, moving=booking, supposing=supposing)
            found.append(Move(booking=booking, to=None, why=because))
    return found


def to_come(now: datetime) -> Select[Booking]:
    """The meetings that have not begun."""
    return (
        select(Booking)
        .where(
            Booking.kind == BookingKind.MEDIATION, Booking.status != BookingStatus.CANCELLED, Booking.starts_at > now
        )
        .order_by(Booking.starts_at, Booking.id)
    )


def stranded(session: Session, *, now: datetime) -> dict[Booking, Cause]:
    """Meetings to come that cannot be held as they stand, each with who or what stands in the way."""
    # Not joined: a booking is locked and read again before it moves, which PostgreSQL does not do across a join.
    whole = (
        selectinload(Booking.case).selectinload(Case.person),
        selectinload(Booking.case).selectinload(Case.authority),
        selectinload(Booking.case).selectinload(Case.others),
        selectinload(Booking.room).selectinload(Room.venue).options(*(selectinload(part) for part in OF_A_VENUE)),
        selectinload(Booking.mediator).options(*(selectinload(part) for part in OF_A_MEDIATOR)),
        selectinload(Booking.officer),
    )
    told = session.scalars(_said_by_people().where(Busy.ends_at > now)).all()
    found = session.scalars(to_come(now).options(*whole))
    return {one: cause for one in found if (cause := _cause(one, told)) is not None}


def why_stranded(session: Session, booking: Booking) -> Cause | None:
    """Who or what stands in the way of a meeting that is booked; None where nothing does."""
    at_its_time = (Busy.starts_at < booking.ends_at, Busy.ends_at > booking.starts_at)
    return _cause(booking, session.scalars(_said_by_people().where(*at_its_time)).all())


def _said_by_people() -> Select[Busy]:
    """When somebody told us that they cannot come. Their own calendars do not count: our meeting stands in them."""
    return select(Busy).where(Busy.calendar_id.is_(None)).order_by(Busy.id)


def _cause(booking: Booking, told: Sequence[Busy]) -> Cause | None:
    return next(_obstacles(booking), None) or _who_cannot_come(booking, told)


def _who_cannot_come(booking: Booking, told: Sequence[Busy]) -> Cause | None:
    asked = {
        (ResourceKind.FAMILY, booking.case.person_id): Side.FAMILY,
        (ResourceKind.OFFICER, booking.officer_id): Side.AUTHORITY,
        (ResourceKind.MEDIATOR, booking.mediator_id): Side.MEDIATOR,
        (ResourceKind.BOARD, booking.board_id): Side.HEALTH,
        (ResourceKind.ROOM, booking.room_id): Side.VENUE,
    }
    for busy in told:
        side = asked.get((ResourceKind(busy.kind), busy.resource_id))
        if side is not None and busy.starts_at < booking.ends_at and busy.ends_at > booking.starts_at:
            return Cause(side=side, because=f"{side.capitalize()} cannot come.")
    return None


def _obstacles(booking: Booking) -> Iterator[Cause]:
    day, officer = london.london_day(booking.starts_at), booking.officer
    for because in standing.at_the_place(booking):
        yield Cause(side=Side.VENUE, because=because)
    for because in standing.with_the_mediator(booking):
        yield Cause(side=Side.MEDIATOR, because=because)
    if officer is not None and not constraints.is_here(officer, day):
        yield Cause(side=Side.AUTHORITY, because=LEFT)


def place_stranded(session: Session, *, now: datetime) -> list[Booking]:
    """Move the stranded meetings for which a slot has become free since, whatever is wrong with another's."""
    waiting = tightest_first(list(stranded(session, now=now)))
    return [booking for booking in waiting if _has_been_placed(session, booking, now=now)]


def tightest_first(hit: Sequence[Booking]) -> list[Booking]:
    """Those whose 30 days end first have the fewest places to go, so they choose first."""
    return sorted(hit, key=lambda booking: (_told(booking.case), booking.starts_at, booking.id))


def _told(case: Case) -> date:
    return date.max if case.told_at is None else london.london_day(case.told_at)


def _has_been_placed(session: Session, booking: Booking, *, now: datetime) -> bool:
    booking_id = booking.id
    try:
        with session.begin_nested():
            cause = why_stranded(session, booking)
            return cause is not None and carry_out(session, [booking], cause, by=SERVICE, now=now)[0].to is not None
    except Exception:  # whatever is wrong with one family's meeting must not keep the others where nobody can meet
        log.exception("a stranded meeting could not be moved", extra={"booking": booking_id})
        return False


def _moved(session: Session, move: Move, cause: Cause, *, by: Actor, now: datetime) -> Move:
    if move.to is None:
        return move
    try:
        move_to(session, move.booking, move.to, cause, by=by, now=now)
    except SlotTaken as refusal:
        return replace(move, to=None, why=str(refusal))
    return move


def _messages(session: Session, move: Move) -> int:
    if move.to is None:
        return 0
    text = messages.why_not_text(session, move.booking.case.person) is None
    return len(invites.recipients(move.booking)) + len(bookings.replaced(move.booking, move.to)) + text


@contextmanager
def _trial(session: Session) -> Iterator[None]:
    """Whatever is done inside is undone at the end."""
    attempt = session.begin_nested()
    try:
        yield
    finally:
        attempt.rollback()
