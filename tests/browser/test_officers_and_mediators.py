"""An officer's day and a mediator's day, at a desk and on a phone: with an account, and by the link in our mail."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import officer_links
from scheduling.models import Authority, Officer, Role
from tests.browser import look, route_list
from tests.browser.conftest import Visit
from tests.journeys.service import Service
from webapp.demo import stage


def test_an_officer_s_day(visit: Visit, told: Service, subtests: pytest.Subtests) -> None:
    desk = visit(Role.OFFICER)
    desk.goto("/authority")
    with subtests.test("what needs the authority"):
        assert look.faults(desk, "officer-cases") == []
    desk.locator("tbody th a").first.click()

    acknowledges(desk)
    with subtests.test("a case"):
        assert look.faults(desk, "officer-case") == []
    names(desk, "Ada Quill", can_agree=False)
    expect(desk.get_by_text("Nobody whom you have named can agree")).to_be_visible()
    with subtests.test("somebody who cannot agree"):
        assert look.faults(desk, "officer-attendees") == []
    desk.go_back()
    names(desk, "Olu Bassey", can_agree=True)
    expect(desk.get_by_text("Nobody whom you have named can agree")).to_be_hidden()

    desk.goto(f"{desk.url.removesuffix('/attendees')}/cannot")
    expect(desk.get_by_text("A meeting is booked for")).to_be_visible()
    with subtests.test("a meeting stands"):
        assert look.faults(desk, "officer-meeting-stands") == []


def test_an_officer_says_when_they_can_come_by_link_on_a_phone_without_scripts(
    visit: Visit, told: Service, subtests: pytest.Subtests
) -> None:
    phone = visit(scripts=False)
    phone.set_viewport_size(look.PHONE)
    phone.goto(link_of_an_officer(told))
    phone.locator("tbody th a").first.click()
    phone.goto(f"{phone.url}/when")

    phone.get_by_role("button", name="Send these times").click()
    expect(phone.get_by_role("alert")).to_contain_text("Tick at least one time")
    phone.get_by_role("checkbox").nth(2).check()
    phone.get_by_role("button", name="Send these times").click()

    expect(phone.get_by_role("alert")).to_contain_text("We look for a time within what you told us")
    assert "/officer/" in phone.url


def test_a_mediator_s_day(visit: Visit, subtests: pytest.Subtests) -> None:
    desk = visit(Role.MEDIATOR)
    desk.goto("/mediator")
    desk.locator("table[aria-labelledby=coming] tbody th a").last.click()
    with subtests.test("before it is taken"):
        assert look.faults(desk, "mediator-asked") == []

    desk.get_by_role("button", name="I take this meeting").click()
    desk.get_by_label("Your message").fill("Do you need anything at the table?")
    desk.get_by_role("button", name="Pass it on").click()
    expect(desk.get_by_role("alert")).to_contain_text("We pass it on")
    desk.get_by_role("button", name="Hand the meeting back").click()
    expect(desk.get_by_role("alert")).to_contain_text("Enter why")
    with subtests.test("after it was taken, and handed back without a reason"):
        assert look.faults(desk, "mediator-taken") == []

    desk.goto("/mediator/calendar")
    desk.get_by_role("button", name="Make a feed").click()
    expect(desk.get_by_text("/cal/")).to_be_visible()


def acknowledges(desk: Page) -> None:
    button = desk.get_by_role("button", name="We have read the notice")
    if button.is_visible():
        button.click()
        expect(desk.get_by_role("alert")).to_contain_text("you have read our notice")
    expect(button).to_be_hidden()


def names(desk: Page, who: str, *, can_agree: bool) -> None:
    if not desk.url.endswith("/attendees"):
        desk.get_by_role("button", name="Say who comes").click()
    desk.get_by_label("Full name").fill(who)
    desk.get_by_label("What they do").fill("Casework manager")
    desk.get_by_label("Email address").fill(f"{who.partition(' ')[0]}@council.example")
    desk.get_by_role("radio", name="Yes" if can_agree else "No").check()
    desk.get_by_role("button", name="Add them").click()
    expect(desk.get_by_role("row").filter(has_text=who)).to_be_visible()


def link_of_an_officer(told: Service) -> str:
    """As the mail of a notice carries it."""
    engine = db.open_engine(told.settings.database)
    with Session(engine) as session, session.begin():
        council = Officer.authority.has(Authority.name == stage.AUTHORITY_WHOSE_OFFICER_SIGNS_IN)
        officer = session.scalars(select(Officer).where(council, Officer.may_decide).limit(1)).one()
        token = officer_links.make(session, officer, now=route_list.AT).rpartition("/")[2]
    engine.dispose()
    return f"/{officer_links.PATH}/{token}"
