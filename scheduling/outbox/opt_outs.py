"""STOP and START: the provider blocks a number that texted STOP, and so do we, until it texts START.

A family may also have asked for nothing at all: then not even its own text is answered.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import OptOut, Person
from scheduling.vault import masters


def stop(session: Session, number: str, *, now: datetime) -> None:
    """No more texts to this number; a second STOP changes nothing."""
    if not has_stopped(session, number):
        session.add(OptOut(number=masters.index(number), since=now))


def start(session: Session, number: str) -> None:
    """Texts are welcome again, as far as each person's own record allows them."""
    stopped = session.get(OptOut, masters.index(number))
    if stopped is not None:
        session.delete(stopped)


def has_stopped(session: Session, number: str) -> bool:
    """Whether texts to this number would be refused."""
    return session.get(OptOut, masters.index(number)) is not None


def must_get_nothing(session: Session, number: str) -> bool:
    """Whether this is the number of somebody who must not be contacted, however they write to us."""
    theirs = select(Person.id).where(Person.number == number, Person.do_not_contact)
    return session.scalar(theirs.limit(1)) is not None


def blind(session: Session) -> None:
    """Numbers from before there was a vault: keep what they are found by, and not the numbers."""
    for old in session.scalars(select(OptOut).where(OptOut.number.startswith("+"))).all():
        old.number = masters.index(old.number)
    session.flush()
