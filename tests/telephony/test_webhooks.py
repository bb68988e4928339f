import logging
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from scheduling import db
from scheduling.models import Call, CallBack, Case, Channel, Contact, Event, Message, MessageState
from scheduling.outbox import opt_outs
from telephony import phrases, signature, statuses, webhooks
from telephony.line import Line
from tests import builders
from tests.telephony.conftest import ACCOUNT, BASE_URL, MOBILE, NOW, SECRET, Twilio, parsed

RING = {"CallSid": "CA1", "From": MOBILE, "To": "+443001234567", "AccountSid": ACCOUNT}
TEXT = {"MessageSid": "SM1", "From": MOBILE, "To": "+447700900000", "Body": "Hello", "AccountSid": ACCOUNT}


def _nothing_happened() -> bool:
    with db.Reading() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Event, Call, Contact, CallBack)]
    return counts == [0, 0, 0, 0]


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/voice/menu/1", "/twilio/sms", "/twilio/status/abc"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="missing"),
        pytest.param({signature.HEADER: ""}, id="empty"),
        pytest.param({signature.HEADER: "nonsense"}, id="nonsense"),
        pytest.param({signature.HEADER: "n\u00f6"}, id="not ASCII"),
        pytest.param({signature.HEADER: signature.sign("guessed", f"{BASE_URL}/twilio/voice", RING)}, id="forged"),
    ],
)
def test_who_cannot_sign_changes_nothing(twilio: Twilio, path: str, headers: dict[str, str]) -> None:
    response = twilio.client.post(path, data=RING | TEXT, headers=headers)

    assert response.status_code == 403
    assert _nothing_happened()


def test_a_changed_field_breaks_the_signature(twilio: Twilio) -> None:
    signed = signature.sign(SECRET, f"{BASE_URL}/twilio/sms", TEXT)

    changed = TEXT | {"Body": "I want mediation"}
    response = twilio.client.post("/twilio/sms", data=changed, headers={signature.HEADER: signed})

    assert response.status_code == 403
    assert _nothing_happened()


def test_the_address_that_was_asked_counts_not_the_one_that_a_client_names(twilio: Twilio) -> None:
    signed = signature.sign(SECRET, "https://evil.example/twilio/voice", RING)

    headers = {signature.HEADER: signed, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert twilio.client.post("/twilio/voice", data=RING, headers=headers).status_code == 403


def test_the_next_secret_signs_as_well_while_one_replaces_the_other(twilio: Twilio) -> None:
    assert Twilio(twilio.client, secret="the-next-secret").post("/twilio/voice", RING).status_code == 200


def test_another_account_is_refused(twilio: Twilio) -> None:
    for account in ("AC00000000000000000000000000000002", ""):
        assert twilio.post("/twilio/voice", RING | {"AccountSid": account}).status_code == 403
    assert _nothing_happened()


@pytest.mark.parametrize(
    "query",
    ["?a=b%20c", "?a=b+c", "?a=", "?a", "?a=1&a=2", "?x=%C3%A9", "?path=%2Ftwilio"],
)
def test_the_address_is_signed_as_it_was_written(twilio: Twilio, query: str) -> None:
    assert twilio.post(f"/twilio/voice{query}", RING).status_code == 200


def test_unknown_and_blank_fields_are_welcome(twilio: Twilio) -> None:
    new = {"FromCity": "", "CallToken": "x", "StirVerstat": "", "SomethingNew": "é ü"}

    assert twilio.post("/twilio/voice", RING | new).status_code == 200


def test_a_field_that_comes_twice_is_signed_twice(twilio: Twilio) -> None:
    body = urlencode([*RING.items(), ("Tag", "b"), ("Tag", "a")])
    signed = signature.sign(SECRET, f"{BASE_URL}/twilio/voice", RING | {"Tag": "ab"})
    both = signature.sign(SECRET, f"{BASE_URL}/twilio/voice", RING | {"Tag": "aTagb"})

    def answer(header: str) -> int:
        headers = {signature.HEADER: header, "Content-Type": "application/x-www-form-urlencoded"}
        return twilio.client.post("/twilio/voice", data=body, headers=headers).status_code

    assert (answer(signed), answer(both)) == (403, 200)


@pytest.mark.parametrize(
    ("path", "without"),
    [("/twilio/voice", "CallSid"), ("/twilio/voice/menu/1", "CallSid"), ("/twilio/sms", "MessageSid")],
)
def test_an_event_without_its_name_is_refused_with_a_sentence(twilio: Twilio, path: str, without: str) -> None:
    response = twilio.post(path, {name: value for name, value in (RING | TEXT).items() if name != without})

    assert response.status_code == 400
    assert without in response.text
    assert _nothing_happened()


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/voice/menu/1", "/twilio/sms", "/twilio/status/abc"])
def test_only_posts_are_answered(twilio: Twilio, path: str) -> None:
    assert twilio.client.get(path).status_code == 405


@pytest.mark.parametrize("path", ["/twilio/voice/", "/twilio/sms/"])
def test_a_slash_at_the_end_is_no_redirect(twilio: Twilio, path: str) -> None:
    assert twilio.post(path, RING | TEXT).status_code == 200


def test_a_body_that_is_too_large_is_refused_before_it_is_read(twilio: Twilio) -> None:
    assert twilio.post("/twilio/sms", TEXT | {"Body": "x" * 65_536}).status_code == 413
    assert _nothing_happened()


def test_a_very_long_text_is_kept_whole(twilio: Twilio) -> None:
    assert twilio.texts("long " * 2_000) is not None
    with db.Reading() as session:
        [kept] = session.scalars(select(Contact))
        assert len(kept.words or "") == len("long " * 2_000) - 1


@pytest.mark.parametrize(
    "odd",
    ["\x00", "\x01\x02\x1b", "\x85\x9f", "\ufffe\uffff", "\ufdd0", "<&>\"'", "]]>", "\U0001f642", "e\u0301"],
    ids=["NUL", "C0", "C1", "no characters", "no character", "markup", "end of CDATA", "a picture", "two in one"],
)
def test_no_character_breaks_a_document_or_the_record(twilio: Twilio, odd: str) -> None:
    call = twilio.call(sender=f"+4477{odd}00900123").says(f"ad{odd}vice").says(f"Barnet{odd}")
    assert parsed(call.document).tag == "Response"

    assert twilio.texts(f"My {odd} words") == phrases.TEXT_MENU
    with db.Reading() as session:
        kept = session.scalars(select(Contact).where(Contact.provider_id == "SM1")).one().words
    assert kept is not None
    assert kept.startswith("My ")
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) <= 0x9F for letter in kept)


@pytest.mark.parametrize("odd", [b"%ED%A0%80", b"%FF%FE", b"%C3"], ids=["half a character", "no UTF-8", "cut off"])
def test_bytes_that_are_no_text_are_not_let_in_or_made_harmless(twilio: Twilio, odd: bytes) -> None:
    body = urlencode(TEXT).encode() + b"&Odd=" + odd
    for as_read in ("\ufffd", "\ufffd\ufffd", "\ufffd\ufffd\ufffd"):
        signed = signature.sign(SECRET, f"{BASE_URL}/twilio/sms", TEXT | {"Odd": as_read})
        headers = {signature.HEADER: signed, "Content-Type": "application/x-www-form-urlencoded"}
        assert twilio.client.post("/twilio/sms", data=body, headers=headers).status_code in {200, 403}


def test_the_same_event_again_has_the_same_answer_and_no_effect(twilio: Twilio) -> None:
    call = twilio.call()
    again = twilio.post("/twilio/voice", {**RING, "CallStatus": "ringing"})
    assert again.text == call.document

    address = call.address
    call.presses("1")
    repeated = twilio.post(address, {"CallSid": "CA1", "AccountSid": ACCOUNT, "Digits": "1"})
    assert repeated.text == call.document
    call.presses("2").says("Camden").presses("1")
    address = call.address
    call.presses("1")
    assert twilio.post(address, {"CallSid": "CA1", "AccountSid": ACCOUNT, "Digits": "1"}).text == call.document
    with db.Reading() as session:
        assert len(session.scalars(select(Case)).all()) == 1
        sent = [(message.channel, message.recipient) for message in session.scalars(select(Message))]
        assert sorted(sent) == [(Channel.EMAIL, "the adviser"), (Channel.SMS, "the family")]


def test_the_same_text_again_has_the_same_answer_and_no_effect(twilio: Twilio) -> None:
    assert twilio.texts("Hello") == twilio.texts("Hello") == phrases.TEXT_MENU
    with db.Reading() as session:
        assert len(session.scalars(select(Contact)).all()) == 1


def test_an_answer_to_no_open_question_changes_nothing(twilio: Twilio) -> None:
    call = twilio.call().presses("1")

    stray = twilio.post("/twilio/voice/may-we-text/7", {"CallSid": "CA1", "AccountSid": ACCOUNT, "Digits": "1"})

    assert call.address in stray.text
    assert call.presses("2").step == "council"


def test_a_step_of_an_unknown_call_begins_it(twilio: Twilio) -> None:
    asked = twilio.post("/twilio/voice/booked/7", RING)

    assert "/twilio/voice/menu/1" in asked.text


@pytest.fixture
def broken(engine: Engine, line: Line) -> Iterator[Twilio]:
    """The line on a database without a single table."""
    away = db.connect("sqlite://")
    app = Flask(__name__)
    app.register_blueprint(webhooks.blueprint(line))
    yield Twilio(app.test_client())
    away.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_its_record_the_line_still_leads_to_a_person(broken: Twilio, caplog: pytest.LogCaptureFixture) -> None:
    call = broken.call()

    assert call.hears == phrases.FAULT
    assert call.is_silent().hears == phrases.FAULT_AGAIN
    assert call.presses("0").hears == phrases.FAULT_AGAIN
    assert call.presses("0").is_over
    assert "text us on" in call.hears
    assert [entry.getMessage() for entry in caplog.records if entry.levelno == logging.ERROR] == 4 * [
        "a webhook failed"
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_its_record_the_line_does_not_pretend_to_have_kept_a_text(broken: Twilio) -> None:
    for words in ("I want mediation", "STOP", "he's here"):
        text = {"MessageSid": "SM1", "From": "+447400123456", "Body": words, "AccountSid": ACCOUNT}
        assert broken.post("/twilio/sms", text).status_code == 503
    assert broken.post("/twilio/status/abc", {"MessageStatus": "sent", "AccountSid": ACCOUNT}).status_code == 503


def test_after_a_fault_the_call_goes_on_to_a_person(twilio: Twilio) -> None:
    after = twilio.post("/twilio/voice/fault/1", RING)

    assert "/twilio/voice/call-back.fault/1" in after.text


def test_a_call_that_begins_again_after_a_fault_keeps_its_place(twilio: Twilio) -> None:
    twilio.post("/twilio/voice/fault/1", RING)

    assert phrases.FAULT in twilio.post("/twilio/voice", RING).text
    assert "/twilio/voice/call-back.fault/1" in twilio.post("/twilio/voice/fault/1", RING).text


def test_a_status_moves_our_text_forward(twilio: Twilio) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), number=MOBILE)
        message = _sent(case)
        session.add(message)
    token = message.token

    answer = twilio.post(
        f"/twilio/status/{token}", {"MessageSid": "SM9", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    )

    assert (answer.status_code, answer.text) == (204, "")
    with db.Reading() as session:
        assert session.get_one(Message, message.id).state is MessageState.DELIVERED


@pytest.mark.parametrize(
    "status",
    [
        pytest.param({"MessageStatus": "teleported"}, id="a word that Twilio may add one day"),
        pytest.param({}, id="no word at all"),
    ],
)
def test_a_status_that_we_do_not_know_says_that_twilio_has_our_text(twilio: Twilio, status: dict[str, str]) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), number=MOBILE)
        message = _sent(case)
        session.add(message)

    asked = {"MessageSid": "SM9", "AccountSid": ACCOUNT} | status

    assert twilio.post(f"/twilio/status/{message.token}", asked).status_code == 204
    with db.Reading() as session:
        assert session.get_one(Message, message.id).state is MessageState.SENT
    assert twilio.post("/twilio/status/0123456789abcdef", asked).status_code == 404


def test_a_number_that_has_opted_out_gets_no_second_try_and_another_channel_is_named(twilio: Twilio) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), number=MOBILE)
        message = _sent(case)
        session.add(message)

    refused = {"MessageSid": "SM9", "MessageStatus": "failed", "ErrorCode": "21610", "AccountSid": ACCOUNT}
    assert twilio.post(f"/twilio/status/{message.token}", refused).status_code == 204

    with db.Reading() as session:
        assert session.get_one(Message, message.id).state is MessageState.FAILED
        assert opt_outs.has_stopped(session, MOBILE)
    assert (statuses.again_after("21610"), "Ring" in (statuses.instead("21610") or "")) == (None, True)


def test_a_status_of_no_text_of_ours_is_not_found(twilio: Twilio) -> None:
    asked = {"MessageSid": "SM9", "MessageStatus": "delivered", "AccountSid": ACCOUNT}

    assert twilio.post("/twilio/status/0123456789abcdef", asked).status_code == 404


def _sent(case: Case) -> Message:
    return Message(
        key="k",
        token="f" * 32,
        channel="sms",
        purpose="advice booked",
        case_id=case.id,
        address=MOBILE,
        recipient="the family",
        body="x",
        state=MessageState.SENT,
        written_at=NOW,
    )


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("%00", id="NUL, which PostgreSQL refuses"),
        pytest.param("%ED%A0%80", id="half a character"),
        pytest.param("%FF%FE", id="no text at all"),
        pytest.param("x" * 5_000, id="longer than any of ours"),
    ],
)
def test_an_address_with_odd_characters_is_only_an_unknown_one(twilio: Twilio, odd: str) -> None:
    status = {"MessageSid": "SM1", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    assert twilio.post(f"/twilio/status/{odd}", status).status_code == 404

    answer = twilio.post(f"/twilio/voice/{odd}/1", RING | {"Digits": "1"})
    assert phrases.GREETING in answer.text
