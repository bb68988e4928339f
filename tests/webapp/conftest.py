"""The application on a database with one town in it, on a Tuesday at ten, and people who sign in to it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from scheduling import clock, db
from scheduling.cases import intake
from scheduling.diary import bookings, slots
from scheduling.models import (
    SERVICE,
    ContactChannel,
    InboundMail,
    MailKind,
    Mediator,
    MessageState,
    Officer,
    Role,
    Said,
    Staff,
)
from scheduling.outbox import messages
from tests import builders
from tests.builders import Town
from tests.webapp import neighbours as two_towns
from tests.webapp.browser import Browser
from tests.webapp.neighbours import Neighbours
from webapp import enrolment, second_factor
from webapp.accounts import Account
from webapp.app import create_app
from webapp.settings import Settings

PASSWORD = "a long enough password"
NOW = builders.moment("2026-11-24 10:00")

SignIn = Callable[[Role], Browser]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What has happened in the town: one case with a meeting, one that is told and waits, and what came in."""

    booked: str
    booking: int
    waiting: str
    contact: int
    call_back: int
    failed: int
    mail: int


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path / "var",
        secret_key="k" * 40,
        demo_clock_offset=(NOW - datetime.now(UTC)).total_seconds(),
    )


@pytest.fixture
def app(engine: Engine, settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    clock.shift(timedelta())
    db.Session.kw["bind"].dispose()


@pytest.fixture
def town(app: Flask) -> Town:
    with db.Session.begin() as session:
        return builders.town(session)


@pytest.fixture
def told(town: Town) -> Told:
    with db.Session.begin() as session:
        booked = builders.case(session, town, told="2026-11-23 10:25")
        slot = slots.best(session, booked, now=NOW, limit=1)[0]
        booking = bookings.book(session, booked, slot, by=SERVICE, now=NOW)
        waiting = builders.case(
            session, town, told="2026-11-23 11:00", number="+447700900124", email="kim@family.example"
        )
        failed = messages.text(
            session, booked.person, purpose="meeting booked", body="It is booked.", key="k", now=NOW, case=booked
        )
        assert failed is not None
        failed.state, failed.error_code = MessageState.FAILED, "30003"
        contact = intake.record_contact(
            session,
            channel=ContactChannel.TEXT,
            said=Said.OTHER,
            received_at=NOW,
            number="+447700900125",
            words="<b>hi",
        )
        call_back = intake.ask_call_back(session, number="+447700900126", because="asked for a person", now=NOW)
        mail = InboundMail(
            mail_id="<1@family.example>",
            kind=MailKind.LETTER,
            sender="sam@family.example",
            subject="<b>About Alex",
            body="When is it?",
            received_at=NOW,
            outcome="Waits for somebody",
            suggested_case_id=booked.id,
        )
        session.add(mail)
        session.flush()
        return Told(
            booked=booked.reference,
            booking=booking.id,
            waiting=waiting.reference,
            contact=contact.id,
            call_back=call_back.id,
            failed=failed.id,
            mail=mail.id,
        )


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

    return signed_in


@pytest.fixture
def coordinator(sign_in: SignIn) -> Browser:
    return sign_in(Role.COORDINATOR)


@pytest.fixture
def adviser(sign_in: SignIn) -> Browser:
    return sign_in(Role.ADVISER)


def account_of(role: Role) -> tuple[str, str]:
    """The address of somebody with this role, and a code that works: the town's own people where it has such."""
    with db.Session.begin() as session:
        person = session.scalar(
            select(Staff).where(Staff.role == role, Staff.id.not_in(select(Account.staff_id))).order_by(Staff.id)
        )
        if person is None:
            address = {
                Role.MEDIATOR: session.scalar(select(Mediator.email).where(Mediator.staff_id.is_(None))),
                Role.OFFICER: session.scalar(select(Officer.email).where(Officer.staff_id.is_(None))),
            }.get(role) or f"{role}@staff.example".replace(" ", ".")
            person = enrolment.add(session, role=role, email=address, name=f"Robin, {role}")
        enrolment.open_account(session, person, PASSWORD)
    with db.Reading() as session:
        return person.email, second_factor.current_code(session, session.get_one(Account, person.id))


@pytest.fixture(scope="module")
def neighbours(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    """Two towns side by side, built once for all the tests of a module: these only try what must change nothing."""
    home = tmp_path_factory.mktemp("neighbours")
    shutil.copy(sqlite_template, home / "test.db")
    app = create_app(
        Settings(
            database_url=f"sqlite:///{home / 'test.db'}",
            data_dir=home,
            secret_key="k" * 40,
            demo_clock_offset=(NOW - datetime.now(UTC)).total_seconds(),
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False  # so that what is behind the forms is reached
    yield two_towns.built(app)
    clock.shift(timedelta())
    db.Session.kw["bind"].dispose()
