"""Interpreters, care boards, meetings from afar, calls with an adviser, and invites that come again."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from scheduling.diary import bookings
from scheduling.models import (
    SERVICE,
    Booking,
    BookingKind,
    CareBoard,
    Case,
    Interpreter,
    Message,
    MessageState,
    Mode,
    Side,
)
from scheduling.outbox import invites
from tests import builders
from tests.outbox.conftest import NOW
from tests.outbox.test_invites import event_of

JOINING = "https://video.example/room/17\nMeeting ID 17"


@pytest.fixture
def from_afar(session: Session, a_meeting: Booking) -> Booking:
    a_meeting.room, a_meeting.mode, a_meeting.joining = None, Mode.VIDEO, JOINING
    session.flush()
    return a_meeting


@pytest.fixture
def a_call(session: Session, case: Case) -> Booking:
    booking = Booking(
        uid="b-9ad1@common-ground.example",
        kind=BookingKind.ADVICE,
        case=case,
        starts_at=builders.moment("2026-11-26 10:00"),
        ends_at=builders.moment("2026-11-26 10:30"),
        adviser=case.adviser,
        booked_at=NOW,
    )
    bookings.keep(session, booking)
    return booking


def by_recipient(sent: list[Message]) -> dict[str, Message]:
    return {message.recipient: message for message in sent}


def test_an_interpreter_and_a_care_board_are_invited_where_they_are_part(session: Session, a_meeting: Booking) -> None:
    a_meeting.interpreter = Interpreter(name="Ira", email="ira@interpreters.example")
    a_meeting.board = CareBoard(name="North London", email="send@board.example")

    sent = invites.send(session, a_meeting, now=NOW)

    assert list(by_recipient(sent)) == [
        "the family",
        "the authority",
        "the mediator",
        "the interpreter",
        "the care board",
    ]
    for message in sent:
        seen = f"{message.body}{message.calendar}".replace("\r\n ", "").lower()
        assert [other.address for other in sent if other.address in seen] == [message.address]


def test_an_invite_to_a_place_has_a_map_and_how_to_get_in(session: Session, a_meeting: Booking) -> None:
    (family, *_) = invites.send(session, a_meeting, now=NOW)

    for words in (family.body, str(event_of(family)["DESCRIPTION"])):
        assert "Map: https://www.openstreetmap.org/search?query=N3%201AA" in words
        assert "Access: step-free." in words
        assert "How to get there: Bus 13" in words


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        pytest.param(Mode.VIDEO, "By video", id="by video"),
        pytest.param(Mode.TELEPHONE, "By telephone", id="by telephone"),
    ],
)
def test_a_meeting_from_afar_says_how_and_not_where(
    session: Session, from_afar: Booking, mode: Mode, shown: str
) -> None:
    from_afar.mode = mode

    for message in invites.send(session, from_afar, now=NOW):
        assert event_of(message)["LOCATION"] == shown
        assert f"Where: {shown}\nHow to join: {JOINING}" in message.body
        assert f"How to join: {JOINING}" in event_of(message)["DESCRIPTION"]


def test_who_cannot_join_yet_hears_that_it_follows(session: Session, from_afar: Booking) -> None:
    from_afar.joining = None

    (family, *_) = invites.send(session, from_afar, now=NOW)

    assert "How to join: we will tell you in good time." in family.body


def test_a_call_with_an_adviser_stands_in_both_calendars(session: Session, case: Case, a_call: Booking) -> None:
    sent = by_recipient(invites.send(session, a_call, now=NOW))

    assert list(sent) == ["the family", "the adviser"]
    assert "We ring you." in sent["the family"].body
    assert "You ring the family." in sent["the adviser"].body
    assert [event_of(message)["ATTENDEE"].params["ROLE"] for message in sent.values()] == ["REQ-PARTICIPANT", "CHAIR"]
    for message in sent.values():
        assert event_of(message)["SUMMARY"] == f"Call (reference {case.reference[:4]} {case.reference[4:]})"
        assert event_of(message)["LOCATION"] == "By telephone"


def test_the_title_of_a_call_tells_nobody_what_it_is_about(session: Session, case: Case, a_call: Booking) -> None:
    for message in invites.send(session, a_call, now=NOW):
        seen = f"{message.subject}{message.calendar}".replace("\r\n ", "")
        for word in ("Speech", "Barnet", "ediation", "dvice", "SEN", "child", "7700900123", "+44770"):
            assert word not in seen.replace("alex.of.barnet", "").replace("Alex of Barnet", "")


def test_a_family_that_must_not_be_mailed_is_rung_all_the_same(session: Session, a_call: Booking) -> None:
    a_call.case.person.do_not_contact = True

    assert [message.recipient for message in invites.send(session, a_call, now=NOW)] == ["the adviser"]


def test_a_call_that_is_cancelled_leaves_both_calendars(session: Session, a_call: Booking) -> None:
    invites.send(session, a_call, now=NOW)

    bookings.cancel(session, a_call, caused_by=Side.FAMILY, because="Not needed.", by=SERVICE, now=NOW)

    withdrawn = [invites.last(session, a_call, who.address) for who in invites.recipients(a_call)]
    assert [(one.calendar_method, event_of(one)["SEQUENCE"]) for one in withdrawn if one] == [("CANCEL", 1)] * 2


def test_an_invite_is_sent_again_with_the_same_name_and_number(session: Session, a_meeting: Booking) -> None:
    first = invites.send(session, a_meeting, now=NOW)
    for message in first:
        message.state = MessageState.SENT

    again = invites.send_again(session, a_meeting, now=NOW + timedelta(hours=1))

    assert {message.purpose for message in again} == {"invite again"}
    assert {message.id for message in first}.isdisjoint({message.id for message in again})
    for before, after in zip(first, again, strict=True):
        assert (event_of(after)["UID"], event_of(after)["SEQUENCE"]) == (event_of(before)["UID"], 0)
        assert (after.calendar_method, after.address, after.thread) == ("REQUEST", before.address, before.thread)


def test_an_invite_that_is_on_its_way_is_not_sent_again(session: Session, a_meeting: Booking) -> None:
    first = invites.send(session, a_meeting, now=NOW)

    assert invites.send_again(session, a_meeting, now=NOW) == first


def test_it_can_be_sent_again_as_often_as_it_is_lost(session: Session, a_meeting: Booking) -> None:
    sent = invites.send(session, a_meeting, now=NOW)
    for _ in range(3):
        for message in sent:
            message.state = MessageState.SENT
        sent = invites.send_again(session, a_meeting, now=NOW)

    assert len({message.key for message in sent}) == 3
    assert {message.state for message in sent} == {MessageState.QUEUED}


def test_whoever_was_never_invited_gets_a_first_invite(session: Session, a_meeting: Booking) -> None:
    a_meeting.case.person.email = None
    for message in invites.send(session, a_meeting, now=NOW):
        message.state = MessageState.SENT
    a_meeting.case.person.email = "sam@family.example"

    again = by_recipient(invites.send_again(session, a_meeting, now=NOW))

    assert again["the family"].purpose == "meeting booked"
    assert again["the mediator"].purpose == "invite again"
