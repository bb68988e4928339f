"""The authorities as the line needs them: names, contracts and successors, all at once and without a query for each."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling.models import Authority


def everyone(session: Session) -> list[Authority]:
    """Every authority we know, served or not, by name."""
    with_names = select(Authority).options(
        selectinload(Authority.aliases), selectinload(Authority.contracts), selectinload(Authority.successors)
    )
    return list(session.scalars(with_names.order_by(Authority.name)))
