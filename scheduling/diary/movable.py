"""Booked meetings that a plan may propose to move, where it was told that it may move any.

None to which everybody has said yes, and none of which the family could not be told anew in time: whether its day still
lies within the days of lawful notice is for the search to say.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.diary import attendance, moves
from scheduling.diary.attendance import Place
from scheduling.diary.slots import Prepared, Slot
from scheduling.models import Attends, Booking, Case, Room


def movable(session: Session, *, now: datetime) -> list[Booking]:
    """Every meeting to come that is not agreed on by all."""
    # Not joined: a booking is locked and read again before it moves, which PostgreSQL does not do across a join.
    whole = (
        selectinload(Booking.case).selectinload(Case.person),
        selectinload(Booking.case).selectinload(Case.tellings),
        selectinload(Booking.room).selectinload(Room.venue),
        selectinload(Booking.mediator),
        selectinload(Booking.officer),
    )
    found = session.scalars(moves.to_come(now).options(*whole)).all()
    asked = attendance.of_each(session, found)
    return [booking for booking in found if not _is_agreed(asked[booking.id])]


def may_move(session: Session, booking: Booking, *, now: datetime) -> bool:
    """The same for one of them, when a coordinator accepts."""
    return booking.starts_at > now and not _is_agreed(attendance.of(session, booking))


def stands(prepared: Prepared, booking: Booking) -> bool:
    """Whether it could be booked once more just where it is, with lawful notice from today."""
    if booking.mediator is None or booking.officer is None:
        return False
    slot = Slot(
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        mode=booking.mode,
        room=booking.room,
        mediator=booking.mediator,
        officer=booking.officer,
        reasons=(),
    )
    shown = london.london(booking.starts_at)
    is_lawful = shown.date() in prepared.search.days
    return is_lawful and prepared.allows(slot) and _begins_when_meetings_do(prepared, shown)


def _is_agreed(asked: Sequence[Place]) -> bool:
    return bool(asked) and all(one.answer is not None and one.answer.answer is Attends.YES for one in asked)


def _begins_when_meetings_do(prepared: Prepared, shown: datetime) -> bool:
    bit = prepared.diary.grid.at(shown.date(), shown.time())
    return bool(prepared.search.lawful >> bit & 1)
