"""Who takes calls at this moment: advisers on shift or on call, with a telephone that we may ring."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from scheduling import london, numbers
from scheduling.models import Booking, BookingKind, BookingStatus, CallOutcome, OnCall, OutgoingCall, Role, Rung, Staff
from scheduling.reference import calendar

BEFORE_A_SESSION = timedelta(minutes=5)
"""An adviser whose session begins so soon is not offered another call."""
REST = timedelta(seconds=30)
"""Nor is one who has just let a call ring."""


def on_duty(session: Session, now: datetime) -> list[Staff]:
    """Who may be rung now, by weekly shift on a working day or by being on call."""
    called_in = exists().where(OnCall.staff_id == Staff.id, OnCall.starts_at <= now, OnCall.ends_at > now)
    advisers = select(Staff).where(Staff.role == Role.ADVISER, Staff.is_active, Staff.number.is_not(None))
    on_call = set(session.scalars(select(Staff.id).where(called_in)))
    return [
        adviser
        for adviser in session.scalars(advisers.order_by(Staff.id).options(selectinload(Staff.shifts)))
        if numbers.may_be_rung(adviser.number or "") and (adviser.id in on_call or _on_shift(session, adviser, now))
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
