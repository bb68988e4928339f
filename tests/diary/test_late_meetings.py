"""The 30 days were missed, and the family would rather wait for a meeting than go without."""

from datetime import date

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import mediation
from scheduling.diary import bookings, slots
from scheduling.models import SERVICE, BookingKind
from tests import builders
from tests.builders import moment


def test_after_the_thirty_days_a_meeting_can_still_be_booked_with_clear_notice(session: Session) -> None:
    case = builders.case(session, builders.town(session), told="2026-11-20 10:25")
    now = moment("2026-12-21 09:00")
    assert mediation.waiting(session, now=now) == []

    slot = slots.best(session, case, now=now)[0]
    bookings.book(session, case, slot, by=SERVICE, now=now)

    assert london.london_day(slot.starts_at) >= date(2026, 12, 31)
    assert "The 30 days ended on Sunday 20 December 2026" in slot.reasons[0]
    assert bookings.of(session, case, BookingKind.MEDIATION) is not None


def test_an_authority_that_cannot_meet_in_time_may_meet_later_and_nothing_is_booked_unasked(session: Session) -> None:
    case = builders.case(session, builders.town(session), told="2026-11-20 10:25")
    now = moment("2026-12-14 09:00")
    assert slots.best(session, case, now=now) == []

    case.authority_cannot_at = now
    session.flush()

    assert slots.best(session, case, now=now) != []
    assert mediation.waiting(session, now=now) == []
