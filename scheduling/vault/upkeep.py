"""What is done to the vault now and then: rows from before there was one are sealed, and a new master key takes over.

Both go batch by batch, each in the caller's transaction, and begin wherever the last one ended.
"""

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from scheduling.vault import envelope, masters
from scheduling.vault.keys import DataKey
from scheduling.vault.sealed import Box, attributes, kinds


def seal_some(session: Session, *, at_most: int) -> int:
    """Seal rows that still hold something in the open, and say how many; 0 when all is sealed."""
    for kind in kinds():
        rows = session.scalars(select(kind).where(_is_open(kind)).limit(at_most)).all()
        for row in rows:
            _seal_again(row)
        if rows:
            session.flush()
            return len(rows)
    return 0


def rewrap_some(session: Session, *, at_most: int) -> int:
    """Wrap keys by the newest master key that another still wraps, and say how many; 0 when no other is needed."""
    others = select(DataKey).where(DataKey.master_id != masters.newest()).order_by(DataKey.id).limit(at_most)
    found = session.scalars(others.with_for_update()).all()
    for one in found:
        one.master_id, one.wrapped = masters.wrap(one.id, masters.unwrap(one.id, one.master_id, one.wrapped))
    session.flush()
    return len(found)


def check(session: Session) -> None:
    """Refuse, with a sentence, master keys that do not open what is here: before anybody is answered."""
    for master_id in session.scalars(select(DataKey.master_id).distinct()).all():
        one = session.scalars(select(DataKey).where(DataKey.master_id == master_id).limit(1)).one()
        masters.unwrap(one.id, one.master_id, one.wrapped)


def _is_open(kind: type) -> ColumnElement[bool]:
    return or_(*(one.is_open(kind) for one in attributes(kind)))


def _seal_again(row: Any) -> None:
    for one in attributes(type(row)):
        box: Box | None = getattr(row, one.hidden)
        if box is not None and box.stored and not envelope.is_sealed(box.stored):
            one.write(row, box.opened)
