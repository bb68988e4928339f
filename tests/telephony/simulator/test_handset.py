"""A phone that plays its part in a call and in a thread of texts, through real requests."""

from collections.abc import Callable

import pytest

from telephony.line import Line
from telephony.simulator import handset as handsets
from telephony.simulator import leg, twiml
from telephony.simulator.handset import Handset
from telephony.simulator.store import Speaker, Store
from tests.telephony.simulator.conftest import PUBLIC, Service

MENU = """<Gather input="dtmf speech" numDigits="1" action="/twilio/voice/menu/0" actionOnEmptyResult="true"
 language="en-GB"><Say>For advice, press 1.</Say></Gather>"""
GOODBYE = "<Say>Goodbye.</Say><Hangup/>"


def document(verbs: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'


def remarks(phone: Handset) -> list[str]:
    assert phone.call
    return [line.words for line in phone.call.transcript if line.speaker == Speaker.SIMULATOR]


@pytest.fixture(autouse=True)
def menu(service: Service) -> None:
    service.answers = {
        "/twilio/voice": document(MENU),
        "/twilio/voice/menu/0": document(GOODBYE),
        "/twilio/sms": document("<Message>Reply 1 for a call back.</Message>"),
    }


def test_a_call_begins_as_twilio_begins_it(mobile: Handset, service: Service, line: Line) -> None:
    assert mobile.dials() == "For advice, press 1."

    form = service.last_form
    assert service.asked[0][0] == "/twilio/voice"
    assert form["From"] == form["Caller"] == "+447700900101"
    assert form["To"] == form["Called"] == line.voice_number
    assert form["CallSid"].startswith("CA")
    assert (form["AccountSid"], form["CallStatus"], form["Direction"]) == (line.account_sid, "ringing", "inbound")
    assert (form["FromCity"], form["ToZip"], form["FromCountry"]) == ("", "", "GB")
    assert service.headers[0]["User-Agent"] == "TwilioProxy/1.1"


def test_a_key_answers_the_question(mobile: Handset, service: Service) -> None:
    mobile.dials()

    assert mobile.presses("1") == "Goodbye."

    path, form = service.asked[-1]
    assert (path, form["Digits"], form["CallStatus"]) == ("/twilio/voice/menu/0", "1", "in-progress")
    assert form["CallSid"] == service.asked[0][1]["CallSid"]
    assert not mobile.is_in_call


def test_words_answer_the_question(mobile: Handset, service: Service) -> None:
    mobile.dials()

    mobile.says("advice please")

    form = service.last_form
    assert (form["SpeechResult"], form["Language"]) == ("advice please", "en-GB")
    assert float(form["Confidence"]) > 0.6
    assert "Digits" not in form


def test_silence_is_an_answer_where_the_line_asks_for_it(mobile: Handset, service: Service) -> None:
    mobile.dials()

    mobile.silent()

    path, form = service.asked[-1]
    assert (path, form["Digits"]) == ("/twilio/voice/menu/0", "")


def test_silence_goes_on_with_the_next_verb_where_it_is_no_answer(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document(
        '<Gather numDigits="1" action="/twilio/voice/menu/0"><Say>Press 1.</Say></Gather>'
        '<Say>Take your time.</Say><Redirect method="POST">/twilio/again</Redirect>'
    )
    service.answers["/twilio/again"] = document(MENU)
    mobile.dials()

    assert mobile.silent() == "Take your time. For advice, press 1."
    assert mobile.is_in_call


def test_a_call_with_nothing_after_its_question_ends_in_silence(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document("<Gather><Say>Press 1.</Say></Gather>")
    mobile.dials()

    assert mobile.silent() == ""
    assert not mobile.is_in_call


@pytest.mark.parametrize(
    ("pressed", "digits", "finished_on"),
    [
        pytest.param("12345678", "12345678", None, id="as many as were asked for"),
        pytest.param("123#", "123", "#", id="fewer, and the hash key"),
        pytest.param("123", "123", None, id="fewer, and then nothing"),
    ],
)
def test_several_keys_make_one_answer(
    mobile: Handset, service: Service, pressed: str, digits: str, finished_on: str | None
) -> None:
    service.answers["/twilio/voice"] = document('<Gather numDigits="8" action="/twilio/voice/menu/0"/>' + GOODBYE)
    mobile.dials()

    mobile.presses(pressed)

    assert service.last_form["Digits"] == digits
    assert service.last_form.get("FinishedOnKey") == finished_on


def test_keys_wait_for_the_rest_of_the_answer(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document('<Gather numDigits="8" action="/twilio/voice/menu/0"/>' + GOODBYE)
    mobile.dials()

    mobile.keys("1")
    mobile.keys("2")

    assert mobile.call
    assert mobile.call.keyed == "12"
    assert len(service.asked) == 1


def test_the_hash_key_alone_is_silence(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document('<Gather action="/twilio/voice/menu/0"/><Say>Nothing came.</Say>')
    mobile.dials()

    assert mobile.presses("#") == "Nothing came."


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("/twilio/voice/menu/0", id="from the root"),
        pytest.param("menu/0", id="beside the document"),
        pytest.param(f"{PUBLIC}/twilio/voice/menu/0", id="in full"),
        pytest.param("/twilio/voice/menu/0#rc=2", id="with Twilio's own instructions behind"),
    ],
)
def test_an_address_leads_back_to_the_service(mobile: Handset, service: Service, action: str) -> None:
    service.answers["/twilio/voice"] = document('<Redirect method="POST">/twilio/voice/start</Redirect>')
    service.answers["/twilio/voice/start"] = document(f'<Gather numDigits="1" action="{action}"/>')
    mobile.dials()

    assert mobile.presses("1") == "Goodbye."


def test_a_query_is_part_of_what_is_signed(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document('<Redirect method="POST">/twilio/voice?step=two%20words</Redirect>')
    service.answers["/twilio/voice?step=two%20words"] = document(GOODBYE)

    assert mobile.dials() == "Goodbye."


def test_a_withheld_number_is_anonymous(handset: Callable[[str], Handset], service: Service) -> None:
    handset("anonymous").dials()

    form = service.last_form
    assert (form["From"], form["Caller"], form["FromCountry"]) == ("anonymous", "anonymous", "")


@pytest.mark.parametrize(
    ("answer", "remark"),
    [
        pytest.param(document("<Sing/>"), "12200", id="a verb that Twilio does not know"),
        pytest.param(500, "answered 500", id="the service failed"),
        pytest.param(302, "answered 302", id="Twilio would lose the fields on the way"),
        pytest.param(document("<Redirect>https://elsewhere.example/</Redirect>"), "leads away", id="another service"),
        pytest.param(document("<Redirect>/twilio/voice</Redirect>"), "LOOP", id="a circle"),
    ],
)
def test_a_fault_is_heard_as_twilio_lets_it_be_heard(
    mobile: Handset, service: Service, answer: str | int, remark: str
) -> None:
    service.answers["/twilio/voice"] = answer

    assert mobile.dials() == leg.APPLICATION_ERROR

    assert remark in remarks(mobile)[-1]
    assert not mobile.is_in_call


def test_an_answer_that_is_not_xml_is_a_fault(mobile: Handset, service: Service) -> None:
    service.content_type = "application/json"

    assert mobile.dials() == leg.APPLICATION_ERROR


def test_a_wrong_secret_is_refused_by_the_service(line: Line, store: Store, service: Service) -> None:
    stranger = Line(base_url=PUBLIC, secrets=("guessed",), voice_number=line.voice_number, sms_number=line.sms_number)

    phone = Handset(stranger, "+447700900101", target=service.target, store=store)

    assert phone.dials() == leg.APPLICATION_ERROR
    assert service.asked == []


def test_a_service_that_is_not_there_is_a_fault(line: Line, store: Store) -> None:
    phone = Handset(line, "+447700900101", target="http://127.0.0.1:9", store=store)

    assert phone.dials() == leg.APPLICATION_ERROR


def test_a_phone_that_is_rung_may_not_answer(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document(
        '<Dial callerId="+443001234567" action="/twilio/voice/menu/0"><Number>+447700900109</Number></Dial>'
    )
    mobile.dials()

    assert mobile.silent() == "Goodbye."
    assert service.last_form["DialCallStatus"] == "no-answer"


def test_a_person_takes_the_call_from_the_queue(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document('<Enqueue action="/twilio/voice/menu/0">advice</Enqueue>')
    mobile.dials()
    assert isinstance(mobile.waiting_for, twiml.Enqueue)

    mobile.is_answered()

    assert service.last_form["QueueResult"] == "bridged"


def test_leaving_the_queue_by_hanging_up_is_told_to_the_service(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document('<Enqueue action="/twilio/voice/menu/0">advice</Enqueue>')
    mobile.dials()

    mobile.hangs_up()

    assert (service.last_form["QueueResult"], service.last_form["CallStatus"]) == ("hangup", "completed")
    assert not mobile.is_in_call


def test_a_voicemail_is_recorded(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/voice"] = document('<Record action="/twilio/voice/menu/0" finishOnKey="#"/>')
    mobile.dials()

    assert mobile.says("It is Sam, please call me") == "Goodbye."
    assert service.last_form["RecordingSid"].startswith("RE")


def test_a_phone_hangs_up_and_may_ring_again(mobile: Handset, service: Service) -> None:
    mobile.dials()
    mobile.hangs_up()

    mobile.dials()

    assert service.asked[0][1]["CallSid"] != service.asked[1][1]["CallSid"]


def test_a_phone_out_of_a_call_cannot_press_keys(mobile: Handset) -> None:
    with pytest.raises(handsets.NotInCall, match="not in a call"):
        mobile.presses("1")
    with pytest.raises(handsets.NotInCall):
        mobile.hangs_up()


def test_a_phone_in_a_call_cannot_dial_again(mobile: Handset) -> None:
    mobile.dials()

    with pytest.raises(handsets.AlreadyInCall, match="Hang up first"):
        mobile.dials()


def test_two_phones_share_nothing(handset: Callable[[str], Handset]) -> None:
    first, second = handset("+447700900101"), handset("+447700900102")
    first.dials()

    assert not second.is_in_call
    assert second.hears == ""


def test_a_text_gets_its_answer_in_the_thread(mobile: Handset, service: Service) -> None:
    assert mobile.texts("I want mediation") == "Reply 1 for a call back."

    form = service.last_form
    assert (form["Body"], form["From"], form["NumMedia"]) == ("I want mediation", "+447700900101", "0")
    assert form["MessageSid"] == form["SmsSid"]
    assert [text.words for text in mobile.inbox()] == ["Reply 1 for a call back."]


def test_a_text_may_have_no_answer(mobile: Handset, service: Service) -> None:
    service.answers["/twilio/sms"] = document("")

    assert mobile.texts("Thanks") is None
    assert mobile.inbox() == []


def test_a_text_that_fails_says_nothing_to_its_sender(mobile: Handset, service: Service, store: Store) -> None:
    service.answers["/twilio/sms"] = 500

    assert mobile.texts("Hello") is None

    [sent] = store.texts(mobile.number)
    assert "answered 500" in (sent.error or "")


def test_stop_is_answered_by_twilio_and_still_told_to_the_service(mobile: Handset, service: Service) -> None:
    assert mobile.texts(" stop ") is None
    assert service.last_form["Body"] == " stop "
    assert "unsubscribed" in mobile.inbox()[-1].words
    assert mobile.has_stopped

    mobile.texts("Are you there?")
    assert mobile.has_stopped

    mobile.texts("START")
    assert not mobile.has_stopped


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("+442079460101", id="a landline"),
        pytest.param("anonymous", id="a withheld number"),
    ],
)
def test_only_a_mobile_that_shows_its_number_can_text(handset: Callable[[str], Handset], number: str) -> None:
    with pytest.raises(handsets.CannotText):
        handset(number).texts("Hello")
