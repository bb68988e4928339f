"""What a family sees and does at its own pages, once it has entered its code: opening changes nothing, buttons act."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from scheduling import db, london
from scheduling.cases import access, feedback, links, worklist
from scheduling.diary import holds, slots
from scheduling.law.certificates import Kind
from scheduling.models import (
    AskedBy,
    Booking,
    BookingStatus,
    Busy,
    Case,
    CasePerson,
    Certificate,
    Feedback,
    Message,
    NoticeConsent,
    Purpose,
    Side,
    Staff,
    Venue,
)
from scheduling.reference import policies
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, Told
from tests.webapp.letting_in import lets_in
from tests.webapp.test_coordinator_s_day import history
from webapp.parties.forms import NeedsForm

PAGES = ("", "/needs", "/people", "/people/new", "/consent", "/not-then", "/change", "/agreed", "/feedback", "/times")


@pytest.fixture
def family(app: Flask, told: Told) -> Browser:
    """The browser of the family whose meeting is booked, at its page."""
    with db.Session.begin() as session:
        case = case_of(session, told.booked)
        case.child_name = "Alex"
        token = links.make(session, Purpose.FAMILY, case, now=NOW, days=30)
    browser = Browser(app)
    lets_in(browser, f"/family/{token}")
    return browser


def case_of(session: Session, reference: str) -> Case:
    return session.scalars(select(Case).where(Case.reference == reference)).one()


def meeting(told: Told) -> Booking:
    with db.Reading() as session:
        return session.get_one(Booking, told.booking)


def needed(told: Told) -> list[str]:
    """What a coordinator has to do in this case."""
    with db.Reading() as session:
        items = worklist.items(session, now=NOW)
        return [item.what for item in items if item.case is not None and item.case.reference == told.booked]


def test_a_family_sees_where_things_stand_and_what_is_next(family: Browser, told: Told) -> None:
    page = family.page

    assert page.headings == ["My case"]
    assert "Your meeting is booked" in page.text
    assert "Day 1 of 30" in page.text
    assert "The council has until Wednesday 23 December 2026" in page.text
    assert "A mediator, who takes no side; you; somebody from the council who may decide" in page.text
    assert "You can still appeal; mediation does not stop you" in page.text
    assert page.text.count("Not started") == 3
    assert any("openstreetmap.org" in link for link in page.links)
    assert "Alex" not in page.html


def test_opening_its_pages_changes_nothing(family: Browser, told: Told) -> None:
    before = history(told.booked)

    opened = [family.opens(f"/my-case{path}") for path in PAGES]

    assert [page.status for page in opened] == [200] * len(PAGES)
    assert history(told.booked) == before


def test_what_a_family_needs_is_heeded_by_every_search_and_a_place_without_it_is_a_task(
    family: Browser, told: Told
) -> None:
    with db.Session.begin() as session:
        for venue in session.scalars(select(Venue)):
            venue.hearing_loop = False
    family.opens("/my-case/needs")
    refused = family.presses("Save and continue")

    page = family.presses("Save and continue", hearing_loop="yes", breaks="yes", words="Please write large")

    assert refused.errors == ["Choose what you need, or choose “None of these”"]
    assert "The meeting does not have all that you need yet: The room has no hearing loop." in page.text
    assert "Make the meeting fit what somebody needs" in needed(told)
    with db.Reading() as session:
        case = case_of(session, told.booked)
        assert access.of(case.person) == access.Needs(hearing_loop=True, breaks=True, words="Please write large")
        assert slots.best(session, case, now=NOW, limit=1, moving=session.get_one(Booking, told.booking)) == []
    assert "hearing" not in " ".join(history(told.booked))
    assert family.opens("/my-case").text.count("Not started") == 2


def test_needing_nothing_is_an_answer_and_both_at_once_is_none(family: Browser, told: Told) -> None:
    family.opens("/my-case/needs")

    both = family.presses("Save and continue", none="yes", parking="yes")
    page = family.presses("Save and continue", none="yes", parking="")

    assert both.status == 422
    assert page.path == "/my-case"
    assert ("none", "yes") in family.opens("/my-case/needs").form("Save and continue").fields


def test_only_a_language_is_looked_for_among_interpreters() -> None:
    """Whoever writes “no” would otherwise wait for somebody who interprets it."""
    answers = {said: NeedsForm(MultiDict({"quiet_room": "y", "interpreter": said})) for said in ("No.", "N/A", "Urdu")}

    assert all(form.validate() for form in answers.values())
    assert {said: form.interpreter.data for said, form in answers.items()} == {"No.": "", "N/A": "", "Urdu": "Urdu"}
    for unclear in ("yes", "²", "-"):
        form = NeedsForm(MultiDict({"interpreter": unclear}))
        assert not form.validate()
        assert form.interpreter.errors == ["Enter which language, like Urdu, or leave this empty"]


def test_a_companion_is_written_down_once_and_invited_only_by_an_address(family: Browser, told: Told) -> None:
    somebody = {"kind": "supporter", "name": "Ines", "relation": "my sister", "comes": "yes"}
    family.opens("/my-case/people/new")
    form = family.page
    family.presses("Save and continue", **somebody, email="ines@friends.example")
    family.page = form
    page = family.presses("Save and continue", **somebody, email="ines@friends.example")

    assert page.text.count("my sister") == 1
    assert invites("ines@friends.example") == ["REQUEST"]
    assert "Ines" not in " ".join(history(told.booked))
    assert "Ines, who comes with you" in family.opens("/my-case").text

    family.opens("/my-case/people")
    family.presses("Remove Ines")

    assert invites("ines@friends.example") == ["REQUEST", "CANCEL"]
    with db.Reading() as session:
        assert session.scalars(select(CasePerson)).all() == []


def invites(address: str) -> list[str | None]:
    with db.Reading() as session:
        sent = select(Message.calendar_method).where(Message.address == address).order_by(Message.id)
        return list(session.scalars(sent))


def test_consent_can_be_taken_back_and_given_again(family: Browser, told: Told) -> None:
    family.opens("/my-case/consent")
    family.presses("Save and continue", agrees="no")
    family.opens("/my-case/consent")
    family.presses("Save and continue", agrees="no")

    assert history(told.booked).count("The family takes back its consent to share") == 1
    family.opens("/my-case/consent")
    family.presses("Save and continue", agrees="yes")
    with db.Reading() as session:
        assert case_of(session, told.booked).consent_to_share_at is not None


def test_a_family_answers_about_short_notice_by_its_page(family: Browser, told: Told, town: Town) -> None:
    with db.Session.begin() as session:
        booking = session.get_one(Booking, told.booking)
        asked = NoticeConsent(
            case=booking.case,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            mode=booking.mode,
            room=booking.room,
            mediator=booking.mediator,
            officer=booking.officer,
            booking_id=booking.id,
            booking_sequence=booking.sequence,
            channel=AskedBy.TEXT,
            wording="Can we meet?",
            asked_at=NOW,
            asked_by_id=session.scalars(select(Staff.id).limit(1)).one(),
        )
        session.add(asked)
        session.flush()
        number = asked.id
    assert "agree to a meeting at short notice Not started" in family.opens("/my-case").text
    form = family.opens("/my-case/consent")
    family.presses("Send my answer", agrees="no")
    family.page = form

    again = family.presses("Send my answer", agrees="yes")

    assert "This question has been answered or taken back" in again.text
    with db.Reading() as session:
        kept = session.get_one(NoticeConsent, number)
        assert (kept.answer, kept.answer_in_words) == (False, "no (by its own page)")


def test_a_family_says_when_it_cannot_come_once_and_takes_it_back(family: Browser, told: Told) -> None:
    form = family.opens("/my-case/not-then")
    then = {"day_day": "3", "day_month": "12", "day_year": "2026", "starts": "9:30", "ends": "14:00"}
    family.presses("Add this time", **then)
    family.page = form
    page = family.presses("Add this time", **then)

    assert "Thursday 3 December 2026, 9:30am to 2pm" in page.text
    with db.Reading() as session:
        assert len(session.scalars(select(Busy)).all()) == 1
    family.presses(next(b for f in page.forms for b in f.buttons if b.startswith("I can come after all")))
    with db.Reading() as session:
        assert session.scalars(select(Busy)).all() == []
    assert family.presses("I can come at any time").path == "/my-case"


def test_the_end_before_the_beginning_is_refused_in_a_sentence(family: Browser) -> None:
    family.opens("/my-case/not-then")

    page = family.presses("Add this time", day_day="3", day_month="12", day_year="2026", starts="14:00", ends="9:30")

    assert page.status == 422
    assert "The end must be later than the beginning" in page.text


def test_a_change_says_what_it_means_is_checked_and_moves_the_meeting_once(family: Browser, told: Told) -> None:
    before = meeting(told)
    asked = family.opens("/my-case/change")
    checked = family.presses("Continue", wish="another time", because="A hospital visit")
    assert meeting(told).starts_at == before.starts_at

    done = family.presses("Find another time")
    family.page = checked
    again = family.presses("Find another time")

    assert "today is day 1 of 30" in asked.text
    assert checked.headings == ["Check your answers"]
    assert "A hospital visit" in checked.text
    assert "Your meeting is now on" in done.text
    assert "Your meeting has changed since you opened the page" in again.text
    moved = meeting(told)
    assert (moved.uid, moved.sequence) == (before.uid, before.sequence + 1)
    assert moved.starts_at != before.starts_at
    with db.Reading() as session:
        told_officer = select(Message).where(Message.booking_id == told.booking, Message.recipient == "the authority")
        bodies = [message.body for message in session.scalars(told_officer)]
    assert not any("hospital" in body for body in bodies)


def test_where_there_is_time_to_choose_other_times_are_offered(family: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        policies.choose(session, policies.OFFER_HOURS, 24, by_staff_id=None, now=NOW)
    family.opens("/my-case/change")
    family.presses("Continue", wish="another time")

    page = family.presses("Find another time")

    assert "we have found other times for you. Choose one below" in page.text
    with db.Reading() as session:
        cancelled = session.get_one(Booking, told.booking)
        case = case_of(session, told.booked)
        assert (cancelled.status, cancelled.cancelled_by_side) == (BookingStatus.CANCELLED, Side.FAMILY)
        held = holds.of(session, case)
        assert held
        assert cancelled.starts_at not in {one.starts_at for one in held}
    times = family.opens("/my-case/times")
    assert "Which times suit you?" in times.text
    assert "Library" in times.text
    answered = family.presses("Send my answer", **{"time-1": "yes"})
    assert "Thank you, we have your answer" in answered.text
    assert "Choose a time for the meeting Completed" in family.opens("/my-case").text


def test_without_another_time_the_meeting_stays_and_somebody_is_told(family: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        for venue in session.scalars(select(Venue)):
            venue.hearing_loop = False
        case_of(session, told.booked).person.needs_hearing_loop = True
    before = meeting(told)
    family.opens("/my-case/change")
    family.presses("Continue", wish="another time")

    page = family.presses("Find another time")

    assert "There is no other time in your 30 days, so your meeting stays as it is." in page.text
    assert (meeting(told).starts_at, meeting(told).status) == (before.starts_at, before.status)
    assert "Find another place or time for the meeting" in needed(told)


def test_a_family_that_wants_no_mediation_any_more_is_let_go_and_gets_its_certificate(
    family: Browser, told: Told
) -> None:
    family.opens("/my-case/change")
    family.presses("Continue", wish="no mediation")

    page = family.presses("I do not want mediation")

    assert "You can change your mind" in page.text
    assert "The family has changed its mind: it does not want mediation" in history(told.booked)
    assert meeting(told).status is BookingStatus.CANCELLED


def test_the_calendar_entry_names_nobody(family: Browser, told: Told) -> None:
    answer = family.client.get("/my-case/meeting.ics")
    text = answer.get_data(as_text=True).replace("\r\n ", "")

    assert answer.mimetype == "text/calendar"
    assert "METHOD:PUBLISH" in text
    assert meeting(told).uid in text
    assert [word for word in ("Alex", "Sam", "ATTENDEE", "Speech") if word in text] == []


def test_a_certificate_is_for_whose_case_it_is_and_for_nobody_without_the_code(
    app: Flask, family: Browser, told: Told
) -> None:
    assert family.client.get("/my-case/certificate").status_code == 404
    with db.Session.begin() as session:
        session.add(
            Certificate(
                case=case_of(session, told.booked),
                kind=next(iter(Kind)),
                number="CG-1",
                code="CODE",
                issued_at=NOW,
                issued_on=london.london_day(NOW),
                issued_by=session.scalars(select(Staff).limit(1)).one(),
                appeal_by=date(2027, 1, 4),
                appeal_last_lawful=date(2027, 1, 4),
                document=b"%PDF-1.7 ours",
                digest="0" * 64,
            )
        )

    answer = family.client.get("/my-case/certificate")

    assert (answer.data, answer.mimetype) == (b"%PDF-1.7 ours", "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert Browser(app).client.get("/my-case/certificate").status_code == 303


def test_feedback_is_kept_once_for_us_alone_and_a_wish_for_a_reply_is_a_task(
    family: Browser, told: Told, coordinator: Browser
) -> None:
    form = family.opens("/my-case/feedback")
    family.presses("Send", score="2", words="<b>Too slow", wants_reply="yes")
    family.page = form
    thanks = family.presses("Send", score="2", words="<b>Too slow", wants_reply="yes")

    assert "Thank you for telling us how we did" in thanks.text
    with db.Reading() as session:
        assert len(session.scalars(select(Feedback)).all()) == 1
        assert len(feedback.unanswered(session)) == 1
    assert "slow" not in " ".join(history(told.booked))
    assert "Reply to what a family says of us" in needed(told)

    read = coordinator.opens("/feedback")
    coordinator.presses("They have their reply")

    assert "<b>Too slow" in read.text
    assert "Reply to what a family says of us" not in needed(told)
    assert "They have their reply" not in [b for f in coordinator.opens("/feedback").forms for b in f.buttons]


WRONG: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("/needs", "Save and continue", {"words": "x" * 10_000}),
    ("/people/new", "Save and continue", {"kind": "boss", "comes": "perhaps"}),
    ("/consent", "Save and continue", {"agrees": ""}),
    ("/not-then", "Add this time", {"starts": "noon"}),
    ("/change", "Continue", {"wish": "neither"}),
    ("/feedback", "Send", {"score": "6"}),
)


def test_what_cannot_be_is_refused_beside_its_form(family: Browser) -> None:
    for path, button, typed in WRONG:
        family.opens(f"/my-case{path}")

        page = family.presses(button, **typed)

        assert page.status == 422, path
        assert page.title.startswith("Error: "), path
        assert page.errors, path


def test_a_closed_case_is_shown_and_changed_no_more(family: Browser, told: Told) -> None:
    form = family.opens("/my-case/needs")
    with db.Session.begin() as session:
        case_of(session, told.booked).closed_at = NOW
    family.page = form

    page = family.presses("Save and continue", none="yes")

    assert page.status == 409
    assert "This case is closed" in page.text
    assert "This case is closed" in family.opens("/my-case").text


def test_what_is_done_after_the_pages_have_closed_leads_to_a_page_that_helps(family: Browser, told: Told) -> None:
    form = family.opens("/my-case/needs")
    family.presses("Log out")
    family.page = form

    page = family.presses("Save and continue", none="yes")

    assert page.headings == ["Open your link again"]
    assert re.search(r"0300 123 4567", page.text)
