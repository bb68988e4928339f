"""Who takes calls at this moment: advisers on shift or on call, with a telephone that we may ring."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from scheduling import london, numbers
from scheduling.models import (
    Actor,
    Booking,
    BookingKind,
    BookingStatus,
    CallOutcome,
    OnCall,
    OutgoingCall,
    Role,
    Rung,
    Staff,
)
from scheduling.reference import calendar, changes
from scheduling.refusals import Refused

BEFORE_A_SESSION = timedelta(minutes=5)
"""An adviser whose session begins so soon is not offered another call."""
LONGEST_ON_CALL = timedelta(days=1)
REST = timedelta(seconds=30)
"""Nor is one who has just let a call ring."""


class EndsBeforeItBegins(Refused):
    def __str__(self) -> str:
        return "This time ends before it begins."


class TooLongOnCall(Refused):
    def __str__(self) -> str:
        return "Nobody takes calls for more than a day on end. Add each day by itself."


def call_in(
    session: Session, adviser: Staff, *, starts_at: datetime, ends_at: datetime, by: Actor, now: datetime
) -> OnCall:
    """Have an adviser take calls between two moments beyond the weekly shifts."""
    if ends_at <= starts_at:
        raise EndsBeforeItBegins
    if ends_at - starts_at > LONGEST_ON_CALL:
        raise TooLongOnCall
    on_call = OnCall(staff=adviser, starts_at=starts_at, ends_at=ends_at)
    session.add(on_call)
    changes.record(session, changes.ROTA, f"{adviser.name} is on call {_stretch(on_call)}", by=by, now=now)
    return on_call


def call_off(session: Session, on_call: OnCall, *, by: Actor, now: datetime) -> None:
    """The adviser is not on call then after all."""
    what = f"{on_call.staff.name} is not on call {_stretch(on_call)}"
    changes.record(session, changes.ROTA, what, by=by, now=now)
    session.delete(on_call)


def on_call(session: Session, now: datetime) -> Sequence[OnCall]:
    """Every time on call that has not passed, the nearest first."""
    coming = select(OnCall).where(OnCall.ends_at > now).order_by(OnCall.starts_at, OnCall.id)
    return session.scalars(coming.options(selectinload(OnCall.staff))).all()


def advisers(session: Session) -> Sequence[Staff]:
    """Everybody who may be on shift or on call, with their shifts."""
    working = select(Staff).where(Staff.role == Role.ADVISER, Staff.is_active)
    return session.scalars(working.order_by(Staff.name, Staff.id).options(selectinload(Staff.shifts))).all()


def _stretch(on_call: OnCall) -> str:
    return f"from {london.written(on_call.starts_at)} to {london.written(on_call.ends_at)}"


def on_duty(session: Session, now: datetime) -> list[Staff]:
    """Who may be rung now, by weekly shift on a working day or by being on call."""
    called_in = exists().where(OnCall.staff_id == Staff.id, OnCall.starts_at <= now, OnCall.ends_at > now)
    rung = select(Staff).where(Staff.role == Role.ADVISER, Staff.is_active, Staff.number.is_not(None))
    called = set(session.scalars(select(Staff.id).where(called_in)))
    return [
        adviser
        for adviser in session.scalars(rung.order_by(Staff.id).options(selectinload(Staff.shifts)))
        if numbers.may_be_rung(adviser.number or "") and (adviser.id in called or _on_shift(session, adviser, now))
    ]


def free(session: Session, now: datetime) -> list[Staff]:
    """Who of them is not busy and has not just let a call ring; whoever was rung longest ago comes first."""
    ringing = select(OutgoingCall.adviser_id).where(OutgoingCall.rung == Rung.ADVISER, OutgoingCall.ended_at.is_(None))
    in_session = select(Booking.adviser_id).where(
        Booking.kind == BookingKind.ADVICE,
        Booking.status != BookingStatus.CANCELLED,
        Booking.starts_at <= now + BEFORE_A_SESSION,
        Booking.ends_at > now,
    )
    in_vain = select(OutgoingCall.adviser_id).where(
        OutgoingCall.rung == Rung.ADVISER, OutgoingCall.outcome != CallOutcome.TAKEN, OutgoingCall.ended_at > now - REST
    )
    busy = {*session.scalars(ringing), *session.scalars(in_session), *session.scalars(in_vain)}
    idle = [adviser for adviser in on_duty(session, now) if adviser.id not in busy]
    return sorted(idle, key=lambda adviser: (_last_rung(session, adviser), adviser.id))


def _last_rung(session: Session, adviser: Staff) -> int:
    """By its order and not by its time: the demo's dates may be set back."""
    last = select(OutgoingCall.id).where(OutgoingCall.adviser_id == adviser.id).order_by(OutgoingCall.id.desc())
    return session.scalar(last.limit(1)) or 0


def _on_shift(session: Session, adviser: Staff, now: datetime) -> bool:
    local = london.london(now)
    covers = any(s.weekday == local.weekday() and s.starts <= local.time() < s.ends for s in adviser.shifts)
    return covers and calendar.working_days(session).is_working_day(local.date())
