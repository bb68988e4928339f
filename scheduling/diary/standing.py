"""Whether what is booked or offered can be held where it is and with whom it is: what has come in its way, if anything.

Only what would make the meeting wrong counts here. A search asks for more, but what was promised to a family is not
taken back because a nearer place has turned up.
"""

from collections.abc import Iterable, Iterator
from datetime import time

from scheduling import london
from scheduling.diary import constraints
from scheduling.models import Booking, Mediator, Mode, Offer, RoomUse, Venue

AWAY = "The mediator is away on the day."
GONE = "The mediator no longer works with us."
SIDES = 2
"""Family and authority: beside them and the mediator sit others, each of whom we know."""

Kept = Booking | Offer


def at_the_place(kept: Kept) -> Iterator[str]:
    """What has come in the way at its place, as sentences; nothing for a meeting from afar."""
    room = kept.room
    if room is None:
        return
    venue, person, authority = room.venue, kept.case.person, kept.case.authority
    if venue.is_closed_on(london.london_day(kept.starts_at)):
        yield "Its venue is closed on the day."
    if not venue.is_active:
        yield "Its venue is no longer used."
    if room.used_for is not RoomUse.MEETINGS:
        yield "Its room is no longer used for meetings."
    if room.capacity < chairs(kept):
        yield "Its room holds fewer than will come."
    if not _is_open(venue, kept):
        yield "Its venue is not open at that hour."
    if authority is not None and not venue.is_neutral_for(authority):
        yield "Its venue belongs to the authority, so it is not neutral."
    if authority is not None and authority not in venue.serves:
        yield "Its venue no longer serves families of the authority."
    if person.needs_step_free and not venue.step_free:
        yield "Its venue has steps, and somebody who comes needs a building without."


def with_the_mediator(kept: Kept) -> Iterator[str]:
    """What has come in the way with its mediator, as sentences."""
    mediator, case, day = kept.mediator, kept.case, london.london_day(kept.starts_at)
    if mediator is None:
        return
    if mediator.is_on_leave(day):
        yield AWAY
    if not mediator.is_active:
        yield GONE
    if not constraints.stays_independent(mediator, case):
        yield "The mediator is not independent in this case."
    if not _works(mediator, kept):
        yield "The mediator does not work at that hour."
    if case.authority is not None and case.authority not in mediator.works_with:
        yield "The mediator no longer works with the authority."
    if mediator.accredited_until is not None and mediator.accredited_until < day:
        yield "The mediator's accreditation will have run out by the day."
    if kept.mode is not Mode.IN_PERSON and not mediator.meets_from_afar:
        yield "The mediator does not sit by video or telephone."


def chairs(kept: Kept) -> int:
    """How many will sit in the room, as far as we know."""
    known = (kept.mediator, kept.interpreter, kept.board)
    return SIDES + sum(who is not None for who in known) + sum(one.comes_to_the_meeting for one in kept.case.others)


def _is_open(venue: Venue, kept: Kept) -> bool:
    return _is_within(((one.weekday, one.opens, one.closes) for one in venue.hours), kept)


def _works(mediator: Mediator, kept: Kept) -> bool:
    return _is_within(((one.weekday, one.starts, one.ends) for one in mediator.hours), kept)


def _is_within(hours: Iterable[tuple[int, time, time]], kept: Kept) -> bool:
    starts, ends = london.london(kept.starts_at), london.london(kept.ends_at)
    return any(
        weekday == starts.weekday() and begins <= starts.time() and ends.time() <= closes
        for weekday, begins, closes in hours
    )
