"""The case of the letter of 2 November: told on the 23rd, so on Monday 14 December only the 22nd has clear notice."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import decline, short_notice
from scheduling.cases.short_notice import NotAsked, ReasonMissing, Settled
from scheduling.diary import bookings, slots
from scheduling.diary.bookings import NoticeTooShort
from scheduling.diary.slots import Slot
from scheduling.models import (
    FAMILY,
    Actor,
    AskedBy,
    Booking,
    BookingKind,
    Case,
    Closure,
    Interpreter,
    InterpreterLanguage,
    Message,
    MessageState,
    NoticeConsent,
)
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-12-14 09:00")
LATER = moment("2026-12-14 11:00")


@pytest.fixture
def barnet(session: Session) -> Town:
    return builders.town(session)


@pytest.fixture
def case(session: Session, barnet: Town) -> Case:
    return builders.case(session, barnet, told="2026-11-23 10:25")


@pytest.fixture
def coordinator(barnet: Town) -> Actor:
    return Actor.staff(barnet.coordinator.id)


@pytest.fixture
def friday(session: Session, case: Case) -> Slot:
    """Friday 18 December at ten."""
    return next(slot for slot in offered(session, case) if london.london_day(slot.starts_at).day == 18)


def offered(session: Session, case: Case, moving: Booking | None = None) -> list[Slot]:
    return short_notice.best(session, case, now=NOW, limit=100, moving=moving)


def sent(session: Session, consent: NoticeConsent) -> None:
    message = session.get_one(Message, consent.message_id)
    message.sent_at = NOW + timedelta(minutes=1)
    session.flush()


def said(case: Case) -> list[str]:
    return [entry.what for entry in case.history]


def kept(session: Session, case: Case) -> Booking | None:
    return bookings.of(session, case, BookingKind.MEDIATION)


def test_times_that_need_agreement_begin_tomorrow_and_end_where_clear_notice_begins(
    session: Session, case: Case
) -> None:
    days = {london.london_day(slot.starts_at).day for slot in offered(session, case)}

    assert days == {15, 16, 17, 18, 21}
    assert {london.london_day(slot.starts_at).day for slot in slots.best(session, case, now=NOW, limit=100)} == {22, 23}


def test_no_time_outside_the_thirty_days_is_put_to_a_family(session: Session, case: Case) -> None:
    late = short_notice.best(session, case, now=moment("2026-12-21 09:00"), limit=100)

    assert {london.london_day(slot.starts_at).day for slot in late} == {22, 23}
    assert short_notice.best(session, case, now=moment("2026-12-24 09:00")) == []


def test_a_slot_says_by_when_notice_had_to_be_given(friday: Slot) -> None:
    assert friday.reasons[1] == (
        "Notice had to be given by Thursday 10 December 2026, or by Friday 11 December 2026 counted the ordinary way: "
        "the family has to agree."
    )


def test_short_notice_is_not_booked_before_the_family_has_answered(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)

    with pytest.raises(NoticeTooShort, match="The family may agree to less"):
        bookings.book(session, case, friday, by=coordinator, now=LATER)


def test_a_yes_by_text_is_kept_with_its_moment_and_wording_and_books_the_time(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    consent = short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)
    sent(session, consent)
    asked = short_notice.asked_by_text(session, "+447700900123", received_at=LATER)
    assert asked is consent

    outcome = short_notice.answer_by_text(session, asked, agrees=True, words="YES", received_at=LATER, now=LATER)

    assert outcome.booking is kept(session, case)
    assert (consent.answer, consent.answered_at, consent.answer_in_words) == (True, LATER, "YES")
    assert consent.wording == (
        "Common Ground: can we meet Fri 18 Dec, 10am? It is under 5 working days' notice. You may say no. "
        "Reply 1 YES, 2 NO, or call 0300 123 4567."
    )
    agreed = (
        "The family agreed to short notice of a meeting on Friday 18 December 2026, 10am to midday at Barnet Library"
    )
    assert agreed in said(case)
    assert {m.purpose for m in session.scalars(select(Message))} >= {"meeting booked"}


def test_a_no_books_nothing(session: Session, case: Case, friday: Slot, coordinator: Actor) -> None:
    outcome = short_notice.record_spoken(
        session, case, friday, agrees=False, because="Sam, by her code word", by=coordinator, now=NOW
    )

    assert (outcome.booking, outcome.why_not, outcome.consent.answer) == (None, None, False)
    with pytest.raises(NoticeTooShort):
        bookings.book(session, case, friday, by=coordinator, now=LATER)


def test_a_spoken_yes_is_kept_with_the_words_that_were_read_out_and_the_reason(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    outcome = short_notice.record_spoken(
        session, case, friday, agrees=True, because="Sam, by her code word", by=coordinator, now=NOW
    )

    assert outcome.booking is kept(session, case)
    assert outcome.consent.channel is AskedBy.CALL
    assert outcome.consent.wording.startswith(
        "Can you come to a meeting on Friday 18 December 2026, 10am to midday, at Barnet Library?"
    )
    assert "Thursday 10 December 2026" in outcome.consent.wording


def test_the_interpreter_whom_the_family_needs_comes_at_short_notice_too(
    session: Session, case: Case, coordinator: Actor
) -> None:
    interpreter = Interpreter(name="Ola", email="ola@interpreters.example", spoken=[InterpreterLanguage(language="pl")])
    session.add(interpreter)
    case.person.interpreter = "pl"
    session.flush()
    friday = next(slot for slot in offered(session, case) if london.london_day(slot.starts_at).day == 18)

    outcome = short_notice.record_spoken(
        session, case, friday, agrees=True, because="Sam, by her code word", by=coordinator, now=NOW
    )

    assert outcome.booking is not None
    assert outcome.booking.interpreter is interpreter


def test_a_spoken_yes_without_a_reason_is_refused(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    with pytest.raises(ReasonMissing):
        short_notice.record_spoken(session, case, friday, agrees=True, because=" ", by=coordinator, now=NOW)


def test_a_consent_is_to_one_time_and_to_no_other(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    consent = short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)
    consent.answered_at, consent.answer, consent.answer_in_words = LATER, True, "1"
    session.flush()
    other = next(slot for slot in offered(session, case) if slot.starts_at != friday.starts_at)

    with pytest.raises(NoticeTooShort):
        bookings.book(session, case, other, by=coordinator, now=LATER)
    assert bookings.book(session, case, friday, by=coordinator, now=LATER).starts_at == friday.starts_at


def test_a_time_that_has_gone_meanwhile_is_not_booked_and_the_consent_stays(
    session: Session, barnet: Town, case: Case, friday: Slot, coordinator: Actor
) -> None:
    consent = short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)
    day = london.london_day(friday.starts_at)
    session.add(Closure(venue=barnet.venue, first_day=day, last_day=day, reason="Flood", closed_at=NOW))
    session.flush()
    session.refresh(barnet.venue)

    outcome = short_notice.answer_by_text(session, consent, agrees=True, words="1", received_at=LATER, now=LATER)

    assert outcome.booking is None
    assert outcome.why_not is not None
    assert consent.answer is True
    assert kept(session, case) is None
    assert "The time to which the family agreed could not be booked" in said(case)


def test_a_meeting_booked_meanwhile_stays_where_it_is(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    consent = short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)
    lawful = slots.best(session, case, now=NOW)[0]
    booking = bookings.book(session, case, lawful, by=coordinator, now=NOW)

    outcome = short_notice.answer_by_text(session, consent, agrees=True, words="1", received_at=LATER, now=LATER)

    assert outcome.booking is None
    assert booking.starts_at == lawful.starts_at


def test_a_stranded_meeting_moves_to_the_time_to_which_the_family_agreed(
    session: Session, case: Case, coordinator: Actor
) -> None:
    booking = bookings.book(session, case, slots.best(session, case, now=NOW)[0], by=coordinator, now=NOW)
    friday = next(s for s in offered(session, case, booking) if london.london_day(s.starts_at).day == 18)

    outcome = short_notice.record_spoken(
        session, case, friday, agrees=True, because="Sam rang us", by=coordinator, now=LATER
    )

    assert outcome.booking is booking
    assert (booking.starts_at, booking.sequence) == (friday.starts_at, 1)


def test_another_question_takes_the_place_of_the_first(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    first = short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)
    sent(session, first)
    other = next(slot for slot in offered(session, case) if slot.starts_at != friday.starts_at)
    second = short_notice.ask_by_text(session, case, other, by=coordinator, now=LATER)

    assert short_notice.asked_by_text(session, "+447700900123", received_at=LATER) is None

    sent(session, second)
    assert short_notice.asked_by_text(session, "+447700900123", received_at=LATER) is second


def test_a_family_that_may_not_be_texted_is_not_asked_by_text(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    case.person.may_text = False

    with pytest.raises(NotAsked, match="has not agreed to texts"):
        short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)


def test_who_has_declined_is_asked_nothing_more(session: Session, case: Case, friday: Slot, coordinator: Actor) -> None:
    decline.say_no(session, case, by=FAMILY, said_at=NOW, now=NOW)

    with pytest.raises(Settled):
        short_notice.ask_by_text(session, case, friday, by=coordinator, now=LATER)


@pytest.mark.parametrize("change", ["UPDATE notice_consents SET wording = 'other'", "DELETE FROM notice_consents"])
def test_the_database_keeps_an_answer_as_it_was_given(
    session: Session, case: Case, friday: Slot, coordinator: Actor, change: str
) -> None:
    short_notice.record_spoken(session, case, friday, agrees=False, because="Sam", by=coordinator, now=NOW)

    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(text(change))


def test_pressing_twice_asks_once(session: Session, case: Case, friday: Slot, coordinator: Actor) -> None:
    first = short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)

    assert short_notice.ask_by_text(session, case, friday, by=coordinator, now=LATER) is first


def test_the_text_of_a_withdrawn_question_does_not_go_out_any_more(
    session: Session, case: Case, friday: Slot, coordinator: Actor
) -> None:
    consent = short_notice.ask_by_text(session, case, friday, by=coordinator, now=NOW)

    short_notice.record_spoken(session, case, friday, agrees=False, because="Sam rang", by=coordinator, now=LATER)

    assert consent.withdrawn_at == LATER
    assert session.get_one(Message, consent.message_id).state is MessageState.DROPPED
