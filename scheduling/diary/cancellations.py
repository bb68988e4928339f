"""How many meetings were called off, and to which side each is counted: numbers for a contract, never what was said."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.law import periods
from scheduling.models import Authority, Booking, BookingKind, Case, Side

MONTHS = 12


def of_the_last_year(session: Session, authority: Authority, *, now: datetime) -> Counter[Side]:
    """The authority's mediations that were called off in the last twelve months, by the side that caused it."""
    called_off = (
        select(Booking)
        .join(Case, Case.id == Booking.case_id)
        .where(
            Case.authority_id == authority.id,
            Booking.kind == BookingKind.MEDIATION,
            Booking.cancelled_by_side.is_not(None),
        )
    )
    today = london.london_day(now)
    return Counter(
        booking.cancelled_by_side
        for booking in session.scalars(called_off)
        if booking.cancelled_by_side is not None
        and booking.cancelled_at is not None
        and today <= periods.months_after(london.london_day(booking.cancelled_at), MONTHS)
    )
