"""Bookings: keeping a slot, moving it, giving it back, and telling everybody whom it concerns.

Each operation changes the diary, the history, the invites and the texts in one transaction, or nothing at all. A move
keeps the booking's UID and raises its sequence, so that calendars change the entry they have; a booking made after a
cancellation is a new one. Notice is checked here once more, and who can come: a slot that was lawful when it was found
may be too late.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import claims, consents, holds, itinerary, last_look, slots
from scheduling.diary.slots import Slot
from scheduling.law.window import Notice
from scheduling.models import (
    Actor,
    Booking,
    BookingKind,
    BookingStatus,
    CareBoard,
    Case,
    Message,
    MovedByClosure,
    Offer,
    Side,
)
from scheduling.outbox import identity, invites, messages
from scheduling.outbox.wording import texts
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

TAKEN = (
    "cells.kind",  # SQLite names the columns, PostgreSQL the constraint
    "pk_cells",
    "ex_claims_no_overlap",
    "bookings.case_id, bookings.kind",
    "uq_bookings_live_case_kind",
)
TRY_AGAIN = ("40P01", "40001")
"""PostgreSQL's deadlock_detected and serialization_failure."""

REMINDER = "reminder"
"""The purpose of reminders."""


WORDS = {
    (BookingKind.MEDIATION, invites.BOOKED): (texts.meeting_booked, texts.meeting_booked_without_email),
    (BookingKind.MEDIATION, invites.MOVED): (texts.meeting_moved, texts.meeting_moved_without_email),
    (BookingKind.MEDIATION, invites.CANCELLED): (texts.meeting_cancelled, texts.meeting_cancelled),
    (BookingKind.MEDIATION, REMINDER): (texts.meeting_reminder, texts.meeting_reminder_without_email),
    (BookingKind.ADVICE, invites.BOOKED): (texts.advice_booked, texts.advice_booked),
    (BookingKind.ADVICE, invites.CANCELLED): (texts.advice_cancelled, texts.advice_cancelled),
    (BookingKind.ADVICE, REMINDER): (texts.advice_reminder, texts.advice_reminder),
}
"""What a text says of a booking; the second wording is for a family without an e-mail address."""


class SlotTaken(Refused):
    """Somebody else was quicker."""

    def __str__(self) -> str:
        return "This time has just been taken by somebody else. Please choose another."


@dataclass(eq=False)
class InTheWay(SlotTaken):
    """Something has come in the way since the time was found."""

    because: str

    def __str__(self) -> str:
        return f"{self.because} Please choose another time."


class AlreadyBooked(Refused):
    def __str__(self) -> str:
        return "A time is booked for this case already. Move that booking instead."


class CaseClosed(Refused):
    def __str__(self) -> str:
        return "The case is closed. Open it again before anything is booked in it."


class NotToldYet(Refused):
    def __str__(self) -> str:
        return "The authority has not been told yet, so no day is lawful. Tell it first."


class NoLongerKept(Refused):
    def __str__(self) -> str:
        return "This booking was cancelled or has begun already: it cannot be changed any more."


@dataclass(eq=False)
class NoticeTooShort(Refused):
    """Outside the days on which a meeting may be held of which the family hears now."""

    meeting: date
    opens: date
    closes: date

    def __str__(self) -> str:
        if self.closes < self.opens:
            return (
                f"Notice can no longer be given before {london.written_day(self.closes)}, when the 30 days end. "
                "The family may agree to less."
            )
        return (
            f"A meeting on {london.written_day(self.meeting)} would not be lawful: with five clear working days' "
            f"notice it can be held from {london.written_day(self.opens)} to {london.written_day(self.closes)}. "
            "The family may agree to less."
        )


def of(session: Session, case: Case, kind: BookingKind) -> Booking | None:
    """The time that is kept for this case, if there is one."""
    return session.scalar(
        select(Booking).where(
            Booking.case_id == case.id, Booking.kind == kind, Booking.status != BookingStatus.CANCELLED
        )
    )


def book(session: Session, case: Case, slot: Slot, *, by: Actor, now: datetime) -> Booking:
    """Keep the slot for the case's mediation, and tell both parties and the mediator."""
    if case.closed_at is not None:
        raise CaseClosed
    if of(session, case, BookingKind.MEDIATION) is not None:
        raise AlreadyBooked
    _must_be_lawful(session, case, slot, now=now)
    holds.let_go_of(session, case, because="A time is booked.", by=by, now=now)
    booking = Booking(uid=new_uid(), kind=BookingKind.MEDIATION, case=case, booked_at=now, **facts(slot))
    keep(session, booking)
    case.record(f"Mediation was booked for {_place_and_time(booking)}", why=" ".join(slot.reasons), by=by, now=now)
    invites.send(session, booking, now=now)
    tell_by_text(session, booking, invites.BOOKED, now=now)
    log.info("mediation booked", extra={"case": case.id, "booking": booking.id})
    return booking


def move(session: Session, booking: Booking, slot: Slot, *, because: str, by: Actor, now: datetime) -> None:
    """Keep another slot instead, in the same breath in which the old one is given back."""
    _must_be_kept(session, booking, now=now)
    _must_be_lawful(session, booking.case, slot, now=now)
    before = _place_and_time(booking)
    _claim(session, lambda: _exchange(session, booking, slot, now=now))
    messages.drop(session, booking, because="The meeting was moved.", now=now)
    booking.case.record(f"Mediation was moved from {before} to {_place_and_time(booking)}", why=because, by=by, now=now)
    invites.send(session, booking, now=now)
    tell_by_text(session, booking, invites.MOVED, now=now)
    log.info("mediation moved", extra={"booking": booking.id, "sequence": booking.sequence})


def put_back(
    session: Session, booking: Booking, place: Mapping[str, Any], *, because: str, by: Actor, now: datetime
) -> None:
    """Where it was before a move of which nobody has heard: nobody is told, and the notice that was given stands."""
    _must_be_kept(session, booking, now=now)
    before = _place_and_time(booking)
    _claim(session, lambda: _take(session, booking, place, now=now))
    booking.case.record(
        f"Mediation was put back from {before} to {_place_and_time(booking)}", why=because, by=by, now=now
    )
    log.info("mediation put back", extra={"booking": booking.id, "sequence": booking.sequence})


def seat(session: Session, booking: Booking, board: CareBoard, *, by: Actor, now: datetime) -> None:
    """The integrated care board comes too, told of it after the time was booked; raises SlotTaken where it cannot.

    Nothing changes for anybody else, so nobody else hears of it.
    """
    _must_be_kept(session, booking, now=now)
    _claim(session, lambda: _take(session, booking, {**facts(booking), "board": board}, now=now))
    booking.case.record("The integrated care board was invited to the meeting too", by=by, now=now)
    invites.invite(session, booking, board.email, now=now)
    log.info("care board seated", extra={"booking": booking.id})


def cancel(session: Session, booking: Booking, *, caused_by: Side, because: str, by: Actor, now: datetime) -> None:
    """Give the time back for good, counted to the side that caused it; booked again, the case has a new UID."""
    _must_be_kept(session, booking, now=now)
    booking.status, booking.cancelled_at, booking.cancelled_because = BookingStatus.CANCELLED, now, because
    booking.cancelled_by_side = caused_by
    booking.sequence += 1
    claims.free(session, booking)
    session.flush()
    messages.drop(session, booking, because="The booking was cancelled.", now=now)
    booking.case.record(f"{_called(booking)} was cancelled, counted to {caused_by}", why=because, by=by, now=now)
    invites.withdraw(session, booking, now=now)
    tell_by_text(session, booking, invites.CANCELLED, now=now)
    log.info("booking cancelled", extra={"booking": booking.id, "caused_by": caused_by.value})


def end(session: Session, booking: Booking, *, because: str, now: datetime) -> None:
    """Its hour has come and mediation is not over, so another time may be booked; nobody's calendar needs to know."""
    booking.status, booking.cancelled_at, booking.cancelled_because = BookingStatus.CANCELLED, now, because
    claims.free(session, booking)
    session.flush()


def keep(session: Session, kept: Booking | Offer, *, now: datetime | None = None) -> None:
    """Add a booking or an offer with everything it claims, or refuse and leave the caller's transaction as it was."""
    made_at = kept.booked_at if isinstance(kept, Booking) else kept.offered_at

    def change() -> None:
        session.add(kept)
        claims.lock(session, [need.resource for need in claims.needed_by(kept)])
        _must_be_possible(session, kept)
        session.flush()
        _must_have_time(session, kept, now=now or made_at)
        claims.keep(session, kept, now=now or made_at)

    _claim(session, change)


def tell_by_text(
    session: Session, booking: Booking, purpose: str, *, now: datetime, not_before: datetime | None = None
) -> Message | None:
    """Write the family a text about this booking, as far as their record allows; too late it is of use to nobody."""
    person = booking.case.person
    without_email = not person.email or person.do_not_contact
    words = WORDS[booking.kind, purpose]
    return messages.text(
        session,
        person,
        purpose=purpose,
        body=words[without_email](booking.starts_at),
        key=f"text:{booking.uid}:{booking.sequence}:{purpose}",
        now=now,
        case=booking.case,
        booking=booking,
        thread=f"texts-of-booking-{booking.id}",  # in order: an old time must not be the last that they read
        not_before=not_before,
        expires_at=booking.starts_at,
    )


def replaced(booking: Booking, slot: Slot) -> set[str]:
    """The addresses of those who will not be part of the meeting any more."""
    return _addresses(booking) - _addresses(slot)


def _addresses(of: Booking | Slot) -> set[str]:
    return {who.email for who in (of.officer, of.mediator, of.interpreter, of.board) if who is not None}


def new_uid() -> str:
    """The name under which calendars know a booking for the whole of its life."""
    return f"b-{uuid.uuid4()}@{identity.current().domain}"


def _claim(session: Session, change: Callable[[], None]) -> None:
    """Make a change that claims hours: the whole of it, or none and a refusal.

    Tried again where the database had to break a ring of writers who waited for each other.
    """
    for tries_left in (2, 1, 0):
        try:
            with session.begin_nested():
                change()
        except IntegrityError as refusal:
            if any(name in str(refusal.orig) for name in TAKEN):
                raise SlotTaken from refusal
            raise
        except OperationalError as fault:
            if getattr(fault.orig, "sqlstate", None) not in TRY_AGAIN:
                raise
            if not tries_left:
                raise SlotTaken from fault
        else:
            return


def _exchange(session: Session, booking: Booking, slot: Slot, *, now: datetime) -> None:
    """Give the old hours back and claim the new ones; whoever is replaced is told of the time they knew."""
    booking.sequence += 1
    leaving = replaced(booking, slot) - {one.email for one in booking.case.attendees if one.taken_back_at is None}
    dropped = [one for one in invites.recipients(booking) if one.address in leaving]
    invites.withdraw(session, booking, now=now, only=dropped)
    _take(session, booking, facts(slot), now=now)


def _take(session: Session, booking: Booking, place: Mapping[str, Any], *, now: datetime) -> None:
    wanted = claims.needed_by(Booking(case=booking.case, **place))
    claims.lock(session, {need.resource for need in (*claims.needed_by(booking), *wanted)})
    claims.free(session, booking)
    for name, value in place.items():
        setattr(booking, name, value)
    session.flush()
    _must_be_possible(session, booking)
    _must_have_time(session, booking, now=now)
    claims.keep(session, booking, now=now)


def facts(slot: Slot | Booking | MovedByClosure) -> dict[str, Any]:
    """What a booking or an offer takes from a slot, or from where it was."""
    return {
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "mode": slot.mode,
        "room": slot.room,
        "mediator": slot.mediator,
        "officer": slot.officer,
        "interpreter": slot.interpreter,
        "board": slot.board,
    }


def _must_be_kept(session: Session, booking: Booking, *, now: datetime) -> None:
    session.refresh(booking, with_for_update=True)  # two who move it at once would both count from the same sequence
    if not booking.is_live or booking.starts_at <= now:
        raise NoLongerKept


def _must_be_lawful(session: Session, case: Case, slot: Slot, *, now: datetime) -> None:
    lawful = slots.window_of(session, case, now=now)
    meeting = london.london_day(slot.starts_at)
    if lawful is None:
        raise NotToldYet
    if meeting not in lawful and not _is_agreed(session, case, slot, now=now):
        raise NoticeTooShort(meeting, opens=lawful.opens, closes=lawful.closes)


def _is_agreed(session: Session, case: Case, slot: Slot, *, now: datetime) -> bool:
    """Short notice is lawful on the days of the 30, for the very time to which the family has agreed."""
    short = slots.window_of(session, case, now=now, notice=Notice.CONSENT)
    is_in_time = short is not None and london.london_day(slot.starts_at) in short and slot.starts_at > now
    return is_in_time and consents.given(session, case, slot) is not None


def _called(booking: Booking) -> str:
    if booking.kind is BookingKind.ADVICE:
        return f"The advice appointment at {london.written(booking.starts_at)}"
    return f"Mediation on {_place_and_time(booking)}"


def _place_and_time(booking: Booking) -> str:
    day = london.written_day(london.london_day(booking.starts_at))
    return f"{day}, {london.written_hours(booking.starts_at, booking.ends_at)} {booking.at_place}"


def _must_have_time(session: Session, kept: Booking | Offer, *, now: datetime) -> None:
    """Whoever keeps another time of this mediator holds the same lock, so that what came before is seen here."""
    if not itinerary.holds(session, kept, now=now):
        raise SlotTaken


def _must_be_possible(session: Session, kept: Booking | Offer) -> None:
    """Whoever closes a venue, goes on leave or is busy holds the same locks, so that what came before is seen here."""
    because = last_look.obstacle(session, kept)
    if because is not None:
        raise InTheWay(because)
