"""An officer's day: what needs the authority, when somebody can come, who decides, and what cannot be done in time.

Every story is told twice: by whoever has an account, and by whoever has only the link in our mail.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import agreements, attendees, offering, officer_links, worklist
from scheduling.diary import slots
from scheduling.law.agreements import Action
from scheduling.models import (
    SERVICE,
    Actor,
    ActorKind,
    AgreedAction,
    Alarm,
    Attendee,
    Booking,
    Busy,
    Case,
    Entry,
    Extent,
    Officer,
    ResourceKind,
    Role,
)
from tests import builders
from tests.builders import Town, moment
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, SignIn, Told
from webapp.authorities.attending import NOTHING_TICKED

ACCOUNT, LINK = "with an account", "with the link in our mail"

OLU = {"name": "Olu Bassey", "position": "Casework manager", "email": "Olu@Barnet.example", "may_agree": "yes"}


class OfficersBrowser(Browser):
    """Somebody at the authority, and the beginning of every address that they open."""

    home: str


@pytest.fixture
def officer(app: Flask, told: Told, town: Town) -> OfficersBrowser:
    """Who has only the link in our mail."""
    by = OfficersBrowser(app)
    by.home = by_link(town)
    return by


@pytest.fixture(params=[ACCOUNT, LINK])
def either(request: pytest.FixtureRequest, sign_in: SignIn, officer: OfficersBrowser) -> OfficersBrowser:
    """Each in turn: the pages are the same."""
    if request.param == ACCOUNT:
        officer.client, officer.home = sign_in(Role.OFFICER).client, "/authority"
    return officer


def by_link(town: Town) -> str:
    """The path of a link as it stands in a mail."""
    with db.Session.begin() as session:
        return urlsplit(officer_links.make(session, session.merge(town.officer), now=NOW)).path


def the_case(session: Session, reference: str) -> Case:
    return session.scalars(select(Case).where(Case.reference == reference)).one()


def history(reference: str) -> list[tuple[str, ActorKind]]:
    with db.Reading() as session:
        wanted = select(Entry).where(Entry.case_id == the_case(session, reference).id).order_by(Entry.id)
        return [(entry.what, entry.by.kind) for entry in session.scalars(wanted)]


def test_the_list_says_how_many_cases_need_somebody_and_what_for_the_nearest_first(
    either: OfficersBrowser, told: Told
) -> None:
    page = either.opens(either.home)

    assert page.headings == ["Barnet: 2 cases need you"]
    assert "Say that you have read our notice" in page.text
    assert "Say when you can come" in page.text
    assert page.text.index("by Tue 24 Nov") < page.text.index("by Tue 15 Dec")


def test_by_link_no_family_has_a_name(app: Flask, told: Told, town: Town) -> None:
    browser, home = Browser(app), by_link(town)

    pages = [browser.opens(home).html, browser.opens(f"{home}/cases/{told.waiting}").html]

    assert not any("Sam" in html or "Speech therapy" in html for html in pages)


def test_a_link_that_is_over_or_taken_back_or_whose_officer_has_left_opens_nothing(
    app: Flask, told: Told, town: Town
) -> None:
    browser, home = Browser(app), by_link(town)
    with db.Session.begin() as session:
        officer_links.revoke(session, session.merge(town.officer), now=NOW)
    assert browser.opens(home).status == 404

    home = by_link(town)
    with db.Session.begin() as session:
        session.get_one(Officer, town.officer.id).left_on = NOW.date()
    assert browser.opens(home).status == 404
    with db.Reading() as session:
        assert officer_links.open(session, home.rpartition("/")[2], now=NOW + timedelta(days=61)) is None


def test_acknowledging_twice_is_written_down_once(either: OfficersBrowser, told: Told) -> None:
    either.opens(f"{either.home}/cases/{told.waiting}")
    form = either.page.form("We have read the notice")

    either.sends(form.action, form.fields)
    page = either.sends(form.action, form.fields)

    assert "Say that you have read our notice" not in page.text
    assert (
        history(told.waiting).count(("The authority acknowledged that mediation is wanted", ActorKind.AUTHORITY)) == 1
    )


def test_what_is_not_ticked_is_never_offered_and_the_search_finds_what_is(officer: OfficersBrowser, told: Told) -> None:
    officer.opens(f"{officer.home}/cases/{told.waiting}/when")
    form = officer.page.form("Send these times")

    for _ in range(2):
        officer.sends(form.action, [*form.fields, ("can", "2026-12-10 pm"), ("can", "2026-12-11 am")])

    assert "We look for a time" in officer.page.text
    with db.Reading() as session:
        found = slots.best(session, the_case(session, told.waiting), now=NOW, limit=9)
    assert {(one.starts_at.day, one.starts_at.hour >= 13) for one in found} == {(10, True), (11, False)}
    said = [what for what, by in history(told.waiting) if "said when they can come: 2 of" in what]
    assert len(said) == 1


def test_who_can_come_after_all_takes_back_what_they_said(either: OfficersBrowser, told: Told, town: Town) -> None:
    either.opens(f"{either.home}/cases/{told.waiting}/when")
    either.presses("None of these", none="yes")
    with db.Reading() as session:
        assert slots.best(session, the_case(session, told.waiting), now=NOW, limit=1) == []
        was_busy = len(session.scalars(select(Busy).where(Busy.kind == ResourceKind.OFFICER)).all())

    either.opens(f"{either.home}/cases/{told.waiting}/when")
    either.presses("Send these times", can="2026-12-10 pm")

    with db.Reading() as session:
        assert len(session.scalars(select(Busy).where(Busy.kind == ResourceKind.OFFICER)).all()) == was_busy - 1
        (best,) = slots.best(session, the_case(session, told.waiting), now=NOW, limit=1)
    assert best.starts_at.date().isoformat() == "2026-12-10"


def test_a_meeting_of_ours_is_not_undone_by_a_tick_that_is_missing(officer: OfficersBrowser, told: Told) -> None:
    page = officer.opens(f"{officer.home}/cases/{told.waiting}/when")
    assert "you have a meeting of ours then" in page.text

    officer.presses("None of these", none="yes")

    with db.Reading() as session:
        booking = session.get_one(Booking, told.booking)
        busy = session.scalars(select(Busy).where(Busy.kind == ResourceKind.OFFICER)).all()
        assert not any(one.starts_at < booking.ends_at and booking.starts_at < one.ends_at for one in busy)


def test_nothing_ticked_is_asked_about_again(officer: OfficersBrowser, told: Told) -> None:
    officer.opens(f"{officer.home}/cases/{told.waiting}/when")

    page = officer.presses("Send these times", can="2031-01-01 am")

    assert (page.status, page.errors) == (422, [NOTHING_TICKED])
    assert page.title.startswith("Error: ")


def test_whoever_may_not_decide_speaks_of_the_officer_who_was_told(app: Flask, told: Told, town: Town) -> None:
    with db.Session.begin() as session:
        chief = builders.officer(session, session.merge(town.authority), "Ruth")
        chief.may_decide, chief.is_manager = False, True
        session.flush()
        home = urlsplit(officer_links.make(session, chief, now=NOW)).path
    browser = Browser(app)
    browser.opens(f"{home}/cases/{told.waiting}/when")

    browser.presses("None of these", none="yes")

    with db.Reading() as session:
        assert set(session.scalars(select(Busy.resource_id))) == {town.officer.id}


def test_somebody_who_can_agree_is_named_with_a_declaration(either: OfficersBrowser, told: Told) -> None:
    either.opens(f"{either.home}/cases/{told.waiting}/attendees")
    assert len(either.presses("Add them").errors) == 4

    for _ in range(2):
        either.opens(f"{either.home}/cases/{told.waiting}/attendees")
        either.presses("Add them", **OLU)

    assert "Olu Bassey" in either.page.text
    assert "Say who comes" not in either.opens(either.home).text.partition(told.waiting[:4])[2][:400]
    with db.Reading() as session:
        assert [(one.email, one.may_agree) for one in session.scalars(select(Attendee))] == [
            ("olu@barnet.example", True)
        ]
    assert len([1 for what, _ in history(told.waiting) if "Olu Bassey, who can agree" in what]) == 1


def test_nobody_who_can_agree_is_a_task_for_a_coordinator_until_somebody_is_named(
    officer: OfficersBrowser, coordinator: Browser, told: Told
) -> None:
    officer.opens(f"{officer.home}/cases/{told.waiting}/attendees")

    page = officer.presses("Add them", **OLU | {"may_agree": "no", "name": "Olu <b>"})

    assert "The regulations want somebody who can" in page.text
    assert asked_for_somebody() == [told.waiting]
    shown = coordinator.opens(f"/cases/{told.waiting}/authority")
    assert "Olu <b>, Casework manager, olu@barnet.example (cannot agree on the day)" in shown.text
    officer.presses("Add them", **OLU | {"email": "ada@barnet.example", "name": "Ada"})
    assert asked_for_somebody() == []


def asked_for_somebody() -> list[str]:
    with db.Reading() as session:
        items = worklist.items(session, now=NOW)
        return [item.case.reference for item in items if item.what == "Ask who can decide" and item.case is not None]


def test_whoever_was_named_can_be_taken_back_and_named_again(officer: OfficersBrowser, told: Told) -> None:
    officer.opens(f"{officer.home}/cases/{told.waiting}/attendees")
    officer.presses("Add them", **OLU)
    form = officer.page.form("Take back")

    officer.sends(form.action, form.fields)
    page = officer.sends(form.action, form.fields)

    assert "Named so far" not in page.text
    assert len([1 for what, _ in history(told.waiting) if "does not come" in what]) == 1
    assert "Olu Bassey" in officer.presses("Add them", **OLU).text


def test_a_table_has_no_room_for_more_than_eight(told: Told) -> None:
    with db.Session.begin() as session:
        case = the_case(session, told.waiting)
        by = Actor(ActorKind.AUTHORITY)
        for number in range(attendees.MOST):
            attendees.name(
                session, case, called="A", position="B", email=f"{number}@b.example", may_agree=True, by=by, now=NOW
            )
        with pytest.raises(attendees.TooMany):
            attendees.name(session, case, called="A", position="B", email="9@b.example", may_agree=True, by=by, now=NOW)


def test_while_a_meeting_is_booked_nobody_can_say_that_none_can_be_arranged(
    either: OfficersBrowser, told: Told
) -> None:
    form = either.opens(f"{either.home}/cases/{told.waiting}/cannot").form("Say that it cannot be arranged")

    page = either.opens(f"{either.home}/cases/{told.booked}/cannot")
    assert "A meeting is booked for" in page.text
    assert not any("Say that it cannot be arranged" in one.buttons for one in page.forms)

    because = [*form.fields, ("because", "Nobody is there")]
    refused = either.sends(f"{either.home}/cases/{told.booked}/cannot", because)
    assert "have it moved or cancelled first" in refused.text
    assert not [what for what, _ in history(told.booked) if "cannot arrange mediation" in what]


def test_what_follows_stands_there_before_an_authority_says_that_it_cannot(either: OfficersBrowser, told: Told) -> None:
    page = either.opens(f"{either.home}/cases/{told.waiting}/cannot")
    assert "a certificate by Friday 27 November 2026" in page.text
    form = page.form("Say that it cannot be arranged")
    assert either.sends(form.action, form.fields).status == 422

    for _ in range(2):
        page = either.sends(form.action, [*form.fields, ("because", "Nobody is there")])

    assert "The family gets its certificate by Friday 27 November 2026" in page.text
    assert len([1 for what, _ in history(told.waiting) if "cannot arrange mediation" in what]) == 1
    with db.Reading() as session:
        assert session.scalars(select(Alarm.case_id)).all() == [the_case(session, told.waiting).id]


def test_what_was_promised_is_done_on_the_day_that_is_named(officer: OfficersBrowser, told: Told, town: Town) -> None:
    with db.Session.begin() as session:
        agreements.record(
            session,
            the_case(session, told.booked),
            extent=Extent.FULL,
            agreed_on=moment("2026-11-20 10:00").date(),
            actions=[(Action.WITHOUT_APPEAL, "Pay for the tuition", moment("2026-11-30 10:00").date())],
            by=Actor.staff(town.coordinator.id),
            now=NOW,
        )
    page = officer.opens(f"{officer.home}/cases/{told.booked}")
    assert "Due by Monday 30 November 2026" in page.text
    assert "tuition" not in page.html
    form = page.form("It has been done")
    name = next(name for name, _ in form.fields if name.endswith("-day")).removesuffix("-day")
    day = {f"{name}-day": "27", f"{name}-month": "11", f"{name}-year": "2026"}
    assert officer.presses("It has been done", **day).errors == [
        "The day must be from the day of the agreement until today. Check it."
    ]

    for _ in range(2):
        officer.opens(f"{officer.home}/cases/{told.booked}")
        given = [(field, value) for field, value in form.fields if field not in day]
        page = officer.sends(form.action, [*given, *(day | {f"{name}-day": "23"}).items()])

    assert "It is written down as done" in page.text
    with db.Reading() as session:
        assert session.scalars(select(AgreedAction.done_at)).one() == moment("2026-11-23 12:00")


def test_another_s_promise_and_another_s_attendee_are_not_found(either: OfficersBrowser, told: Told) -> None:
    case = f"{either.home}/cases/{told.waiting}"
    token = dict(either.opens(f"{case}/attendees").forms[-1].fields)["csrf_token"]

    for path in (f"{case}/attendees/77/take-back", f"{case}/promises/77/done"):
        assert either.sends(path, [("csrf_token", token)]).status == 404


def test_offered_times_are_answered_on_the_page_that_our_mail_opens(officer: OfficersBrowser, told: Told) -> None:
    with db.Session.begin() as session:
        offering.offer(session, the_case(session, told.waiting), by=SERVICE, now=NOW)
    assert "Say which of the offered times suit you" in officer.opens(officer.home).text
    officer.opens(f"{officer.home}/cases/{told.waiting}")

    form = officer.page.form("See the offered times")
    sent_to = officer.client.post(form.action, data=dict(form.fields)).location

    assert "Which times suit you?" in officer.opens(urlsplit(sent_to).path).text


@pytest.mark.parametrize("is_over", ["declined_at", "closed_at"])
def test_nothing_is_asked_of_an_authority_in_a_case_that_is_over(
    officer: OfficersBrowser, told: Told, is_over: str
) -> None:
    with db.Session.begin() as session:
        for reference in (told.waiting, told.booked):
            setattr(the_case(session, reference), is_over, NOW)

    assert "no case needs you" in officer.opens(officer.home).text
