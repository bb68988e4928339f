"""From when the 30 days of a case are counted: the authority's own, or on health alone those of the care board."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.law.routes import Clock
from scheduling.models import CareTelling, Case


def began(session: Session, case: Case) -> datetime | None:
    """When whoever has to arrange the meeting heard of it; None before that, and then no day is lawful."""
    if is_the_boards(case):
        return session.scalar(select(func.min(CareTelling.told_at)).where(CareTelling.case_id == case.id))
    return case.told_at


def is_the_boards(case: Case) -> bool:
    """Whether the integrated care board arranges, and the authority's days are not counted."""
    return case.route is not None and case.route.clock is Clock.HEALTH
