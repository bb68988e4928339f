"""The service's mailbox by IMAP: what has been read is moved to a folder beside it, where people find it whole.

By a move and not by a flag: whoever looks into the mailbox marks as read what they open, and we would never see it.
"""

import imaplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from imap_tools import ImapToolsError, MailBox, MailboxFolderCreateError, MailboxLoginError

from scheduling.outbox.carriers import CALL_TIMEOUT, ChannelDown, TryLater
from scheduling.outbox.mailbox import LARGEST, Arrived

READ: Final = "Read by the service"
"""The folder for what has been read."""
AT_A_TIME: Final = 20
_PORT: Final = 993
_WANTED: Final = f"(BODY.PEEK[]<0.{LARGEST}> INTERNALDATE RFC822.SIZE)"


class ImapMailbox:
    """Reads one folder: `imaps://user:password@host/INBOX`. A connection lasts for one round."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        if not is_understood(url) or not address.hostname:
            message = "A mailbox's address looks like imaps://user:password@host/INBOX"
            raise ValueError(message)
        self._host, self._port = address.hostname, address.port or _PORT
        self._user, self._password = unquote(address.username or ""), unquote(address.password or "")
        self._folder = unquote(address.path.strip("/")) or "INBOX"
        self._box: MailBox | None = None

    def waiting(self) -> Iterator[Arrived]:
        """The oldest mails of the folder; each is to be put away before the next is asked for."""
        with self._opened() as box:
            with _trouble():
                names = box.uids()[:AT_A_TIME]
            for name in names:
                with _trouble():
                    arrived = _fetched(box, name)
                if arrived is not None:
                    yield arrived

    def put_away(self, mail: Arrived) -> None:
        """Move it to the other folder."""
        if self._box is None:
            message = "a mail is put away while the mailbox is open"
            raise ValueError(message)
        with _trouble():
            if not self._box.folder.exists(READ):
                with suppress(MailboxFolderCreateError):  # another worker has just made it
                    self._box.folder.create(READ)
            try:
                self._box.move(mail.name, READ)
            except ImapToolsError:
                if mail.name in self._box.uids():
                    raise

    @contextmanager
    def _opened(self) -> Iterator[MailBox]:
        with _trouble():
            self._box = _connected(self._host, self._port)
        try:
            with _trouble():
                self._box.login(self._user, self._password, self._folder)
                _ask_what_it_can(self._box)
            yield self._box
        finally:
            with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                self._box.logout()
            self._box = None


def is_understood(url: str) -> bool:
    """Whether this is the address of a mailbox that we can read, by a connection that nobody else can."""
    try:
        address = urlsplit(url)
        has_port = address.port is None or address.port > 0
    except ValueError:
        return False
    return address.scheme == "imaps" and bool(address.hostname and address.username and address.password) and has_port


def _connected(host: str, port: int) -> MailBox:
    context = ssl.create_default_context()
    return MailBox(host, port, timeout=CALL_TIMEOUT.total_seconds(), ssl_context=context)


def _ask_what_it_can(box: MailBox) -> None:
    """Servers tell more after the password; a move in one step loses nothing and leaves other people's marks alone."""
    _, answer = box.client.capability()
    box.client.capabilities = tuple(str(answer[-1], "ascii").upper().split())


def _fetched(box: MailBox, name: str) -> Arrived | None:
    """The beginning of a mail; None when somebody has moved it meanwhile."""
    _, answer = box.client.uid("fetch", name, _WANTED)
    parts = [part for part in answer if isinstance(part, tuple)]
    if not parts:
        return None
    facts, raw = parts[0][0] + b" " + b" ".join(part for part in answer if isinstance(part, bytes)), parts[0][1]
    return Arrived(name=name, raw=raw, is_whole=len(raw) < LARGEST, arrived_at=_arrived_at(facts))


def _arrived_at(facts: bytes) -> datetime:
    local = imaplib.Internaldate2tuple(facts)
    if local is None:
        raise TryLater("no date of arrival")
    return datetime.fromtimestamp(time.mktime(local), UTC)


@contextmanager
def _trouble() -> Iterator[None]:
    """Sort what goes wrong: somebody must mend it, or it passes. Never the server's words, which may hold anything."""
    try:
        yield
    except (ssl.SSLCertVerificationError, MailboxLoginError) as fault:
        raise ChannelDown(type(fault).__name__) from fault
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as fault:
        raise TryLater(type(fault).__name__) from fault
