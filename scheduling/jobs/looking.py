"""When each job last came to its end, or failed: by the database's clock, and not oftener than once a minute."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from scheduling import db
from scheduling.models import Sweep

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
"""Ten jobs look every ten seconds: to write of each look would keep SQLite's one writer busy with nothing."""


def note(job: str, *, failed: bool) -> None:
    """A look came to its end, or to no good one."""
    try:
        if _is_worth_a_line(job, failed=failed):
            with db.Session.begin() as session:
                sweep = session.merge(Sweep(job=job))
                _set(sweep, db.moment(session), failed=failed)
    except SQLAlchemyError:  # the database is down: the next look notes it
        log.warning("a look could not be noted", extra={"job": job})


def _is_worth_a_line(job: str, *, failed: bool) -> bool:
    with db.Reading() as session:
        sweep = session.get(Sweep, job)
        if sweep is None or sweep.done_at is None or failed:
            return True
        is_over = sweep.failed_at is not None and sweep.failed_at > sweep.done_at
        return is_over or db.moment(session) - sweep.done_at >= EVERY


def _set(sweep: Sweep, at: datetime, *, failed: bool) -> None:
    if failed:
        sweep.failed_at = at
    else:
        sweep.done_at = at
