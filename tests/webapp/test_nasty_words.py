"""Words that would be run, if any page took them for markup, in every field of words that anybody can fill in."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import links, officer_links
from scheduling.db import Base
from scheduling.models import FAMILY, Case, Officer, Purpose, Role
from scheduling.vault.sealed import attributes
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW, SignIn, Told
from tests.webapp.letting_in import lets_in
from tests.webapp.test_what_an_authority_sees import pages_of_an_officer
from tests.webapp.test_who_may_enter import pages

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NASTY = "n4sty</textarea></title><script>n4sty()</script>\"'><img src=n4sty onerror=n4sty()>{{7*7}}${7*7}"
RUNS = ("<script>n4sty", "<img src=n4sty", "</textarea><", "\"'><img", "49${", "}}$49")
WORDS = {
    *("name", "words", "reason", "because", "says", "body", "subject", "address", "directions", "cost", "contact"),
    *("postcode", "phone", "school", "position", "label", "region", "official_name", "advice_service", "issues"),
    *("advice_number", "child_name", "late_contact_because", "closed_because", "access_needs", "code_word"),
    *("relation", "joining", "cancelled_because", "detail", "outcome", "trouble", "browser", "expenses", "interpreter"),
}
FAMILYS_PAGES = ("", "/needs", "/who-comes", "/not-then", "/times", "/consent", "/feedback", "/change", "/certificate")


@pytest.fixture
def nasty(told: Told) -> int:
    """The town and its cases, with such words wherever a row takes them; says in how many fields they are."""
    with db.Session.begin() as session:
        for case in session.scalars(select(Case)):
            case.record(NASTY, why=NASTY, by=FAMILY, now=NOW)
        return sum(fill(session, row) for row in list(rows(session)))


def rows(session: Session) -> Iterator[Base]:
    for mapper in Base.registry.mappers:
        yield from session.scalars(select(mapper.class_))


def fill(session: Session, row: Base) -> int:
    """What a row refuses, as its history or what must be one of a few words, it keeps."""
    names = {column.key for column in type(row).__mapper__.column_attrs} | {one.name for one in attributes(type(row))}
    filled = 0
    for name in names & WORDS:
        try:
            with session.begin_nested():
                setattr(row, name, NASTY)
                session.flush()
            filled += 1
        except SQLAlchemyError:
            session.refresh(row)
    return filled


def run_by(page: Page) -> list[str]:
    return [page.html[max(0, page.html.index(runs) - 60) :][:120] for runs in RUNS if runs in page.html]


def test_no_page_of_staff_takes_words_for_markup(sign_in: SignIn, told: Told, nasty: int) -> None:
    shown = 0
    for role in (Role.COORDINATOR, Role.MANAGER, Role.ADMINISTRATOR, Role.MEDIATOR):
        browser = sign_in(role)
        for path in pages(told).values():
            page = browser.opens(path)
            assert page.status < 500, path
            assert run_by(page) == [], path
            shown += "n4sty" in page.html

    assert nasty > 50
    assert shown > 50


def test_no_page_of_a_party_takes_words_for_markup(app: Flask, sign_in: SignIn, told: Told, nasty: int) -> None:
    with db.Session.begin() as session:
        case = session.scalars(select(Case).where(Case.reference == told.booked)).one()
        entrance = f"/{links.PATHS[Purpose.FAMILY]}/{links.make(session, Purpose.FAMILY, case, now=NOW, days=30)}"
        officer = session.scalars(select(Officer).where(Officer.authority_id == case.authority_id)).first()
        assert officer is not None
        token = officer_links.make(session, officer, now=NOW).rpartition("/")[2]
    family, officers = Browser(app), sign_in(Role.OFFICER)
    seen = [lets_in(family, entrance), *(family.opens(f"/my-case{page}") for page in FAMILYS_PAGES)]
    seen += [officers.opens(path) for path in pages_of_an_officer(app, told.booked, token)]

    for page in seen:
        assert page.status < 500, page.path
        assert run_by(page) == [], page.path
    assert sum("n4sty" in page.html for page in seen) > 6
