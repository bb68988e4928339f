"""What became of a meeting, and what follows from it."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import certificates, deadlines, mediation, meeting
from scheduling.cases.meeting import AlreadyRecorded, NoMeeting, NotTrue
from scheduling.diary import bookings
from scheduling.law.routes import Decision
from scheduling.models import SERVICE, Actor, Booking, BookingKind, Ending, Meeting, Message, Side
from tests import builders
from tests.builders import Town, moment

DAY = "2026-12-10"


@pytest.fixture
def booking(session: Session, barnet: Town) -> Booking:
    """Thursday 10 December, ten to midday; the thirty days end on Wednesday 23 December."""
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    case.decision = Decision.NOT_TO_ASSESS
    kept = mediation.book_best(session, case, by=SERVICE, now=moment("2026-11-23 10:25"))
    kept.starts_at, kept.ends_at = moment(f"{DAY} 10:00"), moment(f"{DAY} 12:00")
    session.flush()
    return kept


def record(
    session: Session,
    booking: Booking,
    town: Town,
    ending: Ending = Ending.CONCLUDED,
    *,
    family_came: bool = True,
    authority_came: bool = True,
    could_decide: bool = True,
    ended_at: str = f"{DAY} 12:10",
    now: str = f"{DAY} 12:30",
) -> Meeting:
    return meeting.record(
        session,
        booking,
        ending=ending,
        family_came=family_came,
        authority_came=authority_came,
        could_decide=could_decide,
        childs_views_sought=True,
        expenses="Two bus fares",
        ended_at=moment(ended_at),
        by=Actor.staff(town.coordinator.id),
        now=moment(now),
    )


def test_mediation_that_is_over_calls_for_a_certificate_in_three_working_days(
    session: Session, booking: Booking, barnet: Town
) -> None:
    record(session, booking, barnet)

    due = certificates.due(session, booking.case, today=date(2026, 12, 10))
    assert due is not None
    assert due.day == date(2026, 12, 15)
    last = booking.case.history[-1]
    assert last.what == "Mediation was held on Thursday 10 December 2026, and it is over"
    assert last.why == "Where the appeal needs a certificate, it is due by Tuesday 15 December 2026."
    lines = deadlines.of(session, booking.case, today=date(2026, 12, 10))
    open_rules = {line.deadline.rule.key for line in deadlines.still_unmet(booking.case, lines)}
    assert "certificate-when-concluded" in open_rules


def test_an_adjourned_meeting_calls_for_none_and_may_be_booked_again(
    session: Session, booking: Booking, barnet: Town
) -> None:
    record(session, booking, barnet, Ending.ADJOURNED)

    assert certificates.due(session, booking.case, today=date(2026, 12, 10)) is None
    again = mediation.book_best(session, booking.case, by=SERVICE, now=moment(f"{DAY} 14:00"))
    assert bookings.of(session, booking.case, BookingKind.MEDIATION) is again


def test_a_family_that_did_not_come_is_asked_on_the_same_day_and_has_no_certificate(
    session: Session, booking: Booking, barnet: Town
) -> None:
    record(session, booking, barnet, Ending.NOT_HELD, family_came=False)

    assert certificates.due(session, booking.case, today=date(2026, 12, 10)) is None
    asked = session.scalars(select(Message).where(Message.purpose == "missed meeting")).all()
    assert {message.written_at for message in asked} == {moment(f"{DAY} 12:30")}
    assert len(asked) == 2
    assert "the family did not come" in booking.case.history[-1].what


def test_an_authority_that_did_not_come_is_booked_again(session: Session, booking: Booking, barnet: Town) -> None:
    record(session, booking, barnet, Ending.NOT_HELD, authority_came=False)

    assert session.scalars(select(Message).where(Message.purpose == "missed meeting")).all() == []
    assert booking.case.history[-1].why == "It is booked again within the 30 days."


def test_an_officer_who_could_not_decide_is_written_down(session: Session, booking: Booking, barnet: Town) -> None:
    record(session, booking, barnet, could_decide=False)

    assert booking.case.history[-1].what == "Nobody who came for the authority could settle the issues"


@pytest.mark.parametrize(
    ("ending", "came", "ended_at", "now", "because"),
    [
        pytest.param(Ending.CONCLUDED, True, "12:10", "09:00", "begins only at", id="before it has begun"),
        pytest.param(Ending.CONCLUDED, True, "09:00", "12:30", "before it began", id="ended before it began"),
        pytest.param(Ending.CONCLUDED, True, "13:00", "12:30", "later than now", id="ends in the future"),
        pytest.param(Ending.CONCLUDED, False, "12:10", "12:30", "no mediation", id="concluded without the family"),
        pytest.param(Ending.ADJOURNED, False, "12:10", "12:30", "no mediation", id="adjourned without the family"),
    ],
)
def test_a_record_that_cannot_be_true_is_refused(
    session: Session,
    booking: Booking,
    barnet: Town,
    *,
    ending: Ending,
    came: bool,
    ended_at: str,
    now: str,
    because: str,
) -> None:
    with pytest.raises(NotTrue, match=because):
        record(session, booking, barnet, ending, family_came=came, ended_at=f"{DAY} {ended_at}", now=f"{DAY} {now}")


def test_it_is_recorded_once(session: Session, booking: Booking, barnet: Town) -> None:
    record(session, booking, barnet)

    with pytest.raises(AlreadyRecorded):
        record(session, booking, barnet)


def test_a_meeting_that_was_called_off_has_nothing_to_record(session: Session, booking: Booking, barnet: Town) -> None:
    bookings.cancel(
        session, booking, caused_by=Side.SERVICE, because="Snow", by=SERVICE, now=moment("2026-12-09 09:00")
    )

    with pytest.raises(NoMeeting):
        record(session, booking, barnet)
