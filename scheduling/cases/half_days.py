"""When an officer can come: the half-days of the 30 days, ticked or not, kept as the officer's own times.

What is not ticked is a time at which the officer cannot come, and the search heeds it in every case. A half-day in
which the officer sits in one of our meetings is not asked about: whoever cannot keep that one says so there.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import claims, constraints
from scheduling.law import deadlines
from scheduling.models import Actor, Booking, BookingStatus, Busy, Officer, ResourceKind, Telling
from scheduling.reference import calendar

log = logging.getLogger(__name__)

BEGINS, NOON, ENDS = time(7), time(13), time(19)
"""The hours in which the diary looks for meetings, cut in two."""
HALVES: Final = {"am": (BEGINS, NOON), "pm": (NOON, ENDS)}


@dataclass(frozen=True, kw_only=True)
class HalfDay:
    """A morning or an afternoon."""

    day: date
    half: str
    """"am" or "pm"."""

    @property
    def key(self) -> str:
        """As a form names it: "2026-12-03 am"."""
        return f"{self.day.isoformat()} {self.half}"

    @property
    def starts_at(self) -> datetime:
        return london.at(self.day, HALVES[self.half][0])

    @property
    def ends_at(self) -> datetime:
        return london.at(self.day, HALVES[self.half][1])

    def meets(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a time has any of it."""
        return self.starts_at < ends_at and starts_at < self.ends_at


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A half-day that is asked about."""

    half_day: HalfDay
    can_come: bool
    """As it is kept now."""
    has_our_meeting: bool


def whose(telling: Telling, visitor: Officer) -> Officer:
    """Whose times are asked for: the visitor's, or where they may not decide those of the officer who was told."""
    return visitor if constraints.may_decide(visitor) else telling.officer


def asked(session: Session, telling: Telling, officer: Officer, *, now: datetime) -> list[Asked]:
    """Every half-day from tomorrow to the end of the 30 days, working days alone."""
    half_days = _of_the_window(session, telling, now=now)
    told, meetings = _told(session, officer, half_days), _meetings(session, officer, half_days)
    return [
        Asked(
            half_day=one,
            can_come=not any(one.meets(busy.starts_at, busy.ends_at) for busy in told),
            has_our_meeting=any(one.meets(meeting.starts_at, meeting.ends_at) for meeting in meetings),
        )
        for one in half_days
    ]


def say(
    session: Session, telling: Telling, officer: Officer, can: Collection[str], *, by: Actor, now: datetime
) -> None:
    """The officer can come at the half-days with these keys, and at no other; said twice it is said once."""
    claims.lock(session, [(ResourceKind.OFFICER, officer.id)])
    open_ones = [one for one in asked(session, telling, officer, now=now) if not one.has_our_meeting]
    before = [one.can_come for one in open_ones]
    wanted = [one.half_day.key in can for one in open_ones]
    if telling.said_when_at is not None and before == wanted:
        return
    _forget(session, officer, [one.half_day for one, comes in zip(open_ones, wanted, strict=True) if comes])
    _keep(session, officer, [one.half_day for one, comes in zip(open_ones, wanted, strict=True) if not comes], now=now)
    telling.said_when_at = now
    what = f"{officer.name} of the authority said when they can come: {sum(wanted)} of {len(wanted)} half-days"
    telling.case.record(what, why=_which(open_ones, wanted), by=by, now=now)
    session.flush()
    log.info("officer's times", extra={"telling": telling.id, "officer": officer.id})


def _of_the_window(session: Session, telling: Telling, *, now: datetime) -> list[HalfDay]:
    days, today = calendar.working_days(session), london.london_day(now)
    last = deadlines.mediation_window(london.london_day(telling.told_at), days).last_date.day
    every = (today + timedelta(days=number) for number in range(1, (last - today).days + 1))
    return [HalfDay(day=day, half=half) for day in every if days.is_working_day(day) for half in HALVES]


def _told(session: Session, officer: Officer, half_days: Sequence[HalfDay]) -> list[Busy]:
    if not half_days:
        return []
    said = select(Busy).where(
        Busy.kind == ResourceKind.OFFICER,
        Busy.resource_id == officer.id,
        Busy.starts_at < half_days[-1].ends_at,
        Busy.ends_at > half_days[0].starts_at,
    )
    return list(session.scalars(said))


def _meetings(session: Session, officer: Officer, half_days: Sequence[HalfDay]) -> list[Booking]:
    if not half_days:
        return []
    kept = select(Booking).where(
        Booking.officer_id == officer.id,
        Booking.status != BookingStatus.CANCELLED,
        Booking.starts_at < half_days[-1].ends_at,
        Booking.ends_at > half_days[0].starts_at,
    )
    return list(session.scalars(kept))


def _forget(session: Session, officer: Officer, half_days: Sequence[HalfDay]) -> None:
    """Whoever can come after all takes back whatever was told of that half-day, also as part of a longer time."""
    for busy in _told(session, officer, half_days):
        if any(one.meets(busy.starts_at, busy.ends_at) for one in half_days):
            session.delete(busy)
    session.flush()


def _keep(session: Session, officer: Officer, half_days: Sequence[HalfDay], *, now: datetime) -> None:
    told = _told(session, officer, half_days)
    for one in half_days:
        if not any(busy.starts_at <= one.starts_at and one.ends_at <= busy.ends_at for busy in told):
            session.add(
                Busy(
                    kind=ResourceKind.OFFICER,
                    resource_id=officer.id,
                    starts_at=one.starts_at,
                    ends_at=one.ends_at,
                    noted_at=now,
                )
            )


def _which(open_ones: Sequence[Asked], wanted: Sequence[bool]) -> str:
    """The half-days that suit, for whoever arranges by hand."""
    suits = [one.half_day for one, comes in zip(open_ones, wanted, strict=True) if comes]
    if not suits:
        return "None of them."
    return ", ".join(f"{one.day:%a} {one.day.day} {one.day:%b} {one.half}" for one in suits) + "."
