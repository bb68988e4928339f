"""The deadlines of a case: each with its rule, as the case page and the alarms need them."""

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import bookings
from scheduling.law import deadlines
from scheduling.law.deadlines import Deadline
from scheduling.law.working_days import Calendar
from scheduling.models import BookingKind, Case
from scheduling.reference import calendar


def of(session: Session, case: Case) -> list[Deadline]:
    """Every deadline that is known of the case, the nearest first."""
    working_days = calendar.working_days(session)
    known = [*_from_the_letter(case, working_days), *_from_the_telling(case, working_days)]
    return sorted(known, key=lambda deadline: deadline.day)


def unmet(session: Session, case: Case) -> list[Deadline]:
    """Those for which somebody still has to do something: contact was made when the case began."""
    if case.closed_at is not None:
        return []
    working_days = calendar.working_days(session)
    still = [deadlines.appeal_by(case.letter_date, working_days)] if case.letter_date is not None else []
    if case.told_at is not None and bookings.of(session, case, BookingKind.MEDIATION) is None:
        still.append(deadlines.mediation_window(london.london_day(case.told_at), working_days).last_date)
    return still


def _from_the_letter(case: Case, working_days: Calendar) -> list[Deadline]:
    if case.letter_date is None:
        return []
    return [
        deadlines.contact_adviser_by(case.letter_date, working_days),
        deadlines.appeal_by(case.letter_date, working_days),
    ]


def _from_the_telling(case: Case, working_days: Calendar) -> list[Deadline]:
    if case.told_at is None:
        return []
    told = london.london_day(case.told_at)
    window = deadlines.mediation_window(told, working_days).last_date
    return [deadlines.health_told_by(told, working_days), window] if case.health_in_issue else [window]
