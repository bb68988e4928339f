"""Mail's carrier: a message with its calendar entry goes to the mail server named in the settings.

A resend is the same mail again, with the same Message-ID and the same date: mailboxes and calendars show it once.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from scheduling.outbox.carriers import (
    CALL_TIMEOUT,
    ChannelBusy,
    ChannelDown,
    InDoubt,
    NotCarried,
    Parcel,
    Receipt,
    TryLater,
)

_PORTS = {"smtp": 25, "smtps": 465}
_SUBMISSION_PORT = 587

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

_GOOD, _CLOSING, _PERMANENT = range(200, 300), 421, 500


class SmtpCarrier:
    """Carries mail by SMTP: `smtp://user:password@host:587` with STARTTLS, or `smtps://` with TLS from the start."""

    def __init__(self, url: str, mail_from: str) -> None:
        address = urlsplit(url)
        if not is_understood(url) or not address.hostname:
            message = "A mail server's address looks like smtp://user:password@host:587 or smtps://host"
            raise ValueError(message)
        self._tls_from_the_start = address.scheme == "smtps"
        self._host = address.hostname
        self._user = unquote(address.username or "")
        self._password = unquote(address.password or "")
        usual = _SUBMISSION_PORT if self._user and not self._tls_from_the_start else _PORTS[address.scheme]
        self._port = address.port or usual
        self._mail_from = mail_from
        self._sender = parseaddr(mail_from)[1]

    def carry(self, parcel: Parcel) -> Receipt:
        """Hand the mail to the server."""
        message = compose(parcel, self._mail_from)
        with _nothing_sent_yet():
            server = self._open()
        try:
            with _nothing_sent_yet():
                self._introduce(server)
                self._announce(server, parcel.address)
            self._hand_over(server, message.as_bytes())
            with suppress(OSError):  # the mail is theirs: a lost goodbye changes nothing
                server.quit()
        finally:
            server.close()
        return Receipt(provider_id=message["Message-ID"])

    def find(self, parcel: Parcel) -> Receipt | None:  # noqa: ARG002 - a mail server keeps no list that we may read
        """Nothing can be found out: sending the same mail again is the answer."""
        return None

    def _open(self) -> smtplib.SMTP:
        # Our own name is given, or smtplib would look it up in the DNS, which can take longer than the call may.
        own_name, timeout = self._sender.rpartition("@")[2], CALL_TIMEOUT.total_seconds()
        if self._tls_from_the_start:
            return smtplib.SMTP_SSL(
                self._host, self._port, own_name, timeout=timeout, context=ssl.create_default_context()
            )
        return smtplib.SMTP(self._host, self._port, own_name, timeout=timeout)

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if not self._tls_from_the_start and (self._user or server.has_extn("starttls")):
            server.starttls(context=self._starttls_context())
            server.ehlo()
        if self._user:
            self._sign_in(server)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        try:
            server.login(self._user, self._password)
        except smtplib.SMTPServerDisconnected as fault:  # some answer a wrong password so
            raise ChannelDown(type(fault).__name__) from fault

    def _starttls_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self._user:
            # A relay next door often certifies itself. We would talk to it in the clear, so this loses nothing.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _announce(self, server: smtplib.SMTP, recipient: str) -> None:
        code, _ = server.mail(self._sender)
        if code >= _PERMANENT:
            raise ChannelDown(str(code))  # our address is refused, and with it every mail of ours
        _accepted(code)
        code, _ = server.rcpt(recipient)
        _accepted(code)

    def _hand_over(self, server: smtplib.SMTP, content: bytes) -> None:
        try:
            code, _ = server.data(content)
        except smtplib.SMTPDataError as refused:
            code = refused.smtp_code  # it did not even want to hear the mail
        except OSError as fault:
            raise InDoubt(type(fault).__name__) from fault
        _accepted(code)


def is_understood(url: str) -> bool:
    """Whether this is the address of a mail server."""
    try:
        address = urlsplit(url)
        return address.scheme in _PORTS and bool(address.hostname) and address.port != 0
    except ValueError:  # no number where the port should stand
        return False


def compose(parcel: Parcel, mail_from: str) -> EmailMessage:
    """The mail itself; a calendar entry is its last alternative, inline (RFC 6047), a document is attached."""
    message = EmailMessage(policy=SMTP)
    name, sender = parseaddr(mail_from)
    try:
        message["From"] = Address(_header_safe(name), addr_spec=sender)
        message["To"] = Address(addr_spec=parcel.address)
    except (ValueError, MessageError, IndexError) as fault:
        raise NotCarried("address") from fault
    if not parcel.address.isascii():
        raise NotCarried("address not in ASCII")
    message["Subject"] = _header_safe(parcel.subject or "")
    message["Date"] = parcel.dated
    message["Message-ID"] = f"<{parcel.token}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parcel.body, cte="quoted-printable")  # plain ASCII passes every server
    if parcel.calendar is not None:
        message.add_alternative(
            parcel.calendar,
            subtype="calendar",
            cte="base64",
            disposition="inline",
            params={"method": parcel.calendar_method, "name": "invite.ics"},
        )
    if parcel.attachment is not None:
        kind, _, subtype = parcel.attachment.media_type.partition("/")
        message.add_attachment(
            parcel.attachment.content,
            maintype=kind,
            subtype=subtype,
            filename=_header_safe(parcel.attachment.name),
            cte="base64",
        )
    _set_boundaries(message, parcel.token)
    return message


def _set_boundaries(message: EmailMessage, token: str) -> None:
    """Not at random: the second copy of a mail is the first one's equal."""
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{depth}_{token}")


def _header_safe(words: str) -> str:
    """In one line, and not to be read as an encoded word that would be decoded into something else."""
    return _CONTROL.sub(" ", words).replace("=?", "= ?").strip()


def _accepted(code: int) -> None:
    """Pass a good answer; raise what a bad one means for the mail."""
    if code >= _PERMANENT:
        raise NotCarried(str(code))
    if code == _CLOSING:
        raise ChannelBusy(str(code))
    if code not in _GOOD:
        raise TryLater(str(code))  # this recipient's server, say, takes no mail of a stranger the first time


@contextmanager
def _nothing_sent_yet() -> Iterator[None]:
    """Sort what goes wrong before the mail is given: a passing trouble, or one that somebody must mend."""
    try:
        yield
    except (ssl.SSLCertVerificationError, smtplib.SMTPNotSupportedError) as fault:
        raise ChannelDown(type(fault).__name__) from fault
    except smtplib.SMTPResponseException as fault:
        wrong_password = isinstance(fault, smtplib.SMTPAuthenticationError) and fault.smtp_code >= _PERMANENT
        raise (ChannelDown if wrong_password else ChannelBusy)(str(fault.smtp_code)) from fault
    except OSError as fault:  # the network's, and all of smtplib's
        raise ChannelBusy(type(fault).__name__) from fault
