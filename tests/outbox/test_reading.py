"""An invite as its recipient's calendar shows it."""

from datetime import UTC, datetime

import pytest

from scheduling.outbox import reading

INVITE = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:19961027T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:meeting-7@common-ground.example
SEQUENCE:2
DTSTART;TZID=Europe/London:20261203T100000
DTEND;TZID=Europe/London:20261203T120000
SUMMARY:Meeting
LOCATION:Library\\, Room 2
ORGANIZER;CN=Common Ground:mailto:meetings@common-ground.example
ATTENDEE;CN=Sam:mailto:sam@example.org
END:VEVENT
END:VCALENDAR
"""


def test_an_invite_is_read_back() -> None:
    invite = reading.read(INVITE)

    assert invite is not None
    assert (invite.method, invite.uid, invite.sequence) == ("REQUEST", "meeting-7@common-ground.example", 2)
    assert invite.starts_at == datetime(2026, 12, 3, 10, tzinfo=UTC)
    assert invite.ends_at == datetime(2026, 12, 3, 12, tzinfo=UTC)
    assert (invite.summary, invite.location) == ("Meeting", "Library, Room 2")
    assert (invite.organizer, invite.attendees) == ("meetings@common-ground.example", ("sam@example.org",))
    assert not invite.is_cancellation


def test_several_attendees_are_all_named() -> None:
    both = INVITE.replace("END:VEVENT", "ATTENDEE:mailto:officer@example.org\nEND:VEVENT")

    invite = reading.read(both)

    assert invite is not None
    assert invite.attendees == ("sam@example.org", "officer@example.org")


def test_a_cancellation_is_known() -> None:
    invite = reading.read(INVITE.replace("METHOD:REQUEST", "METHOD:CANCEL"))

    assert invite is not None
    assert invite.is_cancellation


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Dear Sam", id="no calendar"),
        pytest.param("BEGIN:VCALENDAR\nEND:VCALENDAR\n", id="a calendar without an event"),
    ],
)
def test_what_is_no_invite_is_none(text: str) -> None:
    assert reading.read(text) is None
