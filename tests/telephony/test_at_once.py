"""Under waitress, on two processes: what Twilio may send at the same moment, and a record that is locked."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Case, Contact, Event, Message, Role
from scheduling.reference import load
from telephony import phrases, signature
from tests import builders
from tests.telephony.conftest import ACCOUNT, BASE_URL, MOBILE, SECRET, parsed

RING = {"CallSid": "CA1", "From": MOBILE, "AccountSid": ACCOUNT, "FromCity": ""}


class Door:
    """One web process."""

    def __init__(self, database_url: str) -> None:
        command = [sys.executable, "-m", "tests.telephony.served", database_url]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def post(self, path: str, fields: dict[str, str]) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        signed = signature.sign(SECRET, f"{BASE_URL}{path}", fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded", signature.HEADER: signed}
        connection.request("POST", path, urlencode(fields), headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        assert response.status == 200, (response.status, body)
        return body

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)


@pytest.fixture
def doors(engine: object, database_url: str) -> Iterator[list[Door]]:
    with db.Session.begin() as session:
        load.load(session)
        builders.staff(session, Role.ADVISER, "Alex")
    doors = [Door(database_url), Door(database_url)]
    yield doors
    for door in doors:
        door.close()


def _at_once(doors: list[Door], path: str, fields: dict[str, str], *, times: int = 3) -> list[str]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda at: doors[at % 2].post(path, fields), range(times)))


def _count(table: type) -> int:
    with db.Reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_many_at_once_on_two_processes_are_one_event(doors: list[Door]) -> None:
    hello = {"MessageSid": "SM1", "From": MOBILE, "To": "+447700900000", "Body": "Hello", "AccountSid": ACCOUNT}
    for number, door in enumerate(
        doors
    ):  # a process that has just begun is slow, and nobody waits for a lock above three seconds
        door.post("/twilio/sms", {**hello, "MessageSid": f"SM-before-{number}", "From": "+447700900124"})
    answers = _at_once(doors, "/twilio/sms", hello, times=20)
    assert (len(answers), len(set(answers))) == (20, 1)
    assert _count(Contact) == 1 + len(doors)

    answers = _at_once(doors, "/twilio/voice", RING)
    for answer in ({"Digits": "1"}, {"Digits": "2"}, {"SpeechResult": "Camden"}, {"Digits": "1"}, {"Digits": "1"}):
        assert len(set(answers)) == 1
        gather = parsed(answers[0]).find("Gather")
        assert gather is not None
        answers = _at_once(doors, gather.attrib["action"], RING | answer)

    assert len(set(answers)) == 1
    assert "Your reference is" in answers[0]
    told = {"a text to the family", "a mail to the adviser"}
    assert (_count(Case), _count(Message), _count(Event)) == (1, len(told), 7 + len(doors))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_server_hands_the_address_on_as_it_came(doors: list[Door]) -> None:
    for number, query in enumerate(["?a=b%20c", "?a=b+c", "?a=", "?a=%2F%3a", "?a=1&a=2"]):
        assert "Gather" in doors[0].post(f"/twilio/voice{query}", RING | {"CallSid": f"CA{number}"})
    assert "Gather" in doors[0].post("/twilio/%76oice", RING | {"CallSid": "CA9"})


def test_a_locked_record_is_not_waited_for_in_silence(doors: list[Door]) -> None:
    doors[0].post("/twilio/voice", RING)
    with db.Session.begin() as session:
        _lock_everything(session)

        begun = time.monotonic()
        answer = doors[0].post("/twilio/voice/menu/1", RING | {"Digits": "1"})
        waited = time.monotonic() - begun

    assert phrases.FAULT in answer
    assert waited < 8
    assert "/twilio/voice/call-back.fault/" in doors[1].post("/twilio/voice/fault/1", RING | {"Digits": "0"})


def test_a_locked_record_makes_nobody_wait_long_although_more_ring_than_we_have_threads(doors: list[Door]) -> None:
    def rings(number: int) -> float:
        begun = time.monotonic()
        assert phrases.FAULT in doors[0].post("/twilio/voice", RING | {"CallSid": f"CA{number}"})
        return time.monotonic() - begun

    with db.Session.begin() as session, ThreadPoolExecutor(12) as callers:
        _lock_everything(session)

        assert max(callers.map(rings, range(12))) < 8


def _lock_everything(session: Session) -> None:
    """On SQLite a writer has it all, as soon as it has begun."""
    db.ping(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE calls, events IN ACCESS EXCLUSIVE MODE"))
