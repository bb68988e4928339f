"""How many meetings were called off or moved, and to which side each is counted: numbers, never what was said."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.law import periods
from scheduling.models import Authority, Booking, BookingKind, Case, MovedBooking, Side

MONTHS = 12


def of_the_last_year(session: Session, authority: Authority, *, now: datetime) -> Counter[Side]:
    """The authority's mediations called off or moved in the last twelve months, by the side that caused it."""
    today = london.london_day(now)
    theirs = (Case.authority_id == authority.id, Booking.kind == BookingKind.MEDIATION)
    called_off = select(Booking.cancelled_by_side, Booking.cancelled_at).where(Booking.cancelled_by_side.is_not(None))
    moved = select(MovedBooking.caused_by, MovedBooking.moved_at).join(Booking, Booking.id == MovedBooking.booking_id)
    happened = [
        *session.execute(called_off.join(Case, Case.id == Booking.case_id).where(*theirs)),
        *session.execute(moved.join(Case, Case.id == Booking.case_id).where(*theirs)),
    ]
    return Counter(
        side
        for side, at in happened
        if side is not None and at is not None and today <= periods.months_after(london.london_day(at), MONTHS)
    )
