"""So many tries and no more: whoever guesses at a door of ours soon has to wait.

Tries are counted before they are looked at, so that a hundred at once are not all looked at because none has failed
yet; a good one is taken off the count again. They share the table and the real clock of failed sign-ins.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from scheduling import db
from webapp.accounts import SignInFailure

COUNTED = timedelta(minutes=15)


def count(session: Session, limits: Mapping[str, int], *, key: str) -> list[int] | None:
    """Note a try of each of these names; None where one has had so many already that this try is not looked at."""
    moment = db.moment(session)
    masked = {_masked(name, key): limit for name, limit in limits.items()}
    for who, limit in masked.items():
        recent = select(func.count()).where(SignInFailure.who == who, SignInFailure.at > moment - COUNTED)
        if (session.scalar(recent) or 0) >= limit:
            return None
    rows = [SignInFailure(who=who, at=moment) for who in masked]
    session.add_all(rows)
    session.flush()  # the rows' numbers are needed to take them off again
    return [row.id for row in rows]


def forgive(session: Session, counted: Sequence[int]) -> None:
    """The try was a good one."""
    session.execute(delete(SignInFailure).where(SignInFailure.id.in_(counted)))


def forget_old(session: Session) -> None:
    """Remove those that no longer count."""
    session.execute(delete(SignInFailure).where(SignInFailure.at < db.moment(session) - COUNTED))


def _masked(name: str, key: str) -> str:
    """Nobody who reads the table learns an address."""
    return hmac.new(key.encode(), name.encode(), hashlib.sha256).hexdigest()
