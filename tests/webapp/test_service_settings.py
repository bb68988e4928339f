"""How the service is run is set in the console, each change with who made it, when and why."""

import pytest

from scheduling.models import Role
from scheduling.segments import Encoding
from tests.webapp.browser import Browser
from tests.webapp.conftest import SignIn, Told
from webapp import wordings


def test_the_settings_lead_to_what_a_role_may_set(sign_in: SignIn) -> None:
    coordinator, administrator = sign_in(Role.COORDINATOR), sign_in(Role.ADMINISTRATOR)

    assert {"/settings/policies", "/bank-holidays", "/rota"} <= set(coordinator.opens("/settings").links)
    assert "/staff" not in coordinator.page.links
    assert "/staff" in administrator.opens("/settings").links


def test_a_policy_is_changed_with_its_reason(coordinator: Browser) -> None:
    assert "Nobody: it is the default" in coordinator.opens("/settings/policies").text
    coordinator.opens("/settings/policies/hold_hours")

    page = coordinator.presses("Change the policy", value="12", because="Slots were short")

    assert "The policy has been changed" in page.text
    assert "Chris of Barnet, 10am on Tuesday 24 November 2026" in page.text
    changes = coordinator.opens("/settings/changes").text
    assert "Hours for which an offered time is held: now 12, before 24" in changes
    assert "Slots were short" in changes


@pytest.mark.parametrize(
    ("value", "because", "says"),
    [
        pytest.param("0", "Why not", "choose a whole number from 1 to 72", id="below what it may be"),
        pytest.param("many", "Why not", "choose a whole number from 1 to 72", id="no number"),
        pytest.param("٣", "Why not", "choose a whole number from 1 to 72", id="another alphabet's figure"),
        pytest.param("12", "", "Enter why", id="without a reason"),
    ],
)
def test_a_policy_is_not_changed_to_what_it_may_not_be(
    coordinator: Browser, value: str, because: str, says: str
) -> None:
    coordinator.opens("/settings/policies/hold_hours")

    page = coordinator.presses("Change the policy", value=value, because=because)

    assert (page.status, page.title.startswith("Error: ")) == (422, True)
    assert says in page.errors[0]
    assert "Nobody: it is the default" in coordinator.opens("/settings/policies").text


def test_no_such_policy_is_no_such_page(coordinator: Browser) -> None:
    assert coordinator.opens("/settings/policies/nothing").status == 404


def test_every_wording_stands_on_the_page_with_its_segments(coordinator: Browser) -> None:
    page = coordinator.opens("/settings/wordings").text

    for texts in wordings.every_text().values():
        assert texts
        for text in texts:
            assert " ".join(text.body.split()) in page
            assert text.cost.encoding is Encoding.GSM_7


def test_a_bank_holiday_that_is_added_stands_among_the_changes(coordinator: Browser) -> None:
    coordinator.opens("/bank-holidays")

    coordinator.presses("Add the bank holiday", day_day="18", day_month="6", day_year="2027", name="A day of joy")

    assert "Added here on Tuesday 24 November 2026 by Chris of Barnet" in coordinator.page.text
    assert "Friday 18 June 2027 is a bank holiday: A day of joy" in coordinator.opens("/settings/changes").text


def test_a_bank_holiday_that_was_a_mistake_is_taken_back_with_its_reason(coordinator: Browser) -> None:
    coordinator.opens("/bank-holidays")
    coordinator.presses("Add the bank holiday", day_day="18", day_month="6", day_year="2027", name="A day of joy")
    page = coordinator.opens("/bank-holidays/2027-06-18/take-back")
    assert "Friday 18 June 2027, A day of joy, was added here." in page.text
    assert "it changes 0 cases" in page.text

    assert "Enter the reason" in coordinator.presses("Take it back").errors[0]
    coordinator.presses("Take it back", because="It was another year")

    assert "The day is a working day again." in coordinator.page.text
    assert "A day of joy" not in coordinator.opens("/bank-holidays").text
    assert "It was another year" in coordinator.opens("/settings/changes").text
    for unknown in ("2027-06-18", "2026-12-25", "never"):
        assert coordinator.opens(f"/bank-holidays/{unknown}/take-back").status == 404


def test_a_contract_is_ended_and_another_begun(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/authorities/1/contracts/1/end")
    coordinator.presses(
        "End the contract", ends_on_day="31", ends_on_month="3", ends_on_year="2027", because="New terms"
    )
    assert "to Wednesday 31 March 2027" in coordinator.page.text

    coordinator.opens("/authorities/1/contracts/new")
    coordinator.presses("Add the contract", starts_on_day="31", starts_on_month="3", starts_on_year="2027")
    assert "End it first" in coordinator.page.errors[0]
    coordinator.presses("Add the contract", starts_on_day="1", starts_on_month="4", starts_on_year="2027")

    assert "From Thursday 1 April 2027, without an end" in coordinator.page.text
    assert "New terms" in coordinator.page.text


def test_a_name_that_is_added_is_understood_on_the_public_pages(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/authorities/1/names")
    coordinator.presses("Add the name", words="The Barn")
    assert "The Barn" in coordinator.page.text

    coordinator.opens("/councils")
    assert "We serve Barnet" in coordinator.presses("Look it up", name="the barn").text


@pytest.mark.parametrize("name", ["\U0001f3e0", "\u5317\u4eac", "<b>Barn</b>", "123"])
def test_a_name_that_nobody_could_say_on_the_telephone_is_refused(coordinator: Browser, told: Told, name: str) -> None:
    coordinator.opens("/authorities/1/names")

    page = coordinator.presses("Add the name", words=name)

    assert page.errors == ["Enter a name in the letters A to Z, with figures and punctuation where it has them"]


def test_an_officer_leaves(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/authorities/1/officers/1")

    page = coordinator.presses("Save", left_on_day="24", left_on_month="11", left_on_year="2026")

    assert "Left on Tuesday 24 November 2026" in page.text


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://offer.example.org", id="not sealed"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param('https://offer.example.org/"><script>', id="an address with a script in it"),
        pytest.param("https://[", id="no address at all"),
    ],
)
def test_families_are_led_to_safe_addresses_only(coordinator: Browser, told: Told, address: str) -> None:
    coordinator.opens("/authorities/1/local-advice")

    page = coordinator.presses("Save", local_offer=address)

    assert (page.status, page.errors) == (422, ["Enter an address that begins with https://"])


def test_local_advice_that_is_put_in_is_shown_to_families(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/authorities/1/local-advice")

    coordinator.presses(
        "Save", local_offer="https://offer.example.org/send", advice_service="First", advice_number="020 7946 0111"
    )

    page = coordinator.opens("/local-advice")
    assert "https://offer.example.org/send" in page.links
    assert "020 7946 0111" in page.text


@pytest.mark.parametrize(
    "path",
    ["/authorities/1/contracts/999/end", "/authorities/2/officers/1", "/authorities/999/names", "/authorities/2/names"],
)
def test_what_is_another_authority_s_is_not_found(coordinator: Browser, told: Told, path: str) -> None:
    assert coordinator.opens(path).status == 404


def test_a_shift_is_added_removed_and_told_to_families(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/rota/advisers/1")
    coordinator.presses("Save the telephone", number="020 7946 0301")

    coordinator.presses("Add the shift", **{"shift-weekday": "5", "shift-starts": "10:00", "shift-ends": "12:30"})

    assert "Saturday: 10am to 12:30pm" in coordinator.opens("/contact").text
    changes = coordinator.opens("/settings/changes").text
    assert "Alex of Barnet works on Saturday, 10am to 12:30pm" in changes
    assert "is rung on the number ending 301" in changes

    coordinator.opens("/rota/advisers/1")
    coordinator.presses("Saturday, 10am to 12:30pm")
    assert "Saturday" not in coordinator.opens("/contact").text


@pytest.mark.parametrize(
    ("filled", "says"),
    [
        pytest.param({"weekday": "0", "starts": "12:00", "ends": "13:00"}, "already. Remove it first", id="overlaps"),
        pytest.param(
            {"weekday": "5", "starts": "12:00", "ends": "11:00"}, "ends later on the same day", id="backwards"
        ),
        pytest.param({"weekday": "5", "starts": "noon", "ends": "13:00"}, "24-hour clock", id="no time"),
        pytest.param({"weekday": "9", "starts": "09:00", "ends": "13:00"}, "Choose the day", id="no day"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_beside_its_form(
    coordinator: Browser, told: Told, filled: dict[str, str], says: str
) -> None:
    coordinator.opens("/rota/advisers/1")

    page = coordinator.presses("Add the shift", **{f"shift-{name}": value for name, value in filled.items()})

    assert (page.status, page.title.startswith("Error: ")) == (422, True)
    assert says in page.errors[0]


def test_an_adviser_has_no_telephone_that_may_not_be_rung(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/rota/advisers/1")

    page = coordinator.presses("Save the telephone", number="0909 123 4567")

    assert page.status == 422
    assert "We ring British landlines" in page.errors[0]
