"""Signs of life: each process leaves one, and whoever watches can tell that it has stopped.

By the database's own clock, so that a demo that lives on another day, or a machine whose clock is wrong, looks no
deader than it is.
"""

from scheduling import db
from scheduling.models import Heartbeat


def beat(process: str) -> None:
    """Leave a sign of life: "worker" or "clock"."""
    with db.Session.begin() as session:
        session.merge(Heartbeat(process=process, beat_at=db.moment(session)))
