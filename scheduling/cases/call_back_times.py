"""When somebody who asks to be rung can choose to be: in what is left of today, or on the next working day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import office_hours
from scheduling.law.working_days import Calendar
from scheduling.models import Role, Shift, Staff
from scheduling.reference import calendar

MIDDAY = time(13)
ENOUGH_LEFT = timedelta(hours=1)
"""Of our office hours: today is not promised in the last of them."""


LOOKS_AHEAD_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Window:
    """A stretch of our office hours, and how it is said."""

    name: str
    """today, morning or afternoon."""
    starts_at: datetime
    ends_at: datetime
    words: str
    """As after "we will call you": today, tomorrow morning, on Monday afternoon."""


def offered(session: Session, *, now: datetime) -> list[Window]:
    """The windows that we can keep, the nearest first."""
    working_days, today = calendar.working_days(session), london.london_day(now)
    following = working_days.after(today, 1)
    day = "tomorrow" if following == today + timedelta(days=1) else f"on {following:%A}"
    return [
        *_today(working_days, today, now),
        Window(
            name="morning",
            starts_at=london.at(following, office_hours.OPENS),
            ends_at=london.at(following, MIDDAY),
            words=f"{day} morning",
        ),
        Window(
            name="afternoon",
            starts_at=london.at(following, MIDDAY),
            ends_at=london.at(following, office_hours.CLOSES),
            words=f"{day} afternoon",
        ),
    ]


def are_we_open(session: Session, *, now: datetime) -> bool:
    """Whether it is one of our office hours; an adviser may be on call at others, too."""
    day = london.london_day(now)
    begins, ends = london.at(day, office_hours.OPENS), london.at(day, office_hours.CLOSES)
    return calendar.working_days(session).is_working_day(day) and begins <= now < ends


def read_by(session: Session, *, now: datetime) -> datetime | None:
    """When whoever is on shift next will have read what comes now; None where nobody is on the rota at all."""
    of_advisers = (
        select(Shift).join(Staff, Staff.id == Shift.staff_id).where(Staff.role == Role.ADVISER, Staff.is_active)
    )
    ends: dict[int, time] = {}
    for shift in session.scalars(of_advisers):
        ends[shift.weekday] = max(shift.ends, ends.get(shift.weekday, shift.ends))
    working_days, today = calendar.working_days(session), london.london_day(now)
    days = (today + timedelta(days=ahead) for ahead in range(LOOKS_AHEAD_DAYS))
    kept = (
        london.at(day, ends[day.weekday()])
        for day in days
        if day.weekday() in ends and working_days.is_working_day(day)
    )
    return next((end for end in kept if end - now >= ENOUGH_LEFT), None)


def _today(working_days: Calendar, today: date, now: datetime) -> list[Window]:
    starts_at, ends_at = max(now, london.at(today, office_hours.OPENS)), london.at(today, office_hours.CLOSES)
    if not working_days.is_working_day(today) or ends_at - starts_at < ENOUGH_LEFT:
        return []
    return [Window(name="today", starts_at=starts_at, ends_at=ends_at, words="today")]
