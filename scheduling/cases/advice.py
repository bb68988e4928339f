"""Advice: a telephone session with a mediation adviser, and what the adviser writes down."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.cases import turns
from scheduling.diary import bookings, claims
from scheduling.diary.claims import Taken
from scheduling.law.certificates import Information
from scheduling.models import Actor, Booking, BookingKind, Case, Informed, ResourceKind, Role, Staff
from scheduling.outbox import invites
from scheduling.reference import calendar

LENGTH = timedelta(minutes=30)
AHEAD = timedelta(hours=1)
"""Nobody is rung within the hour: the family wants to find the letter first."""
LOOKS_AHEAD = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class AdviceSlot:
    """Half an hour of an adviser's time."""

    starts_at: datetime
    ends_at: datetime
    adviser: Staff


def next_free(session: Session, *, now: datetime) -> AdviceSlot | None:
    """The earliest half-hour of an adviser on shift; of two advisers the one with fewer sessions on that day."""
    return next(_free(session, now), None)


def book(session: Session, case: Case, *, by: Actor, now: datetime, slot: AdviceSlot | None = None) -> Booking | None:
    """Keep this half-hour, or the next free one, for the family; None when no adviser has any time at all."""
    kept = bookings.of(session, case, BookingKind.ADVICE)
    if kept is not None and (slot is None or slot.starts_at == kept.starts_at):
        return kept
    if kept is not None:
        raise bookings.AlreadyBooked
    # Everybody is offered the earliest time: choose in turn, or all but one would choose in vain.
    claims.lock(session, [(ResourceKind.ADVISER, adviser.id) for adviser in _advisers(session)])
    is_chosen = slot is not None
    slot = slot or next_free(session, now=now)
    if slot is None:
        case.record("No advice appointment was free", why="The family must be rung.", by=by, now=now)
        return None
    return _keep(session, case, slot, is_chosen=is_chosen, by=by, now=now)


def inform(session: Session, case: Case, items: Collection[Information], *, by: Actor, now: datetime) -> None:
    """The adviser has told the family these things; each is written down once, with its moment, for good."""
    if by.staff_id is None:
        message = "only an adviser informs a family"
        raise ValueError(message)
    turns.wait(session, case)  # two may tick at once
    told = informed_of(session, case)
    new = [item for item in Information if item in items and item not in told]
    if not new:
        return
    session.add_all(Informed(case_id=case.id, item=item, at=now, by_id=by.staff_id) for item in new)
    case.record(f"The family was told: {'; '.join(new)}", by=by, now=now)
    session.flush()


def informed_of(session: Session, case: Case) -> dict[Information, datetime]:
    """What the family has been told, and when, in the order of the script."""
    rows = select(Informed.item, Informed.at).where(Informed.case_id == case.id)
    told = {row.item: row.at for row in session.execute(rows)}
    return {item: told[item] for item in Information if item in told}


def record(
    session: Session,
    case: Case,
    *,
    name: str | None = None,
    email: str | None = None,
    letter_date: date | None = None,
    issues: str | None = None,
    consent_to_share: bool | None = None,
    health_in_issue: bool | None = None,
    needs_step_free: bool | None = None,
    outcode: str | None = None,
    child_name: str | None = None,
    child_born: date | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Write down what the family said; what is not given stays as it was."""
    of_person = {"name": name, "email": email, "needs_step_free": needs_step_free, "outcode": outcode}
    of_case = {
        "letter_date": letter_date,
        "issues": issues,
        "health_in_issue": health_in_issue,
        "child_name": child_name,
        "child_born": child_born,
    }
    changed = [*_set(case.person, of_person), *_set(case, of_case)]
    if consent_to_share is not None and consent_to_share != (case.consent_to_share_at is not None):
        case.consent_to_share_at = now if consent_to_share else None
        changed.append("consent to share" if consent_to_share else "consent to share withdrawn")
    if not changed:
        return
    case.record(f"The adviser recorded: {', '.join(changed)}", by=by, now=now)
    session.flush()
    _invite_late(session, case, now=now)


def _set(subject: object, facts: Mapping[str, object]) -> list[str]:
    """Set what was given and is new, and name it."""
    new = {name: value for name, value in facts.items() if value is not None and value != getattr(subject, name)}
    for name, value in new.items():
        setattr(subject, name, value)
    return [NAMES[name] for name in new]


NAMES = {
    "name": "name",
    "email": "e-mail address",
    "needs_step_free": "need for step-free access",
    "outcode": "where they live",
    "letter_date": "date of the decision letter",
    "issues": "mediation issues",
    "health_in_issue": "whether health care is in issue",
    "child_name": "the child's name",
    "child_born": "when the child was born",
}


def _invite_late(session: Session, case: Case, *, now: datetime) -> None:
    """A mail address that comes after the booking: the family still gets the invite, and nobody gets theirs again."""
    for kind in BookingKind:
        booking = bookings.of(session, case, kind)
        if booking is not None and booking.starts_at > now:
            invites.send(session, booking, now=now)


def _keep(session: Session, case: Case, slot: AdviceSlot, *, is_chosen: bool, by: Actor, now: datetime) -> Booking:
    booking = Booking(
        uid=bookings.new_uid(),
        kind=BookingKind.ADVICE,
        case=case,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        adviser=slot.adviser,
        booked_at=now,
    )
    bookings.keep(session, booking)
    case.adviser = slot.adviser
    how = "The family chose it" if is_chosen else "It is the next time at which an adviser is free"
    because = f"{how}: {slot.adviser.name}."
    case.record(f"An advice appointment was booked: {london.written(slot.starts_at)}", why=because, by=by, now=now)
    invites.send(session, booking, now=now)
    bookings.tell_by_text(session, booking, invites.BOOKED, now=now)
    return booking


def _free(session: Session, now: datetime) -> Iterator[AdviceSlot]:
    advisers = _advisers(session)
    working_days = calendar.working_days(session)
    until = now + LOOKS_AHEAD
    taken = claims.taken(session, [(ResourceKind.ADVISER, a.id) for a in advisers], now, until, now=now)
    today = london.london_day(now)
    for day in (today + timedelta(days=number) for number in range(LOOKS_AHEAD.days)):
        if working_days.is_working_day(day):
            yield from _free_on(day, advisers, taken, now + AHEAD)


def _free_on(day: date, advisers: list[Staff], taken: Taken, not_before: datetime) -> Iterator[AdviceSlot]:
    free, busy = [], Counter[int]()
    for adviser in advisers:
        for starts_at in _half_hours(adviser, day):
            if not taken.leaves(claims.adviser(adviser.id, starts_at, starts_at + LENGTH)):
                busy[adviser.id] += 1
            elif starts_at >= not_before:
                free.append((starts_at, adviser))
    for starts_at, adviser in sorted(free, key=lambda one: (one[0], busy[one[1].id], one[1].id)):
        yield AdviceSlot(starts_at=starts_at, ends_at=starts_at + LENGTH, adviser=adviser)


def _half_hours(adviser: Staff, day: date) -> Iterator[datetime]:
    """The beginnings of the sessions in the adviser's shifts of that day."""
    for shift in adviser.shifts:
        if shift.weekday == day.weekday():
            starts_at, ends_at = _moment(day, shift.starts), _moment(day, shift.ends)
            while starts_at + LENGTH <= ends_at:
                yield starts_at
                starts_at += LENGTH


def _moment(day: date, clock_time: time) -> datetime:
    return london.at(day, clock_time).astimezone(UTC)


def _advisers(session: Session) -> list[Staff]:
    active = select(Staff).where(Staff.role == Role.ADVISER, Staff.is_active).order_by(Staff.id)
    return list(session.scalars(active.options(selectinload(Staff.shifts))))
