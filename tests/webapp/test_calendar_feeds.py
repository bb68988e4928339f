"""A calendar reads a feed by an address that only its reader knows: the meetings, nobody's name, and little work."""

from datetime import timedelta

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from scheduling import clock, db
from scheduling.diary import bookings, feeds
from scheduling.models import SERVICE, Booking, Feed, Mediator, Role, Side, Staff, Venue
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, SignIn, Told

Reader = FlaskClient


@pytest.fixture
def reader(app: Flask) -> Reader:
    """Somebody's calendar programme, which nobody has signed in."""
    return app.test_client()


def feed_of(owner: type[Mediator | Venue | Staff]) -> str:
    """The path of a new feed of the town's own."""
    with db.Session.begin() as session:
        first = session.scalars(select(owner).order_by(owner.id)).first()
        assert isinstance(first, Mediator | Venue | Staff)
        return f"/cal/{feeds.make(session, first, now=NOW)}.ics"


@pytest.mark.parametrize("owner", [Mediator, Venue, Staff], ids=lambda owner: owner.__name__)
def test_a_calendar_reads_when_and_where_and_nobodys_name(
    reader: Reader, told: Told, owner: type[Mediator | Venue | Staff]
) -> None:
    answer = reader.get(feed_of(owner))

    calendar = icalendar.Calendar.from_ical(answer.get_data())
    [meeting] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], calendar["X-PUBLISHED-TTL"]) == ("PUBLISH", "PT1H")
    assert str(meeting["LOCATION"]).startswith("Barnet Library, Room 1")
    assert "Morgan" not in answer.text
    assert "Sam" not in answer.text
    assert "ATTENDEE" not in answer.text
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert answer.content_type == "text/calendar; charset=utf-8; method=PUBLISH"


def test_the_text_is_the_same_until_something_changes(reader: Reader, told: Told) -> None:
    path = feed_of(Mediator)
    first = reader.get(path)

    clock.shift(timedelta(days=1))
    assert reader.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304

    with db.Session.begin() as session:
        booking = session.get_one(Booking, told.booking)
        bookings.cancel(session, booking, caused_by=Side.FAMILY, because="Ill", by=SERVICE, now=NOW)
    second = reader.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert "VEVENT" not in second.text


def test_an_address_that_was_taken_back_opens_nothing(reader: Reader, coordinator: Browser, told: Told) -> None:
    path = feed_of(Venue)
    coordinator.opens("/feeds")
    assert "Never" in coordinator.page.text

    reader.get(path)
    coordinator.opens("/feeds")
    assert "Never" not in coordinator.page.text
    coordinator.presses("Take back")

    assert reader.get(path).status_code == 404


def test_a_coordinator_makes_a_feed_and_sees_its_address_once(reader: Reader, coordinator: Browser, told: Told) -> None:
    coordinator.opens("/feeds")
    coordinator.presses("Make the feed", whose="mine")
    address = next(word for word in coordinator.page.text.split() if "/cal/" in word)

    assert reader.get(address[address.index("/cal/") :]).status_code == 200
    with db.Reading() as session:
        [feed] = session.scalars(select(Feed))
        assert feed.token_hash not in address


def test_somebody_who_has_left_reads_nothing_any_more(reader: Reader, told: Told) -> None:
    path = feed_of(Mediator)
    with db.Session.begin() as session:
        session.scalars(select(Mediator)).one().is_active = False

    assert reader.get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", "a" * 5000, "..%2F.."])
def test_an_address_of_nobody_is_not_found(reader: Reader, told: Told, token: str) -> None:
    assert reader.get(f"/cal/{token}.ics").status_code == 404


def test_nothing_can_be_chosen_that_was_not_offered(sign_in: SignIn, town: Town) -> None:
    manager = sign_in(Role.MANAGER)
    manager.opens("/feeds")
    manager.presses("Make the feed", whose="mediator-999")

    assert manager.page.status == 422
    assert "Choose whose meetings the feed holds" in manager.page.text
