"""Offered times: held for a while, chosen by both parties, settled by the clock, and never two bookings."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import bookings, holds, offers, preferences, slots
from scheduling.diary.offers import Became, Gone, NothingToOffer
from scheduling.law.window import Notice
from scheduling.models import (
    FAMILY,
    SERVICE,
    Answer,
    AnsweredBy,
    Booking,
    BookingKind,
    Case,
    Claim,
    Closure,
    Offer,
    OfferState,
    Party,
)
from scheduling.reference import policies
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:25")
END = moment("2026-11-24 10:25")
SECOND = timedelta(seconds=1)


@pytest.fixture
def told(session: Session, barnet: Town) -> Case:
    """A case whose authority has just been told, where parties have a day to choose."""
    policies.choose(session, policies.OFFER_HOURS, 24, by_staff_id=None, now=NOW)
    return builders.case(session, barnet, told="2026-11-23 10:25")


def offer(session: Session, case: Case) -> list[Offer]:
    return offers.offer(session, case, now=NOW, by=SERVICE)


def says(session: Session, one: Offer, party: Party, word: Answer, *, at: str = "2026-11-23 11:00") -> None:
    offers.answer(session, {one: word}, party=party, channel=AnsweredBy.LINK, by=FAMILY, now=moment(at))


def booked(session: Session) -> list[Booking]:
    return list(session.scalars(select(Booking).where(Booking.kind == BookingKind.MEDIATION)))


def claims_of_offers(session: Session) -> int | None:
    return session.scalar(select(func.count()).where(Claim.offer_id.is_not(None)))


def test_three_times_on_different_days_and_in_both_halves_of_the_day_are_held(session: Session, told: Case) -> None:
    held = offer(session, told)

    shown = [london.london(one.starts_at) for one in held]
    assert [one.number for one in held] == [1, 2, 3]
    assert len({moment.weekday() for moment in shown}) == 3
    assert {moment.hour < 12 for moment in shown} == {True, False}
    assert {(one.held_until, one.closes_at) for one in held} == {(END, END)}
    assert claims_of_offers(session) == 3 * 4


def test_every_offered_time_can_still_be_booked_when_the_time_to_choose_ends(session: Session, told: Case) -> None:
    held = offer(session, told)

    window = slots.window_of(session, told, now=END)

    assert window is not None
    assert all(london.london_day(one.starts_at) in window for one in held)


def test_nobody_else_is_offered_what_is_held(session: Session, barnet: Town, told: Case) -> None:
    first = offer(session, told)

    second = offer(session, builders.case(session, barnet, told="2026-11-23 10:25", number="+447700900124"))

    assert not {one.starts_at for one in first} & {one.starts_at for one in second}


def test_what_both_want_is_booked_at_once_and_the_others_are_free(session: Session, told: Case) -> None:
    _first, second, _third = offer(session, told)
    says(session, second, Party.FAMILY, Answer.YES)
    assert offers.settle(session, told, now=moment("2026-11-23 11:00")).became is Became.WAITS
    says(session, second, Party.AUTHORITY, Answer.YES)

    settled = offers.settle(session, told, now=moment("2026-11-23 11:00"))

    assert settled.booking is not None
    assert (settled.booking.starts_at, settled.booking.sequence) == (second.starts_at, 0)
    assert claims_of_offers(session) == 0
    assert [one.state for one in offers.of_last_round(session, told)] == [
        OfferState.RELEASED,
        OfferState.TAKEN,
        OfferState.RELEASED,
    ]
    why = next(entry.why for entry in told.history if entry.what.startswith("Mediation was booked"))
    assert why is not None
    assert why.endswith("The family said yes; the authority said yes.")


def test_if_the_officer_is_silent_the_family_s_choice_is_booked_when_the_time_ends(
    session: Session, told: Case
) -> None:
    *_, third = offer(session, told)
    says(session, third, Party.FAMILY, Answer.YES)

    assert offers.settle(session, told, now=END - SECOND).became is Became.WAITS
    settled = offers.settle(session, told, now=END)

    assert settled.booking is not None
    assert settled.booking.starts_at == third.starts_at


def test_if_nobody_answers_the_best_is_booked_when_the_time_ends(session: Session, told: Case) -> None:
    first, *_ = offer(session, told)

    settled = offers.settle(session, told, now=END)

    assert settled.booking is not None
    assert settled.booking.starts_at == first.starts_at


@pytest.mark.parametrize(
    ("family", "authority", "wins"),
    [
        pytest.param([None, "yes", None], [None, "yes", None], 2, id="both yes"),
        pytest.param(["if need be", None, "yes"], ["if need be", None, None], 1, id="both if need be before one yes"),
        pytest.param(["if need be", "yes", None], ["if need be", "if need be", None], 2, id="a yes and an if need be"),
        pytest.param([None, "yes", None], ["yes", None, None], 2, id="of two wishes the family's"),
        pytest.param(["no", None, None], [None, "no", None], 3, id="never one that somebody has refused"),
        pytest.param(["no", "no", None], [None, None, None], 3, id="the only one not refused"),
        pytest.param([None, None, None], [None, "if need be", None], 2, id="the officer's is better than none"),
    ],
)
def test_when_the_time_ends_the_one_that_suits_best_is_booked(
    session: Session, told: Case, family: list[str | None], authority: list[str | None], wins: int
) -> None:
    held = offer(session, told)
    for party, words in ((Party.FAMILY, family), (Party.AUTHORITY, authority)):
        for one, word in zip(held, words, strict=True):
            if word is not None:
                says(session, one, party, Answer(word))

    settled = offers.settle(session, told, now=END)

    assert settled.booking is not None
    assert settled.booking.starts_at == held[wins - 1].starts_at


def test_what_one_side_can_do_if_need_be_is_booked_at_once_when_both_have_said_all(
    session: Session, told: Case
) -> None:
    held = offer(session, told)
    for one, word in zip(held, (Answer.NO, Answer.IF_NEED_BE, Answer.NO), strict=True):
        says(session, one, Party.FAMILY, word)
        says(session, one, Party.AUTHORITY, Answer.YES)

    settled = offers.settle(session, told, now=moment("2026-11-23 11:00"))

    assert settled.booking is not None
    assert settled.booking.starts_at == held[1].starts_at


def test_if_every_time_is_refused_all_are_given_back_at_once_and_not_offered_again(
    session: Session, told: Case
) -> None:
    held = offer(session, told)
    for one in held:
        says(session, one, Party.FAMILY, Answer.NO)

    assert offers.settle(session, told, now=moment("2026-11-23 11:00")).became is Became.NOTHING_LEFT

    assert claims_of_offers(session) == 0
    again = offers.offer(session, told, now=moment("2026-11-23 11:00"), by=SERVICE)
    assert {one.round for one in again} == {2}
    assert not {one.starts_at for one in held} & {one.starts_at for one in again}


def test_the_last_answer_counts_and_the_same_again_is_not_written_twice(session: Session, told: Case) -> None:
    first, *_ = offer(session, told)
    for word in (Answer.YES, Answer.YES, Answer.NO):
        says(session, first, Party.FAMILY, word)

    assert preferences.last_answer(first, Party.FAMILY) is Answer.NO
    assert [given.answer for given in first.answers] == [Answer.YES, Answer.NO]
    assert sum(entry.what.startswith("The family answered") for entry in told.history) == 2


def test_a_hold_ends_at_its_very_moment_whether_or_not_anybody_has_tidied_up(
    session: Session, barnet: Town, told: Case
) -> None:
    held = offer(session, told)
    other = builders.case(session, barnet, told="2026-11-23 10:25", number="+447700900124")
    slot = holds.slot_of(held[0])

    assert not slots.is_free(session, other, slot, now=END - SECOND, notice=Notice.CLEAR)
    with pytest.raises(bookings.SlotTaken):
        bookings.book(session, other, slot, by=SERVICE, now=END - SECOND)
    bookings.book(session, other, slot, by=SERVICE, now=END)

    assert [booking.case for booking in booked(session)] == [other]


def test_the_best_that_is_left_is_booked_where_the_best_has_gone_to_another_family(
    session: Session, barnet: Town, told: Case
) -> None:
    held = offer(session, told)
    other = builders.case(session, barnet, told="2026-11-23 10:25", number="+447700900124")
    bookings.book(session, other, holds.slot_of(held[0]), by=SERVICE, now=END)

    settled = offers.settle(session, told, now=END)

    assert settled.booking is not None
    assert settled.booking.starts_at == held[1].starts_at
    assert len(booked(session)) == 2


def test_a_time_whose_hold_has_run_out_is_held_again_by_a_yes_if_it_is_still_free(
    session: Session, barnet: Town, told: Case
) -> None:
    policies.choose(session, policies.HOLD_HOURS, 1, by_staff_id=None, now=NOW)
    first, second, _third = offer(session, told)
    later = moment("2026-11-23 12:00")
    offers.tidy(session, told, now=later)
    assert claims_of_offers(session) == 0
    other = builders.case(session, barnet, told="2026-11-23 10:25", number="+447700900124")
    bookings.book(session, other, holds.slot_of(first), by=SERVICE, now=later)

    with pytest.raises(Gone, match="was held until 11:25am on Monday 23 November 2026, and is not free"):
        says(session, first, Party.FAMILY, Answer.YES, at="2026-11-23 12:00")
    says(session, second, Party.FAMILY, Answer.YES, at="2026-11-23 12:00")

    assert preferences.last_answer(first, Party.FAMILY) is None
    assert second.held_until == END
    assert claims_of_offers(session) == 4


def test_no_hold_lasts_beyond_the_day_on_which_its_notice_could_be_given(session: Session, told: Case) -> None:
    policies.choose(session, policies.HOLD_HOURS, 72, by_staff_id=None, now=NOW)
    [earliest] = slots.best(session, told, now=NOW, limit=1)

    [one] = offers.offer(session, told, now=NOW, by=SERVICE, chosen=[earliest])

    assert london.london_day(one.starts_at) == date(2026, 12, 1)
    assert one.held_until == moment("2026-11-24 00:00")
    assert one.closes_at == moment("2026-11-23 23:00")
    assert offers.settle(session, told, now=one.closes_at).booking is not None


def test_on_the_day_after_its_notice_could_be_given_a_time_is_not_booked(session: Session, told: Case) -> None:
    [earliest] = slots.best(session, told, now=NOW, limit=1)
    [one] = offers.offer(session, told, now=NOW, by=SERVICE, chosen=[earliest])

    assert offers.settle(session, told, now=one.held_until).became is Became.NOTHING_LEFT
    assert booked(session) == []


def test_a_venue_that_closes_meanwhile_is_not_booked(session: Session, barnet: Town, told: Case) -> None:
    held = offer(session, told)
    day = london.london_day(held[0].starts_at)
    barnet.venue.closures.append(
        Closure(first_day=day, last_day=day, reason="Flood", closed_at=NOW, closed_by_id=barnet.coordinator.id)
    )
    session.flush()
    says(session, held[0], Party.FAMILY, Answer.YES)
    says(session, held[0], Party.AUTHORITY, Answer.YES)

    settled = offers.settle(session, told, now=moment("2026-11-23 11:00"))

    assert (settled.became, booked(session)) == (Became.WAITS, [])
    assert [one.number for one in holds.of(session, told)] == [2, 3]


@pytest.mark.parametrize("what", ["closed_at", "declined_at", "authority_cannot_at"])
def test_a_case_that_needs_no_time_any_more_gives_back_what_it_holds(session: Session, told: Case, what: str) -> None:
    offer(session, told)
    setattr(told, what, moment("2026-11-23 12:00"))
    session.flush()

    assert offers.settle(session, told, now=moment("2026-11-23 12:00")).became is Became.LET_GO

    assert claims_of_offers(session) == 0


def test_a_coordinator_who_books_another_time_gives_back_what_was_held(session: Session, told: Case) -> None:
    held = offer(session, told)
    slot = next(
        slot
        for slot in slots.best(session, told, now=NOW, limit=99)
        if slot.starts_at not in {one.starts_at for one in held}
    )

    bookings.book(session, told, slot, by=SERVICE, now=NOW)

    assert claims_of_offers(session) == 0
    assert holds.of(session, told) == []


def test_nothing_is_offered_where_nothing_would_be_lawful_any_more_when_everybody_has_chosen(
    session: Session, barnet: Town
) -> None:
    policies.choose(session, policies.OFFER_HOURS, 72, by_staff_id=None, now=NOW)
    case = builders.case(session, barnet, told="2026-11-02 10:25", opened="2026-11-02 10:00")

    with pytest.raises(NothingToOffer):
        offer(session, case)
