"""The drill: the newest backup is brought back to life in a place of its own, and looked through."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Engine, NullPool, func, select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Drill
from scheduling.operation import backups, installation, proof
from scheduling.operation.proof import Proof

log = logging.getLogger(__name__)

EVERY: Final = timedelta(days=7)


def try_out(file: Path, record: URL, *, first: Callable[[Engine], object] = lambda _engine: None) -> Proof:
    """What is right and wrong with a backup, once `first` has brought it to our form; the record is not touched."""
    with backups.COPIES[record.get_backend_name()].revived(file, record) as address:
        engine = db.open_engine(address, pool=NullPool)
        first(engine)
        return look_through(engine)


def look_through(engine: Engine) -> Proof:
    """What is right and wrong with a record that has our form."""
    with Session(engine) as session:
        return proof.prove(session)


def do_if_due(_now: datetime) -> None:
    """The clock's weekly drill, with the newest backup; one from before an upgrade is left for the next backup."""
    folder = installation.current().backups
    if folder is None:
        return
    with db.Reading() as session:
        last, newest = session.scalar(select(func.max(Drill.done_at))), backups.newest(session)
        is_due = last is None or db.moment(session) - last >= EVERY
        is_ours = newest is not None and newest.form == proof.form(session)
    if newest is None or not is_due or not is_ours:
        return
    began = time.monotonic()
    found = try_out(folder / newest.name, backups.address())
    write_down(newest.name, found, seconds=time.monotonic() - began)


def write_down(name: str, found: Proof, *, seconds: float) -> None:
    """Note how a drill went."""
    with db.Session.begin() as session:
        faults = "; ".join(found.faults) or None
        done_at = db.moment(session)
        session.add(Drill(name=name, done_at=done_at, seconds=round(seconds, 3), rows=found.rows, faults=faults))
    log.log(logging.INFO if found.is_sound else logging.ERROR, "drill done", extra={"faults": len(found.faults)})
