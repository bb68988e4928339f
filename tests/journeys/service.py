"""The whole service on this machine, as `./run demo` starts it: web, worker, clock and a real mail server."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from telephony.line import Line
from telephony.simulator.handset import Handset
from telephony.simulator.store import Store
from tests import unspoken
from tests.journeys.browser import Browser
from webapp.settings import Settings

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Service:
    """A running service, from outside."""

    url: str
    data_dir: Path
    database: str
    _known: dict[str, Browser] = field(default_factory=dict, init=False)

    def phone(self, number: str) -> Handset:
        """A telephone in somebody's hand."""
        settings = self.settings
        line = Line(
            base_url=settings.base_url,
            secrets=settings.webhook_secrets,
            voice_number=settings.twilio_voice_number,
            sms_number=settings.twilio_sms_number,
        )
        return Handset(line, number, target=self.url, store=Store(self.data_dir))

    def browser(self) -> Browser:
        """A browser that nobody has signed in with yet."""
        return Browser(self.url)

    def signed_in(self, name: str) -> Browser:
        """The browser of a member of the demo's staff who has signed in: once, since a code works once."""
        if name not in self._known:
            self._known[name] = self._signs_in(name)
        return self._known[name]

    def _signs_in(self, name: str) -> Browser:
        email = f"{name}@common-ground.example"
        codes = self.browser().opens("/simulator/codes")
        found = re.search(rf"{re.escape(email)}.*?(\d{{3}}) ?(\d{{3}})", codes, re.DOTALL)
        assert found is not None, codes
        browser = self.browser()
        browser.opens("/sign-in")
        browser.sends("Sign in", email=email, password=self.settings.demo_password, code="".join(found.groups()))
        assert browser.path == "/today", browser.page
        return browser

    @property
    def settings(self) -> Settings:
        """What the service was started with."""
        return Settings(port=int(self.url.rpartition(":")[2]), data_dir=self.data_dir, _env_file=None)

    def mails(self) -> list[EmailMessage]:
        """What the mail server has taken, oldest first."""
        files = sorted((self.data_dir / "mailbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [_parsed(path.read_bytes()) for path in files]

    def is_ready(self) -> bool:
        """Whether every part of it says that it is well."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except (urllib.error.URLError, OSError):
            return False


@contextlib.contextmanager
def running(
    data_dir: Path, *, database: str = "", at: str | None = None, told: bool = False, ends_by_itself: bool = False
) -> Iterator[Service]:
    """Start the demo, wait until all of it is ready, and end it as Ctrl-C does."""
    port = _free_port()
    command = [sys.executable, "-m", "webapp", "demo", *([] if told else ["--empty"]), *(["--at", at] if at else [])]
    environment = {
        **{name: value for name, value in os.environ.items() if _is_passed_on(name)},
        "PORT": str(port),
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database,
        "MAILBOX_PORT": str(_free_port()),  # several services run at once
    }
    data_dir.mkdir(parents=True, exist_ok=True)
    shown, log = data_dir / "output", data_dir / "log"
    with shown.open("wb") as output, log.open("wb") as lines:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=lines)
        service = Service(f"http://127.0.0.1:{port}", data_dir, database)
        try:
            eventually(service.is_ready, seconds=60, unless=lambda: process.poll() is not None, told=log.read_text)
            yield service
        finally:
            if not ends_by_itself:
                process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)
    assert not unspoken.said_in(log.read_text())


def _is_passed_on(name: str) -> bool:
    """Our settings are the service's own, but for the keys: what it writes is read here, too."""
    return name.lower() not in Settings.model_fields or name.startswith("VAULT_")


def eventually(
    is_so: Callable[[], bool],
    *,
    seconds: float = PATIENCE_SECONDS,
    unless: Callable[[], bool] = lambda: False,
    told: Callable[[], str] = str,
) -> None:
    """Wait until it is so: other processes do their work in their own time."""
    until = time.monotonic() + seconds
    while not is_so():
        assert not unless(), told()
        assert time.monotonic() < until, told() or "it did not come to pass"
        time.sleep(0.1)


def _parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
