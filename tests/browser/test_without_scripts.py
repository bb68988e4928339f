"""Everything works without JavaScript: on an old telephone, behind a strict firewall, when a script does not arrive."""

from playwright.sync_api import Page, expect

from scheduling.models import Role
from tests.browser import look
from tests.browser.conftest import Visit


def test_a_family_rings_and_texts_without_scripts(visit: Visit) -> None:
    phone = visit(scripts=False)
    phone.goto("/simulator/phones/102")

    phone.get_by_role("button", name="Ring the advice line").click()
    for key in ("1", "2"):
        phone.get_by_role("button", name=key, exact=True).click()
    phone.get_by_label("Say something").fill("Camden")
    phone.get_by_role("button", name="Say it").click()

    expect(phone.get_by_role("log", name="What is said in the call")).to_contain_text("Camden")
    phone.get_by_role("button", name="Hang up").click()
    phone.get_by_label("Write a text to").fill("I want mediation")
    phone.get_by_role("button", name="Send text").click()
    expect(phone.get_by_role("log", name="Texts of this phone").get_by_role("listitem")).to_have_count(2)


def test_a_coordinator_closes_a_venue_without_scripts(visit: Visit) -> None:
    office = visit(Role.COORDINATOR, scripts=False)
    office.goto("/venues/1/close")

    office.get_by_role("button", name="See what this affects").click()
    expect(office.get_by_role("alert")).to_contain_text("Enter why the venue is closed")
    fills_in(office, "first_day", "12 1 2027")
    fills_in(office, "last_day", "14 1 2027")
    office.get_by_label("Reason").fill("The floor is polished")
    office.get_by_role("button", name="See what this affects").click()
    expect(office.get_by_text("Nothing has been changed yet")).to_be_visible()
    office.get_by_role("button", name="Close the venue").click()

    expect(office.get_by_role("heading", level=1)).to_contain_text("has been closed")
    office.get_by_role("link", name="Back").or_(office.locator(".govuk-back-link")).click()
    expect(office.get_by_text("The floor is polished", exact=True)).to_be_visible()


def test_a_family_asks_four_questions_and_looks_for_its_council_without_scripts_on_a_small_phone(visit: Visit) -> None:
    reader = visit(scripts=False)
    reader.set_viewport_size(look.PHONE)
    reader.goto("/do-i-have-to")

    reader.get_by_label("It will not assess my child's needs", exact=True).check()
    reader.get_by_role("group", name="4. Do you say").get_by_label("No").check()
    reader.get_by_role("button", name="Show the answer").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Yes: hear about mediation before you appeal")

    reader.get_by_role("link", name="Councils").first.click()
    reader.get_by_label("Name of the council on your letter").fill("Wembley")
    reader.get_by_role("button", name="Look it up").click()
    expect(reader.get_by_role("status")).to_contain_text("We serve Brent")


def fills_in(page: Page, name: str, day: str) -> None:
    for part, number in zip(("day", "month", "year"), day.split(), strict=True):
        page.locator(f"[name={name}-{part}]").fill(number)
