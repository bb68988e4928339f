"""What belongs to somebody else is not there: every address with an id in it, tried by everybody whom it is not for.

The addresses are the application's own, so a new one is tried without anybody's remembering it; one whose parts nobody
knows fails until `neighbours` has them twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.routing import Rule

from scheduling import db
from scheduling.law.certificates import Kind
from scheduling.models import Role
from tests.webapp import neighbours as two_towns
from tests.webapp.browser import Browser, Page
from tests.webapp.neighbours import Neighbours, Watch, Where
from webapp import auth
from webapp.auth import Policy
from webapp.compartments import Scope

ELSEWHERE = ("static", "simulator", "twilio", "guide")
"""Blueprints whose addresses hold nothing that is anybody's, or are guarded by a signature."""
NO_NEIGHBOUR_HAS = {"change": "by-video", "name": "hold_hours", "day": "2027-06-18", "number": 1,
                    "proposal_id": 1, "batch_id": 1}  # fmt: skip
"""Parts of addresses that are the same for everybody."""
GONE_IS_GONE = {
    *("parties.remove_companion", "parties.remove_not_then", "parties.not_done"),
    *("account.end_session", "console.end_one_session"),
}
"""Pressed twice they answer as the first time, so what was never there is answered so too."""
SAID_BESIDE = {"console.confirm_slot": "?slot=x", "console.ask_about_notice_form": "?slot=x"}
"""Without a choice these lead back to the page that asks for one."""
SAID = {"code": "123456", "kind": next(iter(Kind)).value}
"""Without these two forms are refused before anything is looked up."""
THE_CODE_IS_FOR = {"family", "action", "times"}
"""Links behind which the code is asked for, all at one address."""


@dataclass(frozen=True)
class Asked:
    """A route and a method of it."""

    rule: Rule
    method: str
    policy: Policy

    @property
    def parts(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.rule.rule)

    def path(self, app: Flask, where: Where) -> str:
        known = {**NO_NEIGHBOUR_HAS, **where}
        values = {name: known[name] for name in self.parts}
        path = app.url_map.bind("localhost").build(self.rule.endpoint, values, method=self.method)
        return path + SAID_BESIDE.get(self.rule.endpoint, "")

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def routes(app: Flask) -> Iterator[Asked]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in ELSEWHERE:
            policy = auth.policy_of(app, rule.endpoint)
            assert policy is not None
            for method in (rule.methods or set()) & {"GET", "POST"}:
                yield Asked(rule, method, policy)


def ask(browser: Browser, method: str, path: str) -> Page:
    """The answer itself, wherever it leads."""
    return Page(browser.client.open(path, method=method, data=SAID if method == "POST" else None), path)


def seen(page: Page, *ids: object) -> tuple[int, str, str, int]:
    """Status, where it leads, the words and the size, without the ids by which two addresses differ."""
    html, leads_to = page.html, page.response.headers.get("Location", "")
    for one in ids:
        html, leads_to = html.replace(str(one), "…"), leads_to.replace(str(one), "…")
    return page.status, leads_to, page.text, len(html)


@pytest.fixture
def watch(neighbours: Neighbours) -> Iterator[Watch]:
    with two_towns.watched(db.Session.kw["bind"]) as watch:
        yield watch


def test_everything_in_an_address_is_known_twice(neighbours: Neighbours) -> None:
    known = {*neighbours.ours.where, *NO_NEIGHBOUR_HAS, "token"}

    assert {part for one in routes(neighbours.app) for part in one.parts} - known == set()


def is_another_s(one: Asked, part: str) -> bool:
    """Whether this part of the address can be somebody else's: whoever keeps the venues keeps every venue."""
    is_of_everybody = part in NO_NEIGHBOUR_HAS or one.policy.scope is Scope.CASES
    return not is_of_everybody and not (one.policy.scope is Scope.EVERYTHING and part == one.parts[0])


@pytest.mark.parametrize("role", list(Role))
def test_what_is_a_neighbour_s_answers_to_staff_like_what_is_not_there(
    neighbours: Neighbours, watch: Watch, role: Role
) -> None:
    browser, ours, theirs = neighbours.staff(role), neighbours.ours.where, neighbours.theirs.where
    if role is Role.MANAGER:
        browser.sends(f"/cases/{ours['reference']}/why", [("reason", "The family has complained.")])
    watch.written()

    tried = 0
    for one in (one for one in routes(neighbours.app) if role in one.policy.roles):
        for part in (part for part in one.parts if is_another_s(one, part)):
            if one.policy.scope is Scope.CASE and part == one.parts[0]:
                answer = ask(browser, one.method, one.path(neighbours.app, {**ours, part: theirs[part]}))
                assert answer.status == 303, one
                assert answer.response.location.startswith(f"/cases/{theirs['reference']}/why"), one
            else:
                must_be_nobodys(neighbours, browser, one, part)
            assert watch.written() == [], (one, part)
            tried += 1
    assert tried >= {Role.OFFICER: 14, Role.MEDIATOR: 8, Role.ADMINISTRATOR: 7}.get(role, 35)


def must_be_nobodys(neighbours: Neighbours, browser: Browser, one: Asked, part: str) -> None:
    """A neighbour's row in this part of the address is answered as one that nobody has, to the letter."""
    mine = {**neighbours.ours.where, "token": neighbours.tokens["officer"]}
    theirs, nobodys = neighbours.theirs.where[part], neighbours.nobodys[part]
    answer = ask(browser, one.method, one.path(neighbours.app, {**mine, part: theirs}))
    missing = ask(browser, one.method, one.path(neighbours.app, {**mine, part: nobodys}))
    assert missing.status == 404 or one.rule.endpoint in GONE_IS_GONE, one
    assert seen(answer, theirs) == seen(missing, nobodys), (one, part)


@pytest.mark.parametrize(
    "who", [pytest.param("family", id="our family"), pytest.param("officer", id="whoever has our officer's link")]
)
def test_what_is_a_neighbour_s_is_not_there_for_whoever_came_by_a_link(
    neighbours: Neighbours, watch: Watch, who: str
) -> None:
    is_family = who == "family"
    browser = neighbours.family(neighbours.ours.person_id) if is_family else Browser(neighbours.app)
    watch.written()
    mine = [
        one
        for one in routes(neighbours.app)
        if (one.policy.by_code if is_family else one.rule.endpoint.startswith("officers."))
    ]

    tried = 0
    for one in mine:
        for part in (part for part in one.parts if part != "token"):
            must_be_nobodys(neighbours, browser, one, part)
            assert watch.written() == [], (one, part)
            tried += 1
    assert tried >= (3 if is_family else 13)


def test_a_link_opens_what_it_is_for_and_is_nobody_s_elsewhere(neighbours: Neighbours, watch: Watch) -> None:
    tried = 0
    for one in (one for one in routes(neighbours.app) if "token" in one.parts):
        first = one.rule.rule.split("/")[1]
        right = THE_CODE_IS_FOR if first == "code" else {first}
        where = {**neighbours.ours.where, "token": neighbours.nobodys["token"]}
        missing = ask(Browser(neighbours.app), one.method, one.path(neighbours.app, where))
        assert missing.status == 404, one
        for kind, token in neighbours.tokens.items():
            if kind not in right:
                answer = ask(Browser(neighbours.app), one.method, one.path(neighbours.app, {**where, "token": token}))
                assert seen(answer, token) == seen(missing, where["token"]), (one, kind)
                tried += 1
    assert watch.written() == []
    assert tried > 150


MAY_BESIDE = {
    *("parties.status", "parties.calendar_entry", "parties.needs", "parties.say_needs"),
    *("parties.feedback_form", "parties.give_feedback"),
}
"""What a second parent may, who does not decide in the case."""


def test_a_second_parent_finds_nothing_of_what_the_first_decides(neighbours: Neighbours, watch: Watch) -> None:
    browser = neighbours.family(neighbours.ours.beside_id)
    watch.written()

    found = set()
    for one in (one for one in routes(neighbours.app) if one.policy.by_code):
        answer = ask(browser, one.method, one.path(neighbours.app, neighbours.ours.where))
        found |= set() if answer.status == 404 else {one.rule.endpoint}
        assert watch.written() == [], one

    assert found - GOES_ELSEWHERE == MAY_BESIDE


GOES_ELSEWHERE = {"parties.say_change", "parties.check_change"}


@pytest.mark.parametrize("role", list(Role))
def test_nobody_does_what_is_not_for_their_role(neighbours: Neighbours, watch: Watch, role: Role) -> None:
    browser = neighbours.staff(role)
    missing = ask(browser, "POST", "/there-is-no-such-page")
    watch.written()

    for one in routes(neighbours.app):
        if one.method == "POST" and not one.policy.is_public and role not in one.policy.roles:
            answer = ask(browser, one.method, one.path(neighbours.app, neighbours.ours.where))
            if one.policy.by_code:
                assert (answer.status, answer.response.location) == (303, "/closed"), one
            else:
                assert (answer.status, answer.text) == (404, missing.text), one
            assert watch.written() == [], one


@pytest.mark.parametrize("who", ["nobody", "family"])
def test_nobody_without_an_account_does_what_is_for_staff(neighbours: Neighbours, watch: Watch, who: str) -> None:
    browser = Browser(neighbours.app) if who == "nobody" else neighbours.family(neighbours.ours.person_id)
    watch.written()

    for one in routes(neighbours.app):
        if not (one.policy.is_public or (one.policy.by_code and who == "family")):
            answer = ask(browser, one.method, one.path(neighbours.app, neighbours.ours.where))
            leads_to = "/closed" if one.policy.by_code else "/sign-in"
            assert answer.status in {302, 303}, one
            assert answer.response.location.startswith(leads_to), one
    assert watch.written() == []


WHY = {"because": "The family asked for it."}
WHEN = {"day-day": "1", "day-month": "12", "day-year": "2026", "starts": "10:00", "ends": "11:00"}
IN_A_BODY = [
    pytest.param((Role.COORDINATOR, "/cases/{reference}/booking/move", {"slot": "{slot}", "sequence": "0", **WHY}, 409),
                 id="a time in their room, with their mediator and officer"),
    pytest.param((Role.COORDINATOR, "/cases/{reference}/short-notice/ask", {"slot": "{slot}", "how": "said yes", **WHY},
                 409), id="such a time at short notice"),
    pytest.param((Role.COORDINATOR, "/cases/{reference}/offers", {"slot": "{slot}"}, 409), id="such a time offered"),
    pytest.param((Role.COORDINATOR, "/contacts/{contact_id}/case", {"reference": "{reference}"}, 303),
                 id="their case, to which a contact of ours would go"),
    pytest.param((Role.COORDINATOR, "/mails/{mail_id}/case", {"reference": "{reference}"}, 303),
                 id="their case, to which a mail of ours would go"),
    pytest.param((Role.COORDINATOR, "/cases/{reference}/wishes/cannot-come", {"who": "officer-{officer_id}", **WHEN},
                 422), id="their officer's absence, by our case"),
    pytest.param((Role.COORDINATOR, "/rota/on-call", {"adviser": "{coordinator}", **WHEN}, 422),
                 id="somebody on call who is no adviser"),
    pytest.param((Role.COORDINATOR, "/feeds", {"whose": "staff-{staff_id}"}, 422), id="a colleague's own calendar"),
    pytest.param((None, "/my-case/consent/short-notice", {"asked": "1", "agrees": "yes"}, 303),
                 id="a question that was not put to this family"),
    pytest.param((None, "/my-case/change/confirm", {"meeting": "{meeting}"}, 303), id="their meeting, called off"),
    pytest.param((None, "/my-case/times", {"round": "1", "time-1": "yes"}, 303), id="a time offered to others"),
]  # fmt: skip


@pytest.mark.parametrize("form", IN_A_BODY)
def test_a_form_that_names_what_is_a_neighbour_s_changes_nothing(
    neighbours: Neighbours, watch: Watch, form: tuple[Role | None, str, dict[str, str], int]
) -> None:
    ours, theirs = neighbours.ours, neighbours.theirs
    role, path, body, status = form
    browser = neighbours.family(ours.person_id) if role is None else neighbours.staff(role)
    named = {**theirs.where, "coordinator": theirs.town.coordinator.id}
    browser.opens(f"/cases/{ours.where['reference']}")  # that they have looked at ours is written down
    watch.written()

    data = {name: value.format_map(named) for name, value in body.items()}
    answer = browser.client.post(path.format_map(dict(ours.where)), data=data)

    assert answer.status_code == status
    assert watch.written() == []
