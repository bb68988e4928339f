"""What is asked of an authority's officers: in each of their cases what comes next and by when, never stored.

Made from what is shared with the authority and nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import attendees, authority_view, whose
from scheduling.cases.authority_view import SharedWithAuthority
from scheduling.law import deadlines
from scheduling.law.working_days import Calendar
from scheduling.models import Officer
from scheduling.reference import calendar


class Asks(StrEnum):
    """What an officer can be asked for, as the list says it."""

    ACKNOWLEDGE = "Say that you have read our notice"
    CHOOSE = "Say which of the offered times suit you"
    WHEN = "Say when you can come"
    WHO = "Say who comes and can decide"
    PROMISE = "Tell us when what you promised is done"


@dataclass(frozen=True, kw_only=True)
class Need:
    """One thing that is asked for, and the day by which we need it."""

    asks: Asks
    by: date


@dataclass(frozen=True, kw_only=True)
class OnTheDesk:
    """A case of the authority's, and what it needs of it: nothing, where somebody else is at it."""

    shared: SharedWithAuthority
    needs: Sequence[Need]

    @property
    def by(self) -> date:
        """The nearest of its days."""
        return self.needs[0].by if self.needs else date.max


def of(session: Session, officer: Officer, *, now: datetime) -> list[OnTheDesk]:
    """The authority's cases, those that need somebody in front, the nearest day first."""
    days = calendar.working_days(session)
    seen = authority_view.each(session, whose.cases_of_officer(session, officer))
    return sorted((on_the_desk(shared, days, now=now) for shared in seen), key=lambda one: one.by)


def on_the_desk(shared: SharedWithAuthority, days: Calendar, *, now: datetime) -> OnTheDesk:
    """What this case needs of the authority, the nearest first."""
    needs = sorted(_needs(shared, days, now=now), key=lambda need: need.by)
    return OnTheDesk(shared=shared, needs=needs)


def _needs(shared: SharedWithAuthority, days: Calendar, *, now: datetime) -> Iterator[Need]:
    if shared.is_being_arranged:
        yield from _about_the_meeting(shared, days, now=now)
    for promise in shared.owes:
        yield Need(asks=Asks.PROMISE, by=promise.due_on)


def _about_the_meeting(shared: SharedWithAuthority, days: Calendar, *, now: datetime) -> Iterator[Need]:
    if shared.acknowledged_at is None:
        yield Need(asks=Asks.ACKNOWLEDGE, by=days.after(london.london_day(shared.told_at), 1))
    if shared.is_the_boards or (shared.meeting is not None and shared.meeting.ends_at <= now):
        return
    notice_by = deadlines.notice_latest(days.on_or_before(shared.thirty_days_end), days).clear.day
    if shared.meeting is None and shared.chooses_by is not None:
        yield Need(asks=Asks.CHOOSE, by=london.london_day(shared.chooses_by))
    elif shared.meeting is None and shared.said_when_at is None:
        yield Need(asks=Asks.WHEN, by=notice_by)
    if not attendees.somebody_can_agree(shared.comes):
        held_on = None if shared.meeting is None else london.london_day(shared.meeting.starts_at)
        yield Need(asks=Asks.WHO, by=notice_by if held_on is None else days.before(held_on, 1))
