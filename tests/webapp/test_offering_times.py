"""A coordinator offers times, hears an answer on the telephone, books one of them, or takes them back."""

import re

import pytest
from flask import Flask

from scheduling import db
from scheduling.diary import bookings, holds
from scheduling.models import SERVICE, BookingKind, Case, Claim, Message, Side
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW, Told
from tests.webapp.test_coordinator_s_day import history


@pytest.fixture
def waiting(told: Told) -> str:
    """The case whose meeting has been called off."""
    with db.Session.begin() as session:
        case = session.query(Case).filter_by(reference=told.booked).one()
        kept = bookings.of(session, case, BookingKind.MEDIATION)
        assert kept is not None
        bookings.cancel(session, kept, caused_by=Side.AUTHORITY, because="The officer is ill", by=SERVICE, now=NOW)
    return told.booked


def keys(page: Page) -> list[str]:
    return re.findall(r'name="slot" type="checkbox" value="([^"]+)"', page.html)


def offers_three(coordinator: Browser, reference: str) -> Page:
    page = coordinator.opens(f"/cases/{reference}/offers")
    form = page.form("Hold them and ask both parties")
    fields = [field for field in form.fields if field[0] != "slot"]
    return coordinator.sends(form.action, [*fields, *(("slot", key) for key in keys(page)[:3])])


def held(reference: str) -> int:
    with db.Reading() as session:
        return len(holds.of(session, session.query(Case).filter_by(reference=reference).one()))


def test_three_times_are_held_and_both_parties_asked(coordinator: Browser, waiting: str) -> None:
    page = offers_three(coordinator, waiting)

    assert "everybody is asked" in page.text
    assert page.text.count("No answer yet") == 6
    assert held(waiting) == 3
    with db.Reading() as session:
        asked = session.query(Message).filter(Message.purpose == "times to choose from").all()
    assert {message.recipient for message in asked} == {"the family", "the authority"}


@pytest.mark.parametrize("number", [0, 4])
def test_one_two_or_three_must_be_chosen(coordinator: Browser, waiting: str, number: int) -> None:
    page = coordinator.opens(f"/cases/{waiting}/offers")
    form = page.form("Hold them and ask both parties")
    fields = [field for field in form.fields if field[0] != "slot"]

    refused = coordinator.sends(form.action, [*fields, *(("slot", key) for key in keys(page)[:number])])

    assert refused.status == 422
    assert "Choose one, two or three times" in refused.text
    assert held(waiting) == 0


def test_answers_heard_on_the_telephone_book_the_time_that_both_want(coordinator: Browser, waiting: str) -> None:
    offers_three(coordinator, waiting)
    refused = coordinator.presses("Write it down", party="the family", time="2", answer="yes")
    assert refused.status == 422
    assert "Enter who said it" in refused.text

    coordinator.presses("Write it down", party="the family", time="2", answer="yes", because="Sam rang")
    page = coordinator.presses("Write it down", party="the authority", time="2", answer="yes", because="Olu rang")

    assert "The meeting is booked for" in page.text
    assert any(line.startswith("Mediation was booked") for line in history(waiting))
    with db.Reading() as session:
        assert session.query(Claim).filter(Claim.offer_id.is_not(None)).count() == 0


def test_an_offered_time_is_booked_by_hand(coordinator: Browser, waiting: str) -> None:
    offers_three(coordinator, waiting)

    page = coordinator.presses("Book time 3")

    assert "The meeting is booked" in page.text
    assert held(waiting) == 0


def test_times_are_taken_back_with_a_reason(coordinator: Browser, waiting: str) -> None:
    offers_three(coordinator, waiting)
    assert coordinator.presses("Take them back").status == 422

    coordinator.presses("Take them back", **{"withdrawal-because": "The mediator is ill"})

    assert held(waiting) == 0
    assert any(line.startswith("No longer offered") for line in history(waiting))


def test_a_case_without_a_time_is_listed_with_what_stands_in_the_way(
    app: Flask, coordinator: Browser, told: Told
) -> None:
    page = coordinator.opens("/unplaced")

    assert page.status == 200
    assert "Cases without a time" in page.headings
