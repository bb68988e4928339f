"""On which days mediation may lawfully be held, given when the authority was told and when notice can go out.

Three windows end on the same day, the 30th after telling, and open one after the other: with the family's consent at
once, after five working days counted the ordinary way (amber), and after five clear ones, with which we plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from scheduling.law import deadlines, periods, rules
from scheduling.law.rules import Rule
from scheduling.law.working_days import Calendar


class Notice(StrEnum):
    """How much notice of the meeting the family has."""

    CLEAR = "clear"
    AMBER = "amber"
    CONSENT = "consent"

    @property
    def rule(self) -> Rule:
        return _RULES[self]


_RULES = {
    Notice.CLEAR: rules.NOTICE_IN_CLEAR_DAYS,
    Notice.AMBER: rules.NOTICE_IN_ORDINARY_DAYS,
    Notice.CONSENT: rules.SHORTER_NOTICE_BY_CONSENT,
}


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days on which mediation may lawfully be held, both ends included; none when it closes before it opens."""

    opens: date
    closes: date
    notice: Notice

    def __contains__(self, day: date) -> bool:
        return self.opens <= day <= self.closes

    def __iter__(self) -> Iterator[date]:
        length = (self.closes - self.opens).days + 1
        return (self.opens + timedelta(days=number) for number in range(length))

    @property
    def is_empty(self) -> bool:
        return self.closes < self.opens

    def working_days(self, calendar: Calendar) -> list[date]:
        """The days of the window on which people can be asked to come."""
        return [day for day in self if calendar.is_working_day(day)]


def of_mediation(authority_told: date, calendar: Calendar, *, notice_on: date, notice: Notice = Notice.CLEAR) -> Window:
    """The window for a meeting of which the family will hear on ``notice_on``."""
    closes = deadlines.mediation_window(authority_told, calendar).last_date.day
    return Window(opens=_earliest(calendar, notice_on, notice), closes=closes, notice=notice)


def by_agreement(authority_told: date, calendar: Calendar, *, notice_on: date) -> Window:
    """The days of the 30 for which five clear working days' notice is not possible any more."""
    whole = of_mediation(authority_told, calendar, notice_on=notice_on, notice=Notice.CONSENT)
    clear = of_mediation(authority_told, calendar, notice_on=notice_on)
    return replace(whole, closes=min(whole.closes, periods.days_after(clear.opens, -1)))


def notice_of(meeting: date, calendar: Calendar, *, given_on: date) -> Notice:
    """How much notice it is to say on one day that a meeting is on another."""
    limits = deadlines.notice_latest(meeting, calendar)
    if given_on <= limits.clear.day:
        return Notice.CLEAR
    return Notice.AMBER if given_on <= limits.ordinary.day else Notice.CONSENT


def _earliest(calendar: Calendar, notice_on: date, notice: Notice) -> date:
    if notice is Notice.CONSENT:
        return notice_on
    counts_from = calendar.on_or_after(notice_on)
    days_between = notice.rule.number if notice is Notice.CLEAR else notice.rule.number - 1
    return periods.days_after(calendar.after(counts_from, days_between), 1)
