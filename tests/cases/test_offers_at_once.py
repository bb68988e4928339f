"""Clocks, families and officers who act in the same moment: each case has one round or meeting, and no hour two."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, func, select

from scheduling import db
from scheduling.cases import mediation, offering
from scheduling.diary import offers, venues
from scheduling.diary.venues import Days
from scheduling.jobs import timetable
from scheduling.models import (
    FAMILY,
    SERVICE,
    Answer,
    AnsweredBy,
    Authority,
    Booking,
    BookingKind,
    Case,
    Claim,
    Message,
    Offer,
    OfferState,
    Party,
    Venue,
)
from scheduling.reference import policies
from tests import builders
from tests.builders import moment

TOLD = moment("2026-11-23 10:25")
END = TOLD + timedelta(hours=24)
CASES = 10

OFFER = timetable.one_by_one(mediation.waiting_ids, offering.place_if_waiting)
SETTLE = timetable.one_by_one(offering.unsettled, offering.settle_if_due)


@pytest.fixture
def waiting(engine: Engine) -> list[int]:
    """Ten cases of one council with one officer, one mediator and one room, whose parties have a day to choose."""
    with db.Session.begin() as session:
        policies.choose(session, policies.OFFER_HOURS, 24, by_staff_id=None, now=TOLD)
        barnet = builders.town(session)
        cases = [builders.case(session, barnet, told="2026-11-23 10:25", number=None) for _ in range(CASES)]
        return [case.id for case in cases]


def all_at_once(work: Sequence[Callable[[], object]]) -> None:
    """Everybody begins together; whoever fails, fails the test."""
    begin = threading.Barrier(len(work))

    def take_part(one: Callable[[], object]) -> object:
        begin.wait()
        return one()

    with ThreadPoolExecutor(len(work)) as people:
        list(people.map(take_part, work))


def overlaps() -> int:
    """Pairs of claims on one resource that overlap."""
    with db.Reading() as session:
        claims = session.scalars(select(Claim).order_by(Claim.kind, Claim.resource_id, Claim.starts_at)).all()
    return sum(
        (one.kind, one.resource_id) == (other.kind, other.resource_id) and other.starts_at < one.ends_at
        for one, other in pairwise(claims)
    )


def booked() -> Counter[int]:
    with db.Reading() as session:
        wanted = select(Booking.case_id).where(Booking.kind == BookingKind.MEDIATION, Booking.cancelled_at.is_(None))
        return Counter(session.scalars(wanted))


def test_two_clocks_offer_every_case_one_round_and_ask_once(waiting: list[int]) -> None:
    all_at_once([lambda: OFFER(TOLD)] * 2)

    with db.Reading() as session:
        rounds = session.execute(select(Offer.case_id, func.max(Offer.round)).group_by(Offer.case_id)).all()
        asked = session.scalars(select(Message.key)).all()
    in_rounds = {case_id for case_id, number in rounds if number == 1}
    assert in_rounds | set(booked()) == set(waiting)
    assert len(asked) == len(set(asked))
    assert overlaps() == 0


def test_cases_that_are_offered_times_at_once_fight_for_no_hour(waiting: list[int]) -> None:
    def offer(case_id: int) -> Callable[[], object]:
        def act() -> None:
            with db.Session.begin() as session:
                offering.place_if_waiting(session, case_id, now=TOLD)

        return act

    all_at_once([offer(case_id) for case_id in waiting])

    assert overlaps() == 0
    with db.Reading() as session:
        held = session.scalars(select(Offer.case_id).where(Offer.state == OfferState.HELD)).all()
    assert set(held) | set(booked()) == set(waiting)


def test_two_clocks_settle_every_case_once(waiting: list[int]) -> None:
    OFFER(TOLD)

    all_at_once([lambda: SETTLE(END)] * 2)
    OFFER(END)

    assert booked() == dict.fromkeys(waiting, 1)
    assert overlaps() == 0


def test_family_officer_and_clock_at_the_very_end_make_one_meeting(waiting: list[int]) -> None:
    OFFER(TOLD)
    case_id = waiting[0]

    def says(party: Party, number: int, at: datetime) -> Callable[[], object]:
        def act() -> None:
            with db.Session.begin() as session:
                case = session.get_one(Case, case_id)
                said = {number: Answer.YES}
                try:
                    offering.answer(session, case, said, party=party, channel=AnsweredBy.LINK, by=FAMILY, now=at)
                except offers.NotOffered:
                    return  # the other, or the clock, was quicker

        return act

    all_at_once([says(Party.FAMILY, 2, END), says(Party.AUTHORITY, 1, END), lambda: SETTLE(END)])

    assert booked()[case_id] == 1
    assert overlaps() == 0
    with db.Reading() as session:
        of_the_case = select(func.count(Claim.id)).join(Offer, Claim.offer_id == Offer.id)
        assert session.scalar(of_the_case.where(Offer.case_id == case_id)) == 0


def test_a_venue_that_closes_while_offers_are_settled_keeps_nobody_waiting_for_ever(waiting: list[int]) -> None:
    with db.Session.begin() as session:
        builders.venue(session, session.scalars(select(Authority)).one(), "Annexe")
    OFFER(TOLD)

    def closes() -> None:
        with db.Session.begin() as session:
            library = session.scalars(select(Venue).where(Venue.name == "Barnet Library")).one()
            days = Days(first=date(2026, 11, 24), last=date(2026, 12, 23))
            venues.close(session, library, days, reason="Flood", by=SERVICE, now=END)

    all_at_once([closes, lambda: SETTLE(END)])
    OFFER(END)

    assert overlaps() == 0
    with db.Reading() as session:
        kept = session.scalars(select(Booking).where(Booking.cancelled_at.is_(None)))
        assert {booking.room.venue.name for booking in kept if booking.room} == {"Annexe"}
