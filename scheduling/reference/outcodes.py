"""Where the first halves of England's postcodes lie, and how far it is from one to another as the crow flies.

The middle of an outcode is usually within a kilometre of an address in a town, and within a few in the country: enough
to spare a family a long journey, never enough to say how long it takes.
"""

import csv
import math
import re
from functools import cache, lru_cache
from importlib import resources
from typing import Final

EARTH_KM: Final = 6371.0

Place = tuple[float, float]
"""Latitude and longitude, in radians."""


def of_postcode(postcode: str) -> str:
    """The first half of a postcode, or of what may be only that half."""
    letters = re.sub(r"[^A-Z0-9]", "", postcode.upper())
    return letters[:-3] if len(letters) > 4 and letters[-3].isdigit() else letters


def place(outcode: str | None) -> Place | None:
    """The middle of an outcode; None where it is not known to us."""
    return _places().get(of_postcode(outcode)) if outcode else None


def between(one: Place, other: Place) -> float:
    """Kilometres along the great circle."""
    half = math.sin((other[0] - one[0]) / 2) ** 2
    half += math.cos(one[0]) * math.cos(other[0]) * math.sin((other[1] - one[1]) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


@lru_cache(maxsize=100_000)
def kilometres(one: str | None, other: str | None) -> float | None:
    """From one outcode to another; None where either is not known."""
    here, there = place(one), place(other)
    return None if here is None or there is None else between(here, there)


@cache
def _places() -> dict[str, Place]:
    listed = resources.files("scheduling.reference").joinpath("outcodes.csv").read_text(encoding="utf-8")
    return {
        row["outcode"]: (math.radians(float(row["latitude"])), math.radians(float(row["longitude"])))
        for row in csv.DictReader(listed.splitlines())
    }
