"""The web process as it is served: slow clients harm nobody, and who told it to stop waits for what is in hand."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import pytest
from flask import Flask

from tests.chaos import processes
from webapp import serving

SLOW = 60
PROBES = 20


@dataclass
class Served:
    """The web process in a thread of this one."""

    port: int
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def get(self, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def ends(self) -> None:
        self.stop.set()
        assert self.thread is not None
        self.thread.join(serving.DRAIN_SECONDS)


def serve(app: Any) -> Served:
    served = Served(processes.free_port())
    server = serving.listening(app, served.port)
    served.thread = threading.Thread(target=serving.run, args=(server, served.stop), daemon=True)
    served.thread.start()
    return served


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    running = serve(app)
    yield running
    running.ends()


def _knock_for_ever(port: int) -> None:
    while True:
        socket.create_connection(("127.0.0.1", port)).close()


def _begin_slowly(client: socket.socket, at: int) -> None:
    """A third drips its headers, a third its body, a third does not read what it asked for."""
    begins = (
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ",
        b"POST /twilio/sms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nBody=",
        b"GET /static/app.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 8,
    )
    client.sendall(begins[at % 3])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sixty_slow_clients_keep_nobody_waiting(served: Served) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", served.port))) for _ in range(SLOW)]
        for at, client in enumerate(slow):
            _begin_slowly(client, at)
        took = []
        for _ in range(PROBES):
            for client in slow:
                with suppress(OSError):
                    client.send(b"x")
            begun = time.monotonic()
            assert served.get("/livez") == 200
            took.append(time.monotonic() - begun)

    assert sorted(took)[-2] < 1, took  # one may meet a machine that does something else


def test_a_process_that_is_told_to_stop_answers_what_it_has_in_hand_and_takes_no_more() -> None:
    asked, may_answer = threading.Event(), threading.Event()
    heard: list[int] = []

    def slowly(_environ: object, start_response: Any) -> Iterable[bytes]:
        asked.set()
        may_answer.wait(15)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done" * 1000]

    served = serve(slowly)
    client = threading.Thread(target=lambda: heard.append(served.get("/")))
    client.start()
    assert asked.wait(15)

    served.stop.set()
    with pytest.raises(ConnectionRefusedError):
        _knock_for_ever(served.port)
    may_answer.set()
    client.join(15)
    served.ends()

    assert heard == [200]
