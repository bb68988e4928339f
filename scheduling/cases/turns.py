"""One after the other: who acts on a case while somebody else does waits, and then sees what the other has done.

The weaker of PostgreSQL's locks on a row: whoever closes a venue holds its rooms and writes the histories of cases, and
would otherwise wait for us while we wait for a room.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import Case


def take(session: Session, case_id: int) -> Case | None:
    """The case for one look of a sweep; None where somebody else is at it, or it is closed: it is left to them."""
    free = (
        select(Case)
        .where(Case.id == case_id, Case.closed_at.is_(None))
        .with_for_update(skip_locked=True, key_share=True)
    )
    return session.scalar(free.execution_options(populate_existing=True))


def wait(session: Session, case: Case) -> None:
    """Hold the case until the end of the transaction, as it now stands in the record."""
    # A refresh would do the same, and lose what this transaction has changed and not yet written.
    now_held = select(Case).where(Case.id == case.id).with_for_update(key_share=True)
    session.scalars(now_held.execution_options(populate_existing=True)).one()
