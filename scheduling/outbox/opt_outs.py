"""STOP and START: the provider blocks a number that texted STOP, and so do we, until it texts START.

A family may also have asked for nothing at all: then not even its own text is answered.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import OptOut, Person


def stop(session: Session, number: str, *, now: datetime) -> None:
    """No more texts to this number; a second STOP changes nothing."""
    if session.get(OptOut, number) is None:
        session.add(OptOut(number=number, since=now))


def start(session: Session, number: str) -> None:
    """Texts are welcome again, as far as each person's own record allows them."""
    stopped = session.get(OptOut, number)
    if stopped is not None:
        session.delete(stopped)


def has_stopped(session: Session, number: str) -> bool:
    """Whether texts to this number would be refused."""
    return session.get(OptOut, number) is not None


def must_get_nothing(session: Session, number: str) -> bool:
    """Whether this is the number of somebody who must not be contacted, however they write to us."""
    theirs = select(Person.id).where(Person.number == number, Person.do_not_contact)
    return session.scalar(theirs.limit(1)) is not None
