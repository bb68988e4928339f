"""The grid in which time is kept: quarter-hours since 1970 in UTC, and sets of them as the bits of one number.

Counting in UTC, no clock change makes a quarter twice or leaves one out; whether two sets meet is one ``&``.
"""

from datetime import datetime

SECONDS = 15 * 60


def of(moment: datetime) -> int:
    """The quarter-hour in which a moment lies."""
    return int(moment.timestamp()) // SECONDS


def spanning(starts_at: datetime, ends_at: datetime) -> range:
    """Every quarter-hour that a time touches, the first and the last begun ones included."""
    return range(of(starts_at), -(-int(ends_at.timestamp()) // SECONDS))


def bits(starts_at: datetime, ends_at: datetime, *, since: int) -> int:
    """The same as a set of bits, of which the lowest is the quarter-hour ``since``; what lies before is left out."""
    quarters = spanning(starts_at, ends_at)
    first, end = max(quarters.start - since, 0), max(quarters.stop - since, 0)
    return (1 << end) - (1 << first)
