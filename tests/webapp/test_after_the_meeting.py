"""What became of a meeting, and what was agreed: who may write it down, who may read it, and what follows."""

import pytest

from scheduling import db
from scheduling.models import Booking, Case, Role, Staff
from tests import builders
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import SignIn, Told
from tests.webapp.test_coordinator_s_day import history


@pytest.fixture
def yesterday(told: Told) -> Told:
    """The meeting that is booked was yesterday morning."""
    with db.Session.begin() as session:
        booking = session.get_one(Booking, told.booking)
        booking.starts_at, booking.ends_at = builders.moment("2026-11-23 14:00"), builders.moment("2026-11-23 16:00")
    return told


def outcome(told: Told) -> str:
    return f"/cases/{told.booked}/bookings/{told.booking}/outcome"


def writes_down(browser: Browser, told: Told, **answers: str) -> Page:
    browser.opens(outcome(told))
    usual = {"ending": "concluded", "family_came": "yes", "authority_came": "yes", "could_decide": "y"}
    return browser.presses("Write it down", **{**usual, **answers})


def test_the_form_names_the_day_by_which_the_certificate_is_due(adviser: Browser, yesterday: Told) -> None:
    page = adviser.opens(outcome(yesterday))

    assert "the certificate is due by Thursday 26 November 2026, whatever came of it" in page.text


def test_a_meeting_that_is_over_makes_a_certificate_due(adviser: Browser, yesterday: Told) -> None:
    page = writes_down(adviser, yesterday, ended_at="16:10")

    assert "The certificate is due by Thursday 26 November 2026" in page.text
    assert any("Mediation was held" in line for line in history(yesterday.booked))
    assert "Ended" in adviser.opens(outcome(yesterday)).text


def test_a_meeting_that_has_not_begun_has_no_outcome(adviser: Browser, told: Told) -> None:
    page = adviser.opens(outcome(told))

    assert "has not begun" in page.text
    assert [form.buttons for form in page.forms] == [["Sign out"]]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        pytest.param({"ending": ""}, "Choose how the meeting ended", id="nothing chosen"),
        pytest.param({"ended_at": "25:00"}, "Enter the time as on a 24-hour clock, like 12:10", id="no such time"),
        pytest.param({"ended_at": "13:00"}, "The meeting cannot have ended before it began", id="before its start"),
        pytest.param({"family_came": "no"}, "Without both parties there was no mediation", id="one party alone"),
    ],
)
def test_an_outcome_that_cannot_be_is_told_why(
    adviser: Browser, yesterday: Told, answers: dict[str, str], sentence: str
) -> None:
    page = writes_down(adviser, yesterday, **{"ended_at": "16:10", **answers})

    assert page.status == 422
    assert sentence in page.errors[0]


def agrees(browser: Browser, told: Told, **promise: str) -> Page:
    browser.opens(f"/cases/{told.booked}/agreement/new")
    boxes = {"agreed_on_day": "23", "agreed_on_month": "11", "agreed_on_year": "2026"}
    return browser.presses("Keep it", extent="all of it", **boxes, **promise)


AMEND = {"promise-1-action": "amend the plan", "promise-1-words": "Two hours of speech therapy a week"}


def test_a_promise_gets_the_day_of_the_law(coordinator: Browser, yesterday: Told) -> None:
    page = agrees(coordinator, yesterday, **AMEND)

    assert "Two hours of speech therapy a week" in page.text
    assert "Due by Monday 28 December 2026" in page.text


def test_what_was_agreed_stands_on_no_other_page(coordinator: Browser, yesterday: Told) -> None:
    agrees(coordinator, yesterday, **AMEND)

    for path in (f"/cases/{yesterday.booked}", "/today", "/cases"):
        page = coordinator.opens(path)
        assert "speech therapy a week" not in page.text
        assert "amend the plan" not in page.text.lower()


def test_a_promise_is_not_done_and_then_done(coordinator: Browser, yesterday: Told) -> None:
    agrees(coordinator, yesterday, **AMEND)

    reported = coordinator.presses("Not done: promise 1")
    done = coordinator.presses("Done: promise 1")

    assert "The family reported" in reported.text
    assert [form.buttons for form in done.forms] == [["Sign out"]]
    assert "Something that was agreed has been done" in history(yesterday.booked)


def test_an_agreement_without_a_promise_is_told_what_is_missing(coordinator: Browser, yesterday: Told) -> None:
    page = agrees(coordinator, yesterday)

    assert (page.status, page.errors) == (422, ["Write down what was agreed, each promise by itself."])


@pytest.mark.parametrize("role", [Role.ADVISER, Role.MANAGER, Role.ADMINISTRATOR])
def test_nobody_outside_the_case_reads_what_was_agreed(sign_in: SignIn, yesterday: Told, role: Role) -> None:
    agrees(sign_in(Role.COORDINATOR), yesterday, **AMEND)
    with db.Session.begin() as session:
        case = session.query(Case).filter_by(reference=yesterday.booked).one()
        case.adviser = builders.staff(session, Role.ADVISER, "Pat")
    outsider = sign_in(role)
    if outsider.opens(f"/cases/{yesterday.booked}").status == 200:
        outsider.presses("Open the case", reason="The adviser is ill today")

    assert outsider.opens(f"/cases/{yesterday.booked}/agreement").status == 404
    assert f"/cases/{yesterday.booked}/agreement" not in outsider.opens(f"/cases/{yesterday.booked}").links


def test_the_adviser_of_the_case_reads_it(sign_in: SignIn, yesterday: Told) -> None:
    adviser = sign_in(Role.ADVISER)
    with db.Session.begin() as session:
        case = session.query(Case).filter_by(reference=yesterday.booked).one()
        case.adviser_id = session.query(Staff).filter_by(role=Role.ADVISER).one().id

    assert adviser.opens(f"/cases/{yesterday.booked}/agreement").status == 200
