"""Pages on paper: what is printed is the list and the words, and not the way around."""

from playwright.sync_api import expect

from scheduling.models import Role
from tests.browser.conftest import Visit


def test_the_day_s_list_is_printed_without_the_way_around(visit: Visit) -> None:
    office = visit(Role.COORDINATOR)
    office.goto("/today")

    office.emulate_media(media="print")

    expect(office.get_by_role("heading", level=1)).to_be_visible()
    expect(office.get_by_role("row").first).to_be_visible()
    for hidden in (".app-header", ".govuk-service-navigation", ".app-footer", ".govuk-phase-banner"):
        expect(office.locator(hidden)).to_be_hidden()


def test_a_family_prints_what_it_has_read(visit: Visit) -> None:
    reader = visit()
    reader.goto("/right-of-appeal")

    reader.emulate_media(media="print")

    expect(reader.get_by_text("whichever is later")).to_be_visible()
    expect(reader.get_by_role("button", name="Work out the dates")).to_be_hidden()
    expect(reader.locator(".govuk-service-navigation")).to_be_hidden()
