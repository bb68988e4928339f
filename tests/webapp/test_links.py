"""What the parties reach by link: opening it changes nothing, and tells nothing private."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import agreements, links
from scheduling.law.agreements import Action
from scheduling.models import Actor, AgreedAction, Case, Extent, Message, Purpose, Role, Staff, Telling
from scheduling.outbox import messages
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, Told
from tests.webapp.letting_in import lets_in
from tests.webapp.test_coordinator_s_day import history

PRIVATE = ("Sam", "Ada", "Speech", "section F", "Barnet", "Two hours", "amend")
"""The people, the need, the dispute, the council and what was agreed, as they stand in the record."""


@pytest.fixture
def family(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def officer(app: Flask) -> Browser:
    return Browser(app)


def link(reference: str, purpose: Purpose, *, days: int = 30) -> str:
    """A new link's path."""
    with db.Session.begin() as session:
        case = session.query(Case).filter_by(reference=reference).one()
        case.child_name = "Ada"
        telling = case.tellings[0] if purpose is Purpose.ACKNOWLEDGE else None
        action = promised(session, case) if purpose is Purpose.ACTION else None
        token = links.make(session, purpose, case, now=NOW, days=days, telling=telling, action=action)
        return f"/{links.PATHS[purpose]}/{token}"


def promised(session: Session, case: Case) -> AgreedAction:
    coordinator = session.query(Staff).filter_by(role=Role.COORDINATOR).order_by(Staff.id).first()
    assert coordinator is not None
    agreed = agreements.record(
        session,
        case,
        extent=Extent.FULL,
        agreed_on=date(2026, 11, 20),
        actions=[(Action.AMENDMENT, "Two hours a week", None)],
        by=Actor.staff(coordinator.id),
        now=NOW,
    )
    return agreed.actions[0]


def test_a_family_sees_its_dates_with_what_they_do_not_forgive(family: Browser, told: Told) -> None:
    page = lets_in(family, link(told.booked, Purpose.FAMILY))

    assert page.status == 200
    assert "Mediation is held within 30 days" in page.text
    assert "Wednesday 23 December 2026" in page.text
    assert "Last lawful day: Monday 4 January 2027" in page.text
    assert "does not take away your right to appeal" in page.text
    assert "Your meeting is booked" in page.text


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_page_by_link_tells_nothing_private(family: Browser, told: Told, purpose: Purpose) -> None:
    text = family.opens(link(told.booked, purpose)).text.replace("Common Ground", "")

    assert [word for word in PRIVATE if word in text] == []


@pytest.mark.parametrize("purpose", list(Purpose))
def test_opening_a_link_changes_nothing(family: Browser, told: Told, purpose: Purpose) -> None:
    path = link(told.booked, purpose)
    before = history(told.booked)

    family.opens(path)
    family.client.head(path)

    with db.Reading() as session:
        assert session.query(Telling).filter(Telling.acknowledged_at.is_not(None)).count() == 0
        assert session.query(AgreedAction).filter(AgreedAction.not_done_at.is_not(None)).count() == 0
    assert history(told.booked) == before


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_page_by_link_is_kept_nowhere_and_tells_no_other_site(family: Browser, told: Told, purpose: Purpose) -> None:
    headers = family.opens(link(told.booked, purpose)).response.headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_an_officer_acknowledges_by_a_button_and_once(officer: Browser, told: Told) -> None:
    path = link(told.booked, Purpose.ACKNOWLEDGE)
    officer.opens(path)

    thanked = officer.presses("We have read it")
    again = officer.opens(path)

    assert "Thank you" in thanked.text
    assert [form.buttons for form in again.forms] == []
    assert [line for line in history(told.booked) if "acknowledged" in line] == [
        "The authority acknowledged that mediation is wanted"
    ]


def test_a_family_reports_by_a_button_that_it_was_not_done(family: Browser, told: Told) -> None:
    lets_in(family, link(told.booked, Purpose.ACTION))

    page = family.presses("It has not been done")
    again = family.opens("/my-case/agreed")

    assert "Thank you for telling us" in page.text
    assert "You told us that it has not been done" in again.text
    assert history(told.booked).count("Something that was agreed was reported as not done") == 1


@pytest.mark.parametrize("path", ["family", "acknowledge", "action"])
def test_a_wrong_link_opens_a_page_that_helps(family: Browser, told: Told, path: str) -> None:
    page = family.opens(f"/{path}/no-such-token")

    assert (page.status, page.headings) == (404, ["This link does not open anything"])
    assert "0300 123 4567" in page.text


def test_a_link_opens_what_it_is_for_and_nothing_else(family: Browser, told: Told) -> None:
    token = link(told.booked, Purpose.FAMILY).rpartition("/")[2]

    assert family.opens(f"/acknowledge/{token}").status == 404
    assert family.opens(f"/action/{token}").status == 404


def test_a_link_is_over_when_its_time_is(family: Browser, told: Told) -> None:
    path = link(told.booked, Purpose.FAMILY, days=1)
    clock.shift(NOW - datetime.now(UTC) + timedelta(days=1, hours=1))

    assert family.opens(path).status == 404


def test_a_family_gets_its_link_by_mail_and_the_earlier_one_ends(
    coordinator: Browser, family: Browser, told: Told
) -> None:
    coordinator.opens(f"/cases/{told.booked}/people")
    coordinator.presses("Send the family a link to its page")
    first = mailed()
    assert family.opens(first).status == 200

    coordinator.presses("Send the family a link to its page")

    assert family.opens(first).status == 404
    assert family.opens(mailed()).status == 200


def mailed() -> str:
    """The path of the newest link to a family's page."""
    with db.Reading() as session:
        newest = session.query(Message).filter_by(purpose="the family's page").order_by(Message.id.desc())
        found = re.search(r"/family/\S+", newest.limit(1).one().body)
    assert found is not None
    return found[0]


def test_staff_do_not_see_in_a_stored_mail_what_opens_its_link(coordinator: Browser, told: Told) -> None:
    live = link(told.booked, Purpose.ACKNOWLEDGE)
    token = live.rpartition("/")[2]
    with db.Session.begin() as session:
        case = session.query(Case).filter_by(reference=told.booked).one()
        mail = messages.email(
            session,
            address="olu@barnet.example",
            recipient=messages.THE_AUTHORITY,
            purpose="authority told",
            subject="A family wants mediation",
            body=f"Please say that you have read this: https://common-ground.example{live}\nThank you.",
            key="a mail with a link",
            now=NOW,
            case=case,
        )

    pages = [coordinator.opens(f"/cases/{told.booked}"), coordinator.opens(f"/messages/{mail.id}")]

    for page in pages:
        assert token not in page.html
        assert "https://common-ground.example/acknowledge/…" in page.text
