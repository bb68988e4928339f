"""The thirty days as the console shows them: which day it is, when they end, and how near that is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling import london
from scheduling.cases import routes
from scheduling.law import deadlines
from scheduling.law.working_days import Calendar
from scheduling.models import Case

RED_DAYS, AMBER_DAYS = 3, 10


class Tone(StrEnum):
    """The colour that repeats what the words say."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class DayClock:
    """Where a case is in its thirty days."""

    day: int
    of: int
    closes: date
    tone: Tone

    @property
    def words(self) -> str:
        """Day 27 of 30, or how far beyond."""
        over = self.day - self.of
        if over > 0:
            return f"{over} {'day' if over == 1 else 'days'} over the {self.of}"
        return f"Day {self.day} of {self.of}"


def of(case: Case, calendar: Calendar, *, today: date) -> DayClock | None:
    """The clock of a case whose authority has been told; None before that."""
    if case.told_at is None or routes.is_about_health_alone(case):
        return None  # on health alone the integrated care board has days of its own, which stand on the card
    told = london.london_day(case.told_at)
    limit = deadlines.mediation_window(told, calendar).last_date
    return DayClock((today - told).days, limit.rule.number, limit.day, tone(limit.day, today=today))


def tone(day: date, *, today: date) -> Tone:
    """How near a deadline is."""
    left = (day - today).days
    if left <= RED_DAYS:
        return Tone.RED
    return Tone.AMBER if left <= AMBER_DAYS else Tone.GREEN
