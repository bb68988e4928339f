"""The rota in the console: who takes calls when, and times on call that are added and taken back."""

import pytest
from sqlalchemy import select

from scheduling import db
from scheduling.cases import rota
from scheduling.models import Entry, OnCall, Role, Staff
from scheduling.reference import changes
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import SignIn

pytestmark = pytest.mark.usefixtures("town")
SATURDAY = {"day-day": "5", "day-month": "12", "day-year": "2026"}


@pytest.fixture
def adviser(town: Town) -> str:
    """An adviser with a telephone, by number."""
    with db.Session.begin() as session:
        alex = builders.staff(session, Role.ADVISER, "Alex Rota")
        alex.number = "+442079460301"
        session.flush()
        return str(alex.id)


def on_duty(when: str) -> list[str]:
    with db.Reading() as session:
        return [one.name for one in rota.on_duty(session, builders.moment(when)) if one.name == "Alex Rota"]


def adds(coordinator: Browser, adviser: str, /, **times: str) -> Browser:
    coordinator.opens("/rota")
    coordinator.presses("Add the time on call", **{"adviser": adviser, **SATURDAY, **times})
    return coordinator


def test_a_coordinator_adds_a_time_on_call_and_takes_it_back(sign_in: SignIn, adviser: str) -> None:
    coordinator = adds(sign_in(Role.COORDINATOR), adviser, starts="10:00", ends="12:00")

    assert "10am on Saturday 5 December 2026" in coordinator.page.text
    assert on_duty("2026-12-05 11:59") == ["Alex Rota"]
    assert on_duty("2026-12-05 12:00") == []
    coordinator.presses("Remove")
    assert "Nobody is on call beyond the shifts." in coordinator.page.text
    assert on_duty("2026-12-05 11:59") == []
    with db.Reading() as session:
        told = session.scalars(select(Entry.what).where(Entry.about == changes.ROTA).order_by(Entry.id)).all()
        assert [what.split(" from ")[0] for what in told] == ["Alex Rota is on call", "Alex Rota is not on call"]


def test_an_evening_may_go_past_midnight(sign_in: SignIn, adviser: str) -> None:
    adds(sign_in(Role.MANAGER), adviser, starts="22:00", ends="02:00")

    assert on_duty("2026-12-06 01:59") == ["Alex Rota"]
    assert on_duty("2026-12-06 02:00") == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param({"adviser": "999999"}, "Choose who is on call", id="nobody we know"),
        pytest.param({"starts": "ten"}, "Enter the time as on a 24-hour clock", id="no time"),
        pytest.param({"ends": ""}, "Enter when it ends", id="no end"),
        pytest.param({"day-day": "31", "day-month": "2"}, "The day must be a real date", id="no day"),
    ],
)
def test_what_is_wrong_is_said_beside_it(sign_in: SignIn, adviser: str, wrong: dict[str, str], says: str) -> None:
    coordinator = adds(sign_in(Role.COORDINATOR), adviser, **{"starts": "10:00", "ends": "12:00", **wrong})

    assert coordinator.page.status == 422
    assert says in coordinator.page.text
    with db.Reading() as session:
        assert session.scalar(select(OnCall)) is None


def test_a_time_that_is_gone_already_is_not_found(sign_in: SignIn, adviser: str) -> None:
    coordinator = adds(sign_in(Role.COORDINATOR), adviser, starts="10:00", ends="12:00")
    with db.Session.begin() as session:
        session.delete(session.scalars(select(OnCall)).one())

    coordinator.presses("Remove")

    assert coordinator.page.status == 404


def test_the_page_shows_shifts_and_telephones(sign_in: SignIn, adviser: str) -> None:
    page = sign_in(Role.COORDINATOR).opens("/rota")

    assert "Monday 9am to 5pm" in page.text
    assert "020 7946 0301" in page.text
    with db.Reading() as session:
        assert session.get_one(Staff, int(adviser)).shifts
