"""The whole way in a browser: a telephone's keypad, the adviser's record, the invite, a closed venue, and the end."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from scheduling.models import Role
from tests.browser import conftest, look
from tests.browser.conftest import Visit
from tests.journeys.service import Service

FAMILY = "ngozi.bright@family.example"
PATIENCE = 60
"""How many times we look, twice a second."""

UID = "Meeting\N{RIGHT SINGLE QUOTATION MARK}s own name"


def test_a_family_rings_meets_a_closed_venue_and_calls_it_off(
    visit: Visit, told: Service, subtests: pytest.Subtests
) -> None:
    phone, desk, mailbox = visit(), visit(), visit()

    reference = rings_for_advice(phone)
    reads_the_text(phone, "we will call you on")
    look.picture_for_the_docs(phone, "simulator", below=".simulator")
    with subtests.test("a phone in a call and its texts"):
        assert look.faults(phone, "simulator-in-use") == []

    conftest.signs_in(desk, told, Role.ADVISER)
    opens_the_case(desk, reference)
    fills_in_the_record(desk)
    says_that_mediation_is_wanted(desk)
    waits_until_it_is_booked(desk)
    invite = newest_invite(mailbox)
    assert invite["It asks to"] == "put the meeting into the calendar (REQUEST)"
    assert invite["Invited"] == FAMILY
    assert invite["Change number"] == "0"
    look.picture_for_the_docs(mailbox, "invite", below="h2")

    office = visit(Role.COORDINATOR)
    office.goto("/today")
    look.picture_for_the_docs(office, "today")
    closes_the_venue(office, invite["Where"].partition(",")[0], reference, subtests)
    moved = next_invite(mailbox, "Changed invite")
    assert moved[UID] == invite[UID]
    assert moved["Change number"] == "1"
    assert moved["Where"] != invite["Where"]

    opens_the_case(office, reference)
    expect(office.locator(".history")).to_contain_text("The heating has failed")
    calls_it_off(office)
    ended = next_invite(mailbox, "Cancellation")
    assert ended["It asks to"] == "take the meeting out of the calendar (CANCEL)"
    assert ended[UID] == invite[UID]
    assert ended["Change number"] == "2"


def rings_for_advice(phone: Page) -> str:
    """Ring, ask for advice, name the council, say yes to texts; gives the reference that is heard."""
    phone.goto("/simulator/phones/101")
    phone.get_by_role("button", name="Ring the advice line").click()
    hears(phone, "advice")
    presses(phone, "1")
    hears(phone, "council letter")
    presses(phone, "2")
    hears(phone, "council")
    phone.get_by_label("Say something").fill("Barnet")
    phone.get_by_role("button", name="Say it").click()
    hears(phone, "Barnet")
    presses(phone, "1")
    hears(phone, "text this number")
    presses(phone, "1")
    hears(phone, "reference is")
    spoken = re.search(r"reference is ([\d ,]+)", phone.get_by_role("log", name="What is said").inner_text())
    assert spoken is not None
    phone.get_by_role("button", name="Hang up").click()
    expect(phone.get_by_role("status")).to_have_text("Not in a call.")
    return re.sub(r"\D", "", spoken.group(1))


def presses(phone: Page, key: str) -> None:
    phone.get_by_role("button", name=key, exact=True).click()


def hears(phone: Page, words: str) -> None:
    expect(phone.locator(".said--line").filter(has_text=words).last).to_be_visible()


def reads_the_text(phone: Page, words: str) -> None:
    thread = phone.get_by_role("log", name="Texts of this phone")
    expect(thread).to_contain_text(words)
    expect(thread).to_contain_text("Delivered")


def opens_the_case(desk: Page, reference: str) -> None:
    """By its number, from the page of all cases."""
    desk.get_by_role("link", name="Cases", exact=True).click()
    desk.get_by_role("textbox").fill(reference)
    desk.get_by_role("textbox").press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text(f"{reference[:4]} {reference[4:]}")


def fills_in_the_record(desk: Page) -> None:
    desk.get_by_role("button", name="Write down the adviser").click()
    desk.get_by_label("Full name").fill("Ngozi Bright")
    desk.get_by_label("Email address").fill(FAMILY)
    desk.get_by_label("First half of the home postcode").fill("N3")
    fills_in_a_day(desk, "Date on the decision letter", "2 11 2026")
    desk.get_by_role("textbox", name="What the disagreement is about").fill("Speech and language therapy in section F")
    desk.get_by_label("The family agrees that the council is told").check()
    desk.get_by_role("button", name="Save the record").click()
    expect(desk.get_by_role("alert")).to_contain_text("The record has been saved")


def fills_in_a_day(page: Page, legend: str, day: str) -> None:
    boxes = page.get_by_role("group", name=legend).get_by_role("textbox")
    expect(boxes).to_have_count(3)  # the page may still be on its way
    for box, number in zip(boxes.all(), day.split(), strict=True):
        box.fill(number)


def says_that_mediation_is_wanted(desk: Page) -> None:
    desk.get_by_role("button", name="Mediation is wanted").click()
    desk.get_by_role("button", name="Record the wish and tell the authority").click()
    expect(desk.get_by_role("alert")).to_contain_text("The authority has been told")


def waits_until_it_is_booked(desk: Page) -> None:
    """The clock books it within a minute."""
    eventually_shows(desk, desk.url, desk.get_by_role("heading", name="Mediation meeting"))


def newest_invite(mailbox: Page) -> dict[str, str]:
    """What a calendar makes of the newest mail to the family with an invite to its meeting; waits for one.

    The call with the adviser, whose invite comes as soon as there is an address, is something else.
    """
    mine = mailbox.get_by_role("row").filter(has_text=FAMILY).filter(has_not_text="No invite")
    mine = mine.filter(has_text=re.compile("meeting", re.IGNORECASE))
    eventually_shows(mailbox, "/simulator/mailbox", mine)
    mine.first.get_by_role("link").click()
    expect(mailbox.get_by_role("heading", name="What a calendar makes of it")).to_be_visible()
    rows = mailbox.locator(".govuk-summary-list__row").all()
    return {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in rows}


def next_invite(mailbox: Page, kind: str) -> dict[str, str]:
    """The next version of the invite, marked so in the mailbox."""
    mine = mailbox.get_by_role("row").filter(has_text=FAMILY).filter(has_text=kind)
    eventually_shows(mailbox, "/simulator/mailbox", mine)
    return newest_invite(mailbox)


def eventually_shows(page: Page, path: str, part: Locator) -> None:
    """Open the page again and again until the part is on it: other processes do their work in their own time."""
    for _ in range(PATIENCE):
        page.goto(path)
        if part.count():
            return
        page.wait_for_timeout(500)
    expect(part).to_be_visible()


def closes_the_venue(office: Page, venue: str, reference: str, subtests: pytest.Subtests) -> None:
    office.get_by_role("link", name="Venues", exact=True).click()
    office.get_by_role("link", name=venue, exact=True).click()
    office.get_by_role("button", name="Add a closure").click()
    fills_in_a_day(office, "First day", "25 11 2026")
    fills_in_a_day(office, "Last day", "24 12 2026")
    office.get_by_label("Reason").fill("The heating has failed")
    office.get_by_role("button", name="See what this affects").click()
    written = f"{reference[:4]} {reference[4:]}"
    expect(office.get_by_role("row").filter(has_text=written)).to_be_visible()
    with subtests.test("what closing a venue would do"):
        assert look.faults(office, "venue-closure-preview") == []
    office.get_by_role("button", name="Close the venue and move the meetings").click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("has been closed")
    expect(office.get_by_role("listitem").filter(has_text=written)).to_be_visible()


def calls_it_off(office: Page) -> None:
    office.get_by_role("button", name="Cancel the meeting").click()
    office.get_by_role("radio", name="The family").check()
    office.get_by_label("Why").fill("The family asked for it")
    office.get_by_role("button", name="Cancel the meeting").click()
    expect(office.get_by_role("alert")).to_contain_text("The booking has been cancelled")
    expect(office.locator(".history")).to_contain_text("The family asked for it")
