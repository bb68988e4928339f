from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from scheduling import db
from scheduling.models import CallBack, Case, Contact, Said, Telling, TextThread
from scheduling.outbox import opt_outs
from telephony import phrases
from tests import builders
from tests.telephony.conftest import MOBILE, NOW, Twilio

OUR_NUMBER = "+443001234567"
AT_FIVE = NOW.replace(hour=17)


def test_the_first_answer_says_who_we_are_and_asks_for_no_details(twilio: Twilio) -> None:
    assert twilio.texts("Hello") == phrases.TEXT_MENU


@pytest.mark.parametrize("figure", ["1", "1.", "one", " 1 please", "1\ufe0f\u20e3", "won"])
def test_a_figure_is_understood_however_it_is_written(twilio: Twilio, figure: str) -> None:
    twilio.texts("Hello", "SM1")

    assert twilio.texts(figure, "SM2") == phrases.TEXT_SAFE


def test_a_call_back_is_promised_only_where_a_call_is_safe(twilio: Twilio) -> None:
    twilio.texts("Hello", "SM1")
    twilio.texts("1", "SM2")

    assert twilio.texts("yes", "SM3") == phrases.text_will_call(OUR_NUMBER)
    with db.Reading() as session:
        assert [one.number for one in session.scalars(select(CallBack))] == [MOBILE]
        assert session.scalars(select(Contact.id).where(Contact.handled_at.is_(None))).all() == []


def test_where_a_call_is_not_safe_nobody_calls(twilio: Twilio) -> None:
    twilio.texts("Hello", "SM1")
    twilio.texts("1", "SM2")

    assert twilio.texts("2", "SM3") == phrases.text_will_not_call(OUR_NUMBER)
    with db.Reading() as session:
        assert session.scalars(select(CallBack)).all() == []


def test_after_a_day_a_figure_no_longer_answers_the_question(twilio: Twilio) -> None:
    twilio.texts("Hello", "SM1")
    twilio.texts("1", "SM2")

    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        assert twilio.texts("1", "SM3") == phrases.TEXT_MENU


def test_free_words_are_for_a_person(twilio: Twilio) -> None:
    twilio.texts("Hello", "SM1")

    assert twilio.texts("The council has refused everything we asked for", "SM2") == phrases.text_kept(AT_FIVE)
    assert twilio.texts("and nobody answers the phone", "SM3") == phrases.text_passed_on(AT_FIVE)
    with db.Reading() as session:
        waiting = select(Contact).where(Contact.handled_at.is_(None)).order_by(Contact.id)
        assert [one.words for one in session.scalars(waiting)] == [
            "The council has refused everything we asked for",
            "and nobody answers the phone",
        ]


def test_mediation_wanted_counts_from_the_moment_of_receipt(twilio: Twilio) -> None:
    answer = twilio.texts("I want mediation")

    assert answer == phrases.text_received(NOW)
    assert "Tue 1 Dec, 10am" in answer
    with db.Reading() as session:
        contact = session.scalars(select(Contact)).one()
        assert (contact.said, contact.received_at, contact.handled_at) == (Said.WANTS_MEDIATION, NOW, None)
        assert session.scalars(select(Telling)).all() == []


def test_mediation_wanted_from_the_number_of_a_ready_case_tells_the_authority(twilio: Twilio) -> None:
    with db.Session.begin() as session:
        builders.case(session, builders.town(session, "Testford", "999"), number=MOBILE)

    assert twilio.texts("We would like mediation please") == phrases.text_received(NOW)
    with db.Reading() as session:
        assert session.scalars(select(Telling.told_at)).all() == [NOW]


@pytest.mark.parametrize(
    "words", ["I don't want mediation on Friday", "What is mediation?", "Should I ask for mediation"]
)
def test_doubtful_words_about_mediation_are_for_a_person(twilio: Twilio, words: str) -> None:
    twilio.texts(words)

    with db.Reading() as session:
        assert session.scalars(select(Contact.said)).all() == [Said.OTHER]


def test_mediation_declined_counts_from_the_moment_of_receipt_and_is_left_to_be_read(twilio: Twilio) -> None:
    assert twilio.texts("I wish to appeal and do not want mediation") == phrases.text_received(NOW)
    with db.Reading() as session:
        contact = session.scalars(select(Contact)).one()
        assert (contact.said, contact.received_at, contact.handled_at) == (Said.NO_MEDIATION, NOW, None)


def test_a_wish_to_appeal_is_a_contact_with_a_receipt(twilio: Twilio) -> None:
    assert twilio.texts("I wish to appeal") == phrases.text_received(NOW)
    with db.Reading() as session:
        contact = session.scalars(select(Contact)).one()
        assert (contact.said, contact.handled_at) == (Said.WISHES_TO_APPEAL, None)


@pytest.mark.parametrize(
    ("told", "words", "declined"),
    [
        pytest.param("2026-11-30 10:00", "don't want it", NOW, id="it is the mediation that they wanted"),
        pytest.param("2026-11-30 10:00", "I no longer want mediation", NOW, id="in so many words"),
        pytest.param(None, "I don't want mediation", NOW, id="from the start"),
        pytest.param(None, "don't want it", None, id="nobody knows what"),
    ],
)
def test_a_text_from_the_number_of_one_open_case_declines_at_once(
    twilio: Twilio, told: str | None, words: str, declined: datetime | None
) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), number=MOBILE, told=told)
        case_id = case.id

    twilio.texts(words)

    with db.Reading() as session:
        assert session.get_one(Case, case_id).declined_at == declined


def test_a_number_on_two_open_cases_declines_neither(twilio: Twilio) -> None:
    with db.Session.begin() as session:
        town = builders.town(session, "Testford", "999")
        for _ in range(2):
            builders.case(session, town, number=MOBILE)

    assert twilio.texts("I don't want mediation") == phrases.text_received(NOW)
    with db.Reading() as session:
        assert session.scalars(select(Case.declined_at)).all() == [None, None]
        assert session.scalars(select(Contact.case_id)).all() == [None]


STOPPING = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]


@pytest.mark.parametrize(
    "word", [*STOPPING, *(word.lower() for word in STOPPING), " Stop ", "Stop\n", "STOP.", "stop!"]
)
def test_stop_is_mirrored_and_left_to_the_provider_to_answer(twilio: Twilio, word: str) -> None:
    assert twilio.texts(word) is None
    with db.Reading() as session:
        assert opt_outs.has_stopped(session, MOBILE)


@pytest.mark.parametrize(
    "words", [*(f"please {word.lower()}" for word in STOPPING), "STOP PLEASE", "STOP STOP", "ST0P"]
)
def test_stop_within_a_sentence_is_a_sentence(twilio: Twilio, words: str) -> None:
    assert twilio.texts(words) == phrases.TEXT_MENU
    with db.Reading() as session:
        assert not opt_outs.has_stopped(session, MOBILE)


@pytest.mark.parametrize("word", ["START", "UNSTOP", "YES", "start", " Yes ", "unstop"])
def test_after_stop_nothing_is_answered_until_start(twilio: Twilio, word: str) -> None:
    twilio.texts("STOP", "SM1")

    assert twilio.texts("Hello", "SM2") is None
    assert twilio.texts("please start", "SM3") is None
    assert twilio.texts(word, "SM4") is None
    assert twilio.texts("Hello", "SM5") == phrases.TEXT_MENU


@pytest.mark.parametrize("word", ["START", "UNSTOP"])
def test_start_without_a_stop_is_the_providers_all_the_same(twilio: Twilio, word: str) -> None:
    assert twilio.texts(word) is None


def test_yes_without_a_stop_is_an_answer(twilio: Twilio) -> None:
    twilio.texts("Hello", "SM1")
    twilio.texts("1", "SM2")

    assert twilio.texts("YES", "SM3") == phrases.text_will_call(OUR_NUMBER)


@pytest.mark.parametrize("word", ["HELP", "INFO", "help", " Info "])
def test_help_is_answered_by_the_provider_and_read_by_a_person(twilio: Twilio, word: str) -> None:
    assert twilio.texts(word) is None
    with db.Reading() as session:
        assert session.scalars(select(Contact.handled_at)).all() == [None]


@pytest.mark.parametrize("word", ["CANCEL", "cancel", "Cancel."])
def test_a_bare_cancel_is_for_a_person_and_cancels_nothing(twilio: Twilio, word: str) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), number=MOBILE, told="2026-11-30 10:00")
        case_id = case.id

    assert twilio.texts(word) is None

    with db.Reading() as session:
        waiting = select(Contact).where(Contact.handled_at.is_(None))
        assert [one.words for one in session.scalars(waiting)] == [word]
        assert session.get_one(Case, case_id).declined_at is None


def test_who_must_not_be_contacted_gets_no_answer_even_to_their_own_text(twilio: Twilio) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), number=MOBILE)
        case.person.do_not_contact = True

    assert twilio.texts("Hello", "SM1") is None
    assert twilio.texts("I wish to appeal", "SM2") is None

    with db.Reading() as session:
        contacts = session.scalars(select(Contact).order_by(Contact.id)).all()
        assert [(contact.said, contact.handled_at) for contact in contacts] == [
            (Said.OTHER, None),
            (Said.WISHES_TO_APPEAL, None),
        ]


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param("60006", id="a short code"),
        pytest.param("MyBank", id="a name"),
        pytest.param("+447700900000", id="ourselves"),
        pytest.param("+443001234567", id="our own advice line"),
        pytest.param("88222", id="another short code"),
        pytest.param("+266696687", id="withheld"),
    ],
)
def test_robots_get_nothing(twilio: Twilio, sender: str) -> None:
    assert twilio.texts("Hello", sender=sender) is None


def test_words_of_fear_get_no_answer_that_somebody_could_read(twilio: Twilio) -> None:
    assert twilio.texts("he's here I'm scared") is None
    with db.Reading() as session:
        assert session.scalars(select(Contact.handled_at)).all() == [None]


def test_a_robot_that_answers_every_answer_is_not_answered_for_ever(twilio: Twilio) -> None:
    answers = [twilio.texts("I am out of the office", f"SM{number}") for number in range(14)]

    assert answers.count(None) == 4
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        assert twilio.texts("Hello again", "SM99") is not None


def test_pictures_are_not_fetched(twilio: Twilio) -> None:
    assert twilio.texts("", NumMedia="1", MediaUrl0="https://example.org/1") == phrases.TEXT_NO_PICTURES


def test_two_numbers_have_two_conversations(twilio: Twilio) -> None:
    twilio.texts("Hello", "SM1")
    twilio.texts("Hello", "SM2", sender="+447700900456")

    with db.Reading() as session:
        assert len(session.scalars(select(TextThread)).all()) == 2
