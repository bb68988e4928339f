"""How far families and mediators go, and how long a mediator needs from one meeting to the next.

Distances are as the crow flies between outcodes. On the road it is farther and slower than a line on a map: fifty
kilometres of it are an hour, and half an hour is needed for any journey at all. An unknown journey takes an hour.
"""

from datetime import timedelta
from typing import Final

from scheduling.reference import outcodes

KM_AN_HOUR: Final = 50
SHORTEST: Final = timedelta(minutes=30)
UNKNOWN: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)
BAND_KM: Final = 20
"""Journeys of less than twenty kilometres are alike, and so are those of less than forty."""
FARTHEST_BAND: Final = 99
"""Of a journey whose length we do not know."""


def journey(from_outcode: str | None, to_outcode: str | None) -> timedelta:
    """From one house to another, in whole quarters of an hour."""
    km = outcodes.kilometres(from_outcode, to_outcode)
    if km is None:
        return UNKNOWN
    return max(SHORTEST, -(-timedelta(hours=km / KM_AN_HOUR) // QUARTER) * QUARTER)


def is_within(here: str | None, there: str | None, limit_km: int | None) -> bool:
    """Whether it is no farther; what is not known is not held against anybody."""
    km = None if limit_km is None else outcodes.kilometres(here, there)
    return km is None or limit_km is None or km <= limit_km


def band(km: float | None) -> int:
    """How long the journey is, roughly."""
    return FARTHEST_BAND if km is None else int(km // BAND_KM)
