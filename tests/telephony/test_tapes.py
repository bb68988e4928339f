"""Voicemails at Twilio, played by a small server on this machine."""

from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from scheduling.cases.voicemails import Sound
from scheduling.outbox.carriers import InDoubt, NotCarried, TryLater
from telephony.tapes import LARGEST_SOUND, TwilioTapes

KEY = f"Basic {b64encode(b'SK1:secret').decode()}"


class Recordings(BaseHTTPRequestHandler):
    """Answers by what the server was told, and keeps what it was asked."""

    def do_GET(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers["Authorization"]))  # type: ignore[attr-defined]
        status, body = self.server.gives  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def twilio() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Recordings)
    server.asked, server.gives = [], (200, b"a voice")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def tapes(server: HTTPServer) -> TwilioTapes:
    api = f"http://127.0.0.1:{server.server_port}"
    return TwilioTapes(account_sid="AC1", api_key="SK1", api_secret="secret", api=api)


def test_a_voicemail_is_fetched_and_deleted_by_its_name_with_our_key(twilio: HTTPServer) -> None:
    assert tapes(twilio).fetch("RE1") == Sound(media_type="audio/mpeg", content=b"a voice")
    tapes(twilio).remove("RE1")

    address = "/2010-04-01/Accounts/AC1/Recordings/RE1"
    assert twilio.asked == [("GET", f"{address}.mp3", KEY), ("DELETE", f"{address}.json", KEY)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("gives", "trouble"),
    [
        pytest.param((404, b""), NotCarried, id="gone"),
        pytest.param((503, b"busy"), TryLater, id="in trouble"),
        pytest.param((401, b"no"), TryLater, id="a wrong key is mended one day"),
        pytest.param((200, b""), InDoubt, id="nothing in it"),
        pytest.param((200, b"x" * (LARGEST_SOUND + 1)), NotCarried, id="longer than a minute can be"),
    ],
)
def test_what_cannot_be_fetched_is_said_as_a_trouble(
    twilio: HTTPServer, gives: tuple[int, bytes], trouble: type[Exception]
) -> None:
    twilio.gives = gives  # type: ignore[attr-defined]

    with pytest.raises(trouble):
        tapes(twilio).fetch("RE1")


def test_one_that_is_gone_is_deleted_and_one_that_is_not_is_asked_again(twilio: HTTPServer) -> None:
    twilio.gives = (404, b"")  # type: ignore[attr-defined]
    tapes(twilio).remove("RE1")
    twilio.gives = (500, b"")  # type: ignore[attr-defined]

    with pytest.raises(TryLater):
        tapes(twilio).remove("RE1")


def test_a_provider_that_does_not_answer_is_asked_later() -> None:
    with pytest.raises(TryLater):
        TwilioTapes(account_sid="AC1", api_key="SK1", api_secret="secret", api="http://127.0.0.1:9").fetch("RE1")
