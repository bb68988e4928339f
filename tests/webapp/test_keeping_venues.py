"""A coordinator keeps the venues: adds them with their rooms, and changes nothing before seeing what that does."""

import pytest

from scheduling import db, london
from scheduling.diary import offers
from scheduling.models import SERVICE, Booking, Case, Closure, OfferState, Role, RoomUse, Venue
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, SignIn, Told

HALL = {
    "name": "Finchley Hall",
    "address": "2 Low Street\nBarnet",
    "postcode": "n31ab",
    "phone": "02079460001",
    "serves": "1",
    "step_free": "yes",
    "cost": "£90 a day",
}


def room_of(told: Told) -> str:
    with db.Reading() as session:
        booking = session.get_one(Booking, told.booking)
        return f"{london.london(booking.starts_at):%d.%m. %H:%M} {booking.place}"


@pytest.fixture
def library(town: Town) -> Venue:
    """Another venue, to which meetings can go."""
    with db.Session.begin() as session:
        return builders.venue(session, session.merge(town.authority), "Zinnia Library")


def test_a_venue_is_added_with_a_room(coordinator: Browser) -> None:
    coordinator.opens("/venues/new")
    coordinator.presses("Add the venue", **HALL)
    assert "Finchley Hall" in coordinator.page.headings
    assert "N3 1AB" in coordinator.page.text
    coordinator.opens(next(link for link in coordinator.page.links if link.endswith("/rooms/new")))

    page = coordinator.presses("Add the room", name="Main room", capacity="6", used_for="meetings")

    assert "The room has been added" in page.text
    assert "Main room Meetings 6" in page.text
    assert "The venue was added" in page.text
    assert "Finchley Hall" in coordinator.opens("/venues").text


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        pytest.param({"name": ""}, "Enter the name of the venue", id="without a name"),
        pytest.param({"name": "Barnet Library"}, "There is a venue called Barnet Library already", id="twice"),
        pytest.param({"postcode": "N3"}, "Enter a whole postcode, like N3 1AA", id="half a postcode"),
        pytest.param({"day_0": "from nine"}, "Enter the hours of Monday like 9:00-17:00", id="hours in words"),
        pytest.param({"day_0": "12:00-10:00"}, "Enter the hours of Monday", id="closes before it opens"),
        pytest.param({"day_0": "9:00-12:00, 11:00-17:00"}, "Enter the hours of Monday", id="open twice at once"),
        pytest.param({"serves": "99999"}, "Choose from the list", id="no such authority"),
        pytest.param({"owner": "99999"}, "Choose the owner from the list", id="no such owner"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(coordinator: Browser, filled: dict[str, str], sentence: str) -> None:
    coordinator.opens("/venues/new")

    page = coordinator.presses("Add the venue", **{**HALL, **filled})

    assert (page.status, page.title.startswith("Error: ")) == (422, True)
    assert sentence in page.errors[0]


@pytest.mark.parametrize(
    ("filled", "line"),
    [
        pytest.param({"owner": "1"}, "Owner: Barnet, before that not an authority", id="not neutral any more"),
        pytest.param({"day_2": "9:00-10:00"}, "Wednesday 9am to 10am", id="fewer hours"),
    ],
)
def test_a_change_is_previewed_before_it_is_saved(
    coordinator: Browser, told: Told, library: Venue, filled: dict[str, str], line: str
) -> None:
    was = room_of(told)
    coordinator.opens("/venues/1/edit")

    preview = coordinator.presses("See what this affects", **filled)
    assert line in preview.text
    assert "1 booking is affected" in preview.text
    assert "Zinnia Library, Room 1" in preview.text
    assert room_of(told) == was
    done = coordinator.presses("Save and move the meetings")

    assert "Meetings moved: 1, without another place or time: 0" in done.text
    assert room_of(told) == was.replace("Barnet", "Zinnia")
    assert line in done.text


def test_a_venue_that_is_no_longer_used_keeps_its_page(coordinator: Browser, told: Told, library: Venue) -> None:
    coordinator.opens("/venues/1/edit")
    without_tick = [(name, value) for name, value in coordinator.page.form("See what this affects").fields
                    if name != "is_active"]  # fmt: skip

    assert "Used: no, before that yes" in coordinator.sends("/venues/1/edit/preview", without_tick).text
    coordinator.presses("Save and move the meetings")

    assert "No longer used" in coordinator.page.text
    assert "Barnet Library" not in coordinator.opens("/venues").text
    assert "Barnet Library" in coordinator.opens("/venues?show=all").text
    assert "Zinnia" in room_of(told)


def test_times_held_there_are_shown_and_given_back(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        case = session.query(Case).filter_by(reference=told.waiting).one()
        held = offers.offer(session, case, by=SERVICE, now=NOW)
    coordinator.opens("/venues/1/rooms/1")

    preview = coordinator.presses("See what this affects", used_for="nothing")
    assert "Times that are held for families who are choosing" in preview.text
    done = coordinator.presses("Save and move the meetings")

    assert f"Times given back: {len(held)}" in done.text
    with db.Reading() as session:
        assert {session.merge(one, load=True).state for one in offers.of_last_round(session, case)} == {
            OfferState.RELEASED
        }


def test_a_room_is_renamed_without_a_word_to_anybody(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/venues/1/rooms/1")

    preview = coordinator.presses("See what this affects", name="Green room")
    assert "No booking is affected" in preview.text
    page = coordinator.presses("Save")

    assert "Saved. No meeting is affected." in page.text
    assert "Room 1 changed. Name: Green room, before that Room 1" in page.text
    with db.Reading() as session:
        assert session.get_one(Venue, 1).rooms[0].used_for is RoomUse.MEETINGS


def test_nothing_new_is_nothing_to_save(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/venues/1/edit")

    page = coordinator.presses("See what this affects")

    assert "there is nothing to save" in page.text
    assert all("Save" not in form.buttons for form in page.forms)


def test_whoever_saves_beside_another_is_told(sign_in: SignIn, told: Told) -> None:
    first, second = sign_in(Role.COORDINATOR), sign_in(Role.MANAGER)
    first.opens("/venues/1/edit")
    second.opens("/venues/1/edit")
    first.presses("See what this affects", cost="£1 a day")
    first.presses("Save")

    page = second.presses("See what this affects", cost="£2 a day")

    assert page.status == 422
    assert "Somebody has changed this while you were at it" in page.errors[0]


def test_a_closure_is_taken_back_and_meetings_stay(coordinator: Browser, told: Told, library: Venue) -> None:
    coordinator.opens("/venues/1/close")
    days = {"first_day-day": "30", "first_day-month": "11", "first_day-year": "2026",
            "last_day-day": "4", "last_day-month": "12", "last_day-year": "2026"}  # fmt: skip
    coordinator.presses("See what this affects", **days, reason="Heating")
    coordinator.presses("Close the venue and move the meetings")
    went_to = room_of(told)
    coordinator.opens("/venues/1")

    page = coordinator.presses("Open again")

    assert "open again on these days" in page.text
    assert room_of(told) == went_to
    with db.Reading() as session:
        assert session.query(Closure).all() == []


@pytest.mark.parametrize("path", ["/venues/999/edit", "/venues/2/rooms/1", "/venues/1/rooms/999"])
def test_what_is_not_there_is_not_found(coordinator: Browser, told: Told, library: Venue, path: str) -> None:
    assert coordinator.opens(path).status == 404


def test_the_calendar_shows_every_room_and_every_mediator_in_one_week(coordinator: Browser, told: Told) -> None:
    by_venue = coordinator.opens("/calendar?from=2026-11-30")
    assert "Week of Monday 30 November 2026" in by_venue.text
    assert "Booked" in by_venue.text
    assert f"/cases/{told.booked}/slots" in by_venue.links

    by_mediator = coordinator.presses("Show", by="mediator")
    assert f"/cases/{told.booked}/slots" in by_mediator.links
    assert "No venue serves what you chose" in coordinator.opens("/calendar?authority=999&by=venue").text


def test_a_closure_is_undone_from_the_page_after_it_while_nobody_knows(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/venues/1/close")
    days = {"first_day_day": "30", "first_day_month": "11", "first_day_year": "2026"}
    days |= {"last_day_day": "4", "last_day_month": "12", "last_day_year": "2026"}
    coordinator.presses("See what this affects", reason="Burst pipe", **days)
    closed = coordinator.presses("Close the venue and move the meetings")
    assert "Nobody has been told yet" in closed.text
    after = closed.path

    undone = coordinator.presses("Undo the closure")

    assert "The closure has been undone. 1 meeting is where they were" in undone.text
    assert "Undo the closure" not in coordinator.opens(after).text
