"""Families at the door, while everything falls over: they call, they text, and they say that they want mediation.

Whatever is not answered is sent again, as Twilio does. What was answered is written down here: it must be true
afterwards.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from telephony import phrases, signature
from tests.chaos.provider import ACCOUNT, SECRET

ANSWERS = ({"Digits": "1"}, {"Digits": "2"}, {"SpeechResult": "Camden"}, {"Digits": "1"}, {"Digits": "1"})
"""Advice; no date runs out; the council; that is right; you may text me."""

GIVES_UP_SECONDS = 45
OUR_TROUBLE = (phrases.FAULT, phrases.FAULT_AGAIN)


@dataclass
class Answered:
    """What families were told that it is done."""

    texts: list[str] = field(default_factory=list)
    """By Twilio's id."""
    calls: list[str] = field(default_factory=list)
    """By the number of whoever was told a reference."""
    wishes: list[int] = field(default_factory=list)
    """By case: it was recorded that mediation is wanted."""
    rung: list[str] = field(default_factory=list)
    """Every number that rang, whatever it heard."""
    failed: Counter[str] = field(default_factory=Counter)
    """What was heard instead of an answer; it was sent again."""
    latest: list[float] = field(default_factory=list)
    """Seconds of each request that was answered."""

    @property
    def count(self) -> int:
        return len(self.texts) + len(self.calls) + len(self.wishes)


@dataclass
class Load:
    """Everybody at the door, until told to stop."""

    doors: list[int]
    """The ports of the web processes that take turns; they may come and go meanwhile."""
    families: list[int]
    """Cases whose family will want mediation."""
    write_down: Callable[[int], bool]
    """Records such a wish; False when that could not be done just now."""
    answered: Answered = field(default_factory=Answered)
    stop: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _turns: Iterator[int] = field(default_factory=count)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begins(self) -> None:
        for who in (self._calls, self._calls, self._texts, self._wants):
            thread = threading.Thread(target=who, daemon=True)
            thread.start()
            self._threads.append(thread)

    def ends(self) -> None:
        """Nobody comes any more; whoever is on the line finishes."""
        self.stop.set()
        for thread in self._threads:
            thread.join(2 * GIVES_UP_SECONDS)
            assert not thread.is_alive()

    def _calls(self) -> None:
        while not self.stop.is_set():
            number = f"+4474{next(self._numbers):08}"
            self.answered.rung.append(number)
            call = {"CallSid": f"CA{number[1:]:0>32}", "From": number, "To": "+443001234567", "FromCity": ""}
            heard = self._asked("/twilio/voice", {**call, "CallStatus": "ringing"})
            for answer in ANSWERS:
                gather = None if heard is None else ET.fromstring(heard).find("Gather")  # noqa: S314 - our own
                if gather is None:
                    break
                heard = self._asked(gather.attrib["action"], call | answer)
            if heard is not None and "Your reference is" in heard:
                self.answered.calls.append(number)

    def _texts(self) -> None:
        while not self.stop.is_set():
            at = next(self._numbers)
            text = {"MessageSid": f"SM{at:032}", "From": f"+4473{at:08}", "To": "+447700900000", "Body": f"Hello {at}"}
            if self._asked("/twilio/sms", text) is not None:
                self.answered.texts.append(text["MessageSid"])

    def _wants(self) -> None:
        for case_id in self.families:
            if self.stop.wait(0.3):
                return
            until = time.monotonic() + GIVES_UP_SECONDS
            while not self.write_down(case_id):
                self.answered.failed["a wish not recorded"] += 1
                if time.monotonic() > until:
                    return
                time.sleep(0.2)
            self.answered.wishes.append(case_id)

    def _asked(self, path: str, fields: dict[str, str]) -> str | None:
        """The answer, for which the same request may have to be sent more than once; None when there is none."""
        until = time.monotonic() + GIVES_UP_SECONDS
        while time.monotonic() < until:
            begun = time.monotonic()
            answer = self._once(path, {**fields, "AccountSid": ACCOUNT})
            if answer is not None and not any(trouble in answer for trouble in OUR_TROUBLE):
                self.answered.latest.append(time.monotonic() - begun)
                return answer
            if answer is not None:
                self.answered.failed["a sentence that we are in trouble"] += 1
            time.sleep(0.2)
        return None

    def _once(self, path: str, fields: dict[str, str]) -> str | None:
        doors = tuple(self.doors)
        port = doors[next(self._turns) % len(doors)]
        signed = signature.sign(SECRET, f"http://127.0.0.1:{port}{path}", fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded", signature.HEADER: signed}
        connection = HTTPConnection("127.0.0.1", port, timeout=15)
        try:
            connection.request("POST", path, urlencode(fields), headers)
            response = connection.getresponse()
            body = response.read().decode()
        except (OSError, HTTPException):
            self.answered.failed["no answer"] += 1
            return None
        finally:
            connection.close()
        assert response.status in {200, 503}, (response.status, body)
        self.answered.failed["503"] += response.status == 503
        return body if response.status == 200 else None
