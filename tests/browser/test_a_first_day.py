"""The whole way in a browser: a telephone's keypad, the adviser's record, the invite, a closed venue, a certificate.

It is the tutorial's way: what docs/tutorial/a-first-day.md says in bold is what is pressed here.
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from scheduling.models import Role
from tests.browser import conftest, look
from tests.browser.conftest import Visit
from tests.browser.tutorial import Tutorial
from tests.journeys.service import Service

FAMILY = "ngozi.bright@family.example"
PATIENCE = 60
"""How many times we look, twice a second."""

UID = "Meeting\N{RIGHT SINGLE QUOTATION MARK}s own name"


def test_a_first_day_is_as_the_tutorial_tells_it(visit: Visit, told: Service, subtests: pytest.Subtests) -> None:
    tutorial = Tutorial()
    phone, desk, mailbox, office = visit(), visit(), visit(), visit(Role.COORDINATOR)

    begins_the_day(desk, told, tutorial)
    reference = rings_for_advice(phone, tutorial)
    reads_the_text(phone, "we will call you on")
    tutorial.shows(phone, "first-day-phone", below=".simulator")
    with subtests.test("a phone in a call and its texts"):
        assert look.faults(phone, "simulator-in-use") == []

    opens_the_case(desk, reference, tutorial)
    fills_in_the_record(desk, tutorial)
    says_what_the_law_asks(desk, tutorial)
    says_that_mediation_is_wanted(desk, tutorial)
    tutorial.shows(desk, "first-day-case")
    waits_until_it_is_booked(desk, tutorial)
    invite = newest_invite(mailbox)
    assert invite["It asks to"] == "put the meeting into the calendar (REQUEST)"
    assert invite["Invited"] == FAMILY
    assert invite["Change number"] == "0"
    expect(mailbox.get_by_role("heading", name=tutorial.says("What a calendar makes of it"))).to_be_visible()
    tutorial.shows(mailbox, "first-day-invite", below="h2")

    closes_the_venue(office, invite["Where"].partition(",")[0], reference, tutorial, subtests)
    moved = next_invite(mailbox, "Changed invite")
    assert moved[UID] == invite[UID]
    assert moved["Change number"] == "1"
    assert moved["Where"] != invite["Where"]

    desk.reload()
    expect(desk.locator(".history")).to_contain_text("The heating has failed")
    thinks_again(desk, tutorial)
    ended = next_invite(mailbox, "Cancellation")
    assert ended["It asks to"] == "take the meeting out of the calendar (CANCEL)"
    assert ended[UID] == invite[UID]
    assert ended["Change number"] == "2"
    gets_a_certificate(desk, tutorial)
    assert tutorial.left == []


def begins_the_day(desk: Page, told: Service, tutorial: Tutorial) -> None:
    tutorial.says("Sign in")
    conftest.signs_in(desk, told, Role.ADVISER)
    expect(desk.get_by_role("heading", level=1)).to_contain_text(tutorial.says("Today"))
    tutorial.shows(desk, "first-day-today")


def rings_for_advice(phone: Page, tutorial: Tutorial) -> str:
    """Ring, ask for advice, name the council, say yes to texts; gives the reference that is heard."""
    phone.goto("/simulator/phones/101")
    presses(phone, tutorial.says("Ring the advice line"))
    hears(phone, "advice")
    presses(phone, tutorial.says("1"))
    hears(phone, "council letter")
    presses(phone, tutorial.says("2"))
    hears(phone, "council")
    phone.get_by_label(tutorial.says("Say something")).fill("Barnet")
    presses(phone, tutorial.says("Say it"))
    hears(phone, "Barnet")
    presses(phone, tutorial.says("1"))
    hears(phone, "text this number")
    presses(phone, tutorial.says("1"))
    hears(phone, "reference is")
    spoken = re.search(r"reference is ([\d ,]+)", phone.get_by_role("log", name="What is said").inner_text())
    assert spoken is not None
    presses(phone, tutorial.says("Hang up"))
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


def opens_the_case(desk: Page, reference: str, tutorial: Tutorial) -> None:
    """By its number, from the page of all cases."""
    desk.get_by_role("link", name=tutorial.says("Cases"), exact=True).click()
    desk.get_by_role("textbox").fill(reference)
    desk.get_by_role("textbox").press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text(f"{reference[:4]} {reference[4:]}")


def fills_in_the_record(desk: Page, tutorial: Tutorial) -> None:
    presses(desk, tutorial.says("Write down the adviser\N{RIGHT SINGLE QUOTATION MARK}s record"))
    desk.get_by_label("Full name").fill("Ngozi Bright")
    desk.get_by_label("young person's name").fill("Ada Bright")
    desk.get_by_label("Email address").fill(FAMILY)
    desk.get_by_label("First half of the home postcode").fill("N3")
    fills_in_a_day(desk, "Date on the decision letter", "2 11 2026")
    desk.get_by_role("textbox", name="What the disagreement is about").fill("Speech and language therapy in section F")
    desk.get_by_label("The family agrees that the council is told").check()
    presses(desk, tutorial.says("Save the record"))
    expect(desk.get_by_role("alert")).to_contain_text("The record has been saved")


def says_what_the_law_asks(desk: Page, tutorial: Tutorial) -> None:
    desk.get_by_role("link", name=tutorial.says("Answer the four questions")).click()
    desk.get_by_role("radio").first.check()
    presses(desk, tutorial.says("Save the answers"))
    expect(desk.get_by_role("alert")).to_contain_text("The answers have been saved")
    desk.get_by_role("link", name=tutorial.says("What the family has been told")).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("What the family has been told")
    for box in desk.get_by_role("checkbox").all():
        box.check()
    presses(desk, tutorial.says("Write it down"))
    expect(desk.get_by_text("has been told everything").first).to_be_visible()
    desk.goto(desk.url.removesuffix("/checklist"))


def fills_in_a_day(page: Page, legend: str, day: str) -> None:
    boxes = page.get_by_role("group", name=legend).get_by_role("textbox")
    expect(boxes).to_have_count(3)  # the page may still be on its way
    for box, number in zip(boxes.all(), day.split(), strict=True):
        box.fill(number)


def says_that_mediation_is_wanted(desk: Page, tutorial: Tutorial) -> None:
    presses(desk, tutorial.says("Mediation is wanted"))
    presses(desk, tutorial.says("Record the wish and tell the authority"))
    expect(desk.get_by_role("alert")).to_contain_text("The authority has been told")


def waits_until_it_is_booked(desk: Page, tutorial: Tutorial) -> None:
    """The clock books it within a minute."""
    eventually_shows(desk, desk.url, desk.get_by_role("heading", name=tutorial.says("Mediation meeting")))


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


def closes_the_venue(office: Page, venue: str, reference: str, tutorial: Tutorial, subtests: pytest.Subtests) -> None:
    office.goto("/today")
    office.get_by_role("link", name=tutorial.says("Venues"), exact=True).click()
    office.get_by_role("link", name=venue, exact=True).click()
    presses(office, tutorial.says("Add a closure"))
    fills_in_a_day(office, "First day", "25 11 2026")
    fills_in_a_day(office, "Last day", "24 12 2026")
    office.get_by_label("Reason").fill("The heating has failed")
    presses(office, tutorial.says("See what this affects"))
    written = f"{reference[:4]} {reference[4:]}"
    expect(office.get_by_role("row").filter(has_text=written)).to_be_visible()
    tutorial.shows(office, "first-day-closure")
    with subtests.test("what closing a venue would do"):
        assert look.faults(office, "venue-closure-preview") == []
    presses(office, tutorial.says("Close the venue and move the meetings"))
    expect(office.get_by_role("heading", level=1)).to_contain_text("has been closed")
    expect(office.get_by_role("listitem").filter(has_text=written)).to_be_visible()
    tutorial.shows(office, "first-day-closed")


def thinks_again(desk: Page, tutorial: Tutorial) -> None:
    presses(desk, tutorial.says("Mediation is not wanted"))
    presses(desk, tutorial.says("Record that mediation is not wanted"))
    expect(desk.get_by_role("heading", level=1)).to_have_text(tutorial.says("Certificate"))


def gets_a_certificate(desk: Page, tutorial: Tutorial) -> None:
    presses(desk, tutorial.says("Issue the certificate: not wanted"))
    expect(desk.get_by_text("Code to check it")).to_be_visible()
    tutorial.shows(desk, "first-day-certificate")
