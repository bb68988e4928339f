"""One after the other: who acts on a case while somebody else does waits, and then sees what the other has done."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import Case


def wait(session: Session, case: Case) -> None:
    """Hold the case until the end of the transaction, as it now stands in the record."""
    # A refresh would do the same, and lose what this transaction has changed and not yet written.
    now_held = select(Case).where(Case.id == case.id).with_for_update()
    session.scalars(now_held.execution_options(populate_existing=True)).one()
