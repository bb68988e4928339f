"""Authorities that have named nobody who can decide: somebody who can must be at the meeting (regulation 38)."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from scheduling.cases import attendees
from scheduling.cases.item import Item, notice_by
from scheduling.law.working_days import Calendar
from scheduling.models import Role


def without_authority(session: Session, working_days: Calendar) -> Iterator[Item]:
    """It named who comes, and declared that none of them can agree to anything on the day."""
    for case in attendees.without_authority(session):
        yield Item(
            what="Ask who can decide",
            why="The authority has named who comes, and nobody who can agree on the day (regulation 38)",
            who=Role.COORDINATOR,
            by=notice_by(case, working_days),
            case=case,
        )
