"""A coordinator and a case without a time: what stands in the way, what opens one, and times that go meanwhile."""

import re
from datetime import date

import pytest
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.diary import bookings, holds, slots
from scheduling.models import (
    SERVICE,
    Booking,
    BookingKind,
    Case,
    Leave,
    Mediator,
    Message,
    NoticeConsent,
    Officer,
    ResourceKind,
    Side,
)
from scheduling.models.busy import Busy
from tests import builders
from tests.builders import Town, moment
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW, Told
from tests.webapp.test_coordinator_s_day import history
from webapp.console import choices


def case_of(session: Session, reference: str) -> Case:
    return session.query(Case).filter_by(reference=reference).one()


@pytest.fixture
def away(told: Told) -> str:
    """A case that waits, whose only mediator is on leave."""
    with db.Session.begin() as session:
        mediator = session.query(Mediator).one()
        mediator.leave.append(Leave(first_day=date(2026, 11, 20), last_day=date(2026, 12, 31)))
    return told.waiting


@pytest.fixture
def busy(told: Told) -> str:
    """A case that waits, whose officer has told us of other engagements on every day."""
    with db.Session.begin() as session:
        officer = session.query(Officer).one()
        begins, ends = moment("2026-11-20 00:00"), moment("2026-12-31 00:00")
        whose = {"kind": ResourceKind.OFFICER, "resource_id": officer.id}
        session.add(Busy(**whose, starts_at=begins, ends_at=ends, noted_at=NOW))
    return told.waiting


def test_a_case_without_a_time_says_what_stands_in_the_way_and_what_would_open_one(
    coordinator: Browser, away: str
) -> None:
    page = coordinator.opens("/unplaced")

    assert "Day 1 of 30" in page.text
    assert "no mediator is free" in page.text
    assert "times: the mediator is away or does not work then" in page.text
    assert "A mediator who comes in spite of leave." in page.text
    assert f"/cases/{away}/leeway/in-spite-of-leave" in page.links
    assert f"/cases/{away}/leeway/in-spite-of-leave" in coordinator.opens(f"/cases/{away}/slots").links


def test_what_somebody_allows_leads_to_times_that_can_be_booked(coordinator: Browser, away: str) -> None:
    page = coordinator.opens(f"/cases/{away}/leeway/in-spite-of-leave")
    chosen = page.html.partition('name="time" type="radio" value="')[2].partition('"')[0]
    assert coordinator.presses("Write it down").status == 422
    assert coordinator.page.errors == ["Choose the time", "Enter who allowed it, so that the history can say it"]

    page = coordinator.presses("Write it down", time=chosen, because="Morgan rang")
    assert "these times are open now" in page.text
    coordinator.presses("Continue", slot=keys(page)[0])
    coordinator.presses("Book the meeting")

    written, booked = history(away)[-2:]
    assert written.startswith("So that there is a time, Morgan of Barnet comes")
    assert booked.startswith("Mediation was booked for")
    assert "Morgan rang" in coordinator.opens(f"/cases/{away}").text


def test_the_officer_is_asked_by_a_mail_that_only_a_click_sends(coordinator: Browser, busy: str) -> None:
    page = coordinator.opens(f"/cases/{busy}/ask-the-officer")
    with db.Reading() as session:
        assert session.query(Message).filter_by(purpose="other times asked for").count() == 0
    assert "Olu gets a mail" in page.text

    coordinator.presses("Send the mail")

    with db.Reading() as session:
        assert session.query(Message).filter_by(purpose="other times asked for").count() == 1


def test_short_notice_is_never_given_by_a_coordinator_alone(coordinator: Browser, away: str) -> None:
    assert coordinator.opens(f"/cases/{away}/leeway/shorter-notice").status == 404
    with db.Reading() as session:
        assert session.query(NoticeConsent).count() == 0


def test_a_case_whose_meeting_was_called_off_waits_again(coordinator: Browser, told: Told) -> None:
    assert told.booked not in coordinator.opens("/unplaced").html
    with db.Session.begin() as session:
        kept = bookings.of(session, case_of(session, told.booked), BookingKind.MEDIATION)
        assert kept is not None
        bookings.cancel(session, kept, caused_by=Side.AUTHORITY, because="The officer is ill", by=SERVICE, now=NOW)

    page = coordinator.opens("/unplaced")

    assert told.booked in page.html
    assert "There is a lawful time" in page.text


def test_an_empty_list_says_what_will_appear(coordinator: Browser, town: Town) -> None:
    assert "A case appears here when no lawful time is found" in coordinator.opens("/unplaced").text
    assert coordinator.opens("/unplaced?page=7").status == 200


def taken_by_another(reference: str, *, key: str) -> None:
    """Another family is quicker."""
    with db.Session.begin() as session:
        case = case_of(session, reference)
        other = builders.case(session, town_of(session, case), told="2026-11-23 11:30", number="+447700900177")
        found = slots.best(session, other, now=NOW, limit=slots.EVERY)
        slot = next(one for one in found if one.starts_at == choices.wanted(key))
        bookings.book(session, other, slot, by=SERVICE, now=NOW)


def town_of(session: Session, case: Case) -> Town:
    known = session.query(Booking).order_by(Booking.id).first()
    assert case.authority is not None
    assert case.adviser is not None
    assert known is not None
    assert known.room is not None
    assert known.mediator is not None
    assert known.officer is not None
    return Town(
        authority=case.authority,
        officer=known.officer,
        venue=known.room.venue,
        mediator=known.mediator,
        adviser=case.adviser,
        coordinator=case.adviser,
    )


def keys(page: Page) -> list[str]:
    return re.findall(r'name="slot" type="radio" value="([^"]+)"', page.html)


def test_a_time_that_goes_before_it_is_booked_is_answered_with_the_next_three(coordinator: Browser, told: Told) -> None:
    key = keys(coordinator.opens(f"/cases/{told.waiting}/slots"))[0]
    coordinator.presses("Continue", slot=key)
    taken_by_another(told.waiting, key=key)

    page = coordinator.presses("Book the meeting")

    assert page.status == 409
    assert "Somebody else has taken" in page.errors[0]
    assert page.html.count('name="slot" type="radio"') == 3
    assert "The meeting is booked" in coordinator.presses("Book the meeting").text
    with db.Reading() as session:
        assert bookings.of(session, case_of(session, told.waiting), BookingKind.MEDIATION) is not None


def test_a_move_to_a_time_that_goes_keeps_the_reason_and_the_meeting(coordinator: Browser, told: Told) -> None:
    key = keys(coordinator.opens(f"/cases/{told.booked}/slots"))[-1]
    coordinator.presses("Continue", slot=key)
    taken_by_another(told.booked, key=key)

    page = coordinator.presses("Move the meeting", because="The family asked")

    assert page.status == 409
    assert "The meeting is still booked for" in page.text
    assert dict(page.form("Move the meeting").fields)["because"] == "The family asked"
    assert "has been moved" in coordinator.presses("Move the meeting").text


def test_offered_times_of_which_one_goes_are_answered_with_others_and_those_that_are_left(
    coordinator: Browser, told: Told
) -> None:
    page = coordinator.opens(f"/cases/{told.waiting}/offers")
    fields = page.form("Hold them and ask both parties").fields
    ticked = [value for name, value in fields if name == "slot"]
    taken_by_another(told.waiting, key=ticked[0])

    page = coordinator.presses("Hold them and ask both parties")

    assert page.status == 409
    assert "went to somebody else just now" in page.errors[0]
    form = page.form("Hold them and ask both parties")
    assert [value for name, value in form.fields if name == "slot"] == ticked[1:]
    assert page.html.count('name="slot" type="checkbox"') == len(ticked) - 1 + 3
    assert "The times are held" in coordinator.presses("Hold them and ask both parties").text
    with db.Reading() as session:
        assert len(holds.of(session, case_of(session, told.waiting))) == len(ticked) - 1


def test_a_time_of_short_notice_that_goes_is_answered_with_those_that_are_left(
    coordinator: Browser, told: Told
) -> None:
    key = keys(coordinator.opens(f"/cases/{told.waiting}/short-notice"))[0]

    page = coordinator.opens(f"/cases/{told.waiting}/short-notice/ask?slot={key}9")

    assert page.status == 409
    assert "This time is no longer free" in page.errors[0]


def test_a_decision_of_the_service_is_made_differently_with_a_reason_beside_it(
    coordinator: Browser, told: Told
) -> None:
    case = coordinator.opens(f"/cases/{told.booked}")
    [link] = [link for link in case.links if "/decisions/" in link]
    coordinator.opens(link)
    assert "five clear working days" in coordinator.page.text
    assert coordinator.presses("Write it down and go on").status == 422

    page = coordinator.presses("Write it down and go on", way="0", because="The family has a funeral")

    assert "Move the meeting" in page.headings
    shown = coordinator.opens(f"/cases/{told.booked}").text
    assert "Decided otherwise: the meeting is to be at another time" in shown
    assert "Decided otherwise by Chris of Barnet" in shown
    assert "The family has a funeral" in shown


def test_only_a_decision_of_this_very_case_has_a_page(coordinator: Browser, told: Told) -> None:
    [link] = [link for link in coordinator.opens(f"/cases/{told.booked}").links if "/decisions/" in link]

    assert coordinator.opens(link.replace(told.booked, told.waiting)).status == 404
    assert coordinator.opens(f"/cases/{told.booked}/decisions/1").status == 404
