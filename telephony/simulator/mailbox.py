"""The demo's mailbox: a real mail server that takes every letter, whoever it is for, and keeps it as a file.

Written beside its final name and then renamed, so that a reader never sees half a letter.
"""

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scheduling import clock

HOST = "127.0.0.1"
LARGEST_LETTER = 10 * 1024 * 1024

_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_STAMP = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Letter:
    """One mail as it arrived in one mailbox."""

    name: str
    """Its file without the ending; begins with the moment of arrival."""
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def to(self) -> str:
        """The mailbox in which it arrived, whatever its own "To" says."""
        return str(self.message["Delivered-To"])

    @property
    def sender(self) -> str:
        """Who it says it is from."""
        return str(self.message["From"] or "")

    @property
    def subject(self) -> str:
        """What it says it is about."""
        return str(self.message["Subject"] or "(no subject)")

    @property
    def arrived_at(self) -> datetime:
        """When the server took it."""
        return datetime.strptime(f"{self.name.partition('-')[0]}+0000", f"{_STAMP}%z")

    @property
    def words(self) -> str:
        """What there is to read, as plain text."""
        body = self.message.get_body(preferencelist=("plain",))
        return str(body.get_content()).replace("\r\n", "\n").strip() if body else ""

    @property
    def calendar(self) -> str | None:
        """The iCalendar text, when the mail is an invite."""
        for part in self.message.walk():
            if part.get_content_type() == "text/calendar":
                return str(part.get_content())
        return None


def serve(port: int, data_dir: Path, stop: threading.Event | None = None) -> None:
    """Take mail until `stop` is set, or until the process is ended."""
    with taking_mail(port, data_dir):
        (stop or threading.Event()).wait()


@contextmanager
def taking_mail(port: int, data_dir: Path) -> Iterator[None]:
    """The mail server is open; port 0 is not understood, so choose a free one."""
    controller = Controller(
        _Keeper(folder(data_dir)),
        hostname=HOST,
        port=port,
        server_hostname="mailbox.localhost",  # or it asks the network for this machine's name
        data_size_limit=LARGEST_LETTER,
        enable_SMTPUTF8=True,
    )
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def folder(data_dir: Path) -> Path:
    """Where the letters are."""
    return data_dir / "mailbox"


def letters(data_dir: Path) -> list[Letter]:
    """Every letter, newest first."""
    # By the file's own time: the demo's dates, of which the names are made, may be set back.
    files = sorted(folder(data_dir).glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [letter for path in files if (letter := find(data_dir, path.stem)) is not None]


def find(data_dir: Path, name: str) -> Letter | None:
    """The letter of this name; None when there is none, or when it is not a name that we give."""
    path = folder(data_dir) / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.exists():
        return None
    return Letter(name, path.read_bytes())


class _Keeper:
    """What aiosmtpd calls when a letter is complete; one copy for each mailbox that it is for."""

    def __init__(self, where: Path) -> None:
        where.mkdir(parents=True, exist_ok=True)
        self._where = where

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        for recipient in envelope.rcpt_tos:
            self._keep(recipient, envelope)
        return "250 Kept"

    def _keep(self, recipient: str, envelope: Envelope) -> None:
        now = clock.now()
        name = f"{now:{_STAMP}}-{secrets.token_hex(4)}"
        trace = (
            f"Return-Path: <{envelope.mail_from}>\r\n"
            f"Delivered-To: {recipient}\r\n"
            f"Received: by mailbox.localhost; {format_datetime(now)}\r\n"
        )
        draft = self._where / f"{name}.part"
        draft.write_bytes(trace.encode() + (envelope.original_content or b""))
        draft.replace(self._where / f"{name}.eml")
