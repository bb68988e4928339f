"""The vital signs: each figure that tells whether the service does its work, with the limit past which it does not.

Ages are by the database's own clock, as heartbeats are. No figure names anybody.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from scheduling import db
from scheduling.models import Backup, Breaker, Channel, Drill, Heartbeat, Message, MessageState, Sweep
from scheduling.operation import installation
from scheduling.outbox import breakers

PROCESSES: Final = ("worker", "clock")
SILENCE: Final = timedelta(minutes=2)
"""How long a process may show no sign of life."""
WAITING: Final = timedelta(minutes=5)
"""How long a message may be due and not tried."""
CARRIED: Final = {Channel.SMS: "texts", Channel.EMAIL: "mail", Channel.CALL: "calls"}
DEADLINES: Final = "raise deadline alarms"
"""The job without which a deadline passes unseen."""
UNWATCHED: Final = timedelta(minutes=30)
BACKED_UP_WITHIN: Final = timedelta(hours=26)
DRILLED_WITHIN: Final = timedelta(days=8)
FREE_PART: Final = 0.1
"""Of the disk; on a large one 5 GB will do."""
FREE_BYTES: Final = 5 * 1024**3


@dataclass(frozen=True, kw_only=True)
class Vital:
    """One sign: its name, whether it is good, the figure in its unit, and a sentence for a person."""

    name: str
    is_well: bool
    says: str
    figure: float | None = None
    unit: str = "seconds"


def look(session: Session, *, now: datetime) -> list[Vital]:
    """Every sign, in the order in which somebody would look for the cause."""
    at = db.moment(session)
    signs = [disk(), *processes(session, at=at), _due(session, at=at, now=now), _in_doubt(session), _dead(session)]
    signs += _carriers(session, at=at)
    signs.append(_deadlines(session, at=at))
    signs += _failing(session)
    if installation.current().backups is not None:
        signs += [_backup(session, at=at), _drill(session, at=at)]
    return signs


def disk() -> Vital:
    """How much room there is where our files are."""
    usage = shutil.disk_usage(_existing(installation.current().data))
    free = usage.free / usage.total
    return Vital(
        name="disk",
        is_well=free > FREE_PART or usage.free > FREE_BYTES,
        says=f"{free:.0%} free",
        figure=free,
        unit="ratio",
    )


def processes(session: Session, *, at: datetime) -> Iterator[Vital]:
    """When the worker and the clock were last seen."""
    beats = {beat.process: beat.beat_at for beat in session.scalars(select(Heartbeat))}
    for process in PROCESSES:
        yield _age(process, beats.get(process), limit=SILENCE, at=at, never="has not been seen", before="seen")


def _due(session: Session, *, at: datetime, now: datetime) -> Vital:
    """How long the oldest message has been due; one that waits for another of its thread is not due yet."""
    earlier = aliased(Message)
    behind = exists().where(
        earlier.thread == Message.thread,
        earlier.id < Message.id,
        earlier.state.in_([MessageState.QUEUED, MessageState.SENDING]),
    )
    due = select(Message.written_at, Message.not_before, Message.next_try_at).where(
        Message.state == MessageState.QUEUED,
        or_(Message.next_try_at.is_(None), Message.next_try_at <= at),
        or_(Message.not_before.is_(None), Message.not_before <= now),
        ~behind,
    )
    ages = [_waited(*row, at=at, now=now) for row in session.execute(due)]
    oldest = max(ages, default=timedelta())
    says = f"{len(ages)} due, the oldest for {_span(oldest)}" if ages else "nothing is due"
    return Vital(name="oldest due message", is_well=oldest < WAITING, says=says, figure=oldest.total_seconds())


def _waited(
    written_at: datetime, not_before: datetime | None, next_try_at: datetime | None, *, at: datetime, now: datetime
) -> timedelta:
    if next_try_at is not None:
        return at - next_try_at
    return max(now - max(written_at, not_before or written_at), timedelta())


def _in_doubt(session: Session) -> Vital:
    number = _counted(session, MessageState.IN_DOUBT)
    return Vital(name="in doubt", is_well=True, says=_messages(number), figure=number, unit="messages")


def _dead(session: Session) -> Vital:
    number = _counted(session, MessageState.FAILED)
    return Vital(name="dead letters", is_well=True, says=_messages(number), figure=number, unit="messages")


def _counted(session: Session, state: MessageState) -> int:
    waits = (Message.state == state, Message.dealt_with_at.is_(None))
    return session.scalar(select(func.count()).select_from(Message).where(*waits)) or 0


def _messages(number: int) -> str:
    return f"{number} wait for a coordinator" if number != 1 else "1 waits for a coordinator"


def _carriers(session: Session, *, at: datetime) -> Iterator[Vital]:
    """Whether each channel's carrier works for us, and how often in a row it did not."""
    failing = {breaker.channel: breaker for breaker in session.scalars(select(Breaker))}
    for channel, carried in CARRIED.items():
        breaker = failing.get(channel)
        yield Vital(
            name=f"carrier of {carried}",
            is_well=breaker is None or breaker.faults < breakers.OPENS_AFTER,
            says="works" if breaker is None else f"fails, for {_span(at - breaker.since)} now: {breaker.code}",
            figure=0 if breaker is None else breaker.faults,
            unit="faults",
        )


def _deadlines(session: Session, *, at: datetime) -> Vital:
    sweep = session.get(Sweep, DEADLINES)
    last = sweep.done_at if sweep is not None else None
    return _age("deadlines", last, limit=UNWATCHED, at=at, never="have not been looked at", before="looked at")


def _failing(session: Session) -> Iterator[Vital]:
    """Each job whose last look came to no good end."""
    failing = or_(Sweep.done_at.is_(None), Sweep.failed_at > Sweep.done_at)
    for job in session.scalars(select(Sweep.job).where(Sweep.failed_at.is_not(None), failing).order_by(Sweep.job)):
        yield Vital(name=f"job: {job}", is_well=False, says="fails; the log of the clock says why")


def _backup(session: Session, *, at: datetime) -> Vital:
    last = session.scalar(select(func.max(Backup.made_at)))
    return _age("last backup", last, limit=BACKED_UP_WITHIN, at=at, never="has not been made", before="made")


def _drill(session: Session, *, at: datetime) -> Vital:
    last = session.scalar(select(Drill).order_by(Drill.done_at.desc(), Drill.id.desc()).limit(1))
    if last is not None and last.faults is not None:
        return Vital(name="last drill", is_well=False, says=f"of {last.name}: {last.faults}")
    at_least = None if last is None else last.done_at
    is_new = session.scalar(select(func.min(Backup.made_at))) is None
    if last is None and is_new:
        return Vital(name="last drill", is_well=True, says="there is no backup to try yet")
    return _age("last drill", at_least, limit=DRILLED_WITHIN, at=at, never="has not been done", before="done")


def _age(name: str, last: datetime | None, *, limit: timedelta, at: datetime, never: str, before: str) -> Vital:
    if last is None:
        return Vital(name=name, is_well=False, says=never)
    age = max(at - last, timedelta())
    return Vital(name=name, is_well=age < limit, says=f"{before} {_span(age)} ago", figure=age.total_seconds())


def _span(age: timedelta) -> str:
    """As a person would say it: "40 seconds", "3 hours"."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if age.total_seconds() >= 2 * length:
            return f"{age.total_seconds() // length:.0f} {unit}"
    return f"{age.total_seconds():.0f} seconds"


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that there is."""
    return next(folder for folder in (path.resolve(), *path.resolve().parents) if folder.exists())
