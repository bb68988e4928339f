# ruff: noqa: ARG002, N802 - the names and arguments of aiosmtpd's handlers
"""A mail server with bad days: it greylists, says goodbye, refuses, and takes a mail without saying so."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.chaos import processes

BEFORE: Mapping[str, float] = {"451": 6, "421": 5}
AFTER: Mapping[str, float] = {"reply lost": 7, "killed after": 6}
"""Of a hundred mails; of these the mail is taken all the same."""

UNKNOWN = "nobody@"
"""Whoever's address begins so is not known there: 550."""


@dataclass
class MailServer:
    """Keeps every copy that it took."""

    chance: random.Random
    before: Mapping[str, float] = field(default_factory=lambda: BEFORE)
    after: Mapping[str, float] = field(default_factory=lambda: AFTER)
    """Like the tables above."""
    kill_the_caller: Callable[[], None] = lambda: None
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    """Recipient, Message-ID, and the calendar entry's UID, SEQUENCE and METHOD, if there is one."""
    answered: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, of: Mapping[str, float]) -> str:
        """What goes wrong with this answer; "" for nothing."""
        with self._lock:
            return self.chance.choices(["", *of], [max(0.0, 100 - sum(of.values())), *of.values()])[0]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith(UNKNOWN):
            self.answered["550"] += 1
            return "550 5.1.1 No such person"
        fault = self.fault(self.before)
        if fault:
            self.answered[fault] += 1
            return f"{fault} 4.7.1 Not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self.fault(self.after)
        with self._lock:
            self.taken.append((envelope.rcpt_tos[0], *_named(envelope.original_content or b"")))
            self.answered[fault or "well"] += 1
        if fault == "killed after":
            self.kill_the_caller()
        if fault and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 OK"


def _named(raw: bytes) -> tuple[str, str]:
    """The Message-ID, and of a calendar entry what its reader's calendar knows it by."""
    mail = message_from_bytes(raw, policy=policy.default)
    entries = [str(part.get_content()) for part in mail.walk() if part.get_content_type() == "text/calendar"]
    names = ("UID:", "SEQUENCE:", "METHOD:")
    entry = [line.strip() for line in entries[0].splitlines() if line.startswith(names)] if entries else []
    return str(mail["Message-ID"]), ";".join(sorted(entry))


@contextmanager
def running(server: MailServer) -> Iterator[int]:
    """The server at work; gives its port."""
    port = processes.free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port, server_hostname="mail.example")
    controller.start()
    try:
        yield port
    finally:
        controller.stop(no_assert=True)
