"""The only look at a clock, and the demo's travel in time.

Entry points ask ``now()`` once, where the work starts, and hand the moment on; nothing deeper in the house may ask.
Travel moves what the domain calls now. Leases, retries and sign-ins go by the database's own clock and do not follow.
"""

from datetime import UTC, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """The moment that the service lives in, in UTC."""
    return datetime.now(UTC) + _ahead


def shift(by: timedelta) -> None:
    """Let the service live so far ahead of the real clock, or behind it; ``timedelta()`` comes home.

    Counted from real time and not from the last shift, so that every process may be told the same figure twice.
    """
    global _ahead  # noqa: PLW0603 - one process, one clock
    _ahead = by
