"""A family's link shows nothing until the code is entered that goes to its telephone: in time, five tries, once."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import codes, family_page, links, people
from scheduling.cases.people import ContactRecord
from scheduling.models import (
    FAMILY,
    Case,
    Channel,
    LinkCode,
    Message,
    MessageState,
    Person,
    PersonRole,
    Purpose,
    RemindedBy,
    Visit,
)
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW, Told
from tests.webapp.letting_in import lets_in, newest_code
from tests.webapp.test_coordinator_s_day import history

PRIVATE = ("Sam", "Barnet", "Library", "2026", "Reference", "Speech")


@pytest.fixture
def family(app: Flask) -> Browser:
    return Browser(app)


def link(reference: str, purpose: Purpose = Purpose.FAMILY, *, days: int = 30) -> str:
    with db.Session.begin() as session:
        case = case_of(reference, session)
        return f"/{links.PATHS[purpose]}/{links.make(session, purpose, case, now=NOW, days=days)}"


def case_of(reference: str, session: Session) -> Case:
    return session.scalars(select(Case).where(Case.reference == reference)).one()


def later(**by: float) -> None:
    clock.shift(NOW - datetime.now(UTC) + timedelta(**by))


def sent() -> list[Message]:
    with db.Reading() as session:
        return list(session.scalars(select(Message).where(Message.purpose == codes.PURPOSE).order_by(Message.id)))


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


@pytest.mark.parametrize("purpose", sorted(links.FAMILYS))
def test_a_family_s_link_shows_nothing_private_and_opens_after_the_code(
    family: Browser, told: Told, purpose: Purpose
) -> None:
    path = link(told.booked, purpose)

    door = family.opens(path)
    inside = lets_in(family, path)

    assert door.headings == ["Get a code to open this page"]
    assert [word for word in PRIVATE if word in door.text.replace("Common Ground", "")] == []
    assert inside.path.startswith("/my-case")
    assert path.rpartition("/")[2] not in inside.path


def test_the_code_is_kept_as_a_digest_works_once_and_stands_in_history(family: Browser, told: Told) -> None:
    path = link(told.booked)
    lets_in(family, path)
    code = newest_code()
    with db.Reading() as session:
        kept = session.scalars(select(LinkCode)).one()
    another = Browser(family.client.application)
    another.opens(path.replace("family", "code"))

    refused = another.presses("Continue", code=code)

    assert code not in kept.sealed
    assert refused.status == 422
    assert refused.errors == ["This code can no longer be used. Ask for a new one below"]
    assert "Send me a new code" in [button for form in refused.forms for button in form.buttons]
    assert "A code for the pages of the parent was asked for and sent by text" in history(told.booked)
    assert "The parent opened their pages with a code" in history(told.booked)


def test_after_five_wrong_codes_the_right_one_opens_nothing(family: Browser, told: Told) -> None:
    family.opens(link(told.booked))
    family.presses("Send me a code")
    right = newest_code()

    tried = [family.presses("Continue", code=wrong(right)) for _ in range(5)]
    last = family.presses("Continue", code=right)

    assert {page.status for page in tried} == {422}
    assert tried[0].errors == ["That is not the code. Look at the newest message, and enter its 6 figures"]
    assert last.status == 422
    assert visits() == 0


def test_a_code_is_over_after_ten_minutes(family: Browser, told: Told) -> None:
    family.opens(link(told.booked))
    family.presses("Send me a code")
    later(minutes=11)

    page = family.presses("Continue", code=newest_code())

    assert page.errors == ["This code can no longer be used. Ask for a new one below"]


def test_whatever_is_typed_gets_a_page_that_helps(family: Browser, told: Told) -> None:
    family.opens(link(told.booked))
    family.presses("Send me a code")

    for typed in ("", "12", "x" * 10_000, "\N{FULLWIDTH DIGIT ONE}" * 6, "\x00"):
        page = family.presses("Continue", code=typed)

        assert (page.status, page.headings) == (422, ["Enter your code"])
        assert page.title.startswith("Error: ")
        assert "0300 123 4567" in page.text


def test_three_codes_are_sent_in_ten_minutes_and_only_the_newest_opens(family: Browser, told: Told) -> None:
    family.opens(link(told.booked))
    family.presses("Send me a code")
    first = newest_code()
    family.presses("Send me a new code")
    form = family.presses("Send me a new code")

    fourth = family.presses("Send me a new code")

    assert fourth.status == 422
    assert "Too many codes were asked for. Wait ten minutes" in fourth.text
    assert len(sent()) == 3
    if first != newest_code():
        family.page = form
        assert family.presses("Continue", code=first).status == 422


@pytest.mark.parametrize(
    ("record", "way"),
    [
        pytest.param({"may_text": True}, Channel.SMS, id="texts are welcome"),
        pytest.param({"may_text": None, "number": "+442079460000"}, Channel.EMAIL, id="a landline, never asked"),
        pytest.param({"reminded_by": RemindedBy.CALL}, Channel.CALL, id="would rather be rung"),
        pytest.param({"may_text": False}, Channel.EMAIL, id="no texts"),
        pytest.param({"may_text": False, "email": None}, None, id="no way at all"),
        pytest.param({"do_not_contact": True}, None, id="not to be contacted"),
        pytest.param({"safe_from": time(18), "safe_until": time(20)}, None, id="not at this hour"),
    ],
)
def test_a_code_goes_by_the_way_that_the_record_allows(
    family: Browser, told: Told, record: dict[str, object], way: Channel | None
) -> None:
    path = link(told.booked)
    with db.Session.begin() as session:
        person = case_of(told.booked, session).person
        for name, value in record.items():
            setattr(person, name, value)

    family.opens(path)
    page = family.presses("Send me a code")

    assert [message.channel for message in sent()] == ([] if way is None else [way])
    assert ("We have no safe way to send a code" in page.text) is (way is None)


def test_a_visit_ends_after_a_quarter_of_an_hour_without_a_page_or_half_an_hour_in_all(
    family: Browser, told: Told
) -> None:
    path = link(told.booked)
    lets_in(family, path)
    for minutes in (14, 27):
        later(minutes=minutes)
        assert family.opens("/my-case").headings == ["My case"]
    later(minutes=31)

    assert family.opens("/my-case").headings == ["Open your link again"]
    assert family.opens(path).headings == ["Get a code to open this page"]


def test_whoever_logs_out_is_out_in_this_browser(family: Browser, told: Told) -> None:
    lets_in(family, link(told.booked))

    left = family.presses("Log out")

    assert left.headings == ["You have logged out"]
    assert family.opens("/my-case").headings == ["Open your link again"]
    assert visits() == 0


def test_the_cookie_is_out_of_scripts_reach_and_new_at_every_code(family: Browser, told: Told) -> None:
    path = link(told.booked)
    lets_in(family, path)
    first = family.client.get_cookie("family")
    link_of_a_time = link(told.booked, Purpose.FAMILY_CHOOSES)
    assert family.opens(link_of_a_time).path == "/my-case/times"  # the same person and case: no second code
    family.opens(path.replace("family", "code"))
    family.presses("Send me a new code")
    family.presses("Continue", code=newest_code())
    second = family.client.get_cookie("family")

    assert first is not None
    assert second is not None
    assert (first.http_only, first.same_site) == (True, "Lax")
    assert first.value != second.value
    assert visits() == 1


def test_a_link_that_is_taken_back_closes_the_pages_that_it_opened(family: Browser, told: Told) -> None:
    lets_in(family, link(told.booked))
    with db.Session.begin() as session:
        links.revoke(session, case_of(told.booked, session), Purpose.FAMILY, now=NOW)

    assert family.opens("/my-case").headings == ["Open your link again"]


def test_one_family_s_code_opens_nothing_of_another(family: Browser, told: Told) -> None:
    lets_in(family, link(told.booked))

    other = family.opens(link(told.waiting))

    assert other.headings == ["Get a code to open this page"]


def test_a_second_parent_has_a_link_and_a_code_of_their_own_and_sees_their_own(family: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        case = case_of(told.booked, session)
        record = ContactRecord(name="Jo", number="+447700900199", may_text=True, email="jo@family.example")
        second = people.add(
            session, case, role=PersonRole.PARENT, record=record, comes_to_the_meeting=True, by=FAMILY, now=NOW
        )
        family_page.send(session, case, person=second, by=FAMILY, now=NOW)
        mailed = session.scalars(select(Message).where(Message.person_id == second.id)).one()
        path = mailed.body[mailed.body.index("/family/") :].split()[0]

    page = lets_in(family, path)

    assert sent()[-1].address == "+447700900199"
    assert "Your meeting is booked" in page.text
    assert "Change or cancel" not in page.text
    assert family.opens("/my-case/change").status == 404
    assert family.opens("/my-case/people").status == 404
    assert family.opens("/my-case/needs").status == 200
    with db.Session.begin() as session:
        case = case_of(told.booked, session)
        people.remove(session, case, session.get_one(Person, second.id), by=FAMILY, now=NOW)
    assert family.opens("/my-case").headings == ["Open your link again"]
    assert family.opens(path).status == 404


def test_staff_do_not_read_the_code_in_a_stored_message(coordinator: Browser, family: Browser, told: Told) -> None:
    family.opens(link(told.booked))
    family.presses("Send me a code")

    pages: list[Page] = [coordinator.opens(f"/cases/{told.booked}"), coordinator.opens(f"/messages/{sent()[0].id}")]

    for page in pages:
        assert newest_code() not in page.html
    assert "your code is …" in pages[1].text
    assert sent()[0].state is MessageState.QUEUED
    assert sent()[0].expires_at is not None


def visits() -> int:
    with db.Reading() as session:
        return session.scalars(select(func.count()).select_from(Visit)).one()
