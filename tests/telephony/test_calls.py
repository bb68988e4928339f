from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from scheduling import db
from scheduling.models import Booking, Call, CallBack, Case, Channel, Contact, Message, Person, Said, Staff
from telephony import phrases
from tests.telephony.conftest import NOW, Twilio

TOMORROW_AT_NINE = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
TEXTS = select(Message).where(Message.channel == Channel.SMS)


def test_a_parent_rings_names_the_council_and_gets_a_time_with_an_adviser(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("1").says("it's Barnet council").presses("1").presses("1")

    assert "An adviser will call you on Tuesday the 1st of December, at 11 o'clock in the morning." in call.hears
    assert call.is_silent().is_over
    with db.Reading() as session:
        case = session.scalars(select(Case)).one()
        assert (case.authority and case.authority.name, case.deadline_soon) == ("Barnet", True)
        assert (case.person.number, case.person.may_text) == ("+447700900123", True)
        contact = session.scalars(select(Contact)).one()
        assert (contact.said, contact.received_at, contact.case_id) == (Said.ASKS_FOR_ADVICE, NOW, case.id)
        assert session.scalars(TEXTS).one().address == "+447700900123"
        assert session.scalars(select(Call.ended_at)).one() is not None


def test_the_reference_is_said_digit_by_digit_and_again_on_the_star_key(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").says("Camden").says("yes").says("yes please")

    with db.Reading() as session:
        reference = session.scalars(select(Case.reference)).one()
    assert f"Your reference is {' '.join(reference[:4])}, {' '.join(reference[4:])}." in call.hears
    assert call.presses("*").hears.count(" ".join(reference[:4])) == 1


def test_no_text_is_written_without_a_yes(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").says("Camden").presses("1").presses("2")

    assert call.step == "booked"
    with db.Reading() as session:
        assert session.scalars(select(Person.may_text)).one() is False
        assert session.scalars(TEXTS).all() == []


def test_silence_at_the_question_about_texts_is_no_yes(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").says("Camden").presses("1")

    call.is_silent().is_silent().is_silent()

    assert call.step == "booked"
    with db.Reading() as session:
        assert session.scalars(select(Person.may_text)).one() is False


def test_a_landline_is_not_asked_about_texts(twilio: Twilio) -> None:
    call = twilio.call(sender="+442079460101").presses("1").presses("2").says("Camden").presses("1")

    assert call.step == "booked"
    with db.Reading() as session:
        assert session.scalars(select(Person.may_text)).one() is None


def test_a_council_can_be_keyed_by_its_first_letters(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").presses("226")

    assert call.hears.startswith("London Borough of Camden.")


def test_letters_that_begin_several_councils_become_a_choice(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").presses("227")

    assert "For Barking and Dagenham, press 1. For Barnet, press 2. For Barnsley, press 3." in call.hears
    assert call.presses("2").step == "may-we-text"


def test_a_name_of_several_councils_is_always_asked_about(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").says("Yorkshire")

    assert call.step == "which-council"
    assert call.says("North Yorkshire").hears.startswith("North Yorkshire Council.")


def test_a_council_misheard_twice_goes_to_a_person(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").says("Herefordshire")

    assert call.hears.startswith("Sorry, I do not know that council.")
    assert call.says("Herefordshire").step == "call-back"


def test_a_wrong_guess_is_asked_once_more_and_then_goes_to_a_person(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").says("Derby").presses("2").says("Derby").presses("2")

    assert call.step == "call-back"


def test_a_council_without_a_contract_is_told_where_to_look(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("2").says("Northamptonshire").presses("1")

    assert "We do not work with North Northamptonshire. Its Local Offer page" in call.hears
    assert call.presses("1").step == "council-again"


def test_a_withheld_number_is_asked_for_and_read_back(twilio: Twilio) -> None:
    call = twilio.call(sender="anonymous").presses("1").presses("2").says("Camden").presses("1")

    assert call.hears.startswith("Your number is hidden from us.")
    assert "0 7 7 0 0, 9 0 0 4 5 6" in call.presses("07700900456").hears
    assert call.presses("1").presses("1").step == "booked"
    with db.Reading() as session:
        assert session.scalars(select(Person)).one().number == "+447700900456"


def test_a_costly_number_is_not_taken(twilio: Twilio) -> None:
    call = twilio.call(sender="+266696687").presses("0").presses("09098790000")

    assert call.hears.startswith("Sorry, we can not call that number.")


def test_zero_leads_to_a_person_who_calls_back(twilio: Twilio) -> None:
    call = twilio.call().presses("0")

    assert "the number ending 1 2 3" in call.hears
    assert "Press 1 for today. Press 2 for tomorrow morning." in call.presses("1").hears
    assert "may we leave a short message?" in call.presses("2").hears
    assert "call you tomorrow morning. Our number will show as 0 3 0 0, 1 2 3, 4 5 6 7" in call.presses("1").hears
    assert call.is_over
    with db.Reading() as session:
        asked = session.scalars(select(CallBack)).one()
        assert (asked.number, asked.because) == ("+447700900123", "asked for a person")
        assert (asked.wanted_from, asked.wanted_until) == (TOMORROW_AT_NINE, TOMORROW_AT_NINE + timedelta(hours=4))
        assert asked.person is not None
        assert asked.person.may_leave_message


@pytest.mark.parametrize("keys", ["0", "000", "00000000", "0#"])
def test_zero_is_heard_inside_a_long_number(twilio: Twilio, keys: str) -> None:
    call = twilio.call().presses("2").presses(keys)

    assert call.step == "call-back"


def test_on_a_friday_evening_nobody_is_promised_tomorrow(twilio: Twilio) -> None:
    with time_machine.travel(datetime(2026, 12, 4, 18, 0, tzinfo=UTC), tick=False):
        call = twilio.call().presses("0").presses("1")

        assert call.hears == "When may we call you? Press 1 for Monday morning. Press 2 for Monday afternoon."
        call.presses("2").presses("2")

    assert "call you on Monday afternoon." in call.hears


def test_the_time_can_be_said_and_silence_leaves_it_open(twilio: Twilio) -> None:
    said = twilio.call("CA1").presses("0").presses("1").says("tomorrow afternoon").presses("2")
    silent = twilio.call("CA2", sender="+447700900124").presses("0").presses("1")
    silent.is_silent().is_silent().is_silent().presses("2")

    assert "call you tomorrow afternoon." in said.hears
    assert "call you when one is free." in silent.hears


def test_an_unsafe_number_is_never_rung(twilio: Twilio) -> None:
    call = twilio.call().presses("0").presses("3")

    call.is_silent().is_silent().is_silent()

    assert call.step == "voicemail"
    assert call.is_silent().is_silent().is_over
    assert "text us on 0 7 7 0 0, 9 0 0 0 0 0" in call.hears
    with db.Reading() as session:
        assert session.scalars(select(CallBack)).all() == []


@pytest.mark.parametrize(
    ("sender", "answer"),
    [
        pytest.param("+447700900123", "2", id="beside the call back"),
        pytest.param("+447700900123", "a message", id="in words"),
        pytest.param("anonymous", "2#", id="instead of a number"),
    ],
)
def test_a_message_can_be_left_instead_of_being_called_back(twilio: Twilio, sender: str, answer: str) -> None:
    call = twilio.call(sender=sender).presses("0")
    assert "To leave a message, press 2" in call.hears

    call = call.presses(answer) if answer[0] == "2" else call.says(answer)

    assert call.step == "voicemail"
    with db.Reading() as session:
        assert session.scalars(select(CallBack)).all() == []


@pytest.mark.parametrize(
    ("at", "hears"),
    [
        pytest.param(NOW, phrases.NOBODY_FREE, id="in our hours, with nobody at the telephone"),
        pytest.param(datetime(2026, 12, 5, 22, 0, tzinfo=UTC), phrases.CLOSED, id="at night"),
        pytest.param(datetime(2026, 12, 25, 11, 0, tzinfo=UTC), phrases.CLOSED, id="on Christmas Day"),
    ],
)
def test_who_asks_for_a_person_hears_why_there_is_none(twilio: Twilio, at: datetime, hears: str) -> None:
    with time_machine.travel(at, tick=False):
        call = twilio.call().presses("0")

        assert call.hears.startswith(hears)
        assert call.presses("*").step == "call-back"


def test_who_stays_on_the_line_in_silence_is_called_back_with_a_warning(twilio: Twilio) -> None:
    call = twilio.call()

    for _ in range(6):
        call.is_silent()

    assert call.is_over
    with db.Reading() as session:
        asked = session.scalars(select(CallBack)).one()
        assert "nobody has said that this number is safe" in asked.because
        assert asked.person is not None
        assert not asked.person.may_leave_message


def test_another_language_is_a_persons_work(twilio: Twilio) -> None:
    twilio.call().presses("3").presses("1").presses("1").presses("2")

    with db.Reading() as session:
        assert session.scalars(select(CallBack.because)).one() == "another language, or help with the phone"


def test_speech_that_is_unsure_counts_as_not_heard(twilio: Twilio) -> None:
    call = twilio.call().says("advice", confidence="0.31")

    assert call.hears.startswith("Take your time.")


def test_no_adviser_free_becomes_a_call_back_with_the_case(twilio: Twilio) -> None:
    with db.Session.begin() as session:
        for member in session.scalars(select(Staff)):
            member.is_active = False

    call = twilio.call().presses("1").presses("1").says("Camden").presses("1").presses("2")

    assert call.hears.startswith("No time is free to book now.")
    call.presses("1").presses("1").presses("2")
    with db.Reading() as session:
        asked, case = session.scalars(select(CallBack)).one(), session.scalars(select(Case)).one()
        assert (asked.case_id, asked.deadline_soon) == (case.id, True)


def test_a_call_through_relay_is_waited_for_longer(twilio: Twilio) -> None:
    call = twilio.call(sender="18001+447700900123")

    assert 'timeout="20"' in call.document
    call.presses("0").presses("1").presses("1").presses("2")
    with db.Reading() as session:
        assert session.scalars(select(CallBack.because)).one() == "asked for a person; through Relay UK"


def test_two_calls_of_one_number_share_nothing(twilio: Twilio) -> None:
    first, second = twilio.call("CA1"), twilio.call("CA2")

    first.presses("1")

    assert (first.step, second.presses("2").step) == ("deadline", "reference")


def test_a_call_without_end_is_ended_with_a_way_on(twilio: Twilio) -> None:
    call = twilio.call()

    for _ in range(40):
        if not call.is_over:
            call.presses("*")

    assert call.is_over
    assert len(call.answered) <= 27
    assert "To reach a person, ring again or text us" in call.hears


def test_the_line_books_one_time_for_one_case(twilio: Twilio) -> None:
    twilio.call().presses("1").presses("2").says("Camden").presses("1").presses("2").presses("1").presses("*")

    with db.Reading() as session:
        assert len(session.scalars(select(Booking)).all()) == 1
