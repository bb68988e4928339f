from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from scheduling import db, london
from scheduling.models import (
    Booking,
    BookingKind,
    CallBack,
    Case,
    Contact,
    Entry,
    ExtraBankHoliday,
    Message,
    Officer,
    Venue,
)
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import Told


def the_booking(reference: str) -> Booking:
    with db.Reading() as session:
        return session.scalars(
            select(Booking)
            .join(Booking.case)
            .where(Case.reference == reference, Booking.kind == BookingKind.MEDIATION)
            .order_by(Booking.id.desc())
        ).first()  # type: ignore[return-value]


def history(reference: str) -> list[str]:
    with db.Reading() as session:
        wanted = select(Entry.what).join(Case, Case.id == Entry.case_id).where(Case.reference == reference)
        return list(session.scalars(wanted.order_by(Entry.id)))


def chooses_the_first_time(coordinator: Browser) -> Page:
    key = coordinator.page.html.split('name="slot" type="radio" value="')[1].split('"')[0]
    return coordinator.presses("Continue", slot=key)


def test_today_shows_what_needs_somebody_with_the_day_of_thirty(coordinator: Browser, told: Told) -> None:
    page = coordinator.opens("/today")

    assert page.headings == ["Today, Tuesday 24 November 2026"]
    assert "Ring back" in page.text
    assert "asked for a person" in page.text
    assert "Day 1 of 30 ends Wed 23 Dec" in page.text
    assert f"/messages/{told.failed}" in page.links
    assert f"/contacts/{told.contact}" in page.links


def test_a_case_is_found_by_its_reference_however_it_is_typed(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/cases")
    page = coordinator.presses("Find", reference=f" {told.booked[:4]} {told.booked[4:]} ")

    assert page.path == f"/cases/{told.booked}"


def test_a_wrong_reference_is_told_what_to_check(coordinator: Browser) -> None:
    coordinator.opens("/cases")
    page = coordinator.presses("Find", reference="1234 5678")

    assert "Enter the 8 digits of a case reference" in page.text
    assert page.title.startswith("Error: ")


def test_a_case_shows_its_people_deadlines_booking_messages_and_history(coordinator: Browser, told: Told) -> None:
    text = coordinator.opens(f"/cases/{told.booked}").text

    assert "07700 900123" in text
    assert "Mediation is held within 30 days" in text
    assert "Wednesday 23 December 2026" in text
    assert "Barnet Library, Room 1" in text
    assert "It is booked." in text
    assert "The case was opened" in text


def test_a_family_that_may_not_be_texted_is_marked_so(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        session.scalars(select(Case).where(Case.reference == told.booked)).one().person.may_text = False

    assert "No texts to this number" in coordinator.opens(f"/cases/{told.booked}").text


def test_a_waiting_case_is_booked_after_a_look_at_what_that_does(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.waiting}/slots")
    confirm = chooses_the_first_time(coordinator)
    assert "Check before you book" in confirm.headings[0]
    assert the_booking(told.waiting) is None

    page = coordinator.presses("Book the meeting")

    assert "The meeting is booked" in page.text
    assert the_booking(told.waiting).sequence == 0


def test_going_on_without_a_time_asks_for_one(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.waiting}/slots")
    page = coordinator.presses("Continue")

    assert (page.status, page.errors) == (422, ["Choose a time"])


def test_booking_twice_by_a_second_click_is_refused_with_a_sentence(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.waiting}/slots")
    confirm = chooses_the_first_time(coordinator)
    coordinator.presses("Book the meeting")

    coordinator.page = confirm
    page = coordinator.presses("Book the meeting")

    assert page.status == 409
    assert "A time is booked for this case already. Move that booking instead." in page.text


def test_moving_keeps_the_booking_and_says_why_in_history(coordinator: Browser, told: Told) -> None:
    before = the_booking(told.booked)
    coordinator.opens(f"/cases/{told.booked}/slots")
    chooses_the_first_time(coordinator)

    page = coordinator.presses("Move the meeting", because="The mediator is ill")

    after = the_booking(told.booked)
    assert "has been moved" in page.text
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert "The mediator is ill" in page.text
    assert "by Chris of Barnet" in page.text


def test_moving_asks_why(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.booked}/slots")
    chooses_the_first_time(coordinator)

    page = coordinator.presses("Move the meeting", because="  ")

    assert (page.status, page.errors) == (422, ["Enter why, so that the history can say it"])
    assert the_booking(told.booked).sequence == 0


def test_a_page_that_is_out_of_date_moves_nothing(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.booked}/slots")
    confirm = chooses_the_first_time(coordinator)
    coordinator.presses("Move the meeting", because="The mediator is ill")

    coordinator.page = confirm
    page = coordinator.presses("Move the meeting", because="The mediator is ill")

    assert page.status == 409
    assert "changed since you opened the page" in page.text
    assert the_booking(told.booked).sequence == 1


def test_a_meeting_is_not_moved_to_where_it_is(coordinator: Browser, told: Told) -> None:
    key = (
        coordinator.opens(f"/cases/{told.booked}/slots").html.split('name="slot" type="radio" value="')[1].split('"')[0]
    )
    coordinator.presses("Continue", slot=key)
    coordinator.presses("Move the meeting", because="The mediator is ill")

    page = coordinator.opens(f"/cases/{told.booked}/slots/confirm?slot={key}")

    assert page.status == 409
    assert "booked for this very time and place" in page.text
    assert the_booking(told.booked).sequence == 1


def test_cancelling_asks_why_and_happens_once(coordinator: Browser, told: Told) -> None:
    asked = coordinator.opens(f"/cases/{told.booked}/bookings/{told.booking}/cancel")
    assert coordinator.presses("Cancel the meeting").errors == [
        "Choose which side calls it off",
        "Enter why, so that the history can say it",
    ]

    page = coordinator.presses(
        "Cancel the meeting", caused_by="the family", because="The family has settled with the council"
    )
    coordinator.page = asked
    again = coordinator.presses(
        "Cancel the meeting", caused_by="the family", because="The family has settled with the council"
    )

    assert "has been cancelled" in page.text
    assert not the_booking(told.booked).is_live
    assert again.status == 409
    assert len([line for line in history(told.booked) if "was cancelled, counted to the family" in line]) == 1


def test_a_booking_of_another_case_cannot_be_cancelled_through_this_one(coordinator: Browser, told: Told) -> None:
    assert coordinator.opens(f"/cases/{told.waiting}/bookings/{told.booking}/cancel").status == 404


def closes(coordinator: Browser, booking: Booking) -> Page:
    day = london.london_day(booking.starts_at)
    boxes = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
    coordinator.opens("/venues/1/close")
    return coordinator.presses(
        "See what this affects",
        reason="heating broken",
        **{f"{field}-{part}": text for field in ("first_day", "last_day") for part, text in boxes.items()},
    )


def test_closing_a_venue_shows_what_it_does_before_it_does_it(coordinator: Browser, town: Town, told: Told) -> None:
    with db.Session.begin() as session:
        builders.venue(session, session.merge(town.authority), "Town Hall")
    before = the_booking(told.booked)

    preview = closes(coordinator, before)
    assert preview.headings == ["Before you close Barnet Library"]
    assert "1 booking is affected" in preview.text
    assert "messages will be sent" in preview.text
    assert the_booking(told.booked).sequence == 0

    result = coordinator.presses("Close the venue and move the meetings")
    after = the_booking(told.booked)
    assert "Barnet Library has been closed" in result.headings[0]
    assert "1 moved, 0 without another time" in result.text
    assert (after.uid, after.sequence) == (before.uid, 1)
    assert "heating broken" in coordinator.opens("/venues/1").text
    with db.Reading() as session:
        [closure] = session.get_one(Venue, 1, options=[selectinload(Venue.closures)]).closures
        assert closure.reason == "heating broken"


def test_closing_twice_by_a_second_click_is_refused(coordinator: Browser, told: Told) -> None:
    preview = closes(coordinator, the_booking(told.booked))
    coordinator.presses("Close the venue and move the meetings")

    coordinator.page = preview
    page = coordinator.presses("Close the venue and move the meetings")

    assert page.status == 409
    with db.Reading() as session:
        assert len(session.get_one(Venue, 1, options=[selectinload(Venue.closures)]).closures) == 1


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        pytest.param(("", "", ""), ("7", "12", "2026"), "Enter the first day it is closed", id="nothing typed"),
        pytest.param(
            ("7", "", "2026"), ("7", "12", "2026"), "The first day it is closed must include a month", id="gap"
        ),
        pytest.param(
            ("31", "11", "2026"), ("7", "12", "2026"), "The first day it is closed must be a real date", id="31 Nov"
        ),
        pytest.param(("7", "12", "26"), ("7", "12", "2026"), "Year must include 4 numbers", id="short year"),
        pytest.param(
            ("8", "12", "2026"),
            ("7", "12", "2026"),
            "The last day must be the same as or after the first day",
            id="order",
        ),
        pytest.param(("1", "1", "2026"), ("2", "1", "2026"), "The last day must be today or in the future", id="past"),
        pytest.param(
            ("7", "12", "2026"), ("7", "12", "2036"), "The last day must be within a year of the first", id="ten years"
        ),
    ],
)
def test_days_that_cannot_be_are_told_so(
    coordinator: Browser, first: tuple[str, ...], last: tuple[str, ...], sentence: str
) -> None:
    coordinator.opens("/venues/1/close")
    parts = ("day", "month", "year")
    page = coordinator.presses(
        "See what this affects",
        reason="heating",
        **{f"first_day-{part}": text for part, text in zip(parts, first, strict=True)},
        **{f"last_day-{part}": text for part, text in zip(parts, last, strict=True)},
    )

    assert (page.status, page.errors) == (422, [sentence])
    assert page.title.startswith("Error: ")


def test_a_failed_message_shows_its_exact_words_and_leaves_the_list_when_dealt_with(
    coordinator: Browser, told: Told
) -> None:
    shown = coordinator.opens(f"/messages/{told.failed}")
    assert "It is booked." in shown.text
    assert "30003" in shown.text

    coordinator.presses("I have dealt with it")
    coordinator.page = shown
    again = coordinator.presses("I have dealt with it")

    assert f"/messages/{told.failed}" not in coordinator.opens("/today").links
    assert again.status == 409
    with db.Reading() as session:
        assert session.get_one(Message, told.failed).dealt_with_at is not None


def test_messages_can_be_shown_by_state(coordinator: Browser, told: Told) -> None:
    failed = coordinator.opens("/messages?state=failed")

    assert [link for link in failed.links if link.startswith("/messages/")] == [f"/messages/{told.failed}"]
    assert coordinator.opens("/messages?state=no-such-state").status == 200


def test_a_call_back_leaves_the_list_once_somebody_has_rung(coordinator: Browser, told: Told) -> None:
    shown = coordinator.opens(f"/call-backs/{told.call_back}")
    assert shown.headings == ["Ring 07700 900126"]

    coordinator.presses("I have rung them")

    with db.Reading() as session:
        assert session.get_one(CallBack, told.call_back).done_at is not None
    assert "asked for a person" not in coordinator.page.text


def test_a_contact_is_attached_to_the_case_it_belongs_to(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/contacts/{told.contact}")
    assert coordinator.presses("It belongs to this case", reference="123").status == 422

    page = coordinator.presses("It belongs to this case", reference=told.waiting)

    assert page.path == f"/cases/{told.waiting}"
    assert "A text was found to be this family's" in page.text
    with db.Reading() as session:
        contact = session.get_one(Contact, told.contact)
        assert contact.handled_at is not None
        assert contact.words == "<b>hi"


def test_an_officer_is_added_and_an_address_is_not_added_twice(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/authorities/1/officers/new")
    coordinator.presses(
        "Add the officer", name="Nia", email="NIA@barnet.example", number="020 7946 0123", may_decide="yes"
    )
    coordinator.opens("/authorities/1/officers/new")
    again = coordinator.presses("Add the officer", name="Nia", email="nia@barnet.example", number="12")

    assert again.errors == [
        "There is an officer with this email address already",
        "Enter a telephone number, like 020 7946 0000",
    ]
    with db.Reading() as session:
        officer = session.scalars(select(Officer).where(Officer.email == "nia@barnet.example")).one()
        assert (officer.number, officer.may_decide, officer.is_manager) == ("+442079460123", True, False)


def test_a_proclaimed_bank_holiday_is_added_once(coordinator: Browser) -> None:
    for _ in range(2):
        coordinator.opens("/bank-holidays")
        coordinator.presses("Add the bank holiday", name="Coronation", day_day="18", day_month="6", day_year="2027")

    assert coordinator.page.errors == ["This day is a bank holiday already"]
    with db.Reading() as session:
        assert session.scalars(select(ExtraBankHoliday.name)).all() == ["Coronation"]


def at_once(coordinator: Browser, button: str, **filled: str) -> list[int]:
    """Two people press the same button in the same moment."""
    form = coordinator.page.form(button)
    fields = [(name, value) for name, value in form.fields if name not in filled] + list(filled.items())
    application, cookie = coordinator.client.application, coordinator.client.get_cookie("session")
    csrf = coordinator.client.get_cookie("form")
    assert cookie is not None
    assert csrf is not None
    together = Barrier(2)

    def press() -> int:
        client = application.test_client()
        client.set_cookie("session", cookie.value)
        client.set_cookie("form", csrf.value)
        together.wait()
        return client.post(form.action, data=dict(fields)).status_code

    with ThreadPoolExecutor(2) as people:
        presses = [people.submit(press) for _ in range(2)]
        return sorted(pressed.result() for pressed in presses)


def test_two_who_cancel_at_once_cancel_once(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.booked}/bookings/{told.booking}/cancel")

    assert at_once(coordinator, "Cancel the meeting", caused_by="the family", because="The family asked for it") == [
        302,
        409,
    ]
    assert len([line for line in history(told.booked) if "was cancelled" in line]) == 1


def test_two_who_move_at_once_move_once(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.booked}/slots")
    chooses_the_first_time(coordinator)

    assert at_once(coordinator, "Move the meeting", because="The mediator is ill") == [302, 409]
    assert the_booking(told.booked).sequence == 1


def test_two_who_close_at_once_close_once(coordinator: Browser, told: Told) -> None:
    closes(coordinator, the_booking(told.booked))

    assert at_once(coordinator, "Close the venue and move the meetings") == [302, 409]
    with db.Reading() as session:
        assert len(session.get_one(Venue, 1, options=[selectinload(Venue.closures)]).closures) == 1


def test_two_who_deal_with_a_contact_at_once_deal_with_it_once(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/contacts/{told.contact}")

    assert at_once(coordinator, "It belongs to this case", reference=told.waiting) == [302, 409]
