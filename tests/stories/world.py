"""The service in one process, on any day we like: its webhooks, its pages, its timetable and its two carriers.

world.at("2026-11-23 10:05")
family.rings()

Nothing is called that an outsider could not reach: telephones post signed webhooks, people press buttons on pages,
and what happens by itself happens in the sweeps of the timetable and the rounds of the outbox.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

from flask import Flask
from werkzeug.test import TestResponse

from scheduling import clock, db, london, references
from scheduling.jobs import timetable
from scheduling.models import Authority, Case, Channel, Role, Staff
from scheduling.outbox import delivery
from scheduling.outbox.carriers import Carrier, Parcel, Receipt
from scheduling.reference import load
from telephony import signature
from telephony.line import Line
from tests import builders
from tests.webapp.browser import Browser
from webapp import composition, enrolment, second_factor
from webapp.accounts import Account
from webapp.settings import Settings

PASSWORD = "a long enough password"
TITLES = {Role.COORDINATOR: "Priya", Role.ADVISER: "Amara", Role.MANAGER: "Margaret"}
ROUNDS = 20


@dataclass
class Recording:
    """A carrier that keeps what it was given, in order."""

    parcels: list[Parcel] = field(default_factory=list)

    def carry(self, parcel: Parcel) -> Receipt:
        self.parcels.append(parcel)
        return Receipt(provider_id=f"carried-{len(self.parcels)}-{parcel.token}")

    def find(self, parcel: Parcel) -> Receipt | None:
        return next((Receipt(provider_id=f"found-{p.token}") for p in self.parcels if p.token == parcel.token), None)

    def to(self, address: str) -> list[Parcel]:
        return [parcel for parcel in self.parcels if parcel.address == address]


@dataclass
class World:
    """Everything, and the hand on its clock."""

    app: Flask
    settings: Settings
    texts: Recording = field(default_factory=Recording)
    mails: Recording = field(default_factory=Recording)
    _events: int = 0
    _browsers: dict[Role, Browser] = field(default_factory=dict)

    @property
    def line(self) -> Line:
        return composition.line(self.settings)

    def at(self, shown: str) -> None:
        """It is now this time on London's clocks, and whatever the clock does by itself has been done."""
        clock.shift(builders.moment(shown) - datetime.now(UTC))
        self.sweeps()

    def sweeps(self) -> None:
        """Every job of the timetable once, and the outbox until nothing is left that may go."""
        for job in timetable.TIMETABLE:
            job.sweep(clock.now())
        carriers: Mapping[Channel, Carrier] = {Channel.SMS: self.texts, Channel.EMAIL: self.mails}
        for _ in range(ROUNDS):
            if delivery.deliver_due(carriers, clock.now()) == 0:
                return
        raise AssertionError("the outbox writes without end")

    def every_day(self, first: str, last: str, *, hour: str = "09:00") -> None:
        """Let the days go by, the clock looking once on each."""
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            self.at(f"{day} {hour}")
            day += timedelta(days=1)

    def staff(self, role: Role) -> Browser:
        """The browser of the one who has this role; sessions go by the real clock and do not run out in a story."""
        if role not in self._browsers:
            self._browsers[role] = self._signs_in(role)
        return self._browsers[role]

    def event(self) -> int:
        """A number that no event has had."""
        self._events += 1
        return self._events

    def post(self, path: str, fields: dict[str, str]) -> TestResponse:
        """As Twilio asks: a form by POST, signed over the public address."""
        asked = {"AccountSid": self.line.account_sid, **fields}
        signed = signature.sign(self.line.secrets[0], f"{self.line.base_url}{path}", asked)
        response = self.app.test_client().post(path, data=asked, headers={signature.HEADER: signed})
        assert response.status_code == 200, response.text
        return response

    def _signs_in(self, role: Role) -> Browser:
        with db.Session.begin() as session:
            person = session.query(Staff).filter_by(role=role).order_by(Staff.id).first()
            assert person is not None
            enrolment.open_account(session, person, PASSWORD)
        with db.Reading() as session:
            code = second_factor.current_code(session, session.get_one(Account, person.id))
        browser = Browser(self.app)
        browser.opens("/sign-in")
        browser.presses("Sign in", email=person.email, password=PASSWORD, code=code)
        assert browser.page.status == 200, browser.page.text
        return browser


@dataclass
class Family:
    """A parent with a telephone, a mailbox and, after the first call, a case."""

    world: World
    number: str = "+447700900101"
    email: str = "ngozi@family.example"
    reference: str = ""
    _call: str = ""
    _document: str = ""

    # By telephone

    def rings(self) -> str:
        self._call = f"CA{self.world.event():032}"
        return self._ask("/twilio/voice", {"CallStatus": "ringing"})

    def presses(self, keys: str) -> str:
        return self._ask(self._next, {"Digits": keys})

    def says(self, words: str) -> str:
        return self._ask(self._next, {"SpeechResult": words, "Confidence": "0.93"})

    def is_silent(self) -> str:
        return self._ask(self._next, {"Digits": ""})

    def leaves_a_voicemail(self) -> str:
        """Speak after the tone, and press hash."""
        recording = {"RecordingSid": f"RE{self.world.event():032}", "RecordingDuration": "7", "Digits": "#"}
        return self._ask(self._verb("Record").attrib["action"], recording)

    def rings_for_advice(self, *, council: str = "Barnet", may_text: str = "1") -> str:
        """The whole call, until an adviser's time is booked; gives what was heard last."""
        self.rings()
        self.presses("1")
        self.presses("2")
        self.says(council)
        self.presses("1")
        heard = self.presses(may_text)
        self.hears_a_reference(heard)
        return heard

    def hears_a_reference(self, heard: str) -> None:
        """Write it down."""
        spoken = re.search(r"reference is ([\d ,]+)", heard)
        assert spoken is not None, heard
        self.reference = re.sub(r"\D", "", spoken[1])

    def hears(self) -> str:
        return " ".join("".join(say.itertext()) for say in ET.fromstring(self._document).iter("Say"))  # noqa: S314

    def _ask(self, path: str, fields: dict[str, str]) -> str:
        asked = {"CallSid": self._call, "From": self.number, "To": self.world.line.voice_number, **fields}
        self._document = self.world.post(path, {"CallStatus": "in-progress", **asked}).text
        return self.hears()

    @property
    def _next(self) -> str:
        return self._verb("Gather").attrib["action"]

    def _verb(self, name: str) -> ET.Element:
        found = ET.fromstring(self._document).find(name)  # noqa: S314 - our own documents
        assert found is not None, self._document
        return found

    # By text

    def texts(self, body: str) -> str | None:
        """The answer that comes back at once, or None for none."""
        fields = {"MessageSid": f"SM{self.world.event():032}", "From": self.number, "Body": body}
        answer = self.world.post("/twilio/sms", {**fields, "To": self.world.line.sms_number})
        messages = ET.fromstring(answer.text).findall("Message")  # noqa: S314 - our own documents
        return "".join(messages[0].itertext()) if messages else None

    # What has reached it

    def texts_got(self) -> list[str]:
        return [parcel.body for parcel in self.world.texts.to(self.number)]

    def mails_got(self) -> list[Parcel]:
        return self.world.mails.to(self.email)

    # What stands on its case

    def case_id(self) -> int:
        with db.Reading() as session:
            return session.query(Case.id).filter_by(reference=self.reference).scalar()  # type: ignore[no-any-return]

    @property
    def written(self) -> str:
        return references.written(self.reference)


def people(world: World) -> None:
    """Every authority, and in Barnet everything that a mediation needs."""
    with db.Session.begin() as session:
        load.load(session)
        barnet = session.query(Authority).filter_by(name="Barnet").one()
        builders.officer(session, barnet)
        manager = builders.officer(session, barnet, "Mena")
        manager.is_manager, manager.may_decide = True, False
        builders.venue(session, barnet, "Barnet Library")
        builders.mediator(session, barnet, "Morgan")
        for role, name in TITLES.items():
            builders.staff(session, role, name)


def boxes(name: str, day: str) -> dict[str, str]:
    """The three boxes of a day."""
    shown = date.fromisoformat(day)
    return {f"{name}-day": str(shown.day), f"{name}-month": str(shown.month), f"{name}-year": str(shown.year)}


def written(day: str) -> str:
    """`2026-12-23` as pages write it."""
    return london.written_day(date.fromisoformat(day))
