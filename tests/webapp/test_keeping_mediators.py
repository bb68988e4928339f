"""A coordinator keeps the mediators: adds them, and changes nothing before seeing what that does to their meetings."""

import pytest

from scheduling import db
from scheduling.models import Booking, Mediator
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import Told

NOOR = {"name": "Noor Haddad", "email": "noor@mediators.example", "works_with": "1", "languages": "Urdu"}


def mediator_of(told: Told) -> str:
    with db.Reading() as session:
        mediator = session.get_one(Booking, told.booking).mediator
        return mediator.name if mediator else ""


@pytest.fixture
def other(town: Town) -> Mediator:
    """Another mediator, to whom meetings can go."""
    with db.Session.begin() as session:
        return builders.mediator(session, session.merge(town.authority), "Zia of Barnet")


def test_a_mediator_is_added(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/mediators/new")

    page = coordinator.presses("Add the mediator", **NOOR, number="07700900111", travels_km="40", outcode="nw5")

    assert page.headings == ["Noor Haddad"]
    assert "NW5, travels 40 km" in page.text
    assert "Noor Haddad works with us" in page.text
    assert "Noor Haddad" in coordinator.opens("/mediators").text


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        pytest.param({"email": "noor"}, "Enter an email address in the correct format", id="no address"),
        pytest.param(
            {"email": "morgan.of.barnet@mediators.example"}, "There is a mediator with the address", id="twice"
        ),
        pytest.param({"number": "12"}, "Enter a telephone number", id="no number"),
        pytest.param({"meetings_a_day": "9"}, "Enter a whole number from 1 to 4", id="too many a day"),
        pytest.param({"travels_km": "far"}, "Enter a whole number from 1 to 500", id="far is no number"),
        pytest.param({"outcode": "LONDON"}, "Enter the first half of a postcode", id="a town"),
        pytest.param({"day_4": "morning"}, "Enter the hours of Friday", id="hours in words"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    coordinator: Browser, told: Told, filled: dict[str, str], sentence: str
) -> None:
    coordinator.opens("/mediators/new")

    page = coordinator.presses("Add the mediator", **{**NOOR, **filled})

    assert page.status == 422
    assert sentence in page.errors[0]


def test_a_mediator_who_leaves_gives_meetings_to_another_after_a_look(
    coordinator: Browser, told: Told, other: Mediator
) -> None:
    was = mediator_of(told)
    coordinator.opens("/mediators/1/edit")
    fields = [(name, value) for name, value in coordinator.page.form("See what this affects").fields
              if name != "is_active"]  # fmt: skip

    preview = coordinator.sends("/mediators/1/edit/preview", fields)
    assert "Works with us: no, before that yes" in preview.text
    assert "1 booking is affected" in preview.text
    assert mediator_of(told) == was
    coordinator.presses("Save and move the meetings")

    assert mediator_of(told) == "Zia of Barnet"
    assert "No longer with us" in coordinator.page.text
    assert was not in coordinator.opens("/mediators").text
    assert was in coordinator.opens("/mediators?show=all").text


def test_a_conflict_with_a_family_is_named_by_a_case_and_removed_again(
    coordinator: Browser, told: Told, other: Mediator
) -> None:
    coordinator.opens("/mediators/1/conflicts/new")

    preview = coordinator.presses(
        "See what this affects", whose="family", reference=told.booked, because="Lives next door"
    )
    assert f"the family of case {told.booked}" in preview.text
    coordinator.presses("Save and move the meetings")
    assert mediator_of(told) == "Zia of Barnet"
    assert "Lives next door" in coordinator.page.text

    assert "The conflict of interest has been removed" in coordinator.presses("Remove").text


def test_a_conflict_with_nobody_is_refused(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/mediators/1/conflicts/new")

    page = coordinator.presses("See what this affects", whose="family", reference="11111111", because="Friends")

    assert page.status == 422
    assert "give the reference of a case" in page.errors[0]


def test_the_list_shows_the_load_and_what_runs_out(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/mediators/1/edit")
    coordinator.presses(
        "See what this affects",
        accredited_until_day="10",
        accredited_until_month="1",
        accredited_until_year="2027",
    )
    coordinator.presses("Save")

    page = coordinator.opens("/mediators").text

    assert "In November In December" in page
    assert "Sunday 10 January 2027 Runs out soon" in page
    assert "0 in November, 1 in December" in coordinator.opens("/mediators/1").text
