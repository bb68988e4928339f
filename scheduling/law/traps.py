"""What people get wrong about a date, told beside it where it bites and nowhere else.

August and Christmas are forgiven for an appeal and for nothing else, which costs families who hear only half of it.
"""

from datetime import date, timedelta

from scheduling.law import rules
from scheduling.law.deadlines import Deadline
from scheduling.law.working_days import Calendar

_DAY = timedelta(days=1)
_AUGUST = 8
_CHRISTMAS, _NEW_YEAR = (12, 25), (1, 1)

_FOR_AN_APPEAL_ALONE = (
    "That holds for the appeal alone: not for contacting the adviser, not for mediation, and not for a claim of "
    "discrimination."
)


def of_contact(deadline: Deadline, calendar: Calendar) -> tuple[str, ...]:
    """Contact with the adviser counts to the day, and at any hour of it."""
    day = deadline.day
    notes = []
    if day.month == _AUGUST:
        notes.append("August counts: only an appeal is forgiven in August, and this is no appeal.")
    elif _is_christmas(day):
        notes.append("Christmas counts: only an appeal is forgiven at Christmas, and this is no appeal.")
    if not calendar.is_working_day(day):
        notes.append(
            f"It stays on {_day(day)}, although no office is open. A text or a voice message counts, until midnight."
        )
    return tuple(notes)


def of_appeal(deadline: Deadline, calendar: Calendar) -> tuple[str, ...]:
    """The last lawful day is told with its price, and never instead of the plain one."""
    day, last = deadline.day, deadline.last_lawful
    until = f"the Tribunal still takes an appeal until 5pm on {_day(last)}"
    if day.month == _AUGUST:
        return f"The time ends in August, so {until}.", _FOR_AN_APPEAL_ALONE
    if _is_christmas(day):
        return f"The time ends between 25 December and 1 January, so {until}.", _FOR_AN_APPEAL_ALONE
    if day != last:
        return (f"{_day(day)} is no working day, so {until}. It is safer not to wait for it.",)
    return (f"It must have arrived by 5pm on {_day(day)}.",) if calendar.is_working_day(day) else ()


def of_thirty_days(told: date, ends: Deadline, calendar: Calendar) -> tuple[str, ...]:
    """They run through weekends, August and Christmas, so that the days on which people can meet are fewer."""
    days = [told + number * _DAY for number in range(1, (ends.day - told).days + 1)]
    notes = []
    if any(_is_christmas(day) for day in days):
        notes.append("Christmas counts: the 30 days go on over it.")
    if any(day.month == _AUGUST for day in days):
        notes.append("August counts: the 30 days go on through the school holidays.")
    if not calendar.is_working_day(ends.day):
        last = calendar.on_or_before(ends.day)
        notes.append(f"{_day(ends.day)} is no working day: the last on which people can meet is {_day(last)}.")
    return tuple(notes)


def _is_christmas(day: date) -> bool:
    return (day.month, day.day) >= _CHRISTMAS or (day.month, day.day) == _NEW_YEAR


def _day(day: date) -> str:
    return f"{day:%A} {rules.in_words(day)}"
