"""Answers to an invite, as the calendar of whoever got it would mail them, and the folder from which they are read.

The mails are real ones: the worker reads them as it would read the service's mailbox.
"""

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final

from scheduling.outbox.mailbox import LARGEST, Arrived
from scheduling.outbox.reading import Invite
from telephony.simulator.mailbox import Letter

WAYS: Final[Mapping[str, tuple[str, str, str]]] = {
    "accept": ("Accept", "REPLY", "ACCEPTED"),
    "perhaps": ("Say that you may come", "REPLY", "TENTATIVE"),
    "decline": ("Decline", "REPLY", "DECLINED"),
    "propose": ("Propose the day after, at the same hour", "COUNTER", "TENTATIVE"),
}
"""What a calendar offers: the words of its button, and what it then mails."""

_UTC = "%Y%m%dT%H%M%SZ"
_STAMP = "%Y%m%dT%H%M%S%f"


def answer(letter: Letter, invite: Invite, way: str, *, now: datetime) -> EmailMessage:
    """The mail that a press of this button sends."""
    words, method, partstat = WAYS[way]
    later = timedelta(days=1) if method == "COUNTER" else timedelta()
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Simulator//Calendar//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{invite.uid}",
        f"SEQUENCE:{invite.sequence}",
        f"DTSTAMP:{now.astimezone(UTC):{_UTC}}",
        f"DTSTART:{(invite.starts_at + later).astimezone(UTC):{_UTC}}",
        f"DTEND:{(invite.ends_at + later).astimezone(UTC):{_UTC}}",
        "SUMMARY:Meeting",
        f"ORGANIZER:mailto:{invite.organizer}",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{letter.to}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Date"] = letter.to, invite.organizer, now
    mail["Subject"] = f"{words}: {invite.summary}"
    mail["Message-ID"] = f"<{secrets.token_hex(16)}@simulator.localhost>"
    mail.set_content("\n")
    mail.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": method})
    return mail


class Incoming:
    """The folder of the mails that are on their way to the service."""

    def __init__(self, data_dir: Path) -> None:
        self._where = data_dir / "incoming"

    def put(self, mail: EmailMessage, *, now: datetime) -> None:
        """A mail for the service arrives; seen only when it is whole."""
        self._where.mkdir(parents=True, exist_ok=True)
        name = f"{now.astimezone(UTC):{_STAMP}}-{secrets.token_hex(4)}"
        draft = self._where / f"{name}.part"
        draft.write_bytes(bytes(mail))
        draft.replace(self._where / f"{name}.eml")

    def waiting(self) -> Iterator[Arrived]:
        """The mails that nobody has read, the oldest first."""
        for path in sorted(self._where.glob("*.eml")):
            raw = path.read_bytes()
            # The demo's dates are in the name: the file's own time is this machine's.
            arrived_at = datetime.strptime(f"{path.name.partition('-')[0]}+0000", f"{_STAMP}%z")
            yield Arrived(name=path.name, raw=raw[:LARGEST], is_whole=len(raw) <= LARGEST, arrived_at=arrived_at)

    def put_away(self, mail: Arrived) -> None:
        """It has been read."""
        (self._where / mail.name).unlink(missing_ok=True)
