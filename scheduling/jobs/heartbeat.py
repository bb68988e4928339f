"""Signs of life: each process leaves one, and whoever watches can tell that it has stopped.

By the database's own clock, so that a demo that lives on another day, or a machine whose clock is wrong, looks no
deader than it is.
"""

import logging
from datetime import timedelta

from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Heartbeat

log = logging.getLogger(__name__)

SILENCE = timedelta(minutes=2)
"""A process that has shown nothing for so long has stopped."""


def beat(process: str) -> None:
    """Leave a sign of life: "worker" or "clock"."""
    with db.Session.begin() as session:
        session.merge(Heartbeat(process=process, beat_at=db.moment(session)))


def is_silent(session: Session, process: str) -> bool:
    """Whether a process has shown no sign of life for too long, or never any."""
    last = session.get(Heartbeat, process)
    return last is None or db.moment(session) - last.beat_at > SILENCE
