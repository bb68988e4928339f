"""A coordinator writes down who is away or cannot come, after a look at what that does."""

import pytest

from scheduling import db, london
from scheduling.models import Booking, Closure, Mediator, Repeats
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import Told

DAYS = {"first_day-day": "30", "first_day-month": "11", "first_day-year": "2026"}
A_WEEK = {**DAYS, "last_day-day": "4", "last_day-month": "12", "last_day-year": "2026"}


def booked_at(told: Told) -> str:
    with db.Reading() as session:
        return f"{london.london(session.get_one(Booking, told.booking).starts_at):%d.%m. %H:%M}"


def test_leave_is_previewed_before_it_is_written_down(coordinator: Browser, told: Told, town: Town) -> None:
    was = booked_at(told)
    coordinator.opens(f"/mediators/{town.mediator.id}")
    coordinator.opens(f"/mediators/{town.mediator.id}/leave")

    preview = coordinator.presses("See what this affects", **A_WEEK)
    assert "1 booking is affected" in preview.text
    assert booked_at(told) == was

    done = coordinator.presses("Write the leave down and change the meetings")

    assert "1 meetings changed, 0 without another time" in done.text
    assert booked_at(told) != was


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        pytest.param({**A_WEEK, "last_day-month": "10"}, "must be the same as or after the first day", id="backwards"),
        pytest.param({}, "Enter the first day of the leave", id="nothing"),
        pytest.param({**A_WEEK, "last_day-year": "2036"}, "within a year of the first", id="for years"),
    ],
)
def test_leave_that_cannot_be_is_refused_in_a_sentence(
    coordinator: Browser, told: Told, town: Town, days: dict[str, str], sentence: str
) -> None:
    coordinator.opens(f"/mediators/{town.mediator.id}/leave")

    page = coordinator.presses("See what this affects", **days)

    assert page.status == 422
    assert sentence in page.text
    with db.Reading() as session:
        assert session.get_one(Mediator, town.mediator.id).leave == []


def test_a_side_that_cannot_come_is_given_another_time(coordinator: Browser, told: Told) -> None:
    was = booked_at(told)
    coordinator.opens(f"/cases/{told.booked}/bookings/{told.booking}/cancel")

    page = coordinator.presses("Find another time instead", caused_by="the family", because="A funeral")

    assert "The meeting is now on" in page.text
    assert booked_at(told) != was


def test_who_is_not_part_of_a_meeting_cannot_be_kept_from_it(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.booked}/bookings/{told.booking}/cancel")

    page = coordinator.presses("Find another time instead", caused_by="the service", because="A mistake")

    assert page.errors == ["Choose who cannot come. Where nobody is kept away, move the meeting instead"]


def test_a_venue_may_be_closed_every_week(coordinator: Browser, told: Told, town: Town) -> None:
    coordinator.opens(f"/venues/{town.venue.id}/close")
    day = {**DAYS, "last_day-day": "30", "last_day-month": "11", "last_day-year": "2026"}

    preview = coordinator.presses("See what this affects", **day, repeats="every week", reason="Market")
    assert "every week" in preview.text
    coordinator.presses("Close the venue")

    with db.Reading() as session:
        [closure] = session.query(Closure).all()
        assert closure.repeats is Repeats.WEEKLY
    assert "every week" in coordinator.opens(f"/venues/{town.venue.id}").text


def test_a_closure_that_comes_once_has_no_end(coordinator: Browser, told: Told, town: Town) -> None:
    coordinator.opens(f"/venues/{town.venue.id}/close")
    until = {"repeats_until-day": "1", "repeats_until-month": "2", "repeats_until-year": "2027"}

    page = coordinator.presses("See what this affects", **A_WEEK, **until, repeats="once", reason="Flood")

    assert page.errors == ["Leave this empty, or enter a day after the first of a closure that repeats"]
