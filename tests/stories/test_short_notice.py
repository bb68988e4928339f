"""Offered on Monday 14 December for Friday the 18th: nothing is fixed until the family's yes is on record."""

import pytest
from sqlalchemy import select

from scheduling import db, london
from scheduling.diary import bookings, consents, slots
from scheduling.diary.bookings import NoticeTooShort
from scheduling.law.window import Notice
from scheduling.models import SERVICE, BookingKind, Case, Contact, NoticeConsent, Role
from tests.builders import moment
from tests.stories.desk import Desk
from tests.stories.test_mediation import booked_for_10_december
from tests.stories.world import Family, World

MONDAY, FRIDAY = "2026-12-14 09:00", "2026-12-18"
ASKED = (
    "Common Ground: can we meet Fri 18 Dec, 10am? It is under 5 working days' notice. You may say no. "
    "Reply 1 YES, 2 NO, or call 0300 123 4567."
)


@pytest.fixture
def called_off(world: World, family: Family, desk: Desk) -> Family:
    """The authority has called the meeting of 10 December off, and it is the Monday after."""
    booked_for_10_december(world, family, desk)
    world.at("2026-12-09 09:00")
    desk.cancels_the_meeting(family, "The officer is ill")
    world.at(MONDAY)
    return family


def days_booked(family: Family) -> list[str]:
    with db.Reading() as session:
        case = session.scalars(select(Case).where(Case.reference == family.reference)).one()
        kept = bookings.of(session, case, BookingKind.MEDIATION)
        return [] if kept is None else [london.london_day(kept.starts_at).isoformat()]


def consent() -> NoticeConsent:
    with db.Reading() as session:
        return session.scalars(select(NoticeConsent).order_by(NoticeConsent.id.desc()).limit(1)).one()


def test_short_notice_cannot_be_confirmed_until_the_yes_is_stored_with_its_time_and_wording(
    world: World, called_off: Family, desk: Desk
) -> None:
    assert desk.times_by_agreement(called_off) == ["2026-12-15", "2026-12-16", "2026-12-17", FRIDAY, "2026-12-21"]
    page = world.staff(Role.COORDINATOR).opens(f"/cases/{called_off.reference}/short-notice")
    assert "given by Thursday 10 December 2026, or by Friday 11 December 2026 counted the ordinary way" in page.text
    desk.asks_about_notice(called_off, FRIDAY, "text")
    world.sweeps()

    assert called_off.texts_got()[-1] == ASKED
    assert days_booked(called_off) == []
    with db.Session.begin() as session:
        case = session.get_one(Case, called_off.case_id())
        now = moment("2026-12-14 09:05")
        friday = next(
            slot
            for slot in slots.best(session, case, now=now, limit=99, notice=Notice.CONSENT)
            if london.london_day(slot.starts_at).isoformat() == FRIDAY
        )
        with pytest.raises(NoticeTooShort):
            bookings.book(session, case, friday, by=SERVICE, now=now)

    world.at("2026-12-14 09:40")
    assert called_off.texts("YES") == (
        "Thank you. We have written down that you agree to Fri 18 Dec, 10am. The time is now booked."
    )
    world.sweeps()

    assert days_booked(called_off) == [FRIDAY]
    stored = consent()
    assert (stored.answer, stored.answer_in_words, stored.wording) == (True, "YES", ASKED)
    assert stored.answered_at is not None
    assert london.written(stored.answered_at) == "9:40am on Monday 14 December 2026"
    assert "your meeting is Fri 18 Dec, 10am" in called_off.texts_got()[-1]
    card = desk.case(called_off).text
    assert "The family agreed to less notice at 9:40am on Monday 14 December 2026." in card


def test_a_no_by_text_books_nothing_and_is_left_to_a_person(world: World, called_off: Family, desk: Desk) -> None:
    desk.asks_about_notice(called_off, FRIDAY, "text")
    world.sweeps()
    world.at("2026-12-14 09:40")

    assert "We will not book that time" in (called_off.texts("2") or "")

    assert days_booked(called_off) == []
    assert consent().answer is False
    with db.Reading() as session:
        last = session.scalars(select(Contact).order_by(Contact.id.desc()).limit(1)).one()
        assert (last.words, last.handled_at, last.case_id) == ("2", None, called_off.case_id())


@pytest.mark.parametrize("words", ["yes but only after eleven", "not sure", "maybe", "ok?"])
def test_only_a_plain_yes_is_a_consent(world: World, called_off: Family, desk: Desk, words: str) -> None:
    desk.asks_about_notice(called_off, FRIDAY, "text")
    world.sweeps()
    world.at("2026-12-14 09:40")

    called_off.texts(words)

    assert days_booked(called_off) == []
    assert consent().answered_at is None


def test_a_yes_on_the_telephone_books_the_time_and_needs_a_reason(world: World, called_off: Family, desk: Desk) -> None:
    refused = desk.asks_about_notice(called_off, FRIDAY, "said yes")
    assert refused.status == 422
    assert "Write down who said it" in refused.text
    assert days_booked(called_off) == []

    desk.asks_about_notice(called_off, FRIDAY, "said yes", "Ngozi rang from her own number")
    world.sweeps()

    assert days_booked(called_off) == [FRIDAY]
    assert "The family agreed to short notice of a meeting on Friday 18 December 2026" in desk.case(called_off).text


def test_a_family_that_may_not_be_texted_can_only_be_rung(world: World, called_off: Family, desk: Desk) -> None:
    with db.Session.begin() as session:
        session.get_one(Case, called_off.case_id()).person.may_text = False
    world.sweeps()

    page = desk.asks_about_notice(called_off, FRIDAY, "text")

    assert page.status == 422
    assert "The family was not asked. The person has not agreed to texts." in page.text
    with db.Reading() as session:
        assert consents.of(session, session.get_one(Case, called_off.case_id())) == []


def test_a_yes_to_a_question_that_was_withdrawn_is_left_to_a_person(
    world: World, called_off: Family, desk: Desk
) -> None:
    desk.asks_about_notice(called_off, FRIDAY, "text")
    world.sweeps()
    world.at("2026-12-14 09:40")
    desk.asks_about_notice(called_off, "2026-12-21", "said no", "Ngozi rang from her own number")

    assert "that time is no longer free" in (called_off.texts("1") or "")

    assert days_booked(called_off) == []
    with db.Reading() as session:
        last = session.scalars(select(Contact).order_by(Contact.id.desc()).limit(1)).one()
        assert (last.words, last.handled_at, last.case_id) == ("1", None, called_off.case_id())
