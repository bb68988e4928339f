"""England's working days as this service counts them: the library's bank holidays and those a coordinator added."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.law.working_days import Calendar
from scheduling.models import ExtraBankHoliday
from scheduling.reference import bank_holidays


def working_days(session: Session) -> Calendar:
    """The calendar by which every deadline and every notice is counted."""
    return bank_holidays.england(session.scalars(select(ExtraBankHoliday.day)))
