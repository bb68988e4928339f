from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import advice, mediation
from scheduling.diary.bookings import SlotTaken
from scheduling.models import FAMILY, SERVICE, Actor, Booking, Case, Channel, Message, Role
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:05")


def book(session: Session, case: Case, now: str = "2026-11-23 10:05") -> Booking:
    booking = advice.book(session, case, by=FAMILY, now=moment(now))
    assert booking is not None
    return booking


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        pytest.param("2026-11-23 10:05", "2026-11-23 11:30", id="not within the hour"),
        pytest.param("2026-11-23 10:00", "2026-11-23 11:00", id="an hour ahead is enough"),
        pytest.param("2026-11-23 16:10", "2026-11-24 09:00", id="after the day's last session"),
        pytest.param("2026-11-27 17:30", "2026-11-30 09:00", id="on Friday evening"),
        pytest.param("2026-12-24 16:30", "2026-12-29 09:00", id="on Christmas Eve: two bank holidays and a weekend"),
        pytest.param(
            "2027-03-28 00:30", "2027-03-30 09:00", id="on the night of the clock change, before Easter Monday"
        ),
    ],
)
def test_the_next_free_session_is_on_a_working_day_in_the_advisers_shift(
    session: Session, barnet: Town, now: str, starts: str
) -> None:
    free = advice.next_free(session, now=moment(now))

    assert free is not None
    assert (free.starts_at, free.adviser) == (moment(starts), barnet.adviser)
    assert free.ends_at - free.starts_at == advice.LENGTH


def test_a_family_gets_the_session_and_a_text(session: Session, barnet: Town, case: Case) -> None:
    booking = book(session, case)

    assert booking.starts_at == moment("2026-11-23 11:30")
    assert case.adviser is barnet.adviser
    [text] = session.scalars(select(Message).where(Message.channel == Channel.SMS))
    assert "Mon 23 Nov, 11:30am" in text.body


@pytest.mark.parametrize("may_text", [pytest.param(None, id="not asked"), pytest.param(False, id="said no")])
def test_who_did_not_agree_to_texts_gets_none(session: Session, case: Case, may_text: bool | None) -> None:
    case.person.may_text = may_text

    book(session, case)

    assert session.scalars(select(Message).where(Message.channel == Channel.SMS)).all() == []


def test_the_next_family_gets_the_next_half_hour(session: Session, barnet: Town, case: Case) -> None:
    book(session, case)

    assert book(session, builders.case(session, barnet)).starts_at == moment("2026-11-23 12:00")


def test_two_advisers_take_turns(session: Session, barnet: Town, case: Case) -> None:
    robin = builders.staff(session, Role.ADVISER, "Robin")
    session.flush()

    first, second = book(session, case), book(session, builders.case(session, barnet))

    assert first.starts_at == second.starts_at
    assert [first.adviser, second.adviser] == [barnet.adviser, robin]


def test_booking_twice_is_booking_once(session: Session, case: Case) -> None:
    assert book(session, case) is book(session, case)


def test_a_session_that_was_offered_and_is_gone_is_refused(session: Session, barnet: Town, case: Case) -> None:
    offered = advice.next_free(session, now=NOW)
    book(session, builders.case(session, barnet))

    with pytest.raises(SlotTaken):
        advice.book(session, case, by=FAMILY, now=NOW, slot=offered)


def test_without_any_adviser_the_family_must_be_rung(session: Session, barnet: Town, case: Case) -> None:
    barnet.adviser.is_active = False
    session.flush()

    assert advice.book(session, case, by=FAMILY, now=NOW) is None
    assert case.history[-1].why == "The family must be rung."


def test_the_adviser_records_what_was_said_and_leaves_the_rest(session: Session, barnet: Town, case: Case) -> None:
    by = Actor.staff(barnet.adviser.id)

    advice.record(session, case, letter_date=date(2026, 11, 3), health_in_issue=True, by=by, now=NOW)

    assert (case.letter_date, case.health_in_issue) == (date(2026, 11, 3), True)
    assert case.person.email == "sam@family.example"
    assert case.history[-1].what == (
        "The adviser recorded: date of the decision letter, whether health care is in issue"
    )


def test_history_does_not_repeat_what_was_written_down(session: Session, case: Case) -> None:
    lines = len(case.history)

    advice.record(session, case, issues=case.issues, consent_to_share=True, by=SERVICE, now=NOW)

    assert len(case.history) == lines


def test_consent_can_be_withdrawn(session: Session, case: Case) -> None:
    advice.record(session, case, consent_to_share=False, by=SERVICE, now=NOW)

    assert case.consent_to_share_at is None
    assert mediation.missing(case) == ["The family has not agreed that the council may be told."]


def test_an_address_that_comes_after_the_booking_brings_the_invite(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25", email=None)
    mediation.book_best(session, case, by=SERVICE, now=moment("2026-11-23 10:25"))

    advice.record(session, case, email="sam@family.example", by=SERVICE, now=NOW)

    invited = session.scalars(select(Message.recipient).where(Message.channel == Channel.EMAIL).order_by(Message.id))
    assert list(invited) == ["the authority", "the mediator", "the family"]
