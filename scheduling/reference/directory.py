"""The authorities as the line needs them, in as few queries as may be: somebody waits for the answer."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling.models import Authority


def everyone(session: Session) -> list[Authority]:
    """Every authority we know, served or not, by name, with all that it is called."""
    with_names = select(Authority).options(selectinload(Authority.aliases), selectinload(Authority.successors))
    return list(session.scalars(with_names.order_by(Authority.name)))


def names(session: Session) -> list[str]:
    """What they are all called."""
    return list(session.scalars(select(Authority.name).order_by(Authority.name)))


def these(session: Session, codes: Sequence[str]) -> list[Authority]:
    """The authorities with these codes, in the codes' order."""
    by_code = {one.code: one for one in session.scalars(select(Authority).where(Authority.code.in_(codes)))}
    return [by_code[code] for code in codes]
