"""Twilio's Messages as a small server on this machine, and the way there for the official library."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twilio.http import HttpClient
from twilio.http.response import Response

from telephony.patience import PatientClient

ACCOUNT = "AC" + "0" * 32


@dataclass
class FakeTwilio:
    """Takes every text, unless told otherwise; `taken` is what it would really send."""

    address: str = ""
    taken: list[dict[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    refuses_with: tuple[int, Any] | None = None
    """Status and body in place of taking the text."""
    answers_badly: str | None = None
    """Takes the text and then: "bad JSON", "nothing", "reset", "hang", "drip", "500"."""
    first_status: str = "queued"
    made_at: str | None = "Sun, 30 Aug 2026 22:58:00 +0000"
    """The time of every single call or text that is asked for."""
    done: Event = field(default_factory=Event)

    def take(self, form: dict[str, str]) -> dict[str, Any]:
        self.taken.append(form)
        return self.as_listed(len(self.taken) - 1)

    def as_listed(self, at: int) -> dict[str, Any]:
        form = self.taken[at]
        return {
            "sid": f"SM{at:032}",
            "account_sid": ACCOUNT,
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": form["Body"],
            "status": self.first_status,
            "date_sent": "Tue, 24 Nov 2026 10:00:00 +0000",
            "date_created": "Tue, 24 Nov 2026 10:00:00 +0000",
            "date_updated": "Tue, 24 Nov 2026 10:00:00 +0000",
            "direction": "outbound-api",
            "num_segments": "1",
            "num_media": "0",
            "error_code": None,
            "error_message": None,
            "price": None,
            "price_unit": "GBP",
            "api_version": "2010-04-01",
            "uri": "",
            "subresource_uris": {},
        }


class _Server(ThreadingHTTPServer):
    def __init__(self, twilio: FakeTwilio) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.twilio = twilio


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        twilio = self.server.twilio
        form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        twilio.asked.append(("POST", self.path, form))
        if twilio.refuses_with is not None:
            self.answer(*twilio.refuses_with)
            return
        taken = twilio.take(form)
        match twilio.answers_badly:
            case None:
                self.answer(201, taken)
            case "bad JSON":
                self.answer(201, b"<html>proxy</html>")
            case "nothing":
                self.answer(201, b"")
            case "500":
                self.answer(500, b"<html>Internal Server Error</html>")
            case "reset":
                self.reset()
            case "drip":
                self.drip()
            case _:
                twilio.done.wait(20)

    def do_GET(self) -> None:
        twilio = self.server.twilio
        query = _flat(urlsplit(self.path).query)
        twilio.asked.append(("GET", urlsplit(self.path).path, query))
        if twilio.refuses_with is not None:
            self.answer(*twilio.refuses_with)
            return
        if not query:
            self.answer(200, {"sid": urlsplit(self.path).path.split("/")[-1], "date_created": twilio.made_at})
            return
        listed = [twilio.as_listed(at) for at, text in enumerate(twilio.taken) if text["To"] == query["To"]]
        newest_first = listed[::-1]
        self.answer(200, {"messages": newest_first, "page": 0, "page_size": 50, "next_page_uri": None, "uri": ""})

    def answer(self, status: int, body: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def drip(self) -> None:
        """A character now and then, each in time."""
        self.send_response(201)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with suppress(OSError):
            while not self.server.twilio.done.wait(0.1):
                self.wfile.write(b" ")

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[FakeTwilio]:
    twilio = FakeTwilio()
    with _Server(twilio) as server:
        twilio.address = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield twilio
        finally:
            twilio.done.set()
            server.shutdown()


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


class Detour(HttpClient):  # type: ignore[misc]  # the library has no types
    """The library's own client, which goes to this machine in place of api.twilio.com."""

    def __init__(self, address: str, *, timeout: float) -> None:
        self._client = PatientClient(timedelta(seconds=timeout))
        self._address = address

    def request(self, method: str, url: str, *args: Any, **named: Any) -> Response:
        return self._client.request(method, url.replace("https://api.twilio.com", self._address), *args, **named)
