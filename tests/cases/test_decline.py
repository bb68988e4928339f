"""The family does not want mediation: what is given back, who hears of it, and by when its certificate is due."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.cases import decline, mediation
from scheduling.cases.mediation import CannotTell
from scheduling.diary import bookings
from scheduling.law import rules
from scheduling.models import (
    FAMILY,
    SERVICE,
    Booking,
    BookingKind,
    Case,
    Cell,
    Contact,
    ContactChannel,
    Message,
    Said,
    Telling,
)
from tests import builders
from tests.builders import Town, moment

CHANGED = moment("2026-12-08 09:30")


@pytest.fixture
def booked(session: Session, barnet: Town) -> Booking:
    """Told on Monday 23 November, and a meeting on Thursday 10 December."""
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    [booking] = mediation.book_waiting(session, now=moment("2026-12-02 10:25")).booked
    assert booking.case is case
    return booking


def say_no(session: Session, case: Case, at: str = "2026-12-08 09:30") -> None:
    decline.say_no(session, case, by=FAMILY, said_at=moment(at), now=moment(at))


def test_who_changes_her_mind_has_three_working_days_to_the_certificate(session: Session, booked: Booking) -> None:
    say_no(session, booked.case)

    due = decline.certificate_due(session, booked.case)
    assert due is not None
    assert (due.day, due.rule.key) == (date(2026, 12, 11), rules.CERTIFICATE_WHEN_MIND_CHANGED.key)
    assert booked.case.declined_at == CHANGED


def test_room_mediator_and_authority_are_released_at_once(session: Session, booked: Booking) -> None:
    say_no(session, booked.case)

    assert not booked.is_live
    assert booked.cancelled_because == decline.BECAUSE
    assert session.scalar(select(func.count()).select_from(Cell)) == 0
    withdrawn = select(Message.recipient).where(Message.calendar_method == "CANCEL")
    assert sorted(session.scalars(withdrawn)) == ["the authority", "the family", "the mediator"]


def test_the_authority_hears_that_nothing_need_be_arranged_any_more(session: Session, booked: Booking) -> None:
    say_no(session, booked.case)

    [mail] = session.scalars(select(Message).where(Message.purpose == "mediation not wanted"))
    assert mail.address == "olu@barnet.example"
    assert "does not want mediation" in mail.body


def test_an_authority_that_was_never_told_hears_nothing(session: Session, case: Case) -> None:
    say_no(session, case)

    assert session.scalars(select(Message)).all() == []
    due = decline.certificate_due(session, case)
    assert due is not None
    assert due.rule.key == rules.CERTIFICATE_WHEN_DECLINED.key


def test_a_no_is_written_down_once_and_each_time_it_is_said_it_is_a_contact(session: Session, case: Case) -> None:
    say_no(session, case)
    say_no(session, case, "2026-12-09 09:30")

    assert case.declined_at == CHANGED
    assert [entry.what for entry in case.history].count("The family wants no mediation") == 1
    said = session.execute(select(Contact.said, Contact.channel).order_by(Contact.id)).all()
    assert said == [(Said.NO_MEDIATION, ContactChannel.CALL)] * 2


def test_a_meeting_that_has_begun_is_not_called_off(session: Session, booked: Booking) -> None:
    decline.say_no(session, booked.case, by=FAMILY, said_at=booked.starts_at, now=booked.starts_at)

    assert booked.is_live


def test_who_declined_is_neither_told_of_nor_booked_until_she_wants_it_after_all(session: Session, case: Case) -> None:
    mediation.want(session, case, by=FAMILY, now=moment("2026-11-23 10:25"), said_at=moment("2026-11-23 10:25"))
    say_no(session, case, "2026-11-23 10:40")
    assert mediation.book_waiting(session, now=moment("2026-11-23 10:41")).booked == []

    mediation.want(session, case, by=FAMILY, now=moment("2026-11-24 09:00"), said_at=moment("2026-11-24 09:00"))

    assert case.declined_at is None
    assert case.history[-1].what == "The family wants mediation after all"
    [booking] = mediation.book_waiting(session, now=moment("2026-11-24 09:01")).booked
    assert bookings.of(session, case, BookingKind.MEDIATION) is booking
    assert case.told_at == moment("2026-11-23 10:25"), "the clock does not begin anew"


def test_nobody_is_told_of_a_family_that_declined_before_its_record_was_complete(session: Session, case: Case) -> None:
    case.issues = None
    mediation.want(session, case, by=FAMILY, now=moment("2026-11-23 10:25"), said_at=moment("2026-11-23 10:25"))
    say_no(session, case, "2026-11-23 10:40")
    case.issues = "Speech therapy in section F"
    session.flush()

    assert mediation.untold(session, now=moment("2026-11-23 10:41")) == []
    with pytest.raises(CannotTell):
        mediation.tell(session, case, by=SERVICE, now=moment("2026-11-23 10:41"))
    assert session.scalars(select(Telling)).all() == []
