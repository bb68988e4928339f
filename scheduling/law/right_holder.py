"""Whose right it is: the parent's until compulsory school age ends, then the young person's until 25.

The change comes in a night, between the last Friday in June and the Saturday, often before the 16th birthday and
sometimes in the middle of a case. Whoever holds the right decides about mediation, appeal and what we may tell whom.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scheduling.law import rules
from scheduling.law.rules import Rule

_JUNE, _SEPTEMBER = 6, 9
_DAY = timedelta(days=1)

_SCHOOL_LEAVING_AGE, _LAST_AGE, _NO_PLAN_AGE = 16, 25, 26

_TERMS_BEGIN = (8, 20), (9, 10)
"""Leicestershire's schools begin in August, some academies well into September."""


class Holder(StrEnum):
    """Who holds the right on a day."""

    PARENT = "the parent"
    YOUNG_PERSON = "the young person"
    NOBODY = "nobody"


class Capacity(StrEnum):
    """Whether the holder can take this very decision. The law presumes so, and a diagnosis is no answer."""

    ABLE = "can take the decision"
    REPRESENTED = "cannot take it, and has a deputy or attorney"
    UNABLE = "cannot take it, and has neither deputy nor attorney"


class Acting(StrEnum):
    """Who takes the decisions in a case, and is asked for consent."""

    PARENT = "the parent"
    PARENTS_REPRESENTATIVE = "the parent's deputy or attorney"
    YOUNG_PERSON = "the young person"
    REPRESENTATIVE = "the young person's deputy or attorney"
    PARENT_INSTEAD = "the parent, in the young person's place"
    NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class RightHolder:
    """Whose right it is on a day, why, and how sure that is."""

    holder: Holder
    reason: str
    rule: Rule
    until: date | None
    """The last day of it; None when it is over."""
    interpretation: str = ""

    @property
    def is_certain(self) -> bool:
        return not self.interpretation

    @property
    def certainty(self) -> str:
        return rules.certainty(self.interpretation)


def of(born: date, *, on: date) -> RightHolder:
    """Whose right it is on this day, for a child or young person born on that one."""
    leaves_school_age = end_of_school_age(born)
    if on <= leaves_school_age:
        return _parents(born, leaves_school_age)
    if on < birthday(born, _LAST_AGE):
        return _young_persons(born, on, leaves_school_age)
    return _after_twenty_five(born, on)


def end_of_school_age(born: date) -> date:
    """The last day of compulsory school age: the last Friday in June of the school year with the 16th birthday.

    A school year is taken to run from 1 September to 31 August. Who is 16 in July or August is still 15 on the day.
    """
    sixteen = birthday(born, _SCHOOL_LEAVING_AGE)
    return last_friday_in_june(sixteen.year + (sixteen.month >= _SEPTEMBER))


def last_friday_in_june(year: int) -> date:
    """The school leaving date of a year (Education (School Leaving Date) Order 1997)."""
    last = date(year, _JUNE, 30)
    return last - timedelta(days=(last.weekday() - calendar.FRIDAY) % 7)


def birthday(born: date, age: int) -> date:
    """The day on whose beginning somebody is this old (Family Law Reform Act 1969, section 9).

    Who was born on 29 February has it on 1 March in other years: never a day too early.
    """
    year = born.year + age
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return born.replace(year=year)


def acts(holder: Holder, capacity: Capacity = Capacity.ABLE) -> Acting:
    """Who decides when the holder of the right can, or cannot, decide for themselves."""
    return _ACTING[holder, capacity]


_ACTING = {
    (Holder.PARENT, Capacity.ABLE): Acting.PARENT,
    (Holder.PARENT, Capacity.REPRESENTED): Acting.PARENTS_REPRESENTATIVE,
    (Holder.PARENT, Capacity.UNABLE): Acting.NOBODY,
    (Holder.YOUNG_PERSON, Capacity.ABLE): Acting.YOUNG_PERSON,
    (Holder.YOUNG_PERSON, Capacity.REPRESENTED): Acting.REPRESENTATIVE,
    (Holder.YOUNG_PERSON, Capacity.UNABLE): Acting.PARENT_INSTEAD,
    **{(Holder.NOBODY, capacity): Acting.NOBODY for capacity in Capacity},
}


def _parents(born: date, leaves_school_age: date) -> RightHolder:
    return RightHolder(
        holder=Holder.PARENT,
        reason="The right is the parent's until the end of compulsory school age on "
        f"{rules.in_words(leaves_school_age)}.",
        rule=rules.RIGHT_HOLDER,
        until=leaves_school_age,
        interpretation=_doubt_about_the_school_year(born),
    )


def _young_persons(born: date, on: date, leaves_school_age: date) -> RightHolder:
    eve = birthday(born, _LAST_AGE) - _DAY
    return RightHolder(
        holder=Holder.YOUNG_PERSON,
        reason=f"Compulsory school age ended on {rules.in_words(leaves_school_age)}: since then the right has been the "
        "young person's own. Parents may support, and decide only where the young person cannot.",
        rule=rules.RIGHT_HOLDER,
        until=eve,
        interpretation=_doubt_about_the_school_year(born, on) or _doubt_about_a_leap_day(born, on),
    )


def _after_twenty_five(born: date, on: date) -> RightHolder:
    eve = birthday(born, _NO_PLAN_AGE) - _DAY
    if on <= eve:
        return RightHolder(
            holder=Holder.YOUNG_PERSON,
            reason="The 25th birthday has passed: the right is still the young person's own where the authority keeps "
            f"the plan up for the academic year, at the very most until {rules.in_words(eve)}.",
            rule=rules.AFTER_TWENTY_FIVE,
            until=eve,
            interpretation=rules.AFTER_TWENTY_FIVE.interpretation,
        )
    return RightHolder(
        holder=Holder.NOBODY,
        reason="No plan goes past the day before the 26th birthday, and no right about one does.",
        rule=rules.AFTER_TWENTY_FIVE,
        until=None,
    )


def _doubt_about_the_school_year(born: date, on: date | None = None) -> str:
    """Round 1 September the day on which a school begins its year decides about a whole year of the right."""
    sixteen = birthday(born, _SCHOOL_LEAVING_AGE)
    begin, end = _TERMS_BEGIN
    settled = on is not None and on > last_friday_in_june(sixteen.year + 1)
    if settled or not begin <= (sixteen.month, sixteen.day) <= end:
        return ""
    return (
        "the school year is taken to begin on 1 September; where the first term begins on another day, a birthday "
        "between the two belongs to the other year (Education Act 1996, section 579)"
    )


def _doubt_about_a_leap_day(born: date, on: date) -> str:
    if on != date(born.year + _LAST_AGE, 2, 28) or (born.month, born.day) != (2, 29):
        return ""
    return "who was born on 29 February is taken to be a year older on 1 March, and not on the day before"
