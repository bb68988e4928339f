from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from scheduling import db
from scheduling.cases import intake
from scheduling.models import Case, Officer
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW


@pytest.fixture
def new_case(town: Town) -> str:
    """A family has rung; nothing is known but its number and council."""
    with db.Session.begin() as session:
        council = session.merge(town.authority)
        return intake.open_case(
            session, number="+447700900127", authority=council, deadline_soon=False, now=NOW
        ).reference


def the_case(reference: str) -> Case:
    with db.Reading() as session:
        wanted = select(Case).where(Case.reference == reference)
        return session.scalars(wanted.options(joinedload(Case.person), selectinload(Case.tellings))).one()


FILLED = {
    "name": "Ada Byron",
    "email": "Ada@Family.example",
    "outcode": "n3",
    "may_text": "yes",
    "letter_date-day": "2",
    "letter_date-month": "11",
    "letter_date-year": "2026",
    "issues": "Speech therapy\r\nin section F",
    "consent_to_share": "yes",
}


def test_the_adviser_writes_down_what_the_family_said(adviser: Browser, new_case: str) -> None:
    adviser.opens(f"/cases/{new_case}/record")
    page = adviser.presses("Save the record", **FILLED)

    case = the_case(new_case)
    assert "The record has been saved" in page.text
    assert (case.person.name, case.person.email, case.person.outcode) == ("Ada Byron", "ada@family.example", "N3")
    assert case.letter_date == date(2026, 11, 2)
    assert case.issues == "Speech therapy\nin section F"
    assert case.consent_to_share_at is not None
    assert case.person.may_text is True


def test_the_record_opens_again_with_what_was_written(adviser: Browser, new_case: str) -> None:
    adviser.opens(f"/cases/{new_case}/record")
    adviser.presses("Save the record", **FILLED)

    kept = dict(adviser.opens(f"/cases/{new_case}/record").form("Save the record").fields)

    assert kept["letter_date-month"] == "11"
    assert kept["email"] == "ada@family.example"
    assert (kept["may_text"], kept["consent_to_share"]) == ("yes", "yes")
    assert "health_in_issue" not in kept


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param(
            {"email": "ada"}, "Enter an email address in the correct format, like name@example.org", id="no at"
        ),
        pytest.param({"email": "a@b.example\nBcc: x@y.example"}, "Enter an email address", id="a header in it"),
        pytest.param(
            {"letter_date-day": "25"}, "The date on the decision letter must be today or in the past", id="tomorrow"
        ),
        pytest.param({"letter_date-year": "2006"}, "within the last 5 years", id="long ago"),
        pytest.param({"letter_date-day": "31"}, "must be a real date", id="31 November"),
        pytest.param({"letter_date-month": ""}, "must include a month", id="no month"),
        pytest.param({"may_text": "perhaps"}, "Choose whether we may send texts", id="not on offer"),
        pytest.param({"authority": "999"}, "Choose the council from the list", id="no such council"),
        pytest.param({"issues": "x" * 4001}, "must be 4,000 characters or fewer", id="too long"),
        pytest.param({"outcode": "NW11AA"}, "must be 4 characters or fewer", id="a whole postcode"),
    ],
)
def test_what_cannot_be_is_asked_again(adviser: Browser, new_case: str, wrong: dict[str, str], sentence: str) -> None:
    adviser.opens(f"/cases/{new_case}/record")
    page = adviser.presses("Save the record", **{**FILLED, **wrong})

    assert page.status == 422
    assert [error for error in page.errors if sentence in error] == page.errors
    assert the_case(new_case).person.name is None


def test_the_error_leads_to_the_box_that_is_wrong(adviser: Browser, new_case: str) -> None:
    adviser.opens(f"/cases/{new_case}/record")
    page = adviser.presses("Save the record", **{**FILLED, "letter_date-year": "26"})

    assert "#letter_date-year" in page.links
    assert "letter_date-year" in page.ids


def test_mediation_wanted_tells_the_authority_when_nothing_is_missing(adviser: Browser, new_case: str) -> None:
    adviser.opens(f"/cases/{new_case}/record")
    adviser.presses("Save the record", **FILLED)

    adviser.opens(f"/cases/{new_case}/mediation")
    page = adviser.presses("Record the wish and tell the authority")

    assert "The authority has been told" in page.text
    assert len(the_case(new_case).tellings) == 1


def test_telling_happens_once_however_often_the_button_is_pressed(adviser: Browser, new_case: str) -> None:
    adviser.opens(f"/cases/{new_case}/record")
    adviser.presses("Save the record", **FILLED)
    asked = adviser.opens(f"/cases/{new_case}/mediation")
    for _ in range(2):
        adviser.page = asked
        adviser.presses("Record the wish and tell the authority")

    assert len(the_case(new_case).tellings) == 1


def test_without_consent_the_wish_is_kept_and_the_authority_not_told(adviser: Browser, new_case: str) -> None:
    page = adviser.opens(f"/cases/{new_case}/mediation")
    assert "The authority cannot be told yet" in page.text

    page = adviser.presses("Record the wish")

    case = the_case(new_case)
    assert "The authority has not been told" in page.text
    assert case.mediation_wanted_at is not None
    assert case.tellings == []


def test_an_authority_without_an_officer_is_said_to_be_the_obstacle(adviser: Browser, new_case: str) -> None:
    with db.Session.begin() as session:
        for officer in session.scalars(select(Officer)):
            officer.left_on = date(2026, 1, 1)
    adviser.opens(f"/cases/{new_case}/record")
    adviser.presses("Save the record", **FILLED)

    page = adviser.opens(f"/cases/{new_case}/mediation")
    if "Record the wish and tell the authority" in page.html:
        page = adviser.presses("Record the wish and tell the authority")

    assert page.status in {200, 409}
    assert "officer" in page.text
    assert the_case(new_case).tellings == []
