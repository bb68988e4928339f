"""One browser and one running service, with its told fortnight, for all tests; a new visitor for each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright
from sqlalchemy import update
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Role
from tests import machine
from tests.browser import look
from tests.browser.watched import Watched
from tests.journeys import service
from tests.journeys.service import Service
from webapp.accounts import SignedIn
from webapp.demo import stage

PATIENCE_MS = 20_000

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All on one worker: each would start a service and a browser of its own."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.needs_chromium)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with its told fortnight, on a Tuesday morning."""
    with service.running(tmp_path_factory.mktemp("told"), told=True, at="2026-11-24T10:05") as running:
        yield running


@dataclass
class Door:
    """Lets the demonstration's staff in: each once, as a code works once."""

    chromium: Browser
    service: Service
    _kept: dict[Role, StorageState] = field(default_factory=dict)

    def key_of(self, role: Role) -> StorageState:
        """What the browser of somebody with this role remembers after signing in."""
        if role not in self._kept:
            context = self.chromium.new_context(base_url=self.service.url)
            signs_in(context.new_page(), self.service, role)
            self._has_just_proved()
            self._kept[role] = context.storage_state()
            context.close()
        return self._kept[role]

    def _has_just_proved(self) -> None:
        """The round takes longer than a password given again is good for, and it is not what the round is about."""
        engine = db.open_engine(self.service.settings.database)
        with Session(engine) as session, session.begin():
            session.execute(update(SignedIn).values(proved_at=db.moment(session) + timedelta(days=1)))
        engine.dispose()


def signs_in(page: Page, line: Service, role: Role) -> None:
    """By the page, with the code that the simulator shows."""
    outsiders = {Role.MEDIATOR: "@mediators.example", Role.OFFICER: "@stoke-on-trent.example"}
    known_by = outsiders.get(role) or next(name for name, has in stage.STAFF if has is role)
    page.goto("/simulator/codes")
    row = page.get_by_role("row").filter(has_text=known_by)
    code = row.locator("code").inner_text()
    email = row.get_by_role("cell").first.inner_text()
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(line.settings.demo_password)
    page.get_by_label("Code from your authenticator app").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture(scope="session")
def door(chromium: Browser, told: Service) -> Door:
    return Door(chromium, told)


@pytest.fixture
def visit(chromium: Browser, told: Service, door: Door) -> Iterator[Visit]:
    """A window of a new visitor, who may have signed in; the test fails on anything that goes wrong in it."""
    visitors: list[Watched] = []

    def opened(role: Role | None = None, *, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=told.url,
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/London",
            viewport=look.DESK,
            storage_state=door.key_of(role) if role else None,
        )
        context.set_default_timeout(PATIENCE_MS)
        visitors.append(Watched(context, told.url))
        return context.new_page()

    yield opened
    for visitor in visitors:
        visitor.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
