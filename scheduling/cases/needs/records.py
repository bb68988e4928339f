"""Records that somebody has asked for, or that have been kept long enough."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scheduling import london
from scheduling.cases.item import Item
from scheduling.models import AccessRequest, Case, ErasureBatch, Role


def to_hand_out(session: Session) -> Iterator[Item]:
    """Somebody wants to see what we hold on them; the law gives us a month (UK GDPR, article 12(3))."""
    wanted = select(AccessRequest).where(AccessRequest.answered_at.is_(None))
    for asked in session.scalars(wanted.options(joinedload(AccessRequest.case).joinedload(Case.person))):
        yield Item(
            what="Hand out somebody's own records",
            why=f"They asked for everything that we hold on them on {london.written_day(asked.received_on)}",
            who=Role.MANAGER,
            by=asked.due_on,
            case=asked.case,
            access=asked,
        )


def to_erase(session: Session) -> Iterator[Item]:
    """What has been kept long enough waits for a manager's word."""
    for batch in session.scalars(select(ErasureBatch).where(ErasureBatch.confirmed_at.is_(None))):
        yield Item(
            what="Look over the records to erase",
            why=f"Our policies kept them until {london.written_day(london.london_day(batch.proposed_at))}",
            who=Role.MANAGER,
            batch=batch,
        )
