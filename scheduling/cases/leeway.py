"""Leeway: somebody allows something so that a case without a time gets one, and a coordinator writes it down.

Each change alters what it names and nothing else: how far a family comes, how it meets, one mediator's limit or leave,
one officer's hours, one Saturday. Who allowed it stands in the case's history, and the times that it opens are then
found by the usual search. The law gives no leeway here: shorter notice is asked of the family, see `short_notice`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.cases import mediation, officer_links, routes, turns, wishes
from scheduling.diary import absences, alterations, bookings, hours, mediators, places, relaxations, slots
from scheduling.diary.relaxations import SATURDAY, Change, Relaxation
from scheduling.diary.slots import Slot
from scheduling.models import (
    Actor,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Mediator,
    Message,
    Mode,
    Officer,
    ResourceKind,
    Venue,
)
from scheduling.outbox import messages
from scheduling.outbox.wording import case_mails
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

ASKED = "other times asked for"
"""The purpose of the mail to an officer."""


class ReasonMissing(Refused):
    def __str__(self) -> str:
        return "Write down who allowed it, so that the history can say it."


class OpensNothing(Refused):
    def __str__(self) -> str:
        return "This would not open a time any more: the diary has changed. Nothing was changed."


class StillNoTime(Refused):
    def __str__(self) -> str:
        return (
            "Something else stands at that time, another meeting or somebody's own calendar, so this opens nothing. "
            "Nothing was changed."
        )


@dataclass(frozen=True)
class Allowed:
    """What is allowed, for which of the times that it would open, who allowed it and when."""

    relaxation: Relaxation
    slot: Slot
    because: str
    by: Actor
    now: datetime


def unplaced(session: Session, *, now: datetime) -> list[Case]:
    """Every case that waits for a time within its 30 days, also after a meeting was called off; the nearest end first.

    Those that never had one are tried again by the sweep; of the others a person hears what the family wants now.
    """
    called_off = exists().where(
        Booking.case_id == Case.id,
        Booking.kind == BookingKind.MEDIATION,
        Booking.status == BookingStatus.CANCELLED,
        Booking.cancelled_by_side.is_not(None),
    )
    kept = exists().where(
        Booking.case_id == Case.id,
        Booking.kind == BookingKind.MEDIATION,
        Booking.status != BookingStatus.CANCELLED,
    )
    again = select(Case).where(
        *(Case.closed_at.is_(None), Case.declined_at.is_(None), Case.authority_cannot_at.is_(None)), called_off, ~kept
    )
    today = london.london_day(now)
    found = session.scalars(again.options(selectinload(Case.tellings)))
    in_time = [one for one in found if one.told_at and today <= mediation.window_end(session, one.told_at).day]
    ours = [one for one in in_time if not routes.is_about_health_alone(one)]
    waiting = [*mediation.waiting(session, now=now), *ours]
    return sorted(waiting, key=lambda case: (case.told_at or now, case.id))


def give(
    session: Session, case: Case, change: Change, chosen: datetime, *, because: str, by: Actor, now: datetime
) -> Booking | None:
    """Make the change that opens the chosen time; gives the booking where the time is kept at once, on a Saturday.

    Raises ReasonMissing, OpensNothing, StillNoTime, or what stands in the way of the booking.
    """
    if not because.strip():
        raise ReasonMissing
    turns.wait(session, case)
    if bookings.of(session, case, BookingKind.MEDIATION) is not None:
        raise bookings.AlreadyBooked
    opens = relaxations.by(session, case, change, now=now) if change in GIVEN else None
    slot = next((one for one in opens.slots if one.starts_at == chosen), None) if opens is not None else None
    if opens is None or slot is None:
        raise OpensNothing
    allowed = Allowed(opens, slot, because.strip(), by, now)
    case.record(GIVEN[change](session, case, allowed), why=allowed.because, by=by, now=now)
    session.flush()
    log.info("leeway was given", extra={"case": case.id, "change": change.value})
    if change is Change.SATURDAY:
        return bookings.book(session, case, _agreed(slot), by=by, now=now)
    if not slots.is_free(session, case, slot, now=now):
        raise StillNoTime
    return None


def ask_the_officer(session: Session, case: Case, *, by: Actor, now: datetime) -> Message:
    """Write to the officer who is busy at every time that would do otherwise; raises OpensNothing."""
    turns.wait(session, case)
    opens = relaxations.by(session, case, Change.OFFICER, now=now)
    ends = slots.window_of(session, case, now=now)
    if opens is None or ends is None:
        raise OpensNothing
    officer = opens.slots[0].officer
    times = [_written(slot) for slot in opens.slots]
    mail = case_mails.other_times_wanted(
        officer=officer.name,
        reference=case.reference,
        times=times,
        mediation_by=ends.closes,
        see_to_it_at=officer_links.make(session, session.get_one(Officer, officer.id), now=now),
    )
    case.record(
        f"{officer.name} was asked for other times",
        why=f"Everybody else could come on {'; '.join(times)}.",
        by=by,
        now=now,
    )
    return messages.email(
        session,
        address=officer.email,
        recipient=messages.THE_AUTHORITY,
        purpose=ASKED,
        subject=mail.subject,
        body=mail.body,
        key=f"other times:{case.id}:{now.isoformat()}",
        now=now,
        case=case,
    )


def _farther(session: Session, case: Case, allowed: Allowed) -> str:
    km = allowed.relaxation.travels_km
    wishes.record(session, case, replace(wishes.of(case), travels_km=km), by=allowed.by, now=allowed.now)
    return f"So that there is a time, the family comes up to {km} km"


def _from_afar(session: Session, case: Case, allowed: Allowed) -> str:
    mode = Mode.VIDEO if allowed.relaxation.change is Change.VIDEO else Mode.TELEPHONE
    wishes.record(session, case, replace(wishes.of(case), mode=mode), by=allowed.by, now=allowed.now)
    return f"So that there is a time, everybody meets {mode.value}"


def _once_more_on_a_day(session: Session, _case: Case, allowed: Allowed) -> str:
    mediator = session.get_one(Mediator, allowed.slot.mediator.id)
    most = mediator.meetings_a_day + 1
    _alter(session, mediator, replace(mediators.described(mediator), meetings_a_day=most), allowed)
    return f"So that there is a time, {mediator.name} sits up to {most} times a day"


def _once_more_in_a_week(session: Session, _case: Case, allowed: Allowed) -> str:
    mediator = session.get_one(Mediator, allowed.slot.mediator.id)
    most = (mediator.meetings_a_week or 0) + 1
    _alter(session, mediator, replace(mediators.described(mediator), meetings_a_week=most), allowed)
    return f"So that there is a time, {mediator.name} sits up to {most} times a week"


def _in_spite_of_leave(session: Session, case: Case, allowed: Allowed) -> str:
    mediator, day = session.get_one(Mediator, allowed.slot.mediator.id), london.london_day(allowed.slot.starts_at)
    # What is changed of a mediator is read by more people than what is said of a family.
    because = f"The reason stands in the history of case {case.reference}."
    absences.comes_after_all(session, mediator, day, because=because, by=allowed.by, now=allowed.now)
    return f"So that there is a time, {mediator.name} comes on {london.written_day(day)} in spite of leave"


def _officer_comes(session: Session, _case: Case, allowed: Allowed) -> str:
    slot = allowed.slot
    whose = (ResourceKind.OFFICER, slot.officer.id)
    absences.can_come_after_all(session, whose, slot.starts_at, slot.ends_at)
    return f"So that there is a time, {slot.officer.name} can come on {_written(slot)} after all"


def _on_a_saturday(session: Session, _case: Case, allowed: Allowed) -> str:
    slot = allowed.slot
    mediator, spell = session.get_one(Mediator, slot.mediator.id), _spell(slot)
    known = mediators.described(mediator)
    _alter(session, mediator, replace(known, hours=_with(known.hours, spell)), allowed)
    if slot.room is not None:
        venue = session.get_one(Venue, slot.room.venue_id)
        place = places.described(venue)
        opening = places.alter(
            session, venue, replace(place, hours=_with(place.hours, spell)), by=allowed.by, now=allowed.now
        )
        alterations.carry_out(session, opening, by=allowed.by, now=allowed.now)
    return f"So that there is a time, {slot.mediator.name} sits on a Saturday: {_written(slot)}, {slot.at_place}"


GIVEN: Final[dict[Change, Callable[[Session, Case, Allowed], str]]] = {
    Change.FARTHER: _farther,
    Change.VIDEO: _from_afar,
    Change.TELEPHONE: _from_afar,
    Change.A_DAY: _once_more_on_a_day,
    Change.A_WEEK: _once_more_in_a_week,
    Change.LEAVE: _in_spite_of_leave,
    Change.OFFICER: _officer_comes,
    Change.SATURDAY: _on_a_saturday,
}
"""What each change does; it answers with the line of the case's history. Shorter notice is not among them."""


def _alter(session: Session, mediator: Mediator, profile: mediators.Profile, allowed: Allowed) -> None:
    alteration = mediators.alter(session, mediator, profile, by=allowed.by, now=allowed.now)
    alterations.carry_out(session, alteration, by=allowed.by, now=allowed.now)


def _with(known: hours.Hours, spell: tuple[int, time, time]) -> hours.Hours:
    """The same hours and this spell, unless they hold it."""
    weekday, begins, ends = spell
    if any(day == weekday and opens <= begins and ends <= closes for day, opens, closes in known):
        return known
    return hours.in_order([*known, spell])


def _spell(slot: Slot) -> tuple[int, time, time]:
    starts, ends = london.london(slot.starts_at), london.london(slot.ends_at)
    return SATURDAY, starts.time(), ends.time()


def _agreed(slot: Slot) -> Slot:
    return replace(slot, reasons=(*slot.reasons, "It is on a Saturday, for which everybody was asked."))


def _written(slot: Slot) -> str:
    day = london.written_day(london.london_day(slot.starts_at))
    return f"{day}, {london.written_hours(slot.starts_at, slot.ends_at)}"
