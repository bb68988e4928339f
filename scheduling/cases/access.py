"""What would make a meeting easier for somebody of a family, and what of it a booked meeting does not give them.

Every search heeds what is needed of whose case it is. What is needed stands in no history and no message: both are read
by others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, selectinload

from scheduling.diary import moves
from scheduling.diary.loading import compared
from scheduling.models import Actor, Booking, Case, CasePerson, Interpreter, Mediator, Person, Room


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What somebody needs, whole, as a form shows it."""

    step_free: bool = False
    hearing_loop: bool = False
    quiet_room: bool = False
    parking: bool = False
    breaks: bool = False
    interpreter: str | None = None
    """The language, British Sign Language among them."""
    words: str | None = None


def of(person: Person) -> Needs:
    """What is on record."""
    return Needs(
        step_free=person.needs_step_free,
        hearing_loop=person.needs_hearing_loop,
        quiet_room=person.needs_quiet_room,
        parking=person.needs_parking,
        breaks=person.needs_breaks,
        interpreter=person.interpreter,
        words=person.access_needs,
    )


def record(session: Session, case: Case, person: Person, needs: Needs, *, by: Actor, now: datetime) -> None:
    """Keep what somebody needs from now on."""
    if needs == of(person):
        return
    person.needs_step_free, person.needs_hearing_loop = needs.step_free, needs.hearing_loop
    person.needs_quiet_room, person.needs_parking = needs.quiet_room, needs.parking
    person.needs_breaks, person.interpreter, person.access_needs = needs.breaks, needs.interpreter, needs.words
    case.record(f"What the {person.role} needs at a meeting was changed", by=by, now=now)
    session.flush()


def unmet(booking: Booking) -> list[str]:
    """What somebody who comes needs and the booked meeting does not give, as sentences that name nobody."""
    coming = [booking.case.person, *(one.person for one in booking.case.others if one.comes_to_the_meeting)]
    return list(dict.fromkeys(sentence for person in coming for sentence in _unmet(booking, person)))


def unsuited(session: Session, *, now: datetime) -> dict[Booking, list[str]]:
    """The meetings to come at which somebody would miss what they need."""
    to_come = moves.to_come(now).options(
        selectinload(Booking.case).selectinload(Case.person),
        selectinload(Booking.case).selectinload(Case.others).selectinload(CasePerson.person),
        selectinload(Booking.room).selectinload(Room.venue),
        selectinload(Booking.mediator).selectinload(Mediator.spoken),
        selectinload(Booking.interpreter).selectinload(Interpreter.spoken),
    )
    found = {booking: unmet(booking) for booking in session.scalars(to_come)}
    return {booking: lacking for booking, lacking in found.items() if lacking}


def _unmet(booking: Booking, person: Person) -> Iterator[str]:
    if booking.room is not None:
        venue = booking.room.venue
        there = {
            "The building has steps.": venue.step_free or not person.needs_step_free,
            "The room has no hearing loop.": venue.hearing_loop or not person.needs_hearing_loop,
            "There is no quiet room.": venue.quiet_room or not person.needs_quiet_room,
            "There is no parking.": venue.parking or not person.needs_parking,
        }
        yield from (sentence for sentence, is_met in there.items() if not is_met)
    if person.interpreter and compared(person.interpreter) not in _understood(booking):
        yield "No interpreter is booked yet."


def _understood(booking: Booking) -> set[str]:
    """The languages of those who lead the meeting or interpret at it."""
    spoken = [] if booking.mediator is None else [one.language for one in booking.mediator.spoken]
    interpreted = [] if booking.interpreter is None else [one.language for one in booking.interpreter.spoken]
    return {compared(language) for language in (*spoken, *interpreted)}
