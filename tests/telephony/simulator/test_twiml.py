"""What the simulator makes of TwiML."""

import pytest

from telephony.simulator import twiml


def document(verbs: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'.encode()


def the_gather(attributes: str = "", prompts: str = "") -> twiml.Gather:
    [step] = twiml.read(document(f"<Gather {attributes}>{prompts}</Gather>"))
    assert isinstance(step, twiml.Gather)
    return step


@pytest.mark.parametrize(
    ("verbs", "steps"),
    [
        pytest.param("", (), id="an empty document says nothing"),
        pytest.param("<Say>Hello.</Say>", (twiml.Say("Hello."),), id="words"),
        pytest.param(
            '<Say voice="Polly.Amy-Neural" language="en-GB">Key <prosody rate="slow">1 2</prosody><break/>now.</Say>',
            (twiml.Say("Key 1 2 now."),),
            id="spoken markup leaves its words",
        ),
        pytest.param("<Say>this &amp; that</Say>", (twiml.Say("this & that"),), id="escaped characters"),
        pytest.param('<Pause length="2"/>', (twiml.Pause(2),), id="a pause"),
        pytest.param("<Play>/music.mp3</Play>", (twiml.Play("/music.mp3"),), id="a recording"),
        pytest.param(
            "<Redirect method='POST'>/twilio/voice</Redirect>",
            (twiml.Redirect("/twilio/voice"),),
            id="another document",
        ),
        pytest.param("<Hangup/>", (twiml.Hangup(),), id="the line hangs up"),
        pytest.param('<Reject reason="busy"/>', (twiml.Hangup(),), id="the line does not answer"),
        pytest.param(
            '<Dial callerId="+443001234567" action="/after"><Number>+447700900109</Number></Dial>',
            (twiml.Dial(whom="+447700900109", action="/after"),),
            id="another phone is rung",
        ),
        pytest.param(
            '<Enqueue action="/after" waitUrl="/music">advice</Enqueue>',
            (twiml.Enqueue(queue="advice", action="/after", wait_url="/music"),),
            id="a queue",
        ),
        pytest.param(
            '<Record action="/kept" finishOnKey="#"/>',
            (twiml.Record(action="/kept", finish_on_key="#"),),
            id="a voicemail",
        ),
    ],
)
def test_a_document_becomes_the_steps_of_a_call(verbs: str, steps: tuple[twiml.Step, ...]) -> None:
    assert twiml.read(document(verbs)) == steps


def test_a_question_without_attributes_has_twilios_own_habits() -> None:
    gather = the_gather()

    assert (gather.by_keys, gather.by_speech) == (True, False)
    assert (gather.timeout, gather.finish_on_key, gather.digits_wanted) == (5, "#", None)
    assert not gather.on_silence_too


def test_a_question_speaks_and_listens() -> None:
    gather = the_gather(
        'input="dtmf speech" numDigits="8" timeout="10" language="en-GB" actionOnEmptyResult="true" action="/next"',
        '<Say>Your reference?</Say><Pause length="1"/>',
    )

    assert gather.prompts == (twiml.Say("Your reference?"), twiml.Pause(1))
    assert (gather.by_keys, gather.by_speech, gather.digits_wanted) == (True, True, 8)
    assert (gather.timeout, gather.language, gather.action) == (10, "en-GB", "/next")
    assert gather.on_silence_too


@pytest.mark.parametrize(
    ("attributes", "keyed", "is_complete"),
    [
        pytest.param('numDigits="1"', "1", True, id="one key of one"),
        pytest.param('numDigits="8"', "1234567", False, id="seven of eight"),
        pytest.param('numDigits="8"', "12345678", True, id="eight of eight"),
        pytest.param('numDigits="8"', "123#", True, id="the hash key ends sooner"),
        pytest.param("", "123", False, id="any number of keys waits for the hash key"),
        pytest.param('finishOnKey=""', "123#", False, id="no key ends it"),
        pytest.param('finishOnKey="*#"', "12*", True, id="either of two keys ends it"),
    ],
)
def test_an_answer_by_keys_is_complete(attributes: str, keyed: str, is_complete: bool) -> None:
    assert the_gather(attributes).is_complete(keyed) is is_complete


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(b" <?xml version='1.0'?><Response/>", "12100", id="white space before the declaration"),
        pytest.param(b"<Response><Say>Hello</Response>", "12100", id="not well-formed"),
        pytest.param(b"<Answer/>", "12100", id="another root"),
        pytest.param(b"", "12100", id="nothing at all"),
        pytest.param(document("<Sing>La</Sing>"), "12200", id="an unknown verb"),
        pytest.param(document("<Message>Hello</Message>"), "12200", id="a text in a call"),
        pytest.param(document('<Gather numdigits="1"/>'), "12200", id="a misspelt attribute"),
        pytest.param(document('<Gather numDigits="one"/>'), "12200", id="a number that is none"),
        pytest.param(document('<Gather actionOnEmptyResult="yes"/>'), "12200", id="neither true nor false"),
        pytest.param(document("<Gather><Hangup/></Gather>"), "12200", id="what a question cannot hold"),
        pytest.param(document('<Redirect method="GET">/x</Redirect>'), "12200", id="our addresses answer only POST"),
        pytest.param(document("<Say>  </Say>"), "13520", id="nothing to say"),
        pytest.param(document("<Say><b>Hello</b></Say>"), "13520", id="markup that cannot be spoken"),
        pytest.param(document("<Say>" + "word " * 900 + "</Say>"), "13520", id="a speech too long"),
        pytest.param(document("<Record/>"), "13600", id="a recording that begins again for ever"),
        pytest.param(document("<!--" + "x" * 65536 + "-->"), "11750", id="more than 64 KB"),
    ],
)
def test_a_document_that_twilio_could_not_use_is_a_fault(text: bytes, code: str) -> None:
    with pytest.raises(twiml.Fault) as fault:
        twiml.read(text)

    assert fault.value.code == code


@pytest.mark.parametrize(
    ("verbs", "words"),
    [
        pytest.param("", (), id="no answer"),
        pytest.param("<Message>Thank you.</Message>", ("Thank you.",), id="words"),
        pytest.param("<Message><Body>Thank you.</Body></Message>", ("Thank you.",), id="words in a body"),
    ],
)
def test_the_answer_to_a_text_is_its_messages(verbs: str, words: tuple[str, ...]) -> None:
    assert twiml.replies(document(verbs)) == words


def test_a_text_cannot_be_answered_by_speaking() -> None:
    with pytest.raises(twiml.Fault, match="12200: <Say> is not a verb that can answer a text"):
        twiml.replies(document("<Say>Hello</Say>"))
