import pytest
from sqlalchemy.orm import Session

from scheduling.diary import bookings, slots
from scheduling.models import SERVICE, Booking, Case, MessageState
from tests.builders import moment
from tests.diary import clock

TOLD = moment("2026-11-23 10:25")


@pytest.fixture
def meeting(session: Session, case: Case) -> Booking:
    """At ten on Tuesday 1 December."""
    slot = slots.best(session, case, now=TOLD, limit=1)[0]
    return bookings.book(session, case, slot, by=SERVICE, now=TOLD)


def test_a_family_is_reminded_two_days_before(session: Session, meeting: Booking) -> None:
    assert clock.reminds(session, now=moment("2026-11-29 09:59")) == []

    [reminder] = clock.reminds(session, now=moment("2026-11-29 10:00"))

    assert reminder.expires_at == meeting.starts_at
    assert "Tue 1 Dec, 10am" in reminder.body


def test_the_second_sweep_finds_the_reminder_of_the_first(session: Session, meeting: Booking) -> None:
    first = clock.reminds(session, now=moment("2026-11-29 10:00"))

    assert clock.reminds(session, now=moment("2026-11-29 10:01")) == first


def test_a_reminder_that_is_late_at_night_waits_for_the_morning(session: Session, meeting: Booking) -> None:
    [reminder] = clock.reminds(session, now=moment("2026-11-30 23:00"))

    assert reminder.not_before == moment("2026-12-01 09:00")


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2026-12-01 10:00", id="the meeting begins"),
        pytest.param("2026-12-01 11:00", id="the meeting is on"),
    ],
)
def test_nobody_is_reminded_of_what_has_begun(session: Session, meeting: Booking, now: str) -> None:
    assert clock.reminds(session, now=moment(now)) == []


def test_who_booked_only_just_now_is_not_reminded(session: Session, meeting: Booking) -> None:
    meeting.booked_at = moment("2026-11-29 12:00")

    assert clock.reminds(session, now=moment("2026-11-30 10:00")) == []


def test_a_reminder_of_the_old_time_is_taken_back_when_the_meeting_moves(
    session: Session, case: Case, meeting: Booking
) -> None:
    now = moment("2026-11-29 10:00")
    [old] = clock.reminds(session, now=now)

    slot = slots.best(session, case, now=now, limit=1, moving=meeting)[0]
    bookings.move(session, meeting, slot, because="The officer is ill", by=SERVICE, now=now)

    assert old.state is MessageState.DROPPED


def test_a_family_that_wants_no_texts_gets_no_reminder(session: Session, case: Case, meeting: Booking) -> None:
    case.person.may_text = False

    assert clock.reminds(session, now=moment("2026-11-29 10:00")) == []
