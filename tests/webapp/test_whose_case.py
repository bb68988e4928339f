"""A colleague's case opens after a reason, every look is written down, and the family may know who looked."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Executable, delete, select, update
from sqlalchemy.exc import DatabaseError

from scheduling import db
from scheduling.cases import links, looks
from scheduling.models import Authority, Case, Look, Purpose, Role, Staff
from scheduling.models.staff import coordinator_works_for
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, SignIn, Told
from tests.webapp.letting_in import lets_in

REASON = "The adviser is ill and the family has rung"


@pytest.fixture
def of_a_colleague(told: Told) -> str:
    """The reference of a case whose adviser is somebody who never signs in here."""
    with db.Session.begin() as session:
        case = session.scalars(select(Case).where(Case.reference == told.booked)).one()
        case.adviser = builders.staff(session, Role.ADVISER, "Pat")
    return told.booked


def all_looks() -> list[Look]:
    with db.Reading() as session:
        return list(session.scalars(select(Look).order_by(Look.id)))


def test_ones_own_case_opens_at_once_and_the_day_s_look_is_written_down_once(adviser: Browser, told: Told) -> None:
    adviser.opens(f"/cases/{told.booked}")
    adviser.opens(f"/cases/{told.booked}/people")

    assert adviser.page.path == f"/cases/{told.booked}/people"
    assert [(look.role, look.reason, look.at.date()) for look in all_looks()] == [(Role.ADVISER, None, NOW.date())]


def test_a_colleague_s_case_asks_why_and_then_opens_where_one_wanted(adviser: Browser, of_a_colleague: str) -> None:
    adviser.opens(f"/cases/{of_a_colleague}/people")
    assert adviser.page.path.startswith(f"/cases/{of_a_colleague}/why")
    assert "Pat" in adviser.page.text
    assert "Sam" not in adviser.page.text

    adviser.presses("Open the case", reason=REASON)

    assert adviser.page.path == f"/cases/{of_a_colleague}/people"
    assert [look.reason for look in all_looks()] == [REASON]


@pytest.mark.parametrize("reason", ["", "work", "  x  "])
def test_a_reason_that_nobody_could_judge_opens_nothing(adviser: Browser, of_a_colleague: str, reason: str) -> None:
    adviser.opens(f"/cases/{of_a_colleague}")

    page = adviser.presses("Open the case", reason=reason)

    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert all_looks() == []


def test_nothing_is_done_in_a_colleague_s_case_before_a_reason(coordinator: Browser, told: Told, town: Town) -> None:
    coordinator.opens(f"/cases/{told.waiting}/people")
    form = coordinator.page.forms[-1]
    with db.Session.begin() as session:
        another = builders.staff(session, Role.COORDINATOR, "Jo")
        session.flush()
        looks.work_for(session, another, [town.authority.id])

    page = coordinator.sends(form.action, form.fields)

    assert page.path == f"/cases/{told.waiting}/why"


def test_a_message_of_a_colleague_s_case_asks_why_as_well(adviser: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        pat = builders.staff(session, Role.ADVISER, "Pat")
        session.flush()
        session.execute(update(Case).values(adviser_id=pat.id))

    assert "/why" in adviser.opens(f"/messages/{told.failed}").path


def test_the_list_shows_initials_of_families_that_are_not_ones_own(adviser: Browser, of_a_colleague: str) -> None:
    page = adviser.opens("/cases")

    (row,) = [line for line in page.html.split("<tr") if f"/cases/{of_a_colleague}" in line]
    assert "S." in row
    assert "Sam" not in row


@pytest.mark.parametrize(
    ("works_for", "colleague_works_for", "is_own"),
    [
        pytest.param([], [], True, id="nobody works for Barnet, so it is every coordinator's"),
        pytest.param(["Barnet"], [], True, id="she works for Barnet"),
        pytest.param([], ["Barnet"], False, id="a colleague works for Barnet"),
        pytest.param(["Barnet"], ["Barnet"], True, id="both work for Barnet"),
        pytest.param(["Camden"], [], True, id="she works for another, and nobody for Barnet"),
        pytest.param(["Camden"], ["Barnet"], False, id="she works for another, and a colleague for Barnet"),
    ],
)
def test_a_coordinator_s_cases_are_those_of_the_authorities_that_she_works_for(
    town: Town, works_for: list[str], colleague_works_for: list[str], *, is_own: bool
) -> None:
    with db.Session.begin() as session:
        builders.authority(session, "Camden", "202")
        case = builders.case(session, town)
        colleague = builders.staff(session, Role.COORDINATOR, "Jo")
        session.flush()
        ids = {one.name: one.id for one in session.scalars(select(Authority))}
        looks.work_for(session, town.coordinator, [ids[name] for name in works_for])
        looks.work_for(session, colleague, [ids[name] for name in colleague_works_for])

        assert looks.is_own(session, case, staff_id=town.coordinator.id, role=Role.COORDINATOR) is is_own


def test_somebody_who_has_left_keeps_no_authority_from_the_others(town: Town) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, town)
        colleague = builders.staff(session, Role.COORDINATOR, "Jo")
        session.flush()
        looks.work_for(session, colleague, [town.authority.id])
        colleague.is_active = False
        session.flush()

        assert looks.is_own(session, case, staff_id=town.coordinator.id, role=Role.COORDINATOR)


def test_a_manager_always_says_why_and_reads_everybody_s_reasons(sign_in: SignIn, told: Told) -> None:
    manager = sign_in(Role.MANAGER)
    manager.opens(f"/cases/{told.booked}")
    manager.presses("Open the case", reason=REASON)

    page = manager.opens("/who-looked")

    assert REASON in page.text
    assert "Robin, manager" in page.text


def test_a_reason_is_good_for_twelve_hours(told: Told) -> None:
    with db.Session.begin() as record:
        case = record.scalars(select(Case).where(Case.reference == told.booked)).one()
        manager = builders.staff(record, Role.MANAGER, "Max")
        record.flush()
        looks.with_reason(record, case, REASON, staff_id=manager.id, role=Role.MANAGER, now=NOW)

        def asks(now: datetime) -> bool:
            return looks.needs_reason(record, case, staff_id=manager.id, role=Role.MANAGER, now=now)

        assert [asks(NOW + looks.REASON_LASTS / 2), asks(NOW + looks.REASON_LASTS)] == [False, True]


def test_the_family_is_told_role_and_day_and_no_name(told: Told, adviser: Browser) -> None:
    adviser.opens(f"/cases/{told.booked}")

    with db.Reading() as session:
        case = session.scalars(select(Case).where(Case.reference == told.booked)).one()
        (seen,) = looks.for_the_family(session, case)
    assert (seen.role, seen.day) == (Role.ADVISER, NOW.date())


@pytest.mark.parametrize("meddling", [update(Look).values(reason="Nothing to see here"), delete(Look)])
def test_a_look_cannot_be_unwritten(told: Told, adviser: Browser, meddling: Executable) -> None:
    adviser.opens(f"/cases/{told.booked}")

    with pytest.raises(DatabaseError), db.Session.begin() as session:
        session.execute(meddling)


def test_an_administrator_gives_a_coordinator_her_authorities(sign_in: SignIn, town: Town) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.opens(f"/staff/{town.coordinator.id}/authorities")

    administrator.presses("Save", authorities=str(town.authority.id))

    with db.Reading() as session:
        assert session.execute(select(coordinator_works_for)).all() == [(town.coordinator.id, town.authority.id)]
        assert (
            session.scalars(select(Staff.name).where(Staff.id == town.coordinator.id)).one() in administrator.page.text
        )


def test_an_authority_that_was_not_offered_cannot_be_given(sign_in: SignIn, town: Town) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.opens(f"/staff/{town.coordinator.id}/authorities")

    page = administrator.presses("Save", authorities="99999999999999999999")

    assert page.status == 422


def test_the_family_s_own_page_says_who_has_looked(app: Flask, told: Told, adviser: Browser) -> None:
    adviser.opens(f"/cases/{told.booked}")
    with db.Session.begin() as session:
        case = session.scalars(select(Case).where(Case.reference == told.booked)).one()
        token = links.make(session, Purpose.FAMILY, case, now=NOW, days=1)

    page = lets_in(Browser(app), f"/family/{token}")

    assert "An adviser, on Tuesday 24 November 2026" in page.text
    assert "Alex" not in page.text
