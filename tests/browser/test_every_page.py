"""Every page of the route list, at a desk and on a phone: nobody is kept out by how it is made."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page

from scheduling.models import Role
from tests.browser import look, route_list
from tests.browser.conftest import Visit
from tests.browser.route_list import Address
from tests.journeys.service import Service

STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"

FORMS_THAT_ASK = """
[...document.forms].flatMap((form, number) =>
  [...form.elements].some((box) => box.matches("input:not([type=hidden], [type=checkbox]), textarea")) ? [number] : [])
"""

FILL_IN_WRONGLY = """
(number) => {
  const form = document.forms[number];
  for (const box of form.elements) {
    if (box.type === "radio") box.checked = false;
    else if (box.type === "email") box.value = "nobody";
    else if (box.inputMode === "numeric") box.value = "99";
    else if (box.matches("textarea, input:not([type=hidden], [type=checkbox])")) box.value = "";
  }
  HTMLFormElement.prototype.submit.call(form);  // past the page's own scripts and the browser's own checks
}
"""


@pytest.fixture(scope="session")
def addresses(told: Service) -> list[Address]:
    return route_list.addresses(told)


class Rounds:
    """Goes from page to page, with a window for each role."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._windows: dict[Role | None, Page] = {}

    def opens(self, address: Address) -> Page | None:
        """The page; None if what is there is no page but a file."""
        assert address.path, "this route has no example: say in route_list.EXAMPLES what its arguments can be"
        if address.role not in self._windows:
            self._windows[address.role] = self._visit(address.role)
        page = self._windows[address.role]
        if address.path.endswith(
            ".png"
        ):  # the browser would show a picture in a page of its own, with styles of its own
            assert page.request.get(address.path).ok
            return None
        try:
            answer = page.goto(address.path)
        except Error:  # a file that the browser keeps instead of showing it
            answer = None
        if answer is None or not answer.headers["content-type"].startswith("text/html"):
            assert page.request.get(address.path).ok
            return None
        ON_THE_WAY.get(address.name, stays)(page)
        return page

    def fills_in_wrongly(self, address: Address, number: int) -> Page:
        """The page with which one of the forms is answered."""
        page = self.opens(address)
        assert page is not None
        with page.expect_navigation():
            page.evaluate(FILL_IN_WRONGLY, number)
        return page


def stays(page: Page) -> None:
    """Most pages are there at once."""


def chooses_a_time(page: Page) -> None:
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**?slot=*")


ON_THE_WAY: dict[str, Callable[[Page], None]] = {
    "console.confirm_slot": chooses_a_time,
    "console.ask_about_notice_form": chooses_a_time,
}
"""Pages for whose address something must be chosen on the page before."""

NOT_FOUND = {"no such page"}


def test_every_page_and_every_form_that_was_filled_in_wrongly_can_be_used_by_everybody(
    addresses: list[Address], visit: Visit, subtests: pytest.Subtests
) -> None:
    rounds = Rounds(visit)
    for address in addresses:
        forms: list[int] = []
        with subtests.test(str(address)):
            page = rounds.opens(address)
            if page is not None:
                assert page.evaluate(STATUS) == (404 if address.name in NOT_FOUND else 200)
                forms = page.evaluate(FORMS_THAT_ASK)
                assert look.faults(page, name_of(address)) == []
        for number in forms:
            with subtests.test(f"form {number} of {address}, filled in wrongly"):
                page = rounds.fills_in_wrongly(address, number)
                if page.evaluate(STATUS) == 422:
                    assert page.title().startswith("Error: ")
                    assert look.faults(page, f"{name_of(address)}-refused-{number}") == []


def name_of(address: Address) -> str:
    return address.name.translate(str.maketrans("._ ", "---"))
