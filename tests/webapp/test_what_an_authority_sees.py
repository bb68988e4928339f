"""A canary in everything that is private, and none of them sings in what an authority gets to see."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Text, inspect, select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import agreements, authority, decline, mediation, offering, officer_links
from scheduling.db import Base
from scheduling.diary import bookings, slots
from scheduling.law.agreements import Action
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    CallBack,
    Case,
    CasePerson,
    Contact,
    ContactChannel,
    Extent,
    Interpreter,
    InterpreterLanguage,
    Look,
    Message,
    Person,
    Role,
    Said,
    Side,
)
from scheduling.outbox import messages
from scheduling.vault.sealed import attributes
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import SignIn
from webapp import auth, enrolment

CANARY = "canary"
BORN = date(2013, 5, 7)
TELLTALES = (CANARY, "7 May 2013", "2013-05-07", "07/05/2013", "07700 900987", "7700900987")
SHARED = {"cases.issues", "cases.reference", "people.name"}
"""What an authority may know, beside times and places and its own people."""

TOLD_AT = builders.moment("2026-11-20 10:25")
NOW = builders.moment("2026-11-24 10:00")


def plant(row: Base, **kept: str) -> None:
    """A canary in every column of free words that is not shared."""
    for column in inspect(type(row)).columns:
        name = f"{column.table.name}.{column.name}"
        is_of_the_vault = column.name in {"seal", "data_key_id"} or column.name.endswith("_index")
        if isinstance(column.type, Text) and name not in SHARED and not (column.foreign_keys or is_of_the_vault):
            setattr(row, column.key, kept.get(column.key, f"{CANARY} {name}"))
    for one in attributes(type(row)):
        name = f"{row.__tablename__}.{one.name}"
        if name not in SHARED:
            setattr(row, one.name, kept.get(one.name, f"{CANARY} {name}"))


@pytest.fixture
def case(town: Town) -> int:
    """A case as full of secrets as the record allows."""
    with db.Session.begin() as session:
        case = builders.case(session, town)
        plant(case)
        case.child_born = BORN
        plant(case.person, number="+447700900987", other_number="+447700900987", email=f"{CANARY}@family.example")
        case.person.language, case.person.may_text = "en", False
        spoken = [InterpreterLanguage(language=str(case.person.interpreter))]
        session.add(Interpreter(name="Ola", email="ola@interpreters.example", spoken=spoken))
        beside = Person(name="Pat")
        plant(beside, number="+447700900987", other_number="+447700900987", email=f"{CANARY}2@family.example")
        beside.name, beside.language = f"{CANARY} beside", "en"
        case.others.append(CasePerson(person=beside))
        case.record(f"{CANARY} history", why=f"{CANARY} reason", by=FAMILY, now=TOLD_AT)
        case.contacts.append(
            Contact(channel=ContactChannel.CALL, said=Said.OTHER, words=f"{CANARY} words", received_at=TOLD_AT)
        )
        session.add(CallBack(number="+447700900987", case_id=case.id, because=f"{CANARY} call", asked_at=TOLD_AT))
        session.add(
            Look(staff_id=town.adviser.id, role=Role.ADVISER, case_id=case.id, reason=f"{CANARY} look", at=TOLD_AT)
        )
        return case.id


def everything_happens(session: Session, case: Case, by: Actor) -> None:
    """As much as an authority can ever hear of."""
    case.mediation_wanted_at = TOLD_AT
    mediation.tell(session, case, by=SERVICE, now=TOLD_AT)
    authority.ask_again(session, case.id, now=NOW)
    offering.offer(session, case, by=by, now=NOW)
    best, other = slots.best(session, case, now=NOW, limit=2)
    offering.take_back(session, case, because=f"{CANARY} taken back", by=by, now=NOW)
    authority.cannot(session, case, because=f"{CANARY} cannot", by=by, now=NOW)
    booking = bookings.book(session, case, best, by=by, now=NOW)
    bookings.move(session, booking, other, because=f"{CANARY} moved", by=by, now=NOW)
    made = agreements.record(
        session,
        case,
        extent=Extent.PARTIAL,
        agreed_on=NOW.date(),
        actions=[(Action.WITHOUT_APPEAL, f"{CANARY} promise", NOW.date() + timedelta(days=9))],
        by=by,
        now=NOW,
    )
    agreements.not_done(session, made.actions[0], by=FAMILY, now=NOW)


def sent_to_the_authority(session: Session) -> list[Message]:
    wanted = select(Message).where(Message.recipient == messages.THE_AUTHORITY).order_by(Message.id)
    return list(session.scalars(wanted))


def silent(text: str) -> bool:
    return not any(telltale.casefold() in text.casefold() for telltale in TELLTALES)


def test_no_mail_no_invite_and_no_page_of_an_authority_holds_anything_private(
    app: Flask, sign_in: SignIn, town: Town, case: int
) -> None:
    with db.Session.begin() as session:
        everything_happens(session, session.get_one(Case, case), Actor.staff(town.coordinator.id))
        written = sent_to_the_authority(session)
        reference = session.get_one(Case, case).reference
        link = officer_links.make(session, session.merge(town.officer), now=NOW)
    token = link.rpartition("/")[2]

    assert {message.purpose for message in written} >= {"authority told", "authority asked again", "meeting booked"}
    for message in written:
        assert silent(f"{message.subject}\n{message.body}\n{message.calendar}"), message.purpose
        for link in re.findall(r"https?://[^/\s]+(/\S+)", message.body):
            assert silent(Browser(app).opens(link.rstrip(".,")).html), message.purpose
    officer = sign_in(Role.OFFICER)
    for path in pages_of_an_officer(app, reference, token):
        page = officer.opens(path)
        assert page.status == 200, path
        assert silent(page.html), path
    assert "Speech therapy in section F" in officer.opens(f"/authority/cases/{reference}").text


def pages_of_an_officer(app: Flask, reference: str, token: str) -> list[str]:
    """Every page that an officer may open, with an account or by the link, whatever is added to them."""
    known, paths = {"reference": reference, "token": token}, []
    for rule in app.url_map.iter_rules():
        policy = auth.policy_of(app, rule.endpoint)
        assert policy is not None
        is_an_officers = Role.OFFICER in policy.roles or rule.endpoint.startswith("officers.")
        if is_an_officers and "GET" in (rule.methods or set()) and rule.arguments <= set(known):
            values = {name: known[name] for name in rule.arguments}
            paths.append(str(app.url_map.bind("localhost").build(rule.endpoint, values, method="GET")))
    assert {f"/authority/cases/{reference}", f"/officer/{token}/cases/{reference}/when"} <= set(paths)
    return paths


def test_a_family_that_changes_its_mind_keeps_its_reasons_to_itself(town: Town, case: int) -> None:
    with db.Session.begin() as session:
        row = session.get_one(Case, case)
        row.mediation_wanted_at = TOLD_AT
        mediation.tell(session, row, by=SERVICE, now=TOLD_AT)
        best = slots.best(session, row, now=NOW, limit=1)[0]
        booking = bookings.book(session, row, best, by=SERVICE, now=NOW)
        bookings.cancel(session, booking, caused_by=Side.FAMILY, because=f"{CANARY} ill", by=FAMILY, now=NOW)
        decline.say_no(session, row, by=FAMILY, said_at=NOW, now=NOW)
        written = sent_to_the_authority(session)

    assert {message.purpose for message in written} >= {"mediation not wanted", "meeting cancelled"}
    assert [message.purpose for message in written if not silent(f"{message.subject}{message.body}")] == []


def test_the_mediator_s_pages_hold_nothing_that_the_family_said_in_confidence(
    sign_in: SignIn, town: Town, case: int
) -> None:
    with db.Session.begin() as session:
        everything_happens(session, session.get_one(Case, case), Actor.staff(town.coordinator.id))

    mediator = sign_in(Role.MEDIATOR)
    home = mediator.opens("/mediator")
    assert silent(home.html)
    mediator.opens(next(link for link in home.links if link.startswith("/mediator/meetings/")))

    page = mediator.presses("I take this meeting")

    assert "Sam" in page.text
    assert silent(page.html)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MEDIATOR])
def test_another_town_s_people_find_nothing_of_ours(sign_in: SignIn, town: Town, case: int, role: Role) -> None:
    with db.Session.begin() as session:
        everything_happens(session, session.get_one(Case, case), Actor.staff(town.coordinator.id))
        reference = session.get_one(Case, case).reference
        elsewhere = builders.town(session, "Camden", "202")
        address = {Role.OFFICER: elsewhere.officer.email, Role.MEDIATOR: elsewhere.mediator.email}[role]
        enrolment.add(session, role=role, email=address, name="From Camden")
    visitor = sign_in(role)

    home = visitor.opens({Role.OFFICER: "/authority", Role.MEDIATOR: "/mediator"}[role])

    assert reference[:4] not in home.text
    assert visitor.opens(f"/authority/cases/{reference}").status == 404
