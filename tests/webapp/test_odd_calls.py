"""Whatever a caller's network says in whichever field, what we answer is XML that Twilio can read."""

import re
from xml.etree import ElementTree as ET

import pytest

from telephony import signature
from tests.webapp.neighbours import Neighbours
from tests.webapp.test_weird_requests import ODD_WORDS
from webapp.settings import Settings

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no way to hold."""
CALL = {"CallSid": "CA1", "From": "+447400123456", "To": "+447700900000", "Digits": "", "SpeechResult": ""}
TEXT = {"MessageSid": "SM1", "From": "+447400123456", "To": "+447700900000", "Body": "Hello", "NumMedia": "0"}
SAID_BESIDE = ("Confidence", "QueueResult", "RecordingSid", "RecordingDuration", "CallStatus", "FromCity", "CallerName")
ODD = {**ODD_WORDS, "in the middle": "Bar\x0bnet\x9c"}
ADDRESSES = ("/twilio/voice", "/twilio/voice/menu/1", "/twilio/voice/council/2", "/twilio/voice/reference/1")


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_every_answer_to_an_odd_field_can_be_read(neighbours: Neighbours, odd: str) -> None:
    settings: Settings = neighbours.app.config["SETTINGS"]
    client, read = neighbours.app.test_client(), 0
    asked = [("/twilio/sms", TEXT, name) for name in TEXT] + [(ADDRESSES[0], CALL, name) for name in CALL]
    asked += [(path, CALL, name) for path in ADDRESSES for name in ("Digits", "SpeechResult", *SAID_BESIDE)]

    for number, (path, form, name) in enumerate(asked):
        posted = {
            **form,
            "CallSid": f"CA{abs(hash(odd))}{number}",
            "MessageSid": f"SM{abs(hash(odd))}{number}",
            name: odd,
        }
        signed = signature.sign(settings.webhook_secrets[0], f"{settings.base_url}{path}", posted)
        answer = client.post(path, data=posted, headers={signature.HEADER: signed})
        assert answer.status_code < 500, (path, name)
        if "xml" in answer.content_type:
            text = answer.get_data().decode()
            assert not FORBIDDEN.search(text), (path, name)
            assert ET.fromstring(text).tag == "Response", (path, name)  # noqa: S314 - our own
            read += 1
    assert read > 5
