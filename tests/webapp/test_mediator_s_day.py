"""A mediator's day: the meetings that are theirs, taking or handing them back, what became of them, both calendars."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from scheduling import db
from scheduling.cases import handing_back
from scheduling.models import (
    Attendance,
    Attends,
    Booking,
    Busy,
    Message,
    MovedBooking,
    ReadCalendar,
    Role,
    Side,
    VenueHours,
)
from tests import builders
from tests.builders import Town, moment
from tests.diary.test_own_calendars import LESSON, calendar
from tests.webapp.browser import Browser
from tests.webapp.conftest import SignIn, Told


@pytest.fixture
def mediator(sign_in: SignIn) -> Browser:
    return sign_in(Role.MEDIATOR)


@pytest.fixture
def over(told: Told) -> Told:
    """The meeting that is booked was yesterday afternoon."""
    with db.Session.begin() as session:
        booking = session.get_one(Booking, told.booking)
        booking.starts_at, booking.ends_at = moment("2026-11-23 14:00"), moment("2026-11-23 16:00")
    return told


def test_a_mediator_sees_when_where_and_whom_to_greet_and_nothing_that_was_confided(
    mediator: Browser, told: Told
) -> None:
    with db.Session.begin() as session:
        room = session.get_one(Booking, told.booking).room
        assert room is not None
        venue = room.venue
        venue.directions, venue.phone, venue.hearing_loop = "Ring at <the side door>.", "+442079460101", True

    before = mediator.opens(f"/mediator/meetings/{told.booking}")
    for known in ("Barnet Library", "How to get there: Ring at <the side door>.", "hearing loop", "020 7946 0101"):
        assert known in before.text
    assert "Sam" not in before.html

    page = mediator.presses("I take this meeting")

    assert "Sam" in page.text
    assert "Speech therapy" not in page.html
    assert "07700" not in page.html
    assert "sam@family.example" not in page.html


def test_another_mediators_meeting_is_not_found(mediator: Browser, told: Told, town: Town) -> None:
    with db.Session.begin() as session:
        other = builders.mediator(session, session.merge(town.authority), "Noor of Barnet")
        session.get_one(Booking, told.booking).mediator = other

    assert mediator.opens(f"/mediator/meetings/{told.booking}").status == 404


def test_a_meeting_that_is_taken_is_seen_to_be_taken(mediator: Browser, told: Told) -> None:
    mediator.opens(f"/mediator/meetings/{told.booking}")

    page = mediator.presses("I take this meeting")

    assert "You have said that you come." in page.text
    with db.Reading() as session:
        [said] = session.scalars(select(Attendance))
        assert (said.label, said.answer) == ("the mediator", Attends.YES)


def test_a_meeting_that_is_handed_back_goes_to_another_mediator_at_the_same_time(
    mediator: Browser, told: Told, town: Town
) -> None:
    with db.Session.begin() as session:
        builders.mediator(session, session.merge(town.authority), "Noor of Barnet")
        was = session.get_one(Booking, told.booking).starts_at
    mediator.opens(f"/mediator/meetings/{told.booking}")
    assert mediator.presses("Hand the meeting back", because="").errors == ["Enter why, so that the history can say it"]

    page = mediator.presses("Hand the meeting back", because="I am ill")

    assert "Everybody concerned will be told" in page.text
    assert told_to_coordinators() == ["chris.of.barnet@common-ground.example"]
    with db.Reading() as session:
        booking = session.get_one(Booking, told.booking)
        assert booking.mediator is not None
        assert (booking.mediator.name, booking.starts_at) == ("Noor of Barnet", was)
        assert session.scalars(select(MovedBooking.caused_by)).all() == [Side.MEDIATOR]
    assert mediator.opens(f"/mediator/meetings/{told.booking}").status == 404


def told_to_coordinators() -> list[str]:
    with db.Reading() as session:
        wanted = select(Message).where(Message.purpose == handing_back.PURPOSE)
        return [message.address for message in session.scalars(wanted)]


def test_a_meeting_that_nobody_else_can_take_stands_and_a_coordinator_hears_of_it(
    mediator: Browser, told: Told
) -> None:
    with db.Session.begin() as session:
        session.execute(update(VenueHours).values(weekday=6))
    first = mediator.opens(f"/mediator/meetings/{told.booking}").form("Hand the meeting back")

    page = mediator.presses("Hand the meeting back", because="I am ill")

    assert "A coordinator sees to it" in page.text
    assert told_to_coordinators() == ["chris.of.barnet@common-ground.example"]

    page = mediator.opens(f"/mediator/meetings/{told.booking}")
    assert "You have handed this meeting back." in page.text
    assert not any("Hand the meeting back" in form.buttons for form in page.forms)
    assert mediator.sends(first.action, [first.fields[0], ("because", "I am ill")]).status == 409
    assert len(told_to_coordinators()) == 1


@pytest.mark.parametrize(
    ("may_text", "email", "purposes", "says"),
    [
        pytest.param(True, "sam@family.example", ["written by hand"], "We pass it on", id="as a text"),
        pytest.param(False, "sam@family.example", ["from the mediator"], "We pass it on", id="else as a mail"),
        pytest.param(False, None, [], "Call us", id="the record allows neither"),
    ],
)
def test_a_mediator_writes_to_the_family_through_us_and_learns_no_number(
    mediator: Browser, told: Told, *, may_text: bool, email: str | None, purposes: list[str], says: str
) -> None:
    with db.Session.begin() as session:
        person = session.get_one(Booking, told.booking).case.person
        person.may_text, person.email = may_text, email
    assert "Pass it on" not in mediator.opens(f"/mediator/meetings/{told.booking}").text
    mediator.presses("I take this meeting")
    form = mediator.page.form("Pass it on")
    words = ("family-words", "Is 10am still good?")

    for _ in range(2):
        mediator.sends(form.action, [*(one for one in form.fields if one[0] != words[0]), words])

    assert says in mediator.page.text
    assert "07700" not in mediator.page.html
    with db.Reading() as session:
        sent = [message for message in session.scalars(select(Message)) if "Is 10am still good?" in message.body]
        assert [message.purpose for message in sent] == purposes


def test_words_are_passed_on_only_for_a_meeting_that_was_taken(mediator: Browser, told: Told) -> None:
    token = dict(mediator.opens(f"/mediator/meetings/{told.booking}").form("Sign out").fields)["csrf_token"]

    page = mediator.sends(f"/mediator/meetings/{told.booking}/write", [("csrf_token", token), ("family-words", "Hi")])

    assert page.status == 404


@pytest.mark.parametrize(
    ("ended", "closed", "status"),
    [
        pytest.param("2026-11-11 12:00", None, 200, id="over for 13 days"),
        pytest.param("2026-11-10 09:00", None, 404, id="over for 14 days"),
        pytest.param("2026-11-20 12:00", "2026-11-09 12:00", 404, id="the case was closed 15 days ago"),
        pytest.param("2026-11-20 12:00", "2026-11-20 12:00", 200, id="the case was closed lately"),
    ],
)
def test_a_meeting_is_a_mediator_s_for_two_weeks_after_it_and_after_the_case(
    mediator: Browser, told: Told, ended: str, closed: str | None, status: int
) -> None:
    with db.Session.begin() as session:
        booking = session.get_one(Booking, told.booking)
        booking.starts_at, booking.ends_at = moment(ended) - timedelta(hours=2), moment(ended)
        booking.case.closed_at = None if closed is None else moment(closed)

    assert mediator.opens(f"/mediator/meetings/{told.booking}").status == status


def test_the_form_after_a_meeting_names_the_day_of_the_certificate(mediator: Browser, over: Told) -> None:
    page = mediator.opens(f"/mediator/meetings/{over.booking}")
    assert "the certificate is due by Thursday 26 November 2026" in page.text
    wrong = mediator.presses("Write it down", ending="")
    assert wrong.status == 422

    done = mediator.presses(
        "Write it down", ending="concluded", family_came="yes", authority_came="yes", ended_at="16:10"
    )

    assert "The certificate is due by Thursday 26 November 2026" in done.text


def test_a_feed_of_ones_own_is_made_read_and_taken_back(app: Flask, mediator: Browser, told: Told) -> None:
    mediator.opens("/mediator/calendar")
    made = mediator.presses("Make a feed")
    found = re.search(r"/cal/[\w-]+\.ics", made.text)
    assert found is not None
    assert "BEGIN:VEVENT" in app.test_client().get(found.group()).text

    mediator.opens("/mediator/calendar")
    mediator.presses("Take it back")

    assert app.test_client().get(found.group()).status_code == 404


@pytest.mark.parametrize(
    ("address", "says"),
    [
        pytest.param("webcal://p01-caldav.icloud.com/published/2/abc", "is read within a minute", id="Apple's"),
        pytest.param("https://calendar.google.com/a/basic.ics", "is read within a minute", id="Google's"),
        pytest.param("http://calendar.google.com/a/basic.ics", "must begin with https", id="not private on the way"),
        pytest.param("https://10.0.0.1/a.ics", "cannot be read", id="a machine inside"),
        pytest.param("", "Enter the address", id="nothing"),
    ],
)
def test_an_address_is_read_only_where_it_may_be(mediator: Browser, told: Told, address: str, says: str) -> None:
    mediator.opens("/mediator/calendar")

    page = mediator.presses("Read this address", address=address)

    assert says in page.text
    with db.Reading() as session:
        assert len(session.scalars(select(ReadCalendar)).all()) == ("within a minute" in says)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(
            calendar(LESSON.replace("20260326", "20261203")).encode(), "2 busy times in the next four months", id="good"
        ),
        pytest.param(b"", "Choose the calendar file", id="none"),
        pytest.param(b"<html>", "This file cannot be read", id="a page"),
    ],
)
def test_a_file_is_read_for_busy_times_alone(mediator: Browser, told: Told, content: bytes, says: str) -> None:
    token = dict(mediator.opens("/mediator/calendar").form("Read this file").fields)["csrf_token"]

    answer = mediator.client.post(
        "/mediator/calendar/file",
        data={"csrf_token": token, "file": (io.BytesIO(content), "mine.ics")},
        follow_redirects=True,
    )

    assert answer.status_code == (200 if "busy times" in says else 422)
    assert says in answer.text
    with db.Reading() as session:
        assert len(session.scalars(select(Busy)).all()) == (2 if "busy times" in says else 0)
