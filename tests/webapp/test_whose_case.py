"""A colleague's case opens after a reason, every look is written down, and the family may know who looked."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Executable, delete, select, text, update
from sqlalchemy.exc import DatabaseError
from werkzeug.routing import Rule

from scheduling import db
from scheduling.cases import links, looks, many_looks
from scheduling.law.certificates import Kind
from scheduling.models import (
    Actor,
    Authority,
    CallBack,
    Case,
    Contact,
    Feedback,
    InboundMail,
    Look,
    Message,
    Purpose,
    Role,
    Staff,
)
from scheduling.models.staff import coordinator_works_for
from scheduling.reference import policies
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, SignIn, Told
from tests.webapp.letting_in import lets_in
from webapp import auth
from webapp.accounts import SignedIn
from webapp.compartments import Scope

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


@pytest.fixture
def of_colleagues(told: Told, town: Town) -> Told:
    """Every case is another adviser's and another coordinator's, and so is whatever came in."""
    with db.Session.begin() as session:
        pat, jo = builders.staff(session, Role.ADVISER, "Pat"), builders.staff(session, Role.COORDINATOR, "Jo")
        session.flush()
        looks.work_for(session, jo, [town.authority.id])
        session.execute(update(Case).values(adviser_id=pat.id))
        theirs = session.scalars(select(Case.id).where(Case.reference == told.booked)).one()
        for kind in (Contact, InboundMail, CallBack):
            session.execute(update(kind).values(case_id=theirs))
        person = session.get_one(Case, theirs).person_id
        about = {"case_id": theirs, "person_id": person, "score": 2, "wants_reply": True, "said_at": NOW}
        session.add(Feedback(id=1, key="x", words="The calls came late", **about))
    return told


def test_nothing_of_a_colleague_s_case_is_shown_or_done_before_a_reason_whatever_the_route(
    app: Flask, sign_in: SignIn, of_colleagues: Told
) -> None:
    visitors = {role: sign_in(role) for role in (Role.COORDINATOR, Role.ADVISER, Role.MANAGER)}
    asked, did_not_ask = f"/cases/{of_colleagues.booked}/why", []

    for rule in app.url_map.iter_rules():
        policy = auth.policy_of(app, rule.endpoint)
        assert policy is not None
        if policy.scope is not Scope.CASE:
            continue
        role = next(role for role in (*visitors, None) if role is None or role in policy.roles)
        assert role is not None, f"{rule.endpoint} is for nobody who has cases"
        path, client = an_address(app, rule, of_colleagues), visitors[role].client
        if policy.proves:
            client = proven(visitors[role])
        if "GET" in (rule.methods or set()):
            sent_to = client.get(f"{path}?slot=x").headers.get("Location", "")
        else:
            token = dict(visitors[role].opens("/account").form("Sign out").fields)["csrf_token"]
            sent_to = client.post(path, data={"csrf_token": token, "kind": Kind.NOT_WANTED}).headers.get("Location", "")
        did_not_ask += [] if sent_to.partition("?")[0] == asked else [rule]

    assert did_not_ask == []


def an_address(app: Flask, rule: Rule, told: Told) -> str:
    """The route, in the colleague's case: what comes in has a number of its own, all else is found by the case."""
    about = {"contact_id": told.contact, "mail_id": told.mail, "message_id": told.failed}
    about |= {"call_back_id": told.call_back, "feedback_id": 1}
    if "reference" in rule.arguments:
        values = {name: 1 if name.endswith("_id") or name == "number" else "by-video" for name in rule.arguments}
        values["reference"] = told.booked
    else:
        assert rule.arguments <= set(about), f"{rule.endpoint}: say here whose case its address leads to"
        values = {name: about[name] for name in rule.arguments}
    path: str = app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods or ())))
    return path


def proven(browser: Browser) -> FlaskClient:
    """The same visitor, who has given password and code just now."""
    with db.Session.begin() as session:
        session.execute(update(SignedIn).values(proved_at=db.moment(session)))
    return browser.client


@pytest.mark.parametrize("what", ["contacts", "mails"])
def test_nothing_is_put_into_a_colleague_s_case_before_a_reason(
    adviser: Browser, of_colleagues: Told, what: str
) -> None:
    with db.Session.begin() as session:
        for kind in (Contact, InboundMail):
            session.execute(update(kind).values(case_id=None))
    number = {"contacts": of_colleagues.contact, "mails": of_colleagues.mail}[what]
    adviser.opens(f"/{what}/{number}")

    page = adviser.presses("It belongs to this case", reference=of_colleagues.booked)

    assert page.path == f"/cases/{of_colleagues.booked}/why"
    with db.Reading() as session:
        assert session.scalars(select(Contact.case_id)).all() == [None]
        assert session.scalars(select(InboundMail.case_id)).all() == [None]


@pytest.mark.parametrize("path", ["/today", "/inbox", "/messages", "/feedback"])
def test_lists_show_reference_and_initials_of_a_colleague_s_case_until_a_reason(
    adviser: Browser, of_colleagues: Told, path: str
) -> None:
    told = ("07700 900125", "07700 900126", "<b>hi", "About Alex", "sam@family.example", "meeting booked", "came late")

    before = adviser.opens(path)
    assert [word for word in told if word in before.text] == []
    assert "S." in before.text

    adviser.opens(f"/cases/{of_colleagues.booked}")
    adviser.presses("Open the case", reason=REASON)
    assert [word for word in told if word in adviser.opens(path).text] != []


def test_whoever_opens_very_many_cases_of_others_in_an_hour_is_asked_about_it(
    sign_in: SignIn, of_colleagues: Told, town: Town
) -> None:
    manager = sign_in(Role.MANAGER)
    with db.Session.begin() as session:
        policies.choose(session, policies.LOOKS_AN_HOUR, 2, by_staff_id=None, now=NOW)
        cases = [builders.case(session, town) for _ in range(5)]
        for number, case in enumerate(cases):
            at = NOW - timedelta(minutes=70) if number == 0 else NOW
            looks.with_reason(session, case, REASON, staff_id=town.adviser.id, role=Role.ADVISER, now=at)
        told = session.scalars(select(Message).where(Message.purpose == many_looks.PURPOSE)).all()
    assert [message.address for message in told] == [manager_address()]

    assert "Alex of Barnet opened 3 cases within an hour" in manager.opens("/today").text
    page = manager.opens("/who-looked")
    assert "Monday 23 November 2026 Alex of Barnet 5" in page.text
    manager.presses("I have asked them")

    assert "within an hour" not in manager.opens("/today").text


def manager_address() -> str:
    with db.Reading() as session:
        return session.scalars(select(Staff.email).where(Staff.role == Role.MANAGER)).one()


def test_an_hour_later_many_looks_are_told_of_again_and_nobody_sees_to_their_own(town: Town) -> None:
    with db.Session.begin() as session:
        policies.choose(session, policies.LOOKS_AN_HOUR, 1, by_staff_id=None, now=NOW)
        cases = [builders.case(session, town) for _ in range(4)]
        for case, minutes in zip(cases, (0, 1, 59, 62), strict=True):
            now = NOW + timedelta(minutes=minutes)
            looks.with_reason(session, case, REASON, staff_id=town.adviser.id, role=Role.ADVISER, now=now)
        raised = many_looks.waiting(session)
        assert [one.raised_at for one in raised] == [NOW + timedelta(minutes=1), NOW + timedelta(minutes=62)]

        many_looks.seen(raised[0], by=Actor.staff(town.adviser.id), now=NOW)

        assert raised[0].seen_at is None


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


@pytest.mark.parametrize("meddling", [text("UPDATE looks SET reason = 'Nothing to see here'"), delete(Look)])
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
