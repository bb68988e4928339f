"""Anybody may ask whether a certificate is genuine, and learns nothing else."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from scheduling import db
from scheduling.cases import advice, certificates, decline, routes
from scheduling.law.certificates import Information, Kind
from scheduling.law.routes import Decision
from scheduling.models import Actor
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW
from webapp import certificates as pages
from webapp.accounts import SignInFailure

UNKNOWN = "1000000009"


@pytest.fixture
def paper(town: Town) -> tuple[str, str]:
    """Number and code of a certificate that was issued today."""
    with db.Session.begin() as session:
        case = builders.case(session, town)
        case.child_name = "Robin"
        by = Actor.staff(town.adviser.id)
        routes.answer(
            session,
            case,
            decision=Decision.NOT_TO_ASSESS,
            about_education=False,
            about_school=False,
            health=False,
            social_care=False,
            discrimination=False,
            by=by,
            now=NOW,
        )
        advice.inform(session, case, list(Information), by=by, now=NOW)
        decline.say_no(session, case, by=by, said_at=NOW, now=NOW)
        issued = certificates.issue(session, case, Kind.NOT_WANTED, reason=None, by=by, now=NOW)
        return issued.number, issued.code


def asks(browser: Browser, number: str, code: str) -> Page:
    browser.opens("/certificate")
    return browser.presses("Check", number=number, code=code)


def words_of(page: Page) -> str:
    """What a person reads, whatever token and nonce it was sent with."""
    return re.sub(r"\s+", " ", page.text)


def test_who_holds_the_paper_learns_that_it_is_genuine_and_nothing_about_anybody(
    app: Flask, paper: tuple[str, str]
) -> None:
    page = asks(Browser(app), *paper)

    assert (page.status, page.headings) == (200, ["This certificate is genuine"])
    for personal in ("Sam", "Robin", "Barnet", "assess", "want", "Alex", "2026"):
        assert personal not in page.text


def test_the_address_on_the_paper_asks_for_the_code_and_says_nothing_by_itself(
    app: Flask, paper: tuple[str, str]
) -> None:
    browser = Browser(app)
    number, code = paper
    known, unknown = browser.opens(f"/certificate/{number}"), browser.opens(f"/certificate/{UNKNOWN}")
    assert words_of(known) == words_of(unknown)

    browser.opens(f"/certificate/{number}")
    page = browser.presses("Check", code=f"{code[:4]}-{code[4:]}".lower())

    assert page.headings == ["This certificate is genuine"]
    assert code not in page.response.request.url


def test_a_wrong_code_and_an_unknown_number_get_the_same_words(app: Flask, paper: tuple[str, str]) -> None:
    number, code = paper
    browser = Browser(app)

    pages_ = [asks(browser, number, "AAAAAAAA"), asks(browser, UNKNOWN, code), asks(browser, "no number", "no code")]

    assert [page.status for page in pages_] == [200] * 3
    assert len({words_of(page) for page in pages_}) == 1
    assert pages_[0].headings == ["We cannot confirm this certificate"]


def test_empty_fields_are_asked_for(app: Flask, town: Town) -> None:
    page = asks(Browser(app), "", "")

    assert page.status == 422
    assert page.errors == ["Enter the certificate number", "Enter the check code"]


def test_who_tries_many_numbers_has_to_wait(app: Flask, paper: tuple[str, str]) -> None:
    guessing = Browser(app, remote_addr="203.0.113.66")
    for number in range(pages.TRIES_FROM_A_PLACE):
        assert asks(guessing, str(number), "AAAAAAAA").status == 200

    page = asks(guessing, *paper)

    assert (page.status, page.errors) == (429, [pages.TOO_MANY])
    assert asks(Browser(app), *paper).status == 200, "elsewhere nobody has to wait"


def test_a_number_is_tried_only_so_often_wherever_from(app: Flask, paper: tuple[str, str]) -> None:
    number, code = paper
    for place in range(pages.TRIES_OF_A_NUMBER):
        assert asks(Browser(app, remote_addr=f"198.51.100.{place}"), number, "AAAAAAAA").status == 200
    assert asks(Browser(app), number, code).status == 429

    with db.Session.begin() as session:
        earlier = db.moment(session) - timedelta(minutes=16)
        session.execute(update(SignInFailure).values(at=earlier))

    assert asks(Browser(app), number, code).status == 200


def test_good_tries_are_not_counted(app: Flask, paper: tuple[str, str]) -> None:
    for _ in range(3):
        asks(Browser(app), *paper)

    with db.Reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0
