"""A family cannot come to its meeting at its time: others are offered, or the nearest other lawful time is booked."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cases import offering
from scheduling.diary import absences, bookings
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.offers import NothingToOffer
from scheduling.models import FAMILY, Booking, Offer, Side


def another_time(session: Session, booking: Booking, *, because: str, now: datetime) -> list[Offer]:
    """Give this time back and offer others to both parties, or move the meeting where nobody can be asked any more.

    Where there is no other lawful time the meeting stands as it was, and a coordinator is told: a family that gave it
    back would lose its 30 days by it.
    """
    if not offering.has_time_to_ask(session, booking.case, now=now):
        return _moved(session, booking, because, now=now)
    try:
        with session.begin_nested():
            bookings.cancel(session, booking, caused_by=Side.FAMILY, because=because, by=FAMILY, now=now)
            absence = absences.cannot_come(session, booking, Side.FAMILY, because, now=now)
            absence.change()
            session.flush()
            return offering.offer(session, booking.case, by=FAMILY, now=now)
    except (NothingToOffer, SlotTaken):
        session.refresh(booking)
        return _moved(session, booking, because, now=now)


def _moved(session: Session, booking: Booking, because: str, *, now: datetime) -> list[Offer]:
    absence = absences.cannot_come(session, booking, Side.FAMILY, because, now=now)
    absences.record(session, absence, by=FAMILY, now=now)
    return []
