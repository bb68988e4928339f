"""Backups: the whole record in one file, made while the service works, kept for 35 days.

The files hold what the record holds, so their folder is the service's alone, and belongs on another disk or machine.
"""

import hashlib
import logging
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Final

from sqlalchemy import URL, delete, func, select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Backup
from scheduling.operation import installation, postgres_copies, proof, sqlite_copies

log = logging.getLogger(__name__)

KEPT: Final = timedelta(days=35)
"""What was erased from the record is gone from the last backup then, too."""
EVERY_ONE_KEPT: Final = timedelta(days=1)
"""Of older ones the first of each day is kept."""
EVERY: Final = {"sqlite": timedelta(minutes=15), "postgresql": timedelta(days=1)}
"""How much may be lost at most; PostgreSQL's own log archive loses less (docs/how-to/back-up-and-restore.md)."""

COPIES: Final[dict[str, ModuleType]] = {"sqlite": sqlite_copies, "postgresql": postgres_copies}


def make(record: URL, folder: Path) -> Backup:
    """Copy the record into a new file of the folder, and note it in the record."""
    began = time.monotonic()
    copies = COPIES[record.get_backend_name()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with db.Reading() as session:
        made_at, form = db.moment(session), proof.form(session)
    name = f"common-ground-{made_at:%Y%m%dT%H%M%S%f}Z{copies.SUFFIX}"
    draft = folder / f".{name}.part"
    draft.touch(mode=0o600)
    try:
        copies.save(record, draft)
        _to_the_disk(draft)
        draft.rename(folder / name)
    finally:
        draft.unlink(missing_ok=True)
    made = Backup(
        name=name,
        made_at=made_at,
        size=(folder / name).stat().st_size,
        digest=digest(folder / name),
        form=form,
        seconds=round(time.monotonic() - began, 3),
    )
    with db.Session.begin() as session:
        session.add(made)
    log.info("backup made", extra={"size": made.size, "seconds": made.seconds})
    return made


def make_if_due(_now: datetime) -> None:
    """The clock's own backups, into the folder of the installation."""
    folder = installation.current().backups
    if folder is None or not _is_due():
        return
    make(address(), folder)
    forget_old(folder)


def forget_old(folder: Path) -> None:
    """Remove what is too old, and of the last weeks all but the first of each day; never the newest."""
    with db.Session.begin() as session:
        rows = list(session.scalars(select(Backup).order_by(Backup.made_at)))
        going = _superfluous(rows, at=db.moment(session))
        session.execute(delete(Backup).where(Backup.id.in_([row.id for row in going])))
    for row in going:
        (folder / row.name).unlink(missing_ok=True)


def digest(file: Path) -> str:
    """SHA-256 of the file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def address() -> URL:
    """Where the record of this process is."""
    with db.Reading() as session:
        return session.get_bind().engine.url


def newest(session: Session) -> Backup | None:
    """The last backup that was made."""
    return session.scalar(select(Backup).order_by(Backup.made_at.desc()).limit(1))


def _is_due() -> bool:
    with db.Reading() as session:
        last = session.scalar(select(func.max(Backup.made_at)))
        every = EVERY[session.get_bind().dialect.name]
        return last is None or db.moment(session) - last >= every


def _superfluous(rows: list[Backup], *, at: datetime) -> list[Backup]:
    """Which of the backups, oldest first, nobody needs."""
    days: set[str] = set()
    going = []
    for row in rows[:-1]:
        age, day = at - row.made_at, f"{row.made_at:%Y-%m-%d}"
        if age > KEPT or (age > EVERY_ONE_KEPT and day in days):
            going.append(row)
        else:
            days.add(day)
    return going


def _to_the_disk(file: Path) -> None:
    with file.open("rb") as content:
        os.fsync(content.fileno())
