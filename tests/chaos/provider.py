"""A false Twilio, reached as the real one is: by the official library, over TLS, at api.twilio.com.

The processes under test are told of a proxy and of a certificate, by the variables that every company's network uses;
nothing in them knows of this. The proxy is the provider. `taken` is what a real one would have sent.
"""

import json
import random
import socket
import ssl
import struct
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from telephony import signature

HOST = "api.twilio.com"
ACCOUNT = "AC" + "0" * 32
SECRET = "the-secret-of-the-line"

FAULTS: Mapping[str, float] = {
    "429": 6,
    "500": 3,
    "reset before": 4,
    "500 after": 4,
    "503 after": 3,
    "reset after": 5,
    "bad JSON after": 4,
    "nothing after": 3,
    "killed after": 6,
    "hang after": 1,
}
"""Of a hundred answers, how many go wrong and how; "after" means that the text was taken all the same."""

HANG_SECONDS = 12
"""Longer than we wait for an answer."""


@dataclass
class Provider:
    """Takes texts, and answers badly as often as it is told to."""

    chance: random.Random
    faults: Mapping[str, float] = field(default_factory=lambda: FAULTS)
    """Like the table above."""
    kill_the_caller: Callable[[], None] = lambda: None
    taken: list[dict[str, str]] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    hangs_left: int = 1
    address: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _reports: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))

    def fault(self) -> str:
        """What goes wrong with this answer; "" for nothing."""
        with self._lock:
            well = max(0.0, 100 - sum(self.faults.values()))
            chosen = self.chance.choices(["", *self.faults], [well, *self.faults.values()])[0]
            if chosen == "hang after":
                self.hangs_left -= 1
                chosen = chosen if self.hangs_left >= 0 else ""
            self.answered[chosen or "well"] += 1
            return chosen

    def take(self, form: dict[str, str]) -> dict[str, Any]:
        """This text is on its way, and cannot be called back; of half of them we report, twice and in any order."""
        with self._lock:
            self.taken.append(form)
            at, reports = len(self.taken) - 1, self.chance.random() < 0.5
            words = self.chance.sample(["sent", "sent", "delivered", "delivered"], 4)
        if reports:
            self._reports.submit(self._report, form["StatusCallback"], f"SM{at:032}", words)
        return self.listed(at)

    def listed(self, at: int) -> dict[str, Any]:
        form = self.taken[at]
        moment = format_datetime(datetime.now(UTC))
        return {
            "sid": f"SM{at:032}",
            "account_sid": ACCOUNT,
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": None,
            "body": form.get("Body"),
            "status": "queued",
            "date_sent": moment,
            "date_created": moment,
            "date_updated": moment,
            "uri": "",
        }

    def _report(self, address: str, sid: str, words: list[str]) -> None:
        """Best effort, as Twilio's: a web process that is just dead hears nothing."""
        for word in words:
            form = {"MessageSid": sid, "MessageStatus": word, "AccountSid": ACCOUNT}
            signed = {signature.HEADER: signature.sign(SECRET, address, form)}
            asked = urllib.request.Request(address, urlencode(form).encode(), signed)
            with suppress(OSError):
                urllib.request.urlopen(asked, timeout=5).close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, provider: Provider, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.provider = provider
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificate)

    def handle_error(self, *_: object) -> None:
        """Whoever called was killed: that is the point."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_CONNECT(self) -> None:
        """From here on this is api.twilio.com."""
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False

    def finish(self) -> None:
        """The server closes only the socket that it knew before it became a secret one."""
        with suppress(OSError):
            super().finish()
        self.connection.close()

    def do_POST(self) -> None:
        provider = self.server.provider
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True  # whoever called was killed in the middle of a sentence: nothing to take
            return
        form = _flat(body.decode())
        fault = provider.fault()
        if fault in {"429", "500"}:
            self.answer(int(fault), {"code": 20429, "message": "Too many", "status": 429} if fault == "429" else b"")
            return
        if fault == "reset before":
            self.reset()
            return
        taken = provider.take(form)
        match fault:
            case "reset after":
                self.reset()
            case "bad JSON after":
                self.answer(201, b"<html>proxy</html>")
            case "nothing after":
                self.answer(201, b"")
            case "500 after" | "503 after":
                self.answer(int(fault[:3]), b"<html>Internal Server Error</html>")
            case "killed after":
                provider.kill_the_caller()
                self.reset()
            case "hang after":
                self.connection.settimeout(HANG_SECONDS)
                with suppress(OSError):
                    self.connection.recv(1)  # until the caller goes
                self.close_connection = True
            case _:
                self.answer(201, taken)

    def do_GET(self) -> None:
        """The list of texts, newest first, or when one call or text was made."""
        provider, address = self.server.provider, urlsplit(self.path)
        query = _flat(address.query)
        if not query:
            made_at = format_datetime(datetime.now(UTC))
            self.answer(200, {"sid": address.path.rpartition("/")[2], "date_created": made_at})
            return
        listed = [provider.listed(at) for at, text in enumerate(list(provider.taken)) if text["To"] == query["To"]]
        kind = "calls" if "/Calls" in address.path else "messages"
        self.answer(200, {kind: listed[::-1], "page": 0, "page_size": 50, "next_page_uri": None, "uri": ""})

    def answer(self, status: int, body: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def reset(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running(provider: Provider, folder: Path) -> Iterator[dict[str, str]]:
    """The provider at work; gives what a process must find in its environment to reach it."""
    certificate = _certificate(folder)
    with _Server(provider, certificate) as server:
        provider.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield {
                "HTTPS_PROXY": provider.address,
                "NO_PROXY": "127.0.0.1,localhost",
                "REQUESTS_CA_BUNDLE": str(certificate),
            }
        finally:
            server.shutdown()
            provider._reports.shutdown(wait=True, cancel_futures=True)


def _certificate(folder: Path) -> Path:
    """Its own authority, which only processes of this round trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "provider.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
