"""About a meeting by telephone: reference and PIN first, and then no more than time, place, keep or change."""

import dataclasses
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from scheduling import db, references
from scheduling.cases import pins
from scheduling.diary import bookings, slots
from scheduling.models import SERVICE, Booking, CallBack, Case, Contact, WrongPin
from tests import builders
from tests.telephony.conftest import NOW, Handset, Twilio


@dataclasses.dataclass
class Family:
    """A family whose meeting is booked, and what it was given on paper."""

    reference: str
    pin: str
    booking_id: int

    @property
    def wrong_pin(self) -> str:
        return ("2" if self.pin[0] == "1" else "1") + self.pin[1:]


@pytest.fixture
def family(twilio: Twilio) -> Family:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), told="2026-11-30 10:00")
        slot = slots.best(session, case, now=NOW)[0]
        booking = bookings.book(session, case, slot, by=SERVICE, now=NOW)
        pin = pins.issue(session, case, by=SERVICE, now=NOW)
        session.flush()
        return Family(case.reference, pin, booking.id)


def identifies(call: Handset, reference: str, pin: str) -> Handset:
    return call.presses(reference).presses(pin)


def test_with_reference_and_pin_the_time_is_said_and_nothing_else(twilio: Twilio, family: Family) -> None:
    call = identifies(twilio.call().presses("2"), family.reference, family.pin)

    assert call.step == "your-meeting"
    assert call.hears.startswith("Your meeting is on ")
    assert "Testford" not in call.hears
    assert "place" not in call.hears
    assert call.presses("4").step == "your-meeting", "no place unless the record allows it"


def test_the_place_is_said_where_the_record_allows_it(twilio: Twilio, family: Family) -> None:
    with db.Session.begin() as session:
        session.get_one(Booking, family.booking_id).case.person.may_say_place = True

    call = identifies(twilio.call().presses("2"), family.reference, family.pin)

    assert "For the place, press 4." in call.hears
    assert call.presses("4").hears.startswith("It is at Testford Library, 1 High Street, Testford.")
    assert call.presses("3").hears.startswith("Your meeting is on ")


def test_a_meeting_that_is_kept_needs_nobody(twilio: Twilio, family: Family) -> None:
    call = identifies(twilio.call().presses("2"), family.reference, family.pin).presses("1")

    assert call.is_over
    with db.Reading() as session:
        assert session.scalars(select(Contact).where(Contact.handled_at.is_(None))).all() == []
        case = session.scalars(select(Case)).one()
        assert "The family said by telephone that it keeps its time" in [entry.what for entry in case.history]


def test_another_time_is_a_persons_work_and_changes_nothing_yet(twilio: Twilio, family: Family) -> None:
    call = identifies(twilio.call().presses("2"), family.reference, family.pin)

    call.says("I need to change it").presses("1").presses("1").presses("2")

    assert call.is_over
    with db.Reading() as session:
        asked = session.scalars(select(CallBack)).one()
        assert asked.because == "wants another time; reference and PIN were right"
        booking = session.get_one(Booking, family.booking_id)
        assert (booking.is_live, asked.case_id) == (True, booking.case_id)


def test_who_asks_for_another_time_and_hangs_up_is_still_a_task(twilio: Twilio, family: Family) -> None:
    identifies(twilio.call().presses("2"), family.reference, family.pin).presses("2")

    with db.Reading() as session:
        assert session.scalars(select(Contact.handled_at)).all() == [None]


def test_an_unknown_reference_and_a_wrong_pin_are_the_same(twilio: Twilio, family: Family) -> None:
    unknown = next(r for r in iter(references.new, None) if r != family.reference)
    wrong, none = twilio.call("CA1").presses("2"), twilio.call("CA2").presses("2")

    for _ in range(3):
        identifies(wrong, family.reference, family.wrong_pin)
        identifies(none, unknown, family.pin)
        assert wrong.hears == none.hears

    assert (wrong.step, none.step) == ("call-back", "call-back")
    assert wrong.hears.startswith("Thank you. To keep meetings safe, a person will help you.")


def test_after_ten_wrong_pins_in_an_hour_the_right_one_opens_nothing_from_any_number(
    twilio: Twilio, family: Family
) -> None:
    for number in range(5):
        call = twilio.call(f"CA{number}", sender=f"+44770090012{number}").presses("2")
        identifies(identifies(call, family.reference, family.wrong_pin), family.reference, family.wrong_pin)

    blocked = identifies(twilio.call("CA8").presses("2"), family.reference, family.pin)
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        later = identifies(twilio.call("CA9").presses("2"), family.reference, family.pin)

    assert (blocked.step, later.step) == ("call-back", "your-meeting")


def test_the_number_that_shows_proves_nothing(twilio: Twilio, family: Family) -> None:
    call = twilio.call().presses("2")

    assert call.step == "reference"


def test_a_later_pin_makes_the_earlier_one_worthless(twilio: Twilio, family: Family) -> None:
    with db.Session.begin() as session:
        case = session.scalars(select(Case)).one()
        new = pins.issue(session, case, by=SERVICE, now=NOW)

    old = identifies(twilio.call("CA1").presses("2"), family.reference, family.pin)
    fresh = identifies(twilio.call("CA2").presses("2"), family.reference, new)

    assert (old.step, fresh.step) == ("reference", "your-meeting")


def test_two_withheld_calls_share_no_proof(twilio: Twilio, family: Family) -> None:
    identifies(twilio.call("CA1", sender="anonymous").presses("2"), family.reference, family.pin)

    assert twilio.call("CA2", sender="anonymous").presses("2").step == "reference"


def test_the_pin_stands_nowhere_in_the_record(twilio: Twilio, family: Family) -> None:
    identifies(twilio.call().presses("2"), family.reference, family.pin)

    with db.Reading() as session:
        rows = [
            dict(row._mapping) for table in db.Base.metadata.sorted_tables for row in session.execute(select(table))
        ]
    assert not [row for row in rows if family.pin in {str(value) for value in row.values()}]
    with db.Reading() as session:
        assert session.scalars(select(WrongPin)).all() == []
