"""Mail through a real server on this machine."""
# ruff: noqa: ARG002, N802 - the names and arguments of aiosmtpd's handlers

import socket
import ssl
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from scheduling.models import MessageState
from scheduling.outbox.carriers import (
    Attachment,
    ChannelBusy,
    ChannelDown,
    InDoubt,
    NotCarried,
    Parcel,
    Trouble,
    TryLater,
)
from scheduling.outbox.smtp import SmtpCarrier, compose
from tests.outbox.conftest import NOW, Post

CERTIFICATE = Path(__file__).with_name("localhost.pem")

SERVICE = "Common Ground <meetings@common-ground.example>"

PARCEL = Parcel(
    message_id=1,
    token="7d" * 16,
    address="sam@family.example",
    subject="Your meeting (reference 1234 5674)",
    body="Dear Zoë,\n\n.A line with a dot; a dash \u2013 and a long line: " + "word " * 300 + "\n",
    calendar="BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Café\r\nEND:VCALENDAR\r\n",
    calendar_method="REQUEST",
    dated=NOW,
    valid_for=None,
    attempted_at=NOW,
    lease_until=NOW + timedelta(seconds=90),
)


class Mailbox:
    """What a mail server got, and what it should answer; None as an answer is to hang up without one."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.recipient_answers: list[str | None] = []
        self.sender_answers: list[str] = []
        self.data_answers: list[str | None] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.sender_answers.pop(0) if self.sender_answers else "250 OK"
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipient_answers.pop(0) if self.recipient_answers else "250 OK"
        if answer is None:
            return _hangs_up(server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer is None or answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(envelope.content)
            self.envelopes.append((envelope.mail_from or "", envelope.rcpt_tos))
        return _hangs_up(server) if answer is None else answer


def _hangs_up(server: SMTP) -> str:
    assert isinstance(server.transport, WriteTransport)
    server.transport.abort()
    return "250 never heard"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def start(mailbox: Mailbox) -> Iterator[Callable[..., int]]:
    """Start a mail server with these of aiosmtpd's options; gives its port."""
    servers = []

    def start(**options: Any) -> int:
        server = Controller(mailbox, hostname="127.0.0.1", port=_free_port(), **options)
        server.start()
        servers.append(server)
        return server.port

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def carrier(start: Callable[..., int]) -> SmtpCarrier:
    return SmtpCarrier(f"smtp://127.0.0.1:{start()}", SERVICE)


@pytest.fixture
def self_signed() -> ssl.SSLContext:
    """A server's TLS with a certificate for localhost that nobody has heard of. It is good for nothing but tests."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def certificate(self_signed: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The same certificate, which this machine has now been told to trust."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    return self_signed


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def trouble_with(carrier: SmtpCarrier, parcel: Parcel = PARCEL) -> Trouble:
    with pytest.raises(Trouble) as raised:
        carrier.carry(parcel)
    return raised.value


DOCUMENT = Attachment(name="document.pdf", media_type="application/pdf", content=bytes(range(256)) * 20)

# What arrives.


def test_a_mail_arrives_with_its_calendar_entry_as_the_last_alternative(carrier: SmtpCarrier, mailbox: Mailbox) -> None:
    receipt = carrier.carry(PARCEL)

    mail = read(mailbox.mails[0])
    assert mail.get_content_type() == "multipart/alternative"
    words, calendar = mail.iter_parts()
    assert isinstance(words, EmailMessage)
    assert isinstance(calendar, EmailMessage)
    assert words.get_content().replace("\r\n", "\n") == PARCEL.body
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_content_charset() == "utf-8"
    assert calendar.get_content_disposition() == "inline"
    assert calendar.get_payload(decode=True) == (PARCEL.calendar or "").encode()
    assert (receipt.provider_id, receipt.state) == (mail["Message-ID"], MessageState.SENT)


def test_a_document_arrives_attached_byte_for_byte(carrier: SmtpCarrier, mailbox: Mailbox) -> None:
    carrier.carry(replace(PARCEL, calendar=None, calendar_method=None, attachment=DOCUMENT))

    mail = read(mailbox.mails[0])
    words, document = mail.iter_parts()
    assert mail.get_content_type() == "multipart/mixed"
    assert isinstance(words, EmailMessage)
    assert isinstance(document, EmailMessage)
    assert words.get_content().replace("\r\n", "\n") == PARCEL.body
    assert document.get_content_type() == DOCUMENT.media_type
    assert document.get_content_disposition() == "attachment"
    assert document.get_filename() == DOCUMENT.name
    assert document.get_content() == DOCUMENT.content


def test_a_calendar_entry_stays_inline_beside_a_document() -> None:
    mail = read(compose(replace(PARCEL, attachment=DOCUMENT), SERVICE).as_bytes())

    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/calendar", "application/pdf"]


def test_a_mail_says_whom_it_is_from_and_for_and_when(carrier: SmtpCarrier, mailbox: Mailbox) -> None:
    carrier.carry(PARCEL)

    mail = read(mailbox.mails[0])
    assert (mail["From"], mail["To"], mail["Subject"]) == (SERVICE, PARCEL.address, PARCEL.subject)
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == f"<{PARCEL.token}@common-ground.example>"
    assert mail["Auto-Submitted"] == "auto-generated", "or absence notes would be answered for ever"
    assert mailbox.envelopes == [("meetings@common-ground.example", [PARCEL.address])]


def test_a_second_copy_is_the_first_ones_equal() -> None:
    later = replace(PARCEL, attempted_at=NOW + timedelta(hours=1), lease_until=NOW + timedelta(hours=2))

    assert compose(PARCEL, SERVICE).as_bytes() == compose(later, SERVICE).as_bytes()
    with_a_document = [compose(replace(copy, attachment=DOCUMENT), SERVICE).as_bytes() for copy in (PARCEL, later)]
    assert with_a_document[0] == with_a_document[1]


def test_a_mail_passes_servers_that_know_only_ascii_and_short_lines() -> None:
    raw = compose(PARCEL, SERVICE).as_bytes()

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_a_mail_without_a_calendar_entry_is_only_words(carrier: SmtpCarrier, mailbox: Mailbox) -> None:
    carrier.carry(replace(PARCEL, calendar=None, calendar_method=None))

    assert read(mailbox.mails[0]).get_content().replace("\r\n", "\n") == PARCEL.body


# Nobody can smuggle anything in.


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(
            "Was due on Wednesday 23 September 2026 (reference 4021 7389)", id="our longest stays on one line"
        ),
        pytest.param("Your meeting at Café Été " * 8, id="a long one with accents is folded, and whole again"),
    ],
)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    raw = compose(replace(PARCEL, subject=subject), SERVICE).as_bytes()

    assert read(raw)["Subject"].strip() == subject.strip()
    assert (f"Subject: {subject}\r\n".encode() in raw) == (len(subject) <= 60)


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("Hello\r\nBcc: thief@elsewhere.example", id="another header"),
        pytest.param("Hello\r\n\r\nA body of theirs", id="a body"),
        pytest.param("Hello\x00\x0b\x0c\x1c\u2028Bcc: thief@elsewhere.example", id="other line ends"),
        pytest.param("=?utf-8?q?Hello=0D=0ABcc:_thief=40elsewhere.example?=", id="an encoded word"),
        pytest.param("é" * 200 + "\nBcc: thief@elsewhere.example", id="a folded one"),
    ],
)
def test_a_subject_cannot_add_a_header(subject: str) -> None:
    raw = compose(replace(PARCEL, subject=subject), SERVICE).as_bytes()

    mail = read(raw)
    assert set(mail.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }
    assert "\n" not in mail["Subject"]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("sam@family.example, thief@elsewhere.example", id="two addresses"),
        pytest.param("sam@family.example\r\nBcc: thief@elsewhere.example", id="a header"),
        pytest.param("sam@family.example> SIZE=1", id="a command's end"),
        pytest.param("Sam <sam@family.example>", id="with a name"),
        pytest.param("sam", id="no domain"),
        pytest.param("", id="nothing"),
        pytest.param("zoë@family.example", id="not in ASCII"),
    ],
)
def test_an_address_that_is_not_exactly_one_is_refused_before_any_server_is_asked(
    carrier: SmtpCarrier, mailbox: Mailbox, address: str
) -> None:
    assert isinstance(trouble_with(carrier, replace(PARCEL, address=address)), NotCarried)
    assert mailbox.mails == []


# What servers answer.


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        pytest.param("451 4.7.1 Greylisted", TryLater, id="greylisted"),
        pytest.param("421 4.3.2 Closing", ChannelBusy, id="the server closes"),
        pytest.param("452 4.2.2 Mailbox full", TryLater, id="full"),
        pytest.param("550 5.1.1 No such user", NotCarried, id="no such mailbox"),
        pytest.param(None, ChannelBusy, id="hangs up before the mail was given"),
    ],
)
def test_an_answer_to_the_recipient(
    carrier: SmtpCarrier, mailbox: Mailbox, answer: str | None, means: type[Trouble]
) -> None:
    mailbox.recipient_answers = [answer]

    trouble = trouble_with(carrier)

    assert type(trouble) is means
    assert answer is None or trouble.code == answer[:3]
    assert "sam" not in trouble.code
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        pytest.param("451 4.3.0 Try again", TryLater, id="try again"),
        pytest.param("421 4.3.2 Closing", ChannelBusy, id="the server closes"),
        pytest.param("554 5.6.0 Rejected", NotCarried, id="rejected"),
        pytest.param(None, InDoubt, id="the answer is lost"),
    ],
)
def test_an_answer_to_the_mail_itself(
    carrier: SmtpCarrier, mailbox: Mailbox, answer: str | None, means: type[Trouble]
) -> None:
    mailbox.data_answers = [answer]

    assert type(trouble_with(carrier)) is means


def test_a_server_that_refuses_our_own_address_refuses_every_mail(carrier: SmtpCarrier, mailbox: Mailbox) -> None:
    mailbox.sender_answers = ["553 5.7.1 Sender not allowed"]

    assert isinstance(trouble_with(carrier), ChannelDown)


def test_a_server_that_is_not_there_may_be_there_later() -> None:
    assert isinstance(trouble_with(SmtpCarrier(f"smtp://127.0.0.1:{_free_port()}", SERVICE)), ChannelBusy)


def test_a_lost_answer_leads_to_the_same_mail_again_and_to_no_other(
    post: Post, carrier: SmtpCarrier, mailbox: Mailbox
) -> None:
    post.mails = carrier  # type: ignore[assignment]
    mailbox.data_answers = [None]
    message = post.mail("Dear Sam")

    for _ in range(4):
        post.goes_out()
        post.time_passes()

    assert post.now_holds(message).state is MessageState.SENT
    first, second = mailbox.mails
    assert first == second


# Signing in.


def _knows_us(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (b"meetings@cg", b"p@ss:/word"), handled=False)


def test_a_user_and_a_password_may_hold_any_character(
    start: Callable[..., int], mailbox: Mailbox, certificate: ssl.SSLContext
) -> None:
    port = start(tls_context=certificate, authenticator=_knows_us, auth_required=True)

    SmtpCarrier(f"smtp://meetings%40cg:p%40ss%3A%2Fword@localhost:{port}", SERVICE).carry(PARCEL)

    assert len(mailbox.mails) == 1


def test_a_wrong_password_stops_the_channel(start: Callable[..., int], certificate: ssl.SSLContext) -> None:
    port = start(tls_context=certificate, authenticator=_knows_us, auth_required=True)

    trouble = trouble_with(SmtpCarrier(f"smtp://meetings:wrong@localhost:{port}", SERVICE))

    assert (type(trouble), trouble.code) == (ChannelDown, "535")


def test_a_server_that_hangs_up_on_a_password_stops_the_channel(
    start: Callable[..., int], certificate: ssl.SSLContext
) -> None:
    def hangs_up(server: SMTP, *_: object) -> AuthResult:
        _hangs_up(server)
        return AuthResult(success=False, handled=False)

    port = start(tls_context=certificate, authenticator=hangs_up)

    assert isinstance(trouble_with(SmtpCarrier(f"smtp://meetings:wrong@localhost:{port}", SERVICE)), ChannelDown)


def test_a_password_is_never_given_in_the_clear(start: Callable[..., int]) -> None:
    port = start(authenticator=_knows_us, auth_require_tls=False)

    assert isinstance(trouble_with(SmtpCarrier(f"smtp://meetings:secret@127.0.0.1:{port}", SERVICE)), ChannelDown)


def test_a_password_is_never_given_to_a_server_that_cannot_prove_itself(
    start: Callable[..., int], self_signed: ssl.SSLContext
) -> None:
    port = start(tls_context=self_signed, authenticator=_knows_us)

    assert isinstance(trouble_with(SmtpCarrier(f"smtp://meetings:secret@localhost:{port}", SERVICE)), ChannelDown)


def test_a_relay_next_door_may_certify_itself(
    start: Callable[..., int], mailbox: Mailbox, self_signed: ssl.SSLContext
) -> None:
    port = start(tls_context=self_signed, require_starttls=True)

    SmtpCarrier(f"smtp://localhost:{port}", SERVICE).carry(PARCEL)

    assert len(mailbox.mails) == 1


def test_tls_from_the_start(mailbox: Mailbox, start: Callable[..., int], certificate: ssl.SSLContext) -> None:
    port = start(ssl_context=certificate)

    SmtpCarrier(f"smtps://localhost:{port}", SERVICE).carry(PARCEL)

    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("url", ["", "localhost:25", "http://mail.example", "smtp://"])
def test_an_address_that_is_no_mail_servers_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user:password@host:587"):
        SmtpCarrier(url, SERVICE)
