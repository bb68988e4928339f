"""Is a record whole? What must be so in every one of them, asked of one that has just been brought back from a file."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from scheduling import audit_check
from scheduling.db import Base
from scheduling.diary import quarters
from scheduling.models import Booking, BookingStatus, Case, Cell, Certificate, Claim, Entry

NAMED = 3
A_BATCH = 100
"""How many of the same fault are told one by one."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How much was looked at, and what was wrong with it: sentences with ids only."""

    rows: int
    faults: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults


def form(session: Session) -> str:
    """Which form the tables have: the number of the last migration."""
    return str(session.scalar(sql("SELECT version_num FROM alembic_version")))


def prove(session: Session) -> Proof:
    """Look through the whole record; it has to have the form of our code."""
    faults = [*_file(session), *_times(session), *_cases(session), *_certificates(session), *_audit(session)]
    tables = Base.metadata.sorted_tables
    rows = sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    return Proof(rows=rows, faults=tuple(faults))


def _file(session: Session) -> Iterator[str]:
    """SQLite's own look at its file; PostgreSQL has checked every row as it came in."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (said,) in session.execute(sql("PRAGMA integrity_check")):
        if said != "ok":
            yield f"the file is damaged: {said}"
    broken = Counter(str(row[0]) for row in session.execute(sql("PRAGMA foreign_key_check")))
    yield from (f"{number} rows of {table} belong to nothing" for table, number in broken.items())


def _times(session: Session) -> Iterator[str]:
    """Each meeting that is on keeps its time, and none that is off does."""
    live = Booking.status == BookingStatus.CONFIRMED
    lost = select(Booking.id).where(live, ~Booking.claims.any())
    yield from _told("booking {} keeps no time", session.scalars(lost))
    idle = select(Booking.id).where(~live, Booking.claims.any())
    yield from _told("booking {} is off and still keeps its time", session.scalars(idle))
    filled = select(Claim.id, Claim.starts_at, Claim.ends_at, func.count(Cell.claim_id)).outerjoin(
        Cell, Cell.claim_id == Claim.id
    )
    wrong = [
        number
        for number, starts_at, ends_at, cells in session.execute(filled.group_by(Claim.id))
        if cells != len(quarters.spanning(starts_at, ends_at))
    ]
    yield from _told("claim {} does not fill its quarter-hours", wrong)


def _cases(session: Session) -> Iterator[str]:
    mute = select(Case.id).where(~select(Entry.id).where(Entry.case_id == Case.id).exists())
    yield from _told("case {} has no history", session.scalars(mute))


def _certificates(session: Session) -> Iterator[str]:
    issued = session.scalars(select(Certificate), execution_options={"yield_per": A_BATCH})
    # Of an erased case the document is gone, and its digest kept.
    changed = [one.id for one in issued if one.document and hashlib.sha256(one.document).hexdigest() != one.digest]
    yield from _told("certificate {} is not the one that was issued", changed)


def _audit(session: Session) -> Iterator[str]:
    for broken in audit_check.verify(session).broken[:NAMED]:
        yield f"audit: chain {broken.chain}, link {broken.seq}: {broken.what}"


def _told(sentence: str, found: Iterable[int]) -> Iterator[str]:
    """A sentence for each of the first few, and how many there are besides."""
    numbers = list(found)
    yield from (sentence.format(number) for number in numbers[:NAMED])
    if len(numbers) > NAMED:
        yield f"and {len(numbers) - NAMED} more: {sentence.format('...')}"
