"""The diary that a process searches is read beside its work, from the start and once a minute.

Else the first search, or the first after a quiet week, would read the whole of it in its writer's turn, and all who
write would wait meanwhile. Only a search in the second after a start still waits for the first reading to end.
"""

import logging
import threading
from typing import Final

from sqlalchemy.exc import DBAPIError

from scheduling import clock, db
from scheduling.diary import slots

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 60


def keep(stop: threading.Event) -> threading.Thread:
    """Keep the diary of this process fresh until it is told to stop; nobody waits for that."""
    reading = threading.Thread(target=_keep, args=(stop,), daemon=True)
    reading.start()
    return reading


def _keep(stop: threading.Event) -> None:
    while True:
        try:
            with db.Reading() as session:
                slots.read_ahead(session, now=clock.now())
        except DBAPIError:  # not there, or not migrated yet: whoever searches will say so
            log.warning("the diary cannot be read ahead")
        if stop.wait(EVERY_SECONDS):
            return
