"""A parent's day on a small telephone: the link in a mail, the code in a text, and everything that the pages offer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import access, codes, links
from scheduling.cases.access import Needs
from scheduling.models import FAMILY, Booking, BookingKind, BookingStatus, Case, Message, Offer, Purpose
from tests.browser import look
from tests.browser.conftest import Visit
from tests.browser.route_list import AT
from tests.journeys.service import Service
from webapp.app import create_app


@contextmanager
def record(told: Service) -> Iterator[Session]:
    """The service's record, opened with its keys."""
    create_app(told.settings)
    with db.Session.begin() as session:
        yield session
    db.Session.kw["bind"].dispose()


@pytest.fixture
def link(told: Service) -> str:
    """The path in the mail of a family whose meeting is to come, and who may be texted."""
    with record(told) as session:
        wanted = (
            select(Case)
            .join(Booking, Booking.case_id == Case.id)
            .where(
                Booking.kind == BookingKind.MEDIATION,
                Booking.status == BookingStatus.CONFIRMED,
                Booking.starts_at > AT,
                Case.id.not_in(select(Offer.case_id)),
            )
        )
        case = session.scalars(wanted.order_by(Booking.starts_at, Case.id).limit(1)).one()
        case.person.may_text, case.person.reminded_by, case.person.number = True, None, "+447700900777"
        access.record(session, case, case.person, Needs(), by=FAMILY, now=AT)
        token = links.make(session, Purpose.FAMILY, case, now=AT, days=30)
    return f"/family/{token}"


def newest_code(told: Service) -> str:
    """As the text says it."""
    with record(told) as session:
        newest = select(Message).where(Message.purpose == codes.PURPOSE).order_by(Message.id.desc()).limit(1)
        found = re.search(r"code is (\d{6})", session.scalars(newest).one().body)
    assert found is not None
    return found[1]


def test_a_parent_does_everything_on_a_small_telephone(
    visit: Visit, told: Service, link: str, subtests: pytest.Subtests
) -> None:
    phone = visit()

    def looks_at(name: str) -> None:
        with subtests.test(name):
            assert look.faults(phone, f"parent-{name}") == []
        phone.set_viewport_size(look.PHONE)

    phone.set_viewport_size(look.PHONE)
    phone.goto(link)
    heading(phone, "Get a code to open this page")
    looks_at("door")
    phone.get_by_role("button", name="Send me a code").click()
    heading(phone, "Enter your code")
    looks_at("code")
    phone.get_by_label("Code").fill(newest_code(told))
    phone.get_by_role("button", name="Continue").click()
    heading(phone, "My case")
    expect(phone.get_by_text("Your meeting is booked", exact=True)).to_be_visible()
    looks_at("status")

    phone.get_by_role("link", name="Tell us what would make the meeting easier").click()
    phone.get_by_role("button", name="Save and continue").click()
    expect(phone.get_by_role("alert")).to_contain_text("Choose what you need")
    looks_at("needs-refused")
    phone.get_by_label("Breaks during the meeting").check()
    phone.get_by_role("button", name="Save and continue").click()
    expect(phone.get_by_role("alert")).to_contain_text("We have written down what you need")

    phone.get_by_role("link", name="Say who is coming with you").click()
    phone.get_by_role("button", name="Add somebody").click()
    phone.get_by_label("A friend, a relative or somebody else").check()
    phone.get_by_label("Their name").fill("Ines")
    phone.get_by_label("What are they to you?").fill("my sister")
    looks_at("companion")
    phone.get_by_role("button", name="Save and continue").click()
    expect(phone.get_by_role("heading", name="Ines")).to_be_visible()
    looks_at("people")
    phone.get_by_role("button", name="That is everybody").click()

    phone.get_by_role("link", name="Say when you cannot come").click()
    looks_at("not-then")
    phone.get_by_role("button", name=re.compile("I can come at any time|There are no more")).click()

    phone.get_by_role("link", name="Say what we may tell the council").click()
    looks_at("consent")
    phone.get_by_label("Yes, you may tell the council").check()
    phone.get_by_role("button", name="Save and continue").click()
    heading(phone, "My case")
    expect(phone.get_by_text("Not started", exact=True)).to_have_count(0)

    phone.get_by_role("link", name="Tell us how you found us").click()
    looks_at("feedback")
    phone.get_by_label("4. Good").check()
    phone.get_by_role("group", name="Do you want a reply?").get_by_label("No").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("alert")).to_contain_text("Thank you")

    phone.get_by_role("button", name="Change or cancel").click()
    looks_at("change")
    phone.get_by_label("I cannot come at this time").check()
    phone.get_by_role("button", name="Continue").click()
    heading(phone, "Check your answers")
    looks_at("check-change")
    phone.get_by_role("button", name="Find another time").click()
    expect(phone.get_by_role("alert")).to_contain_text("our meeting")
    looks_at("changed")

    phone.go_back()  # the answers were used, so the way back leads to the question
    heading(phone, "Change or cancel")
    phone.goto("/my-case")
    phone.get_by_role("button", name="Log out").click()
    heading(phone, "You have logged out")
    looks_at("logged-out")
    phone.goto("/my-case")
    heading(phone, "Open your link again")
    looks_at("closed")


def heading(phone: Page, words: str) -> None:
    expect(phone.get_by_role("heading", level=1)).to_have_text(words)
