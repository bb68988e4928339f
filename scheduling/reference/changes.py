"""What was changed in how the service is run: policies, holidays, rota, authorities. Written once, like all history."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import Actor, Authority, Entry, Staff, Venue
from scheduling.refusals import Refused

POLICIES: Final = "policies"
BANK_HOLIDAYS: Final = "bank holidays"
ROTA: Final = "rota"


class WithoutReason(Refused):
    """Whoever reads the history later was not there."""

    def __str__(self) -> str:
        return "Enter why, so that the history can say it"


def to(authority: Authority) -> str:
    """What a change to an authority is about, by the code that outlives its name."""
    return f"authority {authority.code}"


def record(session: Session, about: str, what: str, *, by: Actor, now: datetime, why: str | None = None) -> None:
    """Add a line; the reason may be left out only where the change explains itself."""
    session.add(Entry(about=about, at=now, what=what, why=why, by=by))


def of(session: Session, about: str | None = None, *, limit: int) -> list[Entry]:
    """The newest changes, to one thing or to all."""
    wanted = select(Entry).where(Entry.about.is_not(None) if about is None else Entry.about == about)
    return list(session.scalars(wanted.order_by(Entry.at.desc(), Entry.id.desc()).limit(limit)))


def of_venue(session: Session, venue: Venue, *, limit: int) -> list[Entry]:
    """The newest changes to a venue, which has a column of its own."""
    wanted = select(Entry).where(Entry.venue_id == venue.id)
    return list(session.scalars(wanted.order_by(Entry.at.desc(), Entry.id.desc()).limit(limit)))


def names(session: Session) -> dict[int, str]:
    """Who the members of staff are that a list of changes speaks of."""
    return {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}
