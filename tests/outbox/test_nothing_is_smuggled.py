"""Whatever somebody is called: a mail has its own headers and its one recipient, and an invite its own lines."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session

from scheduling.models import Booking, Message
from scheduling.outbox import invites
from scheduling.outbox.carriers import Attachment
from scheduling.outbox.smtp import compose
from tests.outbox.conftest import NOW
from tests.outbox.test_smtp import PARCEL, SERVICE

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
THIEF = "thief@elsewhere.example"
WORDS = {
    "a header": f"Sam\r\nBcc: {THIEF}",
    "a header after a bare line feed": f"Sam\nCc: {THIEF}",
    "a header after a bare carriage return": f"Sam\rCc: {THIEF}",
    "the end of the headers": f"Sam\r\n\r\nTo: {THIEF}",
    "line ends of Unicode": f"Sam\u2028Bcc: {THIEF}\u2029\x85Bcc: {THIEF}",
    "control characters": "Sam" + "".join(map(chr, [*range(1, 32), *range(127, 160)])) + f"Bcc: {THIEF}",
    "an encoded word": "=?utf-8?q?Sam=0D=0ABcc:_thief=40elsewhere.example?=",
    "an encoded word in base64": "=?utf-8?b?DQpCY2M6IHRoaWVmQGVsc2V3aGVyZS5leGFtcGxl?=",
    "another address": f'Sam" <{THIEF}>, "Kim',
    "a property": f"Sam\r\nATTENDEE:mailto:{THIEF}\r\nDESCRIPTION:x",
    "a parameter": f'Sam";SENT-BY="mailto:{THIEF}',
    "the end of the event": "Sam\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Another",
    "from right to left": "\u202emaS\u202c\u2066",
    "very long": "é" * 5_000,
    "many folds": "word " * 1_000,
}


def sent(message: Message) -> EmailMessage:
    """The mail as its reader's program takes it apart."""
    parcel = replace(
        PARCEL,
        address=message.address,
        subject=message.subject,
        body=message.body,
        calendar=message.calendar,
        calendar_method=message.calendar_method,
    )
    mail = message_from_bytes(compose(parcel, SERVICE).as_bytes(), policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def lines(text: str) -> list[str]:
    """The names of an invite's lines, unfolded."""
    return [line.partition(":")[0].partition(";")[0] for line in text.replace("\r\n ", "").split("\r\n")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_no_name_and_no_place_adds_a_line_or_a_reader(session: Session, a_meeting: Booking, words: str) -> None:
    plain = {message.recipient: lines(str(message.calendar)) for message in invites.send(session, a_meeting, now=NOW)}
    room, mediator, officer = a_meeting.room, a_meeting.mediator, a_meeting.officer
    assert room is not None
    assert mediator is not None
    assert officer is not None
    for one in (a_meeting.case.person, room, room.venue, mediator, officer):
        one.name = words
    room.venue.address = room.venue.directions = room.venue.phone = a_meeting.joining = words
    a_meeting.sequence += 1

    for message in invites.send(session, a_meeting, now=NOW):
        mail = sent(message)
        assert mail.keys() == HEADERS
        assert [one.addr_spec for one in mail["To"].addresses] == [message.address]
        assert not set(mail["Subject"]) & set("\r\n\x00\x85\u2028\u2029")
        (entry,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        text = entry.get_content()
        assert set(lines(text)) <= {*plain[message.recipient], "DESCRIPTION", "LOCATION"}
        (event,) = Calendar.from_ical(text).walk("VEVENT")
        assert str(event.get("ATTENDEE", f"mailto:{message.address}")) == f"mailto:{message.address}"
        assert THIEF not in str(event["ORGANIZER"])
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_no_subject_no_sender_s_name_and_no_file_s_name_adds_a_header(words: str) -> None:
    paper = Attachment(name=words, media_type="application/pdf", content=b"%PDF")
    raw = compose(replace(PARCEL, subject=words, attachment=paper), SERVICE).as_bytes()

    mail = message_from_bytes(raw, policy=policy.SMTP)
    assert mail.keys() == HEADERS
    (attached,) = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    assert {name.lower() for name in attached} <= {
        "content-type", "content-transfer-encoding", "content-disposition", "mime-version",
    }  # fmt: skip
