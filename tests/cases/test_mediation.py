import logging
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import mediation
from scheduling.cases.mediation import CannotTell
from scheduling.diary import bookings
from scheduling.models import (
    FAMILY,
    SERVICE,
    Booking,
    BookingKind,
    Case,
    Channel,
    Contact,
    Leave,
    Message,
    Said,
    Side,
    Telling,
)
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
NUMBER = "+447700900123"


def want(session: Session, case: Case) -> Telling | None:
    return mediation.want(session, case, by=FAMILY, now=TOLD, said_at=moment("2026-11-23 10:19"))


def text(session: Session, number: str = NUMBER) -> Case | None:
    return mediation.want_by_text(
        session, number=number, words="I want mediation", received_at=TOLD, provider_id="SM1", now=TOLD
    )


def test_mediation_as_the_law_tells_it(session: Session, barnet: Town, case: Case) -> None:
    want(session, case)
    result = mediation.book_waiting(session, now=moment("2026-11-23 10:25"))

    assert case.told_at == TOLD
    assert mediation.window_end(session, TOLD).day == date(2026, 12, 23)
    [booking] = result.booked
    assert booking.starts_at == moment("2026-12-01 10:00")
    assert (booking.officer, booking.mediator) == (barnet.officer, barnet.mediator)
    assert [entry.what for entry in case.history][1:] == [
        "The family wants mediation",
        "Olu at Barnet was told that the family wants mediation",
        "Mediation was booked for Tuesday 1 December 2026, 10am to midday at Barnet Library",
    ]


def test_the_authority_is_told_by_mail_with_the_issues_and_the_last_day(
    session: Session, barnet: Town, case: Case
) -> None:
    want(session, case)

    [mail] = session.scalars(select(Message).where(Message.purpose == "authority told"))
    assert (mail.channel, mail.address) == (Channel.EMAIL, barnet.officer.email)
    assert "Speech therapy in section F" in mail.body
    assert "Wednesday 23 December 2026" in mail.body


def test_it_is_told_once_however_often_it_is_asked(session: Session, case: Case) -> None:
    first = want(session, case)

    assert mediation.tell(session, case, by=SERVICE, now=moment("2026-11-25 09:00")) is first
    assert want(session, case) is first
    assert session.scalar(select(func.count()).select_from(Message)) == 1


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        pytest.param("authority", "It is not recorded which council decided.", id="which council"),
        pytest.param("issues", "What the disagreement is about is not recorded.", id="about what"),
        pytest.param(
            "consent_to_share_at", "The family has not agreed that the council may be told.", id="consent to share"
        ),
    ],
)
def test_what_is_missing_is_said_and_nobody_is_told(session: Session, case: Case, field: str, sentence: str) -> None:
    setattr(case, field, None)

    assert want(session, case) is None
    assert case.mediation_wanted_at == moment("2026-11-23 10:19")
    assert mediation.missing(case) == [sentence]
    with pytest.raises(CannotTell, match=sentence):
        mediation.tell(session, case, by=SERVICE, now=TOLD)


def test_an_authority_without_anybody_who_may_decide_cannot_be_told(session: Session, barnet: Town, case: Case) -> None:
    barnet.officer.left_on = date(2026, 11, 1)

    assert mediation.missing(case) == ["The council has no officer on our list who may decide."]


def test_a_manager_is_for_chasing_and_not_for_telling(session: Session, barnet: Town, case: Case) -> None:
    barnet.officer.is_manager = True
    ada = builders.officer(session, barnet.authority, "Ada")
    session.flush()

    telling = want(session, case)

    assert telling is not None
    assert telling.officer is ada


def test_nobody_is_told_before_the_family_wants_it(session: Session, case: Case) -> None:
    with pytest.raises(CannotTell, match="not said that it wants mediation"):
        mediation.tell(session, case, by=SERVICE, now=TOLD)


def test_the_clock_tells_the_authority_once_the_record_is_complete(session: Session, case: Case) -> None:
    case.issues = None
    want(session, case)
    assert mediation.untold(session, now=TOLD) == []

    case.issues = "Speech therapy"
    session.flush()

    assert mediation.untold(session, now=TOLD) == [case.id]
    telling = mediation.tell_if_ready(session, case.id, now=moment("2026-11-24 09:00"))
    assert telling is not None
    assert telling.told_at == moment("2026-11-24 09:00")
    assert mediation.untold(session, now=moment("2026-11-24 09:01")) == []


def test_a_text_from_a_known_number_tells_the_authority_at_once(session: Session, case: Case) -> None:
    assert text(session) is case

    assert case.told_at == TOLD
    [contact] = session.scalars(select(Contact))
    assert (contact.case, contact.said, contact.handled_at) == (case, Said.WANTS_MEDIATION, TOLD)


def test_a_text_without_consent_on_record_is_an_advisers_task(session: Session, case: Case) -> None:
    case.consent_to_share_at = None

    assert text(session) is None

    [contact] = session.scalars(select(Contact))
    assert (contact.case, contact.handled_at) == (case, None)
    assert (case.told_at, case.mediation_wanted_at) == (None, None)


def test_a_text_from_a_number_with_two_cases_is_an_advisers_task(session: Session, barnet: Town, case: Case) -> None:
    other = builders.case(session, barnet)

    assert text(session) is None

    [contact] = session.scalars(select(Contact))
    assert (contact.case, contact.handled_at) == (None, None)
    assert (case.told_at, other.told_at) == (None, None)


def test_a_text_from_an_unknown_number_still_counts_as_contact(session: Session, case: Case) -> None:
    assert text(session, "+447700900999") is None

    [contact] = session.scalars(select(Contact))
    assert (contact.case, contact.received_at, contact.words) == (None, TOLD, "I want mediation")


def test_the_sweep_books_nothing_twice(session: Session, case: Case) -> None:
    want(session, case)
    assert len(mediation.book_waiting(session, now=TOLD).booked) == 1

    again = mediation.book_waiting(session, now=TOLD)

    assert (again.booked, again.unplaced) == ([], [])


def test_those_whose_thirty_days_end_first_are_booked_first(session: Session, barnet: Town) -> None:
    late = builders.case(session, barnet, told="2026-11-23 10:25")
    early = builders.case(session, barnet, told="2026-11-20 10:25")

    result = mediation.book_waiting(session, now=TOLD)

    assert [booking.case for booking in result.booked] == [early, late]
    assert result.booked[0].starts_at < result.booked[1].starts_at


def test_the_reason_without_a_slot_is_written_once(session: Session, barnet: Town, case: Case) -> None:
    want(session, case)
    barnet.mediator.leave.append(Leave(first_day=date(2026, 11, 1), last_day=date(2026, 12, 31)))

    for _ in range(3):
        assert mediation.book_waiting(session, now=TOLD).unplaced == [case]

    said = [entry.why for entry in case.history if entry.what == mediation.UNPLACED]
    assert said == ["At every lawful hour until Wednesday 23 December 2026 no mediator is free."]


def test_an_unplaced_case_is_booked_as_soon_as_there_is_a_slot(session: Session, barnet: Town, case: Case) -> None:
    want(session, case)
    barnet.mediator.is_active = False
    session.flush()
    mediation.book_waiting(session, now=TOLD)

    builders.mediator(session, barnet.authority, "Noor")
    session.flush()

    assert [b.case for b in mediation.book_waiting(session, now=moment("2026-11-24 09:00")).booked] == [case]


def test_after_the_window_nothing_is_booked_any_more(session: Session, barnet: Town) -> None:
    builders.case(session, barnet, told="2026-10-01 09:00", opened="2026-10-01 09:00")

    result = mediation.book_waiting(session, now=TOLD)

    assert (result.booked, result.unplaced) == ([], [])


def test_a_cancelled_meeting_waits_for_a_person_and_is_booked_anew(session: Session, case: Case) -> None:
    want(session, case)
    [booking] = mediation.book_waiting(session, now=TOLD).booked
    bookings.cancel(session, booking, caused_by=Side.FAMILY, because="The family is ill", by=FAMILY, now=TOLD)

    assert mediation.book_waiting(session, now=TOLD).booked == []
    again = mediation.book_best(session, case, by=SERVICE, now=TOLD)
    assert again.uid != booking.uid


def test_one_case_that_cannot_be_read_does_not_stop_the_others(
    session: Session, barnet: Town, caplog: pytest.LogCaptureFixture
) -> None:
    broken = builders.case(session, barnet, told="2026-11-20 10:25", email="sam@family.example\nBcc: all")
    fine = builders.case(session, barnet, told="2026-11-23 10:25", number=None)

    with caplog.at_level(logging.ERROR):
        result = mediation.book_waiting(session, now=TOLD)

    assert [booking.case for booking in result.booked] == [fine]
    assert bookings.of(session, broken, BookingKind.MEDIATION) is None
    assert [record.case for record in caplog.records] == [broken.id]  # type: ignore[attr-defined]


def test_the_officer_of_two_families_is_never_asked_for_one_hour_twice(session: Session, barnet: Town) -> None:
    builders.venue(session, barnet.authority, "Finchley Library")
    builders.mediator(session, barnet.authority, "Noor")
    for _ in range(4):
        builders.case(session, barnet, told="2026-11-23 10:25", number=None)

    booked = mediation.book_waiting(session, now=TOLD).booked

    assert len(booked) == 4
    assert len({booking.starts_at for booking in booked}) == 4
    assert all(london.london_day(b.starts_at) <= date(2026, 12, 23) for b in booked)
    assert session.scalar(select(func.count()).where(Booking.kind == BookingKind.MEDIATION)) == 4
