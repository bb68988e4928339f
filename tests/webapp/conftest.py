"""The application on a database with one town in it, and people who sign in to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

import webapp
from scheduling import db
from scheduling.models import Role, Staff
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser
from webapp import signing_in
from webapp.accounts import Account
from webapp.settings import Settings

PASSWORD = "a long enough password"

SignIn = Callable[[Role], Browser]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path / "var", secret_key="k" * 40)


@pytest.fixture
def app(engine: Engine, settings: Settings) -> Iterator[Flask]:
    assert engine
    app = webapp.create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    db.Session.kw["bind"].dispose()


@pytest.fixture
def town(app: Flask) -> Town:
    assert app
    with db.Session.begin() as session:
        return builders.town(session)


@pytest.fixture
def sign_in(app: Flask, town: Town) -> SignIn:
    """Sign in as somebody who has this role."""

    def signed_in(role: Role) -> Browser:
        browser = Browser(app)
        email, code = account_of(role)
        browser.opens("/sign-in")
        browser.presses("Sign in", email=email, password=PASSWORD, code=code)
        assert browser.page.status == 200, browser.page.text
        return browser

    assert town
    return signed_in


@pytest.fixture
def coordinator(sign_in: SignIn) -> Browser:
    return sign_in(Role.COORDINATOR)


@pytest.fixture
def adviser(sign_in: SignIn) -> Browser:
    return sign_in(Role.ADVISER)


def account_of(role: Role) -> tuple[str, str]:
    """The address of a new member of staff with this role, and a code that works."""
    with db.Session.begin() as session:
        person = Staff(name=f"Robin, {role}", email=f"{role}@staff.example", role=role)
        session.add(person)
        session.flush()
        signing_in.open_account(session, person, PASSWORD)
    with db.Reading() as session:
        return person.email, signing_in.current_code(session, session.get_one(Account, person.id))
