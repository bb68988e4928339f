"""A bank holiday is proclaimed after families were told their dates."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import holidays, mediation
from scheduling.cases.holidays import NoNewHoliday, NotAdded, Proclaimed
from scheduling.law import deadlines
from scheduling.law.routes import Decision
from scheduling.models import SERVICE, Actor, Case, Message
from scheduling.reference import bank_holidays, calendar, changes
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 11:00")


def proclaim(session: Session, town: Town, day: date) -> Proclaimed:
    return holidays.proclaim(session, day, "A coronation", by=Actor.staff(town.coordinator.id), now=NOW)


def told(session: Session) -> list[str | None]:
    return [mail.subject for mail in session.scalars(select(Message).where(Message.purpose == holidays.PURPOSE))]


def test_a_longer_wait_for_the_certificate_is_told(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet)
    case.decision, case.declined_at = Decision.NOT_TO_ASSESS, moment("2026-11-23 10:19")
    session.flush()

    proclaimed = proclaim(session, barnet, date(2026, 11, 25))

    assert proclaimed.changed == proclaimed.told == [case]
    [mail] = session.scalars(select(Message).where(Message.purpose == holidays.PURPOSE))
    assert "Friday 27 November 2026, not Thursday 26 November 2026" in mail.body
    assert case.history[-1].why == "Wednesday 25 November 2026 has become a bank holiday."


def test_more_time_for_the_family_is_written_down_and_troubles_nobody(
    session: Session, case: Case, barnet: Town
) -> None:
    proclaimed = proclaim(session, barnet, date(2027, 1, 4))

    assert (proclaimed.changed, proclaimed.told, told(session)) == ([case], [], [])
    assert case.history[-1].what == (
        "Appeal within two months after the decision was sent: still Saturday 2 January 2027, and in time until "
        "Tuesday 5 January 2027, before Monday 4 January 2027"
    )


def test_a_meeting_on_the_day_is_told_and_stays_until_somebody_has_asked(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    booking = mediation.book_best(session, case, by=SERVICE, now=moment("2026-11-23 10:25"))
    day = booking.starts_at

    proclaim(session, barnet, date(2026, 12, 1))

    assert (booking.starts_at, booking.is_live) == (day, True)
    [mail] = session.scalars(select(Message).where(Message.purpose == holidays.PURPOSE))
    assert "the day of your meeting" in mail.body


def test_without_an_email_address_a_text_asks_to_call(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, email=None)
    case.decision, case.declined_at = Decision.NOT_TO_ASSESS, moment("2026-11-23 10:19")
    session.flush()

    proclaim(session, barnet, date(2026, 11, 25))

    [text] = session.scalars(select(Message).where(Message.purpose == holidays.PURPOSE))
    assert "a bank holiday changes a date for you" in text.body


def test_a_case_that_nothing_changes_in_hears_nothing(session: Session, case: Case, barnet: Town) -> None:
    lines = len(case.history)

    assert proclaim(session, barnet, date(2027, 6, 9)) == Proclaimed(changed=[], told=[])
    assert len(case.history) == lines


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2026, 12, 25), id="one already"),
        pytest.param(date(2026, 11, 20), id="past"),
        pytest.param(date(2029, 1, 5), id="too far away to be meant"),
        pytest.param(date(2027, 6, 12), id="a Saturday, on which nothing is counted anyway"),
        pytest.param(date(2027, 6, 13), id="a Sunday"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(session: Session, barnet: Town, day: date) -> None:
    with pytest.raises(NoNewHoliday):
        proclaim(session, barnet, day)


def test_what_is_proclaimed_twice_is_refused(session: Session, barnet: Town) -> None:
    proclaim(session, barnet, date(2027, 6, 9))

    with pytest.raises(NoNewHoliday, match="bank holiday already"):
        proclaim(session, barnet, date(2027, 6, 9))


def test_a_day_added_by_mistake_is_taken_back_with_its_reason_and_whoever_is_worse_off_is_told(
    session: Session, case: Case, barnet: Town
) -> None:
    day, by, later = date(2027, 1, 4), Actor.staff(barnet.coordinator.id), moment("2026-11-23 12:00")
    proclaim(session, barnet, day)
    before = len(case.history)

    foreseen = holidays.foresee_taking_back(session, day, by=by, now=later)
    assert (foreseen.changed, foreseen.told, told(session), len(case.history)) == ([case], [case], [], before)
    taken = holidays.take_back(session, day, because="It is next year's", by=by, now=later)

    assert (taken.changed, taken.told) == ([case], [case])
    assert case.history[-1].why == "Monday 4 January 2027 is no bank holiday after all."
    assert "in time until Monday 4 January 2027, before Tuesday 5 January 2027" in case.history[-1].what
    assert changes.of(session, limit=1)[0].why == "It is next year's"
    assert calendar.working_days(session).is_working_day(day)
    [mail] = session.scalars(select(Message).where(Message.purpose == holidays.PURPOSE))
    assert "Monday 4 January 2027 is no bank holiday after all. This changes in your case:" in mail.body


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2026, 12, 25), id="the national list has it"),
        pytest.param(date(2026, 12, 1), id="nobody ever added it"),
    ],
)
def test_what_was_not_added_here_cannot_be_taken_back(session: Session, barnet: Town, day: date) -> None:
    with pytest.raises(NotAdded, match="Only what was added here can be taken back"):
        holidays.take_back(session, day, because="A mistake", by=Actor.staff(barnet.coordinator.id), now=NOW)


def test_nothing_is_taken_back_without_a_reason(session: Session, barnet: Town) -> None:
    proclaim(session, barnet, date(2027, 1, 4))

    with pytest.raises(changes.WithoutReason):
        holidays.take_back(session, date(2027, 1, 4), because=" ", by=Actor.staff(barnet.coordinator.id), now=NOW)


def test_no_appeal_that_a_holiday_moves_is_left_out_of_the_search() -> None:
    england = bank_holidays.england()
    for letter in (date(2026, 1, 1) + timedelta(days=number) for number in range(365)):
        for after in range(40, 115):
            day = letter + timedelta(days=after)
            with_it = deadlines.appeal_by(letter, bank_holidays.england([day]))
            if with_it != deadlines.appeal_by(letter, england):
                assert holidays.APPEAL_WITHIN[0] <= after <= holidays.APPEAL_WITHIN[1], (letter, day)


def test_no_appeal_after_a_certificate_that_a_holiday_moves_is_left_out_of_the_search() -> None:
    england = bank_holidays.england()
    for issued in (date(2026, 1, 1) + timedelta(days=number) for number in range(365)):
        for after in range(10, 85):
            day = issued + timedelta(days=after)
            with_it = deadlines.appeal_by_certificate(issued, bank_holidays.england([day]))
            if with_it != deadlines.appeal_by_certificate(issued, england):
                assert holidays.AFTER_A_CERTIFICATE[0] <= after <= holidays.AFTER_A_CERTIFICATE[1], (issued, day)
