"""Closing a case in the console: what comes first stands there, and a case that is closed can be opened again."""

from scheduling import db
from scheduling.cases import worklist
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, Told
from tests.webapp.test_adviser_s_day import new_case, the_case

__all__ = ["new_case"]


def test_a_case_is_closed_for_a_reason_and_opened_again(coordinator: Browser, new_case: str) -> None:
    assert f"/cases/{new_case}/closing" in coordinator.opens(f"/cases/{new_case}").links
    coordinator.opens(f"/cases/{new_case}/closing")
    asked_for = coordinator.presses("Close the case")
    assert asked_for.status == 422
    assert asked_for.title.startswith("Error: ")

    closed = coordinator.presses(
        "Close the case", because="it is not something with which we can help", words="A complaint about a school"
    )

    assert "It is not something with which we can help. A complaint about a school" in closed.text
    assert "Write down the adviser" not in closed.text
    coordinator.opens(f"/cases/{new_case}/closing")
    coordinator.presses("Open the case again", because="The family rang again")
    assert the_case(new_case).closed_at is None


def test_what_has_to_be_done_first_stands_on_the_page_and_is_refused(coordinator: Browser, told: Told) -> None:
    page = coordinator.opens(f"/cases/{told.booked}/closing")
    assert "What to do first" in page.text
    assert "Cancel it, so that everybody hears of it." in page.text

    refused = coordinator.presses("Close the case", because="the authority has changed its decision", words="")

    assert refused.status == 422
    assert "The case cannot be closed yet. A meeting is booked" in refused.text
    assert the_case(told.booked).closed_at is None


def test_who_comes_second_reads_that_it_is_closed_already(coordinator: Browser, new_case: str) -> None:
    form = coordinator.opens(f"/cases/{new_case}/closing")
    typed = {"because": "another reason", "words": "x" * 4000}
    coordinator.presses("Close the case", **typed)
    coordinator.page = form

    second = coordinator.presses("Close the case", **typed)

    assert second.status == 422
    assert "closed already, perhaps by a colleague" in second.text
    with db.Reading() as session:
        assert new_case not in {i.case.reference for i in worklist.items(session, now=NOW) if i.case is not None}
