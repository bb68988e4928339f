from telephony import voice
from telephony.line import Line
from telephony.voice import Prompt, Slowly
from tests.telephony.conftest import SECRET, parsed


def test_everything_is_said_inside_a_gather_that_answers_silence_too(line: Line) -> None:
    root = parsed(voice.document(line, Prompt(says=("One?", "Two?"), step="menu", turn=3, hints=("advice", "meeting"))))

    gather, redirect = root
    assert gather.attrib == {
        "input": "dtmf speech",
        "language": "en-GB",
        "speechModel": "experimental_utterances",
        "speechTimeout": "2",
        "timeout": "10",
        "actionOnEmptyResult": "true",
        "action": "/twilio/voice/menu/3",
        "method": "POST",
        "numDigits": "1",
        "finishOnKey": "#",
        "hints": "advice, meeting",
    }
    assert [say.text for say in gather] == ["One?", "Two?"]
    assert {say.attrib["voice"] for say in gather} == {"Polly.Amy-Neural"}
    assert (redirect.tag, redirect.attrib, redirect.text) == ("Redirect", {"method": "POST"}, "/twilio/voice/menu/3")


def test_the_last_words_are_followed_by_the_end(line: Line) -> None:
    assert [verb.tag for verb in parsed(voice.document(line, Prompt(says=("Goodbye.",))))] == ["Say", "Hangup"]


def test_what_is_written_down_is_said_slowly(line: Line) -> None:
    say = parsed(voice.document(line, Prompt(says=(Slowly("1 2 3"),)))).find("Say")

    assert say is not None
    assert [(part.tag, part.attrib, part.text) for part in say] == [("prosody", {"rate": "slow"}, "1 2 3")]


def test_a_number_of_any_length_ends_with_the_hash_key(line: Line) -> None:
    gather = parsed(voice.document(line, Prompt(says=("Which?",), step="number", keys=None))).find("Gather")

    assert gather is not None
    assert "numDigits" not in gather.attrib
    assert gather.attrib["finishOnKey"] == "#"


def test_a_service_under_a_path_of_its_host_says_so() -> None:
    line = Line(
        base_url="https://host.example/line",
        secrets=(SECRET,),
        voice_number="+443001234567",
        sms_number="+447700900000",
    )

    assert 'action="/line/twilio/voice/menu/1"' in voice.document(line, Prompt(says=("?",), step="menu", turn=1))
