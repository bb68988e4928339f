"""Twilio's side of the line: signs for real, follows our documents, and keeps every one of them to be looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self
from xml.etree import ElementTree as ET

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from scheduling import db
from scheduling.models import Role
from scheduling.reference import load
from telephony import signature, webhooks
from telephony.line import Line
from tests import builders

BASE_URL = "https://line.example"
SECRET = "the-secret-of-the-line"
ACCOUNT = "AC00000000000000000000000000000001"
MOBILE = "+447700900123"
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def parsed(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - the documents are our own


@dataclass
class Twilio:
    """Asks as Twilio asks: a form by POST, signed over the public address."""

    client: FlaskClient
    secret: str = SECRET

    def post(self, path: str, fields: dict[str, str], **headers: str) -> TestResponse:
        signed = {signature.HEADER: signature.sign(self.secret, f"{BASE_URL}{path}", fields)}
        return self.client.post(path, data=fields, headers={**signed, **headers})

    def call(self, sid: str = "CA1", sender: str = MOBILE) -> "Handset":
        return Handset(self, sid, sender).rings()

    def texts(self, body: str, sid: str = "SM1", sender: str = MOBILE, **fields: str) -> str | None:
        """The answer's words, or None when there is none."""
        asked = {"MessageSid": sid, "From": sender, "To": "+447700900000", "Body": body, "AccountSid": ACCOUNT}
        response = self.post("/twilio/sms", {**asked, **fields})
        assert response.status_code == 200
        messages = parsed(response.text).findall("Message")
        assert len(messages) <= 1
        return "".join(messages[0].itertext()) if messages else None


@dataclass
class Handset:
    """A caller, and the document that they hear."""

    twilio: Twilio
    sid: str
    sender: str
    document: str = ""
    answered: list[str] = field(default_factory=list)

    def rings(self) -> Self:
        return self._ask("/twilio/voice", {"From": self.sender, "To": "+443001234567", "CallStatus": "ringing"})

    def presses(self, keys: str) -> Self:
        return self._ask(self.address, {"Digits": keys})

    def says(self, words: str, confidence: str = "0.93") -> Self:
        return self._ask(self.address, {"SpeechResult": words, "Confidence": confidence})

    def is_silent(self) -> Self:
        return self._ask(self.address, {"Digits": ""})

    def _ask(self, path: str, fields: dict[str, str]) -> Self:
        response = self.twilio.post(path, {"CallSid": self.sid, "AccountSid": ACCOUNT, **fields})
        assert response.status_code == 200, response.text
        assert response.mimetype == "text/xml"
        self.document = response.text
        self.answered.append(self.document)
        return self

    @property
    def hears(self) -> str:
        return " ".join("".join(say.itertext()) for say in parsed(self.document).iter("Say"))

    @property
    def address(self) -> str:
        gather = parsed(self.document).find("Gather")
        assert gather is not None, self.document
        return gather.attrib["action"]

    @property
    def step(self) -> str:
        """The name of the question that is open."""
        return self.address.split("/")[3].split(".")[0]

    @property
    def is_over(self) -> bool:
        return parsed(self.document).find("Hangup") is not None


@pytest.fixture
def line() -> Line:
    return Line(
        base_url=BASE_URL,
        secrets=(SECRET, "the-next-secret"),
        account_sid=ACCOUNT,
        voice_number="+443001234567",
        sms_number="+447700900000",
    )


@pytest.fixture
def app(engine: Engine, line: Line) -> Flask:
    """The webhooks and nothing else, with every authority known and one adviser on shift."""
    with db.Session.begin() as session:
        load.load(session)
        builders.staff(session, Role.ADVISER, "Alex")
    app = Flask(__name__)
    app.register_blueprint(webhooks.blueprint(line))
    return app


@pytest.fixture
def twilio(app: Flask) -> Iterator[Twilio]:
    with time_machine.travel(NOW, tick=False):
        yield Twilio(app.test_client())
