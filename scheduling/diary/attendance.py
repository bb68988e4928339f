"""Who comes to a booked time: who is invited, what each has said, and inviting them once more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import bookings
from scheduling.models import Actor, AnsweredBy, Attendance, Attends, Booking, BookingKind, BookingStatus, Case
from scheduling.outbox import invites, messages
from scheduling.outbox.invites import Recipient
from scheduling.refusals import Refused


class NothingToInviteTo(Refused):
    def __str__(self) -> str:
        return "This booking was cancelled or has begun already, so nobody can be invited to it."


class SeenAlready(Refused):
    def __str__(self) -> str:
        return "This answer has been seen to already, perhaps by a colleague. Nothing was changed."


@dataclass(frozen=True, kw_only=True)
class Place:
    """One who is invited, and the answer to the time as it stands; None while there is none."""

    invited: Recipient
    answer: Attendance | None

    @property
    def says(self) -> str:
        """What they say, in a few words."""
        if self.answer is None:
            return "no answer yet"
        if self.answer.proposes:
            at = self.answer.proposes_at
            return f"proposes another time: {london.written(at)}" if at is not None else "proposes another time"
        return self.answer.answer.value


def of(session: Session, booking: Booking) -> list[Place]:
    """Everybody who is invited. What was said to an earlier time says nothing of this one."""
    return of_each(session, [booking])[booking.id]


def of_each(session: Session, booked: Collection[Booking]) -> dict[int, list[Place]]:
    """The same for several bookings at once, by their ids."""
    wanted = select(Attendance).where(Attendance.booking_id.in_([booking.id for booking in booked]))
    said = {(one.booking_id, one.address, one.sequence): one for one in session.scalars(wanted)}
    return {
        booking.id: [
            Place(invited=who, answer=said.get((booking.id, who.address.lower(), booking.sequence)))
            for who in invites.recipients(booking)
        ]
        for booking in booked
    }


def waiting(session: Session, *, now: datetime) -> list[Attendance]:
    """Who cannot come to a time that still stands, or would rather have another, and nobody has spoken with them."""
    wanted = (
        select(Attendance)
        .join(Attendance.booking)
        .where(
            Attendance.seen_at.is_(None),
            Attendance.proposes | (Attendance.answer == Attends.NO),
            Attendance.sequence == Booking.sequence,
            Booking.status != BookingStatus.CANCELLED,
            Booking.starts_at > now,
        )
        .order_by(Attendance.id)
    )
    said = list(session.scalars(wanted))
    return [one for one in said if one.address in {who.address.lower() for who in invites.recipients(one.booking)}]


def answer(
    session: Session,
    booking: Booking,
    who: Recipient,
    attends: Attends,
    *,
    channel: AnsweredBy,
    now: datetime,
    proposes: bool = False,
    proposes_at: datetime | None = None,
) -> Attendance:
    """Write down what one who is invited says; the last word counts."""
    address = who.address.lower()
    wanted = select(Attendance).where(Attendance.booking_id == booking.id, Attendance.address == address)
    said = session.scalar(wanted.with_for_update()) or Attendance(booking=booking, address=address)
    said.label, said.answer, said.sequence = who.label, attends, booking.sequence
    said.proposes, said.proposes_at = proposes, proposes_at
    said.answered_at, said.channel = now, channel
    said.seen_at, said.seen_by_id = None, None
    session.add(said)
    session.flush()
    return said


def seen(said: Attendance, *, by: Actor, now: datetime) -> None:
    """Somebody has spoken with the one who cannot come, or would rather come at another time."""
    if said.seen_at is not None:
        raise SeenAlready
    said.seen_at, said.seen_by_id = now, by.staff_id
    said.booking.case.record(f"The answer of {said.label} to the invite was seen to", by=by, now=now)


def joins(session: Session, case: Case, who: Recipient, *, now: datetime) -> None:
    """Somebody is named who comes beside the parties: where a time is kept already, they are invited to it at once."""
    kept = _to_come(session, case, now=now)
    if kept is not None:
        invites.invite(session, kept, who.address, now=now)


def leaves(session: Session, case: Case, who: Recipient, *, now: datetime) -> None:
    """Somebody was taken back: the time leaves their calendar."""
    kept = _to_come(session, case, now=now)
    if kept is not None:
        invites.uninvite(session, kept, who, now=now)


def invited(session: Session, case: Case, *, now: datetime) -> list[Recipient]:
    """Who has the time of the case's meeting in their calendar, where one is to come."""
    kept = _to_come(session, case, now=now)
    return [] if kept is None else invites.recipients(kept)


def change_addresses(session: Session, case: Case, before: Collection[Recipient], *, now: datetime) -> None:
    """Somebody is reached at another address, or at none: the time leaves the old calendar and enters the new one.

    To the address that a family itself has given up nothing is written any more: it may not be safe.
    """
    for who in before:
        if who.label == messages.A_COMPANION:
            leaves(session, case, who, now=now)
    known = {who.address.lower() for who in before}
    for who in invited(session, case, now=now):
        if who.address.lower() not in known:
            joins(session, case, who, now=now)


def _to_come(session: Session, case: Case, *, now: datetime) -> Booking | None:
    kept = bookings.of(session, case, BookingKind.MEDIATION)
    return kept if kept is not None and kept.starts_at > now else None


def invite_again(session: Session, booking: Booking, *, by: Actor, now: datetime) -> None:
    """Send everybody the same invite once more, for somebody who cannot find it."""
    if not booking.is_live or booking.starts_at <= now:
        raise NothingToInviteTo
    written = invites.send_again(session, booking, now=now)
    told = ", ".join(message.recipient for message in written)
    booking.case.record(f"The invites were sent again: {told}", by=by, now=now)
