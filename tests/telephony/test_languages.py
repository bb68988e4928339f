"""Other languages: heard by nobody before they are switched on, and then whole, spoken by a voice of their own."""

import dataclasses
import io
import string
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling import db
from scheduling.cases import call_back_times
from scheduling.models import CallBack
from telephony import phrases, translation, voice, webhooks
from telephony.line import Line
from telephony.translation import LANGUAGES, Filled
from telephony.voice import Prompt
from tests.telephony.conftest import NOW, Twilio, parsed

SAID_BY_CHOICES = {
    phrases.THIS_LANGUAGE,
    phrases.OTHER_LANGUAGE,
    phrases.TAKE_YOUR_TIME,
    phrases.NOT_CAUGHT,
    phrases.A_PERSON_WILL_CALL,
    phrases.CLOSED,
    phrases.HIDDEN_NUMBER,
    phrases.OTHER_NUMBER,
    phrases.OR_A_MESSAGE,
    phrases.NOT_A_NUMBER_TO_RING,
    phrases.LEAVE_A_MESSAGE,
    phrases.VOICEMAIL,
    phrases.VOICEMAIL_LEFT,
    phrases.WHEN,
    *phrases.WINDOWS,
    phrases.WHEN_ONE_IS_FREE,
    phrases.SCREENING_NOBODY,
}
LONGEST_SECONDS, WORDS_A_SECOND = 15, 150 / 60


@pytest.fixture
def polyglot(app: Flask, line: Line, twilio: Twilio) -> Twilio:
    """The same line with both languages switched on."""
    switched_on = Flask(__name__)
    switched_on.register_blueprint(webhooks.blueprint(dataclasses.replace(line, languages=("pl", "ro"))))
    return Twilio(switched_on.test_client())


def voices(document: str) -> set[tuple[str, str]]:
    return {(say.attrib["language"], say.attrib["voice"]) for say in parsed(document).iter("Say")}


def test_nobody_hears_a_language_that_is_not_switched_on(twilio: Twilio) -> None:
    call = twilio.call().presses("3")

    assert call.step == "call-back"
    assert voices("".join(call.answered[-1:])) == {("en-GB", "Polly.Amy-Neural")}


def test_each_language_is_offered_in_its_own_words(polyglot: Twilio) -> None:
    call = polyglot.call().presses("3")

    assert "Język polski: proszę nacisnąć 1." in call.hears
    assert "Pentru limba română, apăsați 2." in call.hears
    assert call.hears.endswith(phrases.OTHER_LANGUAGE)
    assert {language for language, _ in voices(call.document)} == {"pl-PL", "ro-RO", "en-GB"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_who_chooses_a_language_hears_all_the_way_to_a_call_back_in_it(polyglot: Twilio, code: str) -> None:
    language = LANGUAGES[code]
    call = polyglot.call().presses("3").presses(str(list(LANGUAGES).index(code) + 1))

    while not call.is_over:
        assert voices(call.document) == {(language.tag, language.voice)}
        gather = parsed(call.document).find("Gather")
        assert gather is not None
        assert gather.attrib["input"] == "dtmf"
        call.presses("1")

    assert voices(call.document) == {(language.tag, language.voice)}
    with db.Reading() as session:
        asked = session.scalars(select(CallBack)).one()
        assert asked.because == f"another language, or help with the phone; {language.name}"
        assert asked.person is not None
        assert (asked.person.language, asked.person.interpreter) == (code, language.name)


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        pytest.param("9", "en-GB", id="another one"),
        pytest.param("0", "en-GB", id="a person"),
        pytest.param("1", "pl-PL", id="the first"),
    ],
)
def test_every_answer_leads_to_a_person(polyglot: Twilio, answer: str, language: str) -> None:
    call = polyglot.call().presses("3").presses(answer)

    assert call.step == "call-back"
    assert {spoken for spoken, _ in voices(call.document)} == {language}


def test_a_language_can_be_said_in_english_and_silence_leads_to_a_person(polyglot: Twilio) -> None:
    assert "Putem suna" in polyglot.call("CA1").presses("3").says("Romanian please").hears
    assert polyglot.call("CA2").presses("3").is_silent().is_silent().is_silent().step == "call-back"


def test_zero_in_another_language_stays_with_somebody_who_speaks_it(polyglot: Twilio) -> None:
    call = polyglot.call().presses("3").presses("1").presses("2").presses("0")

    assert call.step == "call-back"
    assert {language for language, _ in voices(call.document)} == {"pl-PL"}


def test_a_language_that_is_switched_off_meanwhile_is_english_again(polyglot: Twilio, twilio: Twilio) -> None:
    call = polyglot.call().presses("3").presses("1")
    call.twilio = twilio

    assert {language for language, _ in voices(call.presses("1").document)} == {"en-GB"}


def test_what_is_not_translated_is_said_in_english(line: Line) -> None:
    prompt = Prompt(says=(phrases.DEADLINE, phrases.TAKE_YOUR_TIME), step="deadline", language="pl")

    first, second = ET.fromstring(voice.document(line, prompt)).iter("Say")  # noqa: S314 - our own

    assert (first.attrib["language"], first.text) == ("en-GB", phrases.DEADLINE)
    assert second.attrib["language"] == "pl-PL"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_holds_every_choice(code: str) -> None:
    catalogue = translation.catalogue(code)

    assert not [words for words in SAID_BY_CHOICES if words not in catalogue]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_holds_nothing_that_is_no_longer_said(code: str) -> None:
    template = dict(translation.entries((translation.FOLDER.parent / "phrases.pot").read_text(encoding="utf-8")))

    held = dict(translation.entries((translation.FOLDER / f"{code}.po").read_text(encoding="utf-8")))

    assert held.keys() <= template.keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_has_the_same_parts_and_the_same_keys_and_can_be_remembered(code: str) -> None:
    held = dict(translation.entries((translation.FOLDER / f"{code}.po").read_text(encoding="utf-8")))

    for words, theirs in held.items():
        assert _parts(theirs) == _parts(words), words
        assert _figures(theirs) == _figures(words), words
        assert len(theirs.split()) / WORDS_A_SECOND < LONGEST_SECONDS, theirs
        assert not set("()/&@#%*;") & set(theirs)


def _parts(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def _figures(words: str) -> list[str]:
    return sorted(character for character in words if character.isdigit())


@pytest.mark.usefixtures("app")
def test_every_time_that_can_be_chosen_has_its_words() -> None:
    with db.Reading() as session:
        for hours in range(0, 24 * 60, 5):
            now = NOW + timedelta(hours=hours)
            for window in call_back_times.offered(session, now=now):
                assert window.words in phrases.WINDOWS
                assert window.words.removeprefix("on ") in phrases.WINDOWS


def test_a_part_is_translated_with_its_sentence() -> None:
    [_, today, _] = phrases.when(["today", "on Monday morning"])

    assert translation.translated(today, "pl") == "dzisiaj: proszę nacisnąć 1."
    assert translation.translated(Filled("Nobody says this {key}.", key=1), "pl") is None


def test_what_a_translator_doubts_is_left_in_english() -> None:
    file = io.StringIO(
        'msgid ""\nmsgstr ""\n\n#, fuzzy\nmsgid "One"\nmsgstr "Eins"\n\nmsgid ""\n"T"\n"wo"\nmsgstr "Zwei"\n'
    )

    catalogue = translation.Catalogue(file)

    assert (catalogue.gettext("One"), catalogue.gettext("Two")) == ("One", "Zwei")


def test_at_night_the_way_is_the_same(polyglot: Twilio) -> None:
    with time_machine.travel(datetime(2026, 12, 5, 22, 0, tzinfo=UTC), tick=False):
        assert polyglot.call().presses("3").presses("1").hears.startswith("Teraz jest zamknięte.")
