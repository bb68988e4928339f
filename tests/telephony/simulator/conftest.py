"""A tiny service on the loopback that answers what a test tells it to, and refuses what Twilio has not signed."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from telephony.line import Line
from telephony.simulator.handset import Handset
from telephony.simulator.store import Store

PUBLIC = "https://advice.example"
SECRET = "a-secret-that-only-the-test-knows"


@dataclass
class Service:
    """What was asked, and what is to be answered."""

    answers: dict[str, str | int] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    content_type: str = "text/xml; charset=utf-8"
    target: str = ""

    @property
    def last_form(self) -> dict[str, str]:
        return self.asked[-1][1]

    def answer(self, path: str, form: dict[str, str], signature: str) -> str | int:
        if not RequestValidator(SECRET).validate(PUBLIC + path, form, signature):
            return 403
        self.asked.append((path, form))
        return self.answers.get(path, 404)


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            service.headers.append(dict(self.headers))
            answer = service.answer(self.path, form, self.headers.get("X-Twilio-Signature", ""))
            self.send_response(answer if isinstance(answer, int) else 200)
            self.send_header("Content-Type", service.content_type)
            self.end_headers()
            if isinstance(answer, str):
                self.wfile.write(answer.encode())

        def log_message(self, *_args: object) -> None:
            """Keep the test's output quiet."""

    return Handler


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    service.target = f"http://127.0.0.1:{server.server_port}"
    yield service
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def line() -> Line:
    return Line(
        base_url=PUBLIC,
        secrets=(SECRET, "the-next-one"),
        voice_number="+443001234567",
        sms_number="+447700900000",
        account_sid="AC00000000000000000000000000000000",
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def handset(line: Line, store: Store, service: Service) -> Callable[[str], Handset]:
    return lambda number: Handset(line, number, target=service.target, store=store)


@pytest.fixture
def mobile(handset: Callable[[str], Handset]) -> Handset:
    return handset("+447700900101")
