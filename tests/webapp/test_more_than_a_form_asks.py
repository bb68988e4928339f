"""What a form does not ask for is not taken: each goes back as a browser sends it, and with every column's name."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape

from sqlalchemy import select

from scheduling import db
from scheduling.db import Base
from scheduling.models import Role
from scheduling.vault.sealed import attributes
from tests.webapp.browser import Browser, Form
from tests.webapp.neighbours import Neighbours
from tests.webapp.test_somebody_else_s import routes

WORDS, NUMBER, DAY = "smuggled", 987_654, date(2001, 2, 3)
COLUMNS = {column.name for table in Base.metadata.tables.values() for column in table.columns}
BESIDE = {"role", "is_admin", "is_active", "may_decide", "by", "created_at", "version", "reference", "proves"}
OURS = {
    "because": "The family asked for it.",
    "reason": "The family asked for it.",
    "words": "A few words",
    "name": "Kim",
    "says": "A few words",
    "done_on-day": "24",
    "done_on-month": "11",
    "done_on-year": "2026",
}
"""What is filled in where a form is empty."""
NOT_SENT = ("/sign-out", "/account/sign-out-everywhere", "/my-case/leave")


def filled(form: Form, asked: set[str]) -> dict[str, str]:
    """As a person would send it who fills in the empty boxes that we know."""
    known = {name: OURS.get(name, "") for name in asked & set(OURS)}
    return {**known, **{name: value or OURS.get(name, "") for name, value in form.fields}}


def smuggled(asked: set[str]) -> dict[str, str]:
    """A value for everything that a row could hold and this form does not ask for."""
    names = sorted((COLUMNS | BESIDE) - {name.partition("-")[0] for name in asked})
    values = {"_id": str(NUMBER), "id": str(NUMBER), "_at": f"{DAY}T10:00:00", "_on": str(DAY), "day": str(DAY)}
    return {name: next((value for end, value in values.items() if name.endswith(end)), WORDS) for name in names}


def posts(browser: Browser, paths: list[str], sent: set[str]) -> Iterator[tuple[str, int]]:
    """Every form on these pages goes back once with more than it asked for: where, and how each ended."""
    for path in paths:
        page = browser.opens(path)
        asked = {unescape(name) for name in re.findall(r' name="([^"]+)"', page.html)}
        for form in page.forms:
            for action in {form.action, *form.elsewhere.values()} - sent:
                if form.method == "post":
                    sent.add(action)
                    fields = {**smuggled(asked), **filled(form, asked)}
                    yield action, browser.client.post(action, data=fields).status_code


def found() -> list[str]:
    """Every place in the record that holds what was smuggled in, sealed or not."""
    markers: set[object] = {WORDS, NUMBER, str(NUMBER), DAY}
    with db.Reading() as session:
        places = []
        for mapper in Base.registry.mappers:
            names = [column.key for column in mapper.column_attrs] + [one.name for one in attributes(mapper.class_)]
            for row in session.scalars(select(mapper.class_)):
                values = {name: getattr(row, name) for name in names}
                for name, value in values.items():
                    told = value.date() if isinstance(value, datetime) else value
                    places += [f"{mapper.class_.__name__}.{name}"] * (
                        isinstance(told, str | int | date) and told in markers
                    )
    return places


def test_no_form_takes_more_than_it_asks_for(neighbours: Neighbours) -> None:
    app, where = neighbours.app, neighbours.ours.where
    kept: list[str] = []
    seen: set[str] = set()
    sent = set(NOT_SENT)
    for role in (Role.OFFICER, Role.MEDIATOR, Role.MANAGER, Role.ADMINISTRATOR, Role.COORDINATOR, Role.ADVISER):
        browser = neighbours.staff(role)
        browser.sends(f"/cases/{where['reference']}/why", [("reason", "The family has complained.")])
        paths = [one.path(app, where) for one in routes(app) if one.method == "GET" and role in one.policy.roles]
        answers = list(posts(browser, [path for path in paths if path not in seen], sent))
        seen |= set(paths)
        kept += [action for action, status in answers if status < 400]
        assert [one for one in answers if one[1] >= 500] == []
    family = neighbours.family(neighbours.ours.person_id)
    paths = [one.path(app, where) for one in routes(app) if one.method == "GET" and one.policy.by_code]
    kept += [action for action, status in posts(family, paths, sent) if status < 400]

    assert found() == []
    assert len(kept) > 40
