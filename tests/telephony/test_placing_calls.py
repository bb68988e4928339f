"""Calls on their way to Twilio: exactly what is asked of it, and what its answers mean."""

import json
from datetime import timedelta
from typing import Any

import pytest
from twilio.http import HttpClient
from twilio.http.response import Response

from scheduling.outbox.carriers import ChannelBusy, InDoubt, NotCarried, Parcel
from telephony.carrier import TwilioCaller
from tests import builders
from tests.telephony.fake_twilio import ACCOUNT

NOW = builders.moment("2026-11-24 10:00")
PARCEL = Parcel(
    message_id=1,
    token="7d" * 16,
    address="+447700900123",
    subject=None,
    body="Hello.",
    calendar=None,
    calendar_method=None,
    dated=NOW,
    valid_for=timedelta(seconds=60),
    attempted_at=NOW,
    lease_until=NOW + timedelta(seconds=90),
)
OURS = f"https://common-ground.example/twilio/call/{PARCEL.token}"
CALL = {"sid": "CA" + "0" * 32, "status": "queued", "to": PARCEL.address, "from": "+443001234567"}


class Wire(HttpClient):  # type: ignore[misc]  # the library has no types
    """Keeps what would be sent, and answers as it is told."""

    def __init__(self, status: int, answer: object) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._answer = Response(status, json.dumps(answer))

    def request(self, method: str, url: str, params: Any = None, data: Any = None, **_rest: Any) -> Response:
        self.asked.append((f"{method.upper()} {url}", data or params or {}))
        return self._answer


def a_caller(wire: Wire) -> TwilioCaller:
    return TwilioCaller(
        account_sid=ACCOUNT,
        api_key="SK" + "0" * 32,
        api_secret="secret",
        voice_number="+443001234567",
        base_url="https://common-ground.example",
        http_client=wire,
    )


def test_a_call_is_placed_from_our_number_rings_briefly_and_is_never_recorded() -> None:
    wire = Wire(201, CALL)

    receipt = a_caller(wire).carry(PARCEL)

    assert receipt.provider_id == CALL["sid"]
    assert wire.asked[0][1] == {
        "To": PARCEL.address,
        "From": "+443001234567",
        "Url": OURS,
        "Method": "POST",
        "Timeout": 25,
        "MachineDetection": "DetectMessageEnd",
        "AsyncAmd": "true",
        "AsyncAmdStatusCallback": f"{OURS}/machine",
        "AsyncAmdStatusCallbackMethod": "POST",
        "StatusCallback": f"https://common-ground.example/twilio/status/{PARCEL.token}",
        "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": ["answered", "completed"],
    }


@pytest.mark.parametrize(
    ("status", "answer", "meaning"),
    [
        pytest.param(400, {"code": 21211, "message": "", "status": 400}, NotCarried, id="not a number"),
        pytest.param(429, {"code": 20429, "message": "", "status": 429}, ChannelBusy, id="one call a second"),
        pytest.param(503, {"message": "", "status": 503}, InDoubt, id="it may ring already"),
        pytest.param(201, {"status": "queued"}, InDoubt, id="an answer without a call"),
    ],
)
def test_each_answer_is_sorted_by_whether_it_can_ring_already(
    status: int, answer: object, meaning: type[Exception]
) -> None:
    with pytest.raises(meaning):
        a_caller(Wire(status, answer)).carry(PARCEL)


@pytest.mark.parametrize(("listed", "is_found"), [([CALL], True), ([], False)], ids=["it was placed", "it was not"])
def test_a_call_in_doubt_is_looked_for_before_it_rings_again(listed: list[object], is_found: bool) -> None:
    wire = Wire(200, {"calls": listed, "next_page_uri": None, "page_size": 100})

    found = a_caller(wire).find(PARCEL)

    assert (found is not None) is is_found
    assert wire.asked[0][1]["To"] == PARCEL.address
    assert wire.asked[0][1]["From"] == "+443001234567"
