"""The day's board reads itself again while somebody looks at it, and says what is new and when it cannot."""

from playwright.sync_api import expect

from scheduling.models import Role
from tests.browser.conftest import Visit
from tests.journeys.service import Service

HALF_A_MINUTE = 31_000


def test_the_board_says_what_is_new_keeps_the_focus_and_says_when_it_cannot_read(visit: Visit, told: Service) -> None:
    office = visit(Role.COORDINATOR)
    office.clock.install()
    office.goto("/today")
    news = office.locator("[data-live]")
    first = office.locator("#board tbody a").first
    first.focus()
    leads_to = first.get_attribute("href")

    told.phone("+447700900188").texts("I want mediation")
    office.clock.run_for(HALF_A_MINUTE)
    expect(news).to_contain_text("1 new thing to do")
    expect(office.get_by_role("row").filter(has_text="07700 900188")).to_be_visible()
    expect(office.locator(f'#board a[href="{leads_to}"]').first).to_be_focused()

    office.context.set_offline(True)
    office.clock.run_for(HALF_A_MINUTE)
    expect(news).to_contain_text("The service cannot be reached. This is how it was at")
    office.context.set_offline(False)

    office.context.clear_cookies()
    office.clock.run_for(HALF_A_MINUTE)
    expect(news).to_contain_text("You are signed out")
