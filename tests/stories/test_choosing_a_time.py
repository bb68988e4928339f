"""Both parties choose between times that are held for them, by text and by link; the clock sees to what they leave."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from scheduling import clock, db, london
from scheduling.cases import mediation, offering
from scheduling.diary import bookings, holds, offers
from scheduling.models import (
    Actor,
    Alarm,
    Booking,
    BookingKind,
    Case,
    Claim,
    Contact,
    Entry,
    Leave,
    Mediator,
    Offer,
    OfferState,
    Role,
)
from scheduling.reference import policies
from tests.builders import moment
from tests.stories.desk import Desk
from tests.stories.world import Family, World
from tests.webapp.browser import Browser, Page
from tests.webapp.letting_in import lets_in

OFFICER = "olu@barnet.example"
ASKED = (
    "Common Ground: can we meet 1 Wed 2 Dec 10am, 2 Thu 3 Dec 1pm, 3 Fri 4 Dec 10am? "
    "Reply 1, 2, 3 or 0 for none by Tue 10:20am. Call 0300 123 4567."
)


@pytest.fixture(autouse=True)
def a_day_to_choose(world: World) -> None:
    with db.Session.begin() as session:
        policies.choose(session, policies.OFFER_HOURS, 24, by_staff_id=None, now=moment("2026-11-23 09:00"))


@pytest.fixture
def asked(world: World, family: Family, desk: Desk) -> Family:
    """The authority has been told on Monday at twenty past ten, and both parties have been asked which time suits."""
    world.at("2026-11-23 10:05")
    family.rings_for_advice()
    world.at("2026-11-23 10:20")
    desk.advises(family, letter="2026-11-02")
    desk.wants_mediation(family)
    world.sweeps()
    return family


@pytest.fixture
def officer(app: Flask, world: World) -> Callable[[], Browser]:
    """The officer's browser, at the page that the newest mail leads to."""

    def opens() -> Browser:
        browser = Browser(app)
        browser.opens(_link(world.mails.to(OFFICER)[-1].body, "times-for-the-authority"))
        return browser

    return opens


@pytest.fixture
def parent(app: Flask, asked: Family) -> Callable[[], Browser]:
    def opens() -> Browser:
        browser = Browser(app)
        lets_in(browser, _link(asked.mails_got()[-1].body, "times"))
        return browser

    return opens


def _link(mail: str, page: str) -> str:
    found = re.search(rf"(/{page}/[\w-]+)", mail)
    assert found is not None, mail
    return found[1]


def address(browser: Browser) -> str:
    """Where the page is on which the browser stands."""
    return browser.page.response.request.path


def times_on(page: Page) -> list[str]:
    return sorted(set(re.findall(r'name="(time-\d)"', page.html)))


def booked(family: Family) -> str | None:
    """When its meeting is, on London's clocks."""
    with db.Reading() as session:
        kept = bookings.of(session, session.get_one(Case, family.case_id()), BookingKind.MEDIATION)
        return None if kept is None else f"{london.london(kept.starts_at):%Y-%m-%d %H:%M}"


def held(family: Family) -> list[str]:
    with db.Reading() as session:
        of_it = holds.of(session, session.get_one(Case, family.case_id()))
        return [f"{london.london(one.starts_at):%Y-%m-%d %H:%M}" for one in of_it]


def nothing_is_held_in_vain() -> bool:
    """Every claim has a live owner, and no case two meetings."""
    with db.Reading() as session:
        of_dead_offers = select(func.count()).select_from(Claim).join(Offer, Claim.offer_id == Offer.id)
        live = select(Booking.case_id).where(Booking.cancelled_at.is_(None), Booking.kind == BookingKind.MEDIATION)
        booked_cases = session.scalars(live).all()
        in_vain = session.scalar(of_dead_offers.where(Offer.state != OfferState.HELD))
        return in_vain == 0 and len(booked_cases) == len(set(booked_cases))


def last_contact() -> Contact:
    with db.Reading() as session:
        return session.scalars(select(Contact).order_by(Contact.id.desc()).limit(1)).one()


def test_both_are_asked_at_once_each_by_a_link_of_its_own_and_the_family_by_text_too(
    world: World, asked: Family
) -> None:
    assert asked.texts_got()[-1] == ASKED
    assert booked(asked) is None
    to_family, to_officer = asked.mails_got()[-1], world.mails.to(OFFICER)[-1]
    assert to_family.subject == f"Times for your meeting (reference {asked.written})"
    assert "1. Wednesday 2 December 2026, 10am to midday, at Barnet Library. Held until" in to_family.body
    assert "/times/" in to_family.body
    assert "/times-for-the-authority/" in to_officer.body
    assert OFFICER not in to_family.body
    assert asked.email not in to_officer.body


def test_the_family_texts_two_and_the_officer_says_yes_to_two(
    world: World, asked: Family, officer: Callable[[], Browser]
) -> None:
    world.at("2026-11-23 11:00")
    assert asked.texts("2") == (
        "Thank you. You chose Thu 3 Dec, 1pm. We will text you when a time is booked. To change, send another figure."
    )
    assert booked(asked) is None

    page = officer().presses("Send my answer", **{"time-1": "no", "time-2": "yes"})
    world.sweeps()

    assert "The meeting is booked" in page.text
    assert booked(asked) == "2026-12-03 13:00"
    assert "your meeting is Thu 3 Dec, 1pm" in asked.texts_got()[-1]
    assert [parcel.calendar is not None for parcel in asked.mails_got()[-1:]] == [True]
    assert "SEQUENCE:0" in (asked.mails_got()[-1].calendar or "")
    assert nothing_is_held_in_vain()


@pytest.mark.parametrize(
    "words", ["2", "2.", " 2 please", "two", "Two", "number 2", "option two please", "2\ufe0f\u20e3", "reply 2"]
)
def test_a_time_is_chosen_by_its_figure_however_it_is_written(world: World, asked: Family, words: str) -> None:
    world.at("2026-11-23 11:00")

    assert "You chose Thu 3 Dec, 1pm" in (asked.texts(words) or "")


@pytest.mark.parametrize(
    "words", ["4", "9", "2 or 3", "to", "too", "for", "not 2", "2?? which place", "yes", "no", "hello", "the second"]
)
def test_anything_but_an_offered_figure_chooses_nothing_and_is_read_by_a_person(
    world: World, asked: Family, words: str
) -> None:
    world.at("2026-11-23 11:00")

    answer = asked.texts(words) or ""

    assert "A person will read this" in answer
    assert "To choose a time, reply 1, 2, 3, or 0 for none." in answer
    assert last_contact().handled_at is None
    with db.Reading() as session:
        assert not any(one.answers for one in holds.of(session, session.get_one(Case, asked.case_id())))


def test_a_figure_without_an_open_offer_is_for_the_menu(world: World, asked: Family) -> None:
    stranger = Family(world, number="+447700900199")

    assert "This is Common Ground" in (stranger.texts("1") or "")

    assert last_contact().case_id is None
    assert held(asked) == ["2026-12-02 10:00", "2026-12-03 13:00", "2026-12-04 10:00"]


def test_a_figure_belongs_to_the_last_question(world: World, asked: Family) -> None:
    world.at("2026-11-23 11:00")
    with db.Session.begin() as session:
        case = session.get_one(Case, asked.case_id())
        offering.take_back(session, case, because="The coordinator rings", by=Actor.staff(1), now=clock.now())
    world.sweeps()
    assert "no longer held" in asked.texts_got()[-1]

    answer = asked.texts("hello")

    assert answer is not None
    assert "This is Common Ground" in answer
    assert "Reply 1 if a call is safe" in (asked.texts("1") or "")


def test_a_changed_mind_counts_and_a_text_that_comes_twice_counts_once(
    world: World, asked: Family, officer: Callable[[], Browser]
) -> None:
    world.at("2026-11-23 11:00")
    asked.texts("2")
    asked.texts("2")
    asked.texts("3")

    officer().presses("Send my answer", **{"time-3": "yes"})

    assert booked(asked) == "2026-12-04 10:00"
    with db.Reading() as session:
        said = session.scalars(select(Entry.what).where(Entry.what.startswith("The family answered"))).all()
    assert len(said) == 2


def test_a_silent_officer_is_reminded_and_then_the_family_s_choice_is_booked(world: World, asked: Family) -> None:
    world.at("2026-11-23 11:00")
    asked.texts("3")
    world.at("2026-11-24 08:59")
    assert "Please choose" not in (world.mails.to(OFFICER)[-1].subject or "")
    texts_before = len(asked.texts_got())
    world.at("2026-11-24 09:00")
    assert (world.mails.to(OFFICER)[-1].subject or "").startswith("Please choose")
    assert len(asked.texts_got()) == texts_before

    world.at("2026-11-24 10:19")
    assert booked(asked) is None
    world.at("2026-11-24 10:20")

    assert booked(asked) == "2026-12-04 10:00"
    page = world.staff(Role.COORDINATOR).opens(f"/cases/{asked.reference}")
    assert "The time to choose ended at 10:20am on Tuesday 24 November 2026." in page.text
    assert "The family said yes; the authority has not answered." in page.text


def test_none_of_them_brings_other_times_in_the_next_text(world: World, asked: Family) -> None:
    first = held(asked)
    world.at("2026-11-23 11:00")

    assert asked.texts("0") == "Thank you. We will not book these times. We look for others and write to you."
    world.sweeps()

    assert held(asked)
    assert not set(first) & set(held(asked))
    assert asked.texts_got()[-1].startswith("Common Ground: can we meet 1 ")
    assert last_contact().handled_at is not None


def test_who_refuses_everything_is_left_to_a_person_with_the_reason(world: World, asked: Family, desk: Desk) -> None:
    for day in (23, 24, 25):
        world.at(f"2026-11-{day} 11:00")
        asked.texts("none")
        world.sweeps()

    assert booked(asked) is not None or offered_in_vain(asked)
    assert nothing_is_held_in_vain()


def offered_in_vain(family: Family) -> bool:
    with db.Reading() as session:
        return bool(mediation.explanations(session, [family.case_id()]))


def test_a_time_that_goes_while_its_hold_has_run_out_is_answered_with_the_next_three_in_one_text(
    world: World, family: Family, desk: Desk
) -> None:
    with db.Session.begin() as session:
        policies.choose(session, policies.HOLD_HOURS, 1, by_staff_id=None, now=moment("2026-11-23 09:00"))
    world.at("2026-11-23 10:05")
    family.rings_for_advice()
    world.at("2026-11-23 10:20")
    desk.advises(family, letter="2026-11-02")
    desk.wants_mediation(family)
    world.sweeps()
    world.at("2026-11-23 11:30")
    gone = held(family)[1]
    with db.Session.begin() as session:
        [mediator] = session.scalars(select(Mediator))
        day = moment(gone).date()
        mediator.leave.append(Leave(first_day=day, last_day=day))

    assert family.texts("2") is None
    world.sweeps()

    assert family.texts_got()[-1].startswith("Common Ground: that time ran out: 1 ")
    assert gone not in held(family)
    assert len(held(family)) == 3


def test_an_answer_after_the_booking_says_what_is_booked_and_goes_to_a_person(world: World, asked: Family) -> None:
    world.at("2026-11-24 10:20")
    assert booked(asked) == "2026-12-02 10:00"

    answer = asked.texts("3")

    assert answer == "Your meeting is booked already: Wed 2 Dec, 10am. A person will read your text."
    assert booked(asked) == "2026-12-02 10:00"
    assert (last_contact().handled_at, last_contact().case_id) == (None, asked.case_id())


def test_a_family_chooses_by_link_and_may_change_its_answer(
    world: World, asked: Family, parent: Callable[[], Browser], officer: Callable[[], Browser]
) -> None:
    world.at("2026-11-23 11:20")
    browser = parent()
    page = browser.page
    assert times_on(page) == ["time-1", "time-2", "time-3"]
    assert "Held for 23 hours, until 10:20am on Tuesday 24 November 2026." in page.text
    refused = browser.presses("Send my answer")
    assert refused.status == 422
    assert "Say of at least one time whether it suits you" in refused.text

    page = browser.presses("Send my answer", **{"time-1": "no", "time-2": "if need be", "time-3": "yes"})
    assert "Thank you, we have your answer" in page.text
    browser.presses("Change my answer", **{"time-1": "yes", "time-3": "no"})
    officer().presses("Send my answer", **{"time-1": "yes", "time-2": "yes", "time-3": "yes"})

    assert booked(asked) == "2026-12-02 10:00"
    assert "The meeting is booked" in browser.opens(address(browser)).text


def test_none_of_these_by_link_shows_other_times(world: World, asked: Family, parent: Callable[[], Browser]) -> None:
    first = held(asked)
    browser = parent()

    page = browser.presses("None of these times", none="yes")

    assert times_on(page)
    assert not set(first) & set(held(asked))


def test_a_page_that_is_older_than_the_times_changes_nothing(
    world: World, asked: Family, parent: Callable[[], Browser]
) -> None:
    old = parent()
    asked.texts("0")

    page = old.presses("Send my answer", **{"time-1": "yes"})

    assert page.status == 422
    assert "The times have changed since you opened this page" in page.text


def test_a_family_that_does_not_want_mediation_gives_everything_back(world: World, asked: Family, desk: Desk) -> None:
    world.at("2026-11-23 11:00")
    desk.says_no(asked)
    world.sweeps()

    assert held(asked) == []
    assert nothing_is_held_in_vain()
    assert booked(asked) is None


def test_two_cases_want_one_room_and_neither_is_promised_what_the_other_holds(
    world: World, asked: Family, desk: Desk
) -> None:
    other = Family(world, number="+447700900102", email="other@family.example")
    other.rings_for_advice()
    desk.advises(other, letter="2026-11-02")
    desk.wants_mediation(other)
    world.sweeps()

    assert not set(held(asked)) & set(held(other))
    world.at("2026-11-24 10:30")
    assert booked(asked) is not None
    assert booked(other) is not None
    assert booked(asked) != booked(other)
    assert nothing_is_held_in_vain()


def test_a_family_without_texts_or_mail_is_placed_all_the_same(world: World, family: Family, desk: Desk) -> None:
    world.at("2026-11-23 10:05")
    family.rings_for_advice(may_text="2")
    desk.advises(family, letter="2026-11-02")
    desk.wants_mediation(family)
    world.sweeps()
    assert len(held(family)) == 3

    world.at("2026-11-24 10:10")

    assert booked(family) is not None


def test_no_case_comes_to_its_twentieth_day_without_a_time_or_a_reason_and_an_alarm(
    world: World, asked: Family
) -> None:
    """The mediator is away for the whole of December from the second day on, so that nothing can be booked."""
    with db.Session.begin() as session:
        [mediator] = session.scalars(select(Mediator))
        mediator.leave.append(Leave(first_day=date(2026, 11, 24), last_day=date(2026, 12, 31)))

    world.every_day("2026-11-23", "2026-12-13", hour="11:00")

    assert booked(asked) is None
    assert offered_in_vain(asked)
    assert nothing_is_held_in_vain()
    with db.Reading() as session:
        assert session.scalars(select(Alarm).where(Alarm.case_id == asked.case_id())).all()
    board = world.staff(Role.COORDINATOR).opens("/today").text
    assert "Find a time for the meeting" in board


def test_silence_never_lasts_until_the_twentieth_day(world: World, asked: Family) -> None:
    world.every_day("2026-11-23", "2026-11-26", hour="11:00")

    assert booked(asked) is not None
    with db.Reading() as session:
        assert offers.rounds(session, session.get_one(Case, asked.case_id())) == 1


def test_what_a_coordinator_has_taken_back_is_not_offered_again_before_the_round_would_have_ended(
    world: World, asked: Family
) -> None:
    world.at("2026-11-23 11:00")
    with db.Session.begin() as session:
        case = session.get_one(Case, asked.case_id())
        offering.take_back(session, case, because="I ring both", by=Actor.staff(1), now=clock.now())
    world.sweeps()
    assert held(asked) == []

    assert "A person will be in touch" in (asked.texts("1") or "")
    assert (last_contact().handled_at, held(asked)) == (None, [])

    world.at("2026-11-24 10:30")
    assert held(asked) or booked(asked)


def test_a_figure_from_a_number_with_two_cases_that_choose_is_left_to_a_person(
    world: World, asked: Family, desk: Desk
) -> None:
    second = Family(world, number=asked.number, email="second@family.example")
    second.rings_for_advice()
    desk.advises(second, letter="2026-11-09")
    desk.wants_mediation(second)
    world.sweeps()
    assert held(second) != held(asked)

    assert "A person will read this" in (asked.texts("2") or "")

    assert (last_contact().case_id, last_contact().handled_at) == (None, None)
    assert booked(asked) is None
    assert booked(second) is None


def test_a_yes_to_short_notice_that_was_asked_since_is_no_choice_of_a_time(
    world: World, asked: Family, desk: Desk
) -> None:
    world.at("2026-11-23 11:00")
    desk.asks_about_notice(asked, "2026-11-26", "text")
    world.sweeps()
    world.at("2026-11-23 11:30")

    assert "you agree to Thu 26 Nov" in (asked.texts("1") or "")

    assert (booked(asked) or "").startswith("2026-11-26")
    assert held(asked) == []
    assert nothing_is_held_in_vain()
