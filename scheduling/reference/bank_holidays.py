"""England's bank holidays, as the calendar by which the law counts.

They come from the ``holidays`` library, substitute days and past proclamations included. A day proclaimed after the
library's release is added by a coordinator and handed in here.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache

import holidays

from scheduling.law.working_days import Calendar

YEARS = range(2014, 2051)
"""From the year of the reforms to well beyond the life of any case."""


def england(extra: Iterable[date] = ()) -> Calendar:
    """The calendar of England, with whatever days have been proclaimed beside it."""
    return Calendar(holidays=_known().union(extra), years=YEARS)


def names() -> dict[date, str]:
    """What each holiday is called, for pages that show one."""
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=YEARS, language="en_GB"))


@cache
def _known() -> frozenset[date]:
    return frozenset(names())
