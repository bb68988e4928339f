import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest

from scheduling.models import MessageState
from scheduling.outbox.carriers import ChannelBusy, ChannelDown, InDoubt, NotCarried, Parcel, Trouble, TryLater
from telephony.carrier import TwilioCarrier
from tests import builders
from tests.chaos import provider
from tests.chaos.provider import Provider
from tests.telephony import fake_twilio
from tests.telephony.fake_twilio import ACCOUNT, Detour, FakeTwilio

NOW = builders.moment("2026-11-24 10:00")
PARCEL = Parcel(
    message_id=1,
    token="7d" * 16,
    address="+447700900123",
    subject=None,
    body="Common Ground: your meeting is Thu 10 Dec, 10am.",
    calendar=None,
    calendar_method=None,
    dated=NOW,
    valid_for=None,
    attempted_at=NOW,
    lease_until=NOW + timedelta(seconds=90),
)
BASE_URL = "https://common-ground.example"


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with fake_twilio.running() as twilio:
        yield twilio


def a_carrier(address: str, *, timeout: float = 5, service: str = "") -> TwilioCarrier:
    return TwilioCarrier(
        account_sid=ACCOUNT,
        api_key="SK" + "0" * 32,
        api_secret="secret",
        sms_number="+447700900000",
        messaging_service_sid=service,
        base_url=BASE_URL,
        http_client=Detour(address, timeout=timeout),
    )


def a_carrier_of_our_own() -> TwilioCarrier:
    """With the way that it finds itself."""
    return TwilioCarrier(
        account_sid=ACCOUNT,
        api_key="SK" + "0" * 32,
        api_secret="secret",
        sms_number="+447700900000",
        base_url=BASE_URL,
    )


@pytest.fixture
def carrier(twilio: FakeTwilio) -> TwilioCarrier:
    return a_carrier(twilio.address)


def trouble_with(carrier: TwilioCarrier, parcel: Parcel = PARCEL) -> Trouble:
    with pytest.raises(Trouble) as raised:
        carrier.carry(parcel)
    return raised.value


def test_a_text_goes_from_our_number_and_is_reported_to_its_own_address(
    twilio: FakeTwilio, carrier: TwilioCarrier
) -> None:
    receipt = carrier.carry(PARCEL)

    assert twilio.taken == [
        {
            "To": "+447700900123",
            "From": "+447700900000",
            "Body": PARCEL.body,
            "StatusCallback": f"{BASE_URL}/twilio/status/{PARCEL.token}",
        }
    ]
    assert (receipt.provider_id, receipt.state) == ("SM" + "0" * 32, MessageState.SENT)


def test_a_messaging_service_chooses_the_number(twilio: FakeTwilio) -> None:
    a_carrier(twilio.address, service="MG" + "0" * 32).carry(PARCEL)

    assert twilio.taken[0]["MessagingServiceSid"] == "MG" + "0" * 32
    assert "From" not in twilio.taken[0]


@pytest.mark.parametrize(
    ("valid_for", "seconds"),
    [
        pytest.param(timedelta(hours=3), "10800", id="until the meeting"),
        pytest.param(timedelta(days=3), "36000", id="never longer than Twilio allows"),
        pytest.param(timedelta(milliseconds=1), "1", id="never less than a second"),
    ],
)
def test_a_text_that_would_come_too_late_is_dropped_by_twilio_itself(
    twilio: FakeTwilio, carrier: TwilioCarrier, valid_for: timedelta, seconds: str
) -> None:
    carrier.carry(replace(PARCEL, valid_for=valid_for))

    assert twilio.taken[0]["ValidityPeriod"] == seconds


def test_a_text_that_twilio_refuses_in_its_very_answer_has_failed(twilio: FakeTwilio, carrier: TwilioCarrier) -> None:
    twilio.first_status = "failed"

    assert carrier.carry(PARCEL).state is MessageState.FAILED


def error(code: int) -> dict[str, Any]:
    return {"code": code, "message": "The number +447700900123 ...", "more_info": "", "status": 400}


@pytest.mark.parametrize(
    ("status", "body", "means", "code"),
    [
        pytest.param(429, error(20429), ChannelBusy, "20429", id="too many at once"),
        pytest.param(429, b"Too many requests", ChannelBusy, "429", id="too many at once, says something in between"),
        pytest.param(400, error(21611), ChannelBusy, "21611", id="too many are waiting"),
        pytest.param(401, error(20003), ChannelDown, "20003", id="wrong credentials"),
        pytest.param(400, error(21606), ChannelDown, "21606", id="a number that is not ours"),
        pytest.param(404, error(20404), ChannelDown, "20404", id="an account that does not exist"),
        pytest.param(400, error(21211), NotCarried, "21211", id="no telephone number"),
        pytest.param(400, error(21614), NotCarried, "21614", id="not a mobile"),
        pytest.param(400, error(21610), NotCarried, "21610", id="opted out"),
        pytest.param(403, error(21408), NotCarried, "21408", id="a country that we do not text"),
        pytest.param(500, error(20500), InDoubt, "20500", id="Twilio's own error"),
        pytest.param(503, b"<html>Service Unavailable</html>", InDoubt, "503", id="a page that is not Twilio's"),
        pytest.param(302, b"", InDoubt, "302", id="sent elsewhere"),
    ],
)
def test_an_answer_is_sorted_by_whether_the_text_can_have_gone(
    twilio: FakeTwilio, carrier: TwilioCarrier, *, status: int, body: Any, means: type[Trouble], code: str
) -> None:
    twilio.refuses_with = status, body

    trouble = trouble_with(carrier)

    assert (type(trouble), trouble.code) == (means, code)


def test_a_number_that_has_opted_out_is_told_apart(twilio: FakeTwilio, carrier: TwilioCarrier) -> None:
    twilio.refuses_with = 400, error(21610)
    opted_out = trouble_with(carrier)
    twilio.refuses_with = 400, error(21211)
    wrong = trouble_with(carrier)

    assert isinstance(opted_out, NotCarried)
    assert isinstance(wrong, NotCarried)
    assert (opted_out.opted_out, wrong.opted_out) == (True, False)


@pytest.mark.parametrize("badly", ["bad JSON", "nothing", "reset", "500", "hang", "drip"])
def test_an_answer_that_is_lost_after_the_text_was_taken_leaves_a_doubt_that_the_list_ends(
    twilio: FakeTwilio, badly: str
) -> None:
    carrier = a_carrier(twilio.address, timeout=0.5)
    twilio.answers_badly = badly

    assert isinstance(trouble_with(carrier), InDoubt)

    found = carrier.find(PARCEL)
    assert found is not None
    assert found.provider_id == "SM" + "0" * 32
    assert len(twilio.taken) == 1, "the library must not try again by itself"


def test_a_twilio_that_cannot_be_reached_has_taken_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    assert isinstance(trouble_with(a_carrier(f"http://127.0.0.1:{port}")), ChannelBusy)


def test_the_list_is_asked_for_one_number_and_the_time_of_the_try(twilio: FakeTwilio, carrier: TwilioCarrier) -> None:
    assert carrier.find(PARCEL) is None

    (method, path, query) = twilio.asked[0]
    assert (method, path) == ("GET", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert (query["To"], query["DateSent>"]) == (PARCEL.address, "2026-11-24T09:59:00Z")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(PARCEL, body="Something else"), id="other words"),
        pytest.param(replace(PARCEL, address="+447700900456"), id="another number"),
    ],
)
def test_another_text_is_not_taken_for_ours(twilio: FakeTwilio, carrier: TwilioCarrier, other: Parcel) -> None:
    carrier.carry(other)

    assert carrier.find(PARCEL) is None


def test_a_text_from_another_of_our_services_is_not_taken_for_ours(twilio: FakeTwilio, carrier: TwilioCarrier) -> None:
    carrier.carry(PARCEL)

    assert a_carrier(twilio.address, service="MG" + "0" * 32).find(PARCEL) is None


def test_a_text_is_found_behind_many_others_to_the_same_number(twilio: FakeTwilio, carrier: TwilioCarrier) -> None:
    receipt = carrier.carry(PARCEL)
    twilio.taken.extend({**twilio.taken[0], "Body": f"Reminder {number}"} for number in range(120))

    assert carrier.find(PARCEL) == receipt


def test_a_list_that_cannot_be_read_is_no_empty_list(twilio: FakeTwilio, carrier: TwilioCarrier) -> None:
    twilio.refuses_with = 503, b""

    with pytest.raises(InDoubt):
        carrier.find(PARCEL)


def test_no_number_and_no_words_reach_the_log(
    twilio: FakeTwilio, carrier: TwilioCarrier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    carrier.carry(PARCEL)
    carrier.find(PARCEL)
    twilio.refuses_with = 400, error(21211)
    trouble = trouble_with(carrier)

    for words in (caplog.text, str(trouble)):
        assert "900123" not in words
        assert "meeting" not in words


def test_an_answer_that_is_lost_behind_a_proxy_leaves_the_text_in_doubt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    false = Provider(Random(1), {"reset after": 100})
    with provider.running(false, tmp_path) as way:
        for name, value in way.items():
            monkeypatch.setenv(name, value)

        trouble = trouble_with(a_carrier_of_our_own())

    assert len(false.taken) == 1
    assert isinstance(trouble, InDoubt)


def test_the_way_out_of_an_office_network_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        heard: list[bytes] = []
        Thread(target=_refuse_one, args=(proxy, heard), daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)

        trouble = trouble_with(a_carrier_of_our_own())

    assert heard[0].startswith(b"CONNECT api.twilio.com:443 ")
    assert isinstance(trouble, TryLater)


def _refuse_one(proxy: socket.socket, heard: list[bytes]) -> None:
    connection, _ = proxy.accept()
    with connection:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
