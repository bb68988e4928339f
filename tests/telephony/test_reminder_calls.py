"""A reminder by call, told from the family's end: nothing of it before the key, and then what is true."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling import clock, db
from scheduling.cases import calling
from scheduling.diary import bookings, reminders, slots
from scheduling.models import (
    SERVICE,
    Booking,
    BookingStatus,
    CallBack,
    CallOutcome,
    Entry,
    OutgoingCall,
    Person,
    RemindedBy,
)
from scheduling.outbox import calls
from telephony import phrases
from tests import builders
from tests.telephony.conftest import MOBILE, Twilio, parsed
from tests.telephony.test_queue import OurCall, rings

TOLD = "2026-11-23 10:25"
DUE = builders.moment("2026-11-29 10:00")
THE_TIME = "This is a reminder. Your meeting is on Tuesday the 1st of December, at 10 o'clock in the morning."


@pytest.fixture
def twilio(app: Flask) -> Iterator[Twilio]:
    with time_machine.travel(DUE, tick=False):
        yield Twilio(app.test_client())


@pytest.fixture(autouse=True)
def meeting(app: Flask) -> int:
    """At ten on Tuesday 1 December, for somebody who wants to be rung."""
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), told=TOLD)
        case.person.reminded_by = RemindedBy.CALL
        session.flush()
        now = builders.moment(TOLD)
        return bookings.book(session, case, slots.best(session, case, now=now, limit=1)[0], by=SERVICE, now=now).id


@pytest.fixture
def family(twilio: Twilio) -> OurCall:
    """Their telephone rings."""
    the_clock_ticks()
    return rings(twilio, MOBILE)


def the_clock_ticks() -> None:
    with db.Session.begin() as session:
        for case_id in reminders.due(session, now=clock.now()):
            reminders.write(session, case_id, now=clock.now())


def is_over() -> bool:
    with db.Reading() as session:
        return session.scalar(select(OutgoingCall.id).where(OutgoingCall.ended_at.is_(None))) is None


def changed(**of_the_person: object) -> None:
    with db.Session.begin() as session:
        person = session.scalars(select(Person)).one()
        for name, value in of_the_person.items():
            setattr(person, name, value)


def takes(family: OurCall) -> OurCall:
    return family.picks_up().is_heard_as("human").goes_on().presses("1")


def history() -> list[str]:
    with db.Reading() as session:
        return list(session.scalars(select(Entry.what).order_by(Entry.id)))


def outcome() -> CallOutcome | None:
    with db.Reading() as session:
        return session.scalars(select(OutgoingCall.outcome)).one()


def test_nobody_hears_what_it_is_about_before_the_key(family: OurCall) -> None:
    changed(code_word="Bluebell")

    assert family.picks_up().hears == phrases.HELLO
    asked = family.is_heard_as("human").goes_on()

    assert asked.hears == f"Bluebell. {phrases.screening('Sam')}"
    assert "reminded" not in " ".join(history())


def test_who_presses_the_key_is_reminded_and_may_hear_it_again(family: OurCall) -> None:
    first = takes(family).hears

    assert first == f"{THE_TIME} {phrases.REMINDER_KEYS}"
    assert [family.presses(key).hears for key in ("1", "*")] == [first, first]
    assert family.goes_on().hears == phrases.OUR_GOODBYE
    assert parsed(family.document)[-1].tag == "Hangup"
    family.is_told("completed")
    assert outcome() is CallOutcome.TAKEN
    assert history().count("The family was reminded by call") == 1


def test_zero_leads_to_a_person_who_rings_back(family: OurCall) -> None:
    said = takes(family).presses("0")

    assert said.hears == f"{phrases.A_PERSON_WILL_CALL} {phrases.OUR_GOODBYE}"
    with db.Reading() as session:
        asked = session.scalars(select(CallBack)).one()
        assert (asked.number, asked.in_line_since, asked.case_id is not None) == (MOBILE, DUE, True)


@pytest.mark.parametrize("may_say_place", [False, True])
def test_the_place_is_said_only_where_the_record_allows_it(family: OurCall, may_say_place: bool) -> None:
    changed(may_say_place=may_say_place)
    with db.Reading() as session:
        room = session.scalars(select(Booking)).one().room
        assert room is not None
        place = phrases.the_place(room.venue.name, room.venue.address)

    offered = phrases.HEAR_THE_PLACE in takes(family).hears
    said = place in family.presses("4").hears

    assert (offered, said) == (may_say_place, may_say_place)


def test_a_meeting_that_was_moved_meanwhile_is_told_as_it_is_now(family: OurCall) -> None:
    family.picks_up().is_heard_as("human").goes_on()
    with db.Session.begin() as session:
        booking = session.scalars(select(Booking)).one()
        slot = slots.best(session, booking.case, now=DUE, limit=1, moving=booking)[0]
        bookings.move(session, booking, slot, because="The officer is ill", by=SERVICE, now=DUE)
        now_at = booking.starts_at

    assert family.presses("1").hears == f"{phrases.REMINDER} {phrases.your_meeting(now_at)} {phrases.REMINDER_KEYS}"


def test_a_meeting_that_was_called_off_meanwhile_is_not_told(family: OurCall) -> None:
    family.picks_up().is_heard_as("human").goes_on()
    with db.Session.begin() as session:
        booking = session.scalars(select(Booking)).one()
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, DUE

    assert family.presses("1").hears == phrases.OUR_GOODBYE
    assert "The family was reminded by call" not in history()


@pytest.mark.parametrize(
    ("answered_by", "may_leave_message", "hears"),
    [
        pytest.param("machine_end_beep", False, "", id="a machine"),
        pytest.param("unknown", True, "", id="who knows what"),
        pytest.param("machine_end_beep", True, calls.NEUTRAL, id="a machine that may have the neutral sentence"),
    ],
)
def test_a_machine_hears_nothing_but_what_was_agreed(
    family: OurCall, answered_by: str, may_leave_message: bool, hears: str
) -> None:
    changed(may_leave_message=may_leave_message)

    assert family.picks_up().is_heard_as(answered_by).goes_on().hears == hears


def test_a_family_that_does_not_answer_is_rung_three_times_and_then_left_to_a_person(twilio: Twilio) -> None:
    with time_machine.travel(DUE, tick=False) as traveller:
        for hours in (0, 2, 4):
            traveller.move_to(DUE + timedelta(hours=hours))
            the_clock_ticks()
            rings(twilio, MOBILE).is_told("no-answer")
            the_clock_ticks()
            assert is_over()
        traveller.move_to(DUE + timedelta(hours=6))
        the_clock_ticks()

    assert is_over()
    with db.Reading() as session:
        made = session.scalars(select(OutgoingCall).order_by(OutgoingCall.id))
        assert [call.message.dealt_with_at is None for call in made] == [False, False, True]
    assert history().count("The family was rung in vain") == 3


def test_a_call_that_was_never_placed_is_ended(family: OurCall) -> None:
    with db.Session.begin() as session:
        calling.settle(session, now=DUE + timedelta(minutes=4))

    assert outcome() is CallOutcome.NOT_ANSWERED
    assert family.picks_up().hears == phrases.OUR_GOODBYE
