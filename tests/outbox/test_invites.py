from datetime import UTC, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session

from scheduling.models import Booking, Case, Message
from scheduling.outbox import entry, identity, invites
from tests import builders
from tests.outbox.conftest import NOW


def event_of(message: Message) -> Any:
    """The event in a message, as another program reads it; the library's types leave every kind of value open."""
    assert message.calendar is not None
    return event_in(message.calendar)


def event_in(calendar: str) -> Any:
    (event,) = Calendar.from_ical(calendar).walk("VEVENT")
    return event


def test_everybody_gets_an_invite_of_their_own(session: Session, a_meeting: Booking) -> None:
    sent = invites.send(session, a_meeting, now=NOW)

    assert [message.recipient for message in sent] == ["the family", "the authority", "the mediator"]
    assert {message.calendar_method for message in sent} == {"REQUEST"}
    assert len({message.thread for message in sent}) == 3


def test_nobody_learns_anothers_address(session: Session, a_meeting: Booking) -> None:
    sent = invites.send(session, a_meeting, now=NOW)
    addresses = {message.address for message in sent}

    for message in sent:
        seen = f"{message.subject}{message.body}{message.calendar}".replace("\r\n ", "").lower()
        assert [address for address in addresses if address in seen] == [message.address]


def test_an_invite_names_neither_the_child_nor_the_need_nor_the_authority(
    session: Session, case: Case, a_meeting: Booking
) -> None:
    case.person.name = "Sam Winterbourne"

    for message in invites.send(session, a_meeting, now=NOW):
        if message.recipient != "the family":
            assert "Winterbourne" not in f"{message.subject}{message.body}{message.calendar}"
        for word in ("Speech", "Barnet", "mediation", "Mediation", "SEN", "child"):
            assert word not in f"{message.subject}{message.calendar}".replace("\r\n ", "")


def test_an_invite_has_what_calendars_ask_for(session: Session, a_meeting: Booking) -> None:
    _, _, mediators = invites.send(session, a_meeting, now=NOW)
    event = event_of(mediators)

    assert event["UID"] == a_meeting.uid
    assert event["SEQUENCE"] == 0
    assert event["DTSTAMP"].dt == NOW
    assert event["DTSTART"].dt == a_meeting.starts_at
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event["SUMMARY"] == f"Meeting (reference {a_meeting.case.reference[:4]} {a_meeting.case.reference[4:]})"
    assert event["LOCATION"] == "Camden Library, Room 1, 1 High Street, Camden, N3 1AA"
    assert "How to get there: Bus 13 to High Street; the door is opposite." in event["DESCRIPTION"]
    assert "Access: step-free." in event["DESCRIPTION"]
    assert "0300 123 4567" in event["DESCRIPTION"]
    assert (event["CLASS"], event["STATUS"]) == ("PRIVATE", "CONFIRMED")
    assert event["ORGANIZER"] == "mailto:meetings@common-ground.example"
    assert event["ATTENDEE"] == f"mailto:{mediators.address}"
    assert event["ATTENDEE"].params["ROLE"] == "CHAIR"
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(days=-1)


def test_the_parties_are_asked_and_the_mediator_leads(session: Session, a_meeting: Booking) -> None:
    sent = invites.send(session, a_meeting, now=NOW)

    assert [event_of(m)["ATTENDEE"].params["ROLE"] for m in sent] == ["REQ-PARTICIPANT", "REQ-PARTICIPANT", "CHAIR"]
    assert {event_of(m)["ATTENDEE"].params["RSVP"] for m in sent} == {"TRUE"}


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        pytest.param("2026-12-10 10:00", "2026-12-10T10:00", id="winter: London is at UTC"),
        pytest.param("2026-06-10 10:00", "2026-06-10T09:00", id="summer: an hour ahead"),
        pytest.param("2027-03-29 09:00", "2027-03-29T08:00", id="the Monday after the clocks go forward"),
        pytest.param("2026-10-26 09:00", "2026-10-26T09:00", id="the Monday after they go back"),
    ],
)
def test_the_time_zone_that_is_in_the_invite_gives_the_right_moment(
    session: Session, a_meeting: Booking, local: str, utc: str
) -> None:
    a_meeting.starts_at = builders.moment(local)
    a_meeting.ends_at = a_meeting.starts_at + timedelta(hours=2)
    recipient = invites.recipients(a_meeting)[0]

    calendar = entry.compose(a_meeting, recipient, "REQUEST", stamp=NOW, sequence=0)
    zone: Any = Calendar.from_ical(calendar).walk("VTIMEZONE")[0]

    shown = event_in(calendar)["DTSTART"].dt.replace(tzinfo=None)
    assert f"{shown:%Y-%m-%d %H:%M}" == local
    assert f"{shown.replace(tzinfo=zone.to_tz()).astimezone(UTC):%Y-%m-%dT%H:%M}" == utc


def test_a_move_keeps_the_uid_and_raises_the_sequence(session: Session, a_meeting: Booking) -> None:
    first = invites.send(session, a_meeting, now=NOW)
    a_meeting.starts_at += timedelta(days=1)
    a_meeting.ends_at += timedelta(days=1)
    a_meeting.sequence += 1

    second = invites.send(session, a_meeting, now=NOW)

    assert [m.purpose for m in (first[0], second[0])] == ["meeting booked", "meeting moved"]
    assert event_of(second[0])["UID"] == event_of(first[0])["UID"]
    assert (event_of(first[0])["SEQUENCE"], event_of(second[0])["SEQUENCE"]) == (0, 1)
    assert first[0].thread == second[0].thread


def test_inviting_twice_to_the_same_version_writes_one_invite(session: Session, a_meeting: Booking) -> None:
    assert invites.send(session, a_meeting, now=NOW) == invites.send(session, a_meeting, now=NOW)


def test_a_mediator_who_steps_in_is_told_of_a_meeting_and_not_of_a_change(
    session: Session, case: Case, a_meeting: Booking
) -> None:
    assert case.authority is not None
    invites.send(session, a_meeting, now=NOW)
    a_meeting.mediator = builders.mediator(session, case.authority, "Robin")
    a_meeting.sequence += 1

    sent = invites.send(session, a_meeting, now=NOW)

    assert [m.purpose for m in sent] == ["meeting moved", "meeting moved", "meeting booked"]


def test_a_cancelled_meeting_leaves_every_calendar(session: Session, a_meeting: Booking) -> None:
    a_meeting.sequence += 1

    withdrawn = invites.withdraw(session, a_meeting, now=NOW)

    assert {m.calendar_method for m in withdrawn} == {"CANCEL"}
    for message in withdrawn:
        assert "METHOD:CANCEL" in (message.calendar or "")
        assert (event_of(message)["STATUS"], event_of(message)["SEQUENCE"]) == ("CANCELLED", 1)


def test_a_mediator_who_is_replaced_is_the_only_one_to_hear_of_it(session: Session, a_meeting: Booking) -> None:
    dropped = [r for r in invites.recipients(a_meeting) if r.label == "the mediator"]

    withdrawn = invites.withdraw(session, a_meeting, now=NOW, only=dropped)

    assert [m.recipient for m in withdrawn] == ["the mediator"]


@pytest.mark.parametrize(
    ("email", "do_not_contact"),
    [pytest.param(None, False, id="no mailbox"), pytest.param("sam@x.example", True, id="no contact")],
)
def test_a_family_that_cannot_or_must_not_be_mailed_gets_no_invite(
    session: Session, a_meeting: Booking, email: str | None, do_not_contact: bool
) -> None:
    a_meeting.case.person.email, a_meeting.case.person.do_not_contact = email, do_not_contact

    sent = invites.send(session, a_meeting, now=NOW)

    assert [m.recipient for m in sent] == ["the authority", "the mediator"]


def test_a_name_cannot_add_a_line_to_the_invite(session: Session, a_meeting: Booking) -> None:
    a_meeting.case.person.name = 'Sam"\r\nATTENDEE:mailto:thief@elsewhere.example'
    recipient = invites.recipients(a_meeting)[0]

    event = event_in(entry.compose(a_meeting, recipient, "REQUEST", stamp=NOW, sequence=0))

    assert str(event["ATTENDEE"]) == "mailto:sam@family.example"
    assert event["ATTENDEE"].params["CN"] == "Sam ATTENDEE:mailto:thief@elsewhere.example"


def test_an_address_of_several_lines_is_one_place(session: Session, a_meeting: Booking) -> None:
    assert a_meeting.room is not None
    a_meeting.room.venue.address = "The Annexe\r\n1 High Street"
    recipient = invites.recipients(a_meeting)[0]

    event = event_in(entry.compose(a_meeting, recipient, "REQUEST", stamp=NOW, sequence=0))

    assert event["LOCATION"] == "Camden Library, Room 1, The Annexe, 1 High Street, N3 1AA"


def test_the_invite_is_from_the_mailbox_that_organises(session: Session, a_meeting: Booking) -> None:
    before = identity.current()
    identity.use(identity.Identity(mailbox="Mediation <hello@another.example>"))
    try:
        (family, *_) = invites.send(session, a_meeting, now=NOW)
    finally:
        identity.use(before)

    assert event_of(family)["ORGANIZER"] == "mailto:hello@another.example"


def test_the_database_and_the_invite_agree_after_a_commit(session: Session, a_meeting: Booking) -> None:
    sent = invites.send(session, a_meeting, now=NOW)
    session.flush()
    session.expire_all()

    assert event_of(session.get_one(Message, sent[0].id))["DTSTART"].dt == a_meeting.starts_at
