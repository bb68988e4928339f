"""Reads every phrase as a caller hears it, and counts every text as the network does."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scheduling import segments
from scheduling.reference import authorities
from telephony import phrases

LONGEST_SECONDS = 15
WORDS_A_SECOND = 150 / 60
MOST_WORDS = LONGEST_SECONDS * WORDS_A_SECOND
LONG_TIME = datetime(2026, 9, 23, 13, 35, tzinfo=UTC)
VOICE, TEXTS, MOBILE = "+443001234567", "+447700900000", "+447700900123"
NAMES = [row.name for row in authorities.rows()]
OFFICIAL_NAMES = [row.official_name for row in authorities.rows()]


def _texts() -> Iterator[str]:
    yield from (words for name, words in vars(phrases).items() if name.startswith("TEXT_"))
    yield phrases.text_kept(LONG_TIME)
    yield phrases.text_passed_on(None)
    yield phrases.text_will_call(VOICE)
    yield phrases.text_will_not_call(VOICE)
    yield phrases.text_not_understood(VOICE)
    yield phrases.text_received(LONG_TIME)
    yield phrases.text_notice_agreed(LONG_TIME)
    yield phrases.text_time_chosen(LONG_TIME)
    yield phrases.text_time_booked(LONG_TIME)
    yield phrases.text_booked_already(LONG_TIME)
    yield phrases.text_choose(["1", "2", "3"], LONG_TIME)


def _spoken() -> Iterator[str]:
    fixed = {name: words for name, words in vars(phrases).items() if name.isupper() and isinstance(words, str)}
    yield from (words for name, words in fixed.items() if not name.startswith("TEXT_"))
    yield f"{phrases.GREETING} {phrases.MENU}"
    yield f"{phrases.NOT_CAUGHT} {phrases.read_back(max(OFFICIAL_NAMES, key=_words))}"
    yield " ".join(phrases.which(sorted(NAMES, key=_words)[-4:]))
    yield phrases.not_served(max(NAMES, key=_words))
    yield f"{phrases.advice_booked(LONG_TIME)} {phrases.your_reference('12345678')} {phrases.HEAR_AGAIN}"
    yield f"{phrases.ABOUT_A_MEETING} {phrases.this_number(MOBILE)}"
    yield f"{phrases.CLOSED} {phrases.this_number(MOBILE)}"
    yield f"{phrases.NOT_A_NUMBER_TO_RING} {phrases.HIDDEN_NUMBER} {phrases.OR_A_MESSAGE}"
    yield f"{phrases.NOT_CAUGHT} {phrases.keyed_number(MOBILE)}"
    yield phrases.will_call(VOICE)
    yield phrases.will_call(VOICE, "on Wednesday afternoon")
    yield " ".join([phrases.NOT_CAUGHT, *phrases.when(["today", "tomorrow morning", "tomorrow afternoon"])])
    yield f"{phrases.your_meeting(LONG_TIME)} {phrases.HEAR_THE_PLACE} {phrases.KEEP_OR_CHANGE}"
    yield f"{phrases.our_call(LONG_TIME)} {phrases.KEEP_OR_CHANGE}"
    yield f"{phrases.the_place('Hendon Community Library', '12 The Burroughs, London')} {phrases.KEEP_OR_CHANGE}"
    yield f"{phrases.REMINDER} {phrases.your_meeting(LONG_TIME)} {phrases.HEAR_THE_PLACE} {phrases.REMINDER_KEYS}"
    yield f"{phrases.the_place('Hendon Community Library', '12 The Burroughs, London')} {phrases.REMINDER_KEYS}"
    yield f"{phrases.NO_MATCH} {phrases.REFERENCE}"
    yield f"{phrases.NOT_CAUGHT} {phrases.PIN}"
    yield f"{phrases.ANOTHER_TIME} {phrases.this_number(MOBILE)}"
    yield f"{phrases.KEEPS_PLACE} {phrases.this_number(MOBILE)}"
    yield " ".join([*phrases.your_place(12, 45), phrases.CALL_BACK_INSTEAD])
    yield " ".join(phrases.whisper(max(NAMES, key=_words), 25, deadline_soon=True))
    yield " ".join(phrases.whisper_call_back(25, deadline_soon=True))
    yield f"{phrases.code_word('Bluebell')} {phrases.screening('Wilhelmina Featherstonehaugh')}"
    yield phrases.no_number(TEXTS)
    yield phrases.long_call(TEXTS)
    yield phrases.fault_remains(TEXTS)


def _words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("words", list(_spoken()))
def test_whatever_is_said_can_be_remembered(words: str) -> None:
    assert _words(words) < MOST_WORDS, f"{_words(words) / WORDS_A_SECOND:.1f} seconds"


@pytest.mark.parametrize("words", list(_texts()))
def test_a_text_is_one_segment(words: str) -> None:
    counted = segments.count(words)

    assert (counted.encoding, counted.segments) == (segments.Encoding.GSM_7, 1)


@pytest.mark.parametrize("words", list(_texts()))
def test_a_text_tells_another_reader_nothing(words: str) -> None:
    private = ("SEND", "special", "needs", "mediation", "council", "tribunal", "appeal", "school", "plan")

    assert not [word for word in private if word in words]


@pytest.mark.parametrize("words", list(_spoken()))
def test_no_word_is_read_wrongly(words: str) -> None:
    assert not any(mark in words for mark in "()/&@#%*;")
    assert "SEND" not in words, "read as the word; write S E N D"


def test_a_call_of_ours_names_neither_us_nor_a_reason_before_a_key_is_pressed() -> None:
    before = " ".join([phrases.HELLO, phrases.screening("Sam Green"), phrases.SCREENING_NOBODY, phrases.OUR_GOODBYE])

    for private in ("Common Ground", "Green", "advice", "mediation", "council", "child", "meeting", "adviser"):
        assert private not in before


def test_the_wait_is_said_in_minutes_or_not_at_all() -> None:
    assert phrases.your_place(1, None) == ("You are next.",)
    assert phrases.your_place(2, 1) == ("You are number 2 in the line.", "About 1 minute.")
    assert phrases.your_place(3, 12) == ("You are number 3 in the line.", "About 12 minutes.")
