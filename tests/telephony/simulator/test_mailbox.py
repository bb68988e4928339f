"""The demo's mailbox, through real SMTP."""

import smtplib
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from telephony.simulator import mailbox

INVITE = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"

Send = Callable[..., None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def a_mail(subject: str = "Meeting booked", *, invite: str | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Common Ground <meetings@common-ground.example>"
    mail["To"] = "sam@example.org"
    mail["Subject"] = subject
    mail.set_content("The meeting is on Thursday, at the café.\n")
    if invite:
        mail.add_alternative(invite, subtype="calendar", params={"method": "REQUEST"})
    return mail


@pytest.fixture
def send(tmp_path: Path) -> Iterator[Send]:
    port = free_port()

    def send(mail: EmailMessage, *to: str) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
            server.send_message(mail, "meetings@common-ground.example", to or ("sam@example.org",))

    with mailbox.taking_mail(port, tmp_path):
        yield send


def test_a_letter_is_kept_as_it_came(send: Send, tmp_path: Path) -> None:
    send(a_mail())

    [letter] = mailbox.letters(tmp_path)
    assert letter.to == "sam@example.org"
    assert letter.sender == "Common Ground <meetings@common-ground.example>"
    assert letter.subject == "Meeting booked"
    assert letter.words == "The meeting is on Thursday, at the café."
    assert letter.calendar is None


def test_an_invite_can_be_taken_out_of_its_letter(send: Send, tmp_path: Path) -> None:
    send(a_mail(invite=INVITE))

    [letter] = mailbox.letters(tmp_path)
    assert letter.calendar is not None
    assert letter.calendar.split() == INVITE.split()
    assert letter.words.startswith("The meeting")


def test_the_newest_letter_is_on_top(send: Send, tmp_path: Path) -> None:
    send(a_mail("First"))
    send(a_mail("Second"))

    first_shown, then = mailbox.letters(tmp_path)
    assert [first_shown.subject, then.subject] == ["Second", "First"]
    assert first_shown.arrived_at > then.arrived_at


def test_each_recipient_has_a_mailbox_of_their_own(send: Send, tmp_path: Path) -> None:
    send(a_mail(), "sam@example.org", "officer@barnet.example")

    assert {letter.to for letter in mailbox.letters(tmp_path)} == {"sam@example.org", "officer@barnet.example"}


def test_a_letter_is_found_by_its_name(send: Send, tmp_path: Path) -> None:
    send(a_mail())
    [letter] = mailbox.letters(tmp_path)

    assert mailbox.find(tmp_path, letter.name) == letter


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("20261124T101500123456-0123abcd", id="no such letter"),
        pytest.param("../../secret", id="a way out of the folder"),
        pytest.param("", id="nothing"),
    ],
)
def test_no_other_file_is_a_letter(tmp_path: Path, name: str) -> None:
    assert mailbox.find(tmp_path, name) is None


def test_a_mailbox_without_letters_is_empty(tmp_path: Path) -> None:
    assert mailbox.letters(tmp_path) == []


def test_half_a_letter_is_never_seen(send: Send, tmp_path: Path) -> None:
    send(a_mail())

    assert list(mailbox.folder(tmp_path).glob("*.part")) == []
