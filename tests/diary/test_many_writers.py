"""Thirty-two at once want the same few hours: whatever happens, nobody and no room is in two places at one time."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import advice, mediation
from scheduling.diary import bookings, venues
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.slots import Slot
from scheduling.diary.venues import Days
from scheduling.jobs import timetable
from scheduling.models import (
    SERVICE,
    Authority,
    Booking,
    BookingKind,
    Case,
    Cell,
    Claim,
    Mediator,
    Officer,
    Room,
    Venue,
)
from tests import builders
from tests.builders import moment
from tests.diary import writers

TOLD = moment("2026-11-23 10:25")
WRITERS, PROCESSES = 32, 4
OVERLAPS = text(
    "SELECT count(*) FROM claims AS one JOIN claims AS other ON one.kind = other.kind "
    "AND one.resource_id = other.resource_id AND one.id < other.id "
    "AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at"
)


@pytest.fixture
def waiting(engine: Engine) -> list[int]:
    """Thirty-two cases of one council with one officer, one mediator and one room."""
    with db.Session.begin() as session:
        barnet = builders.town(session)
        cases = [
            builders.case(session, barnet, told="2026-11-23 10:25", number=None, email=None) for _ in range(WRITERS)
        ]
        return [case.id for case in cases]


def all_at_once(work: Callable[[int], str], wanted: list[int]) -> Counter[str]:
    """How many writers had which outcome, when all of them begin together."""
    begin = threading.Barrier(len(wanted))

    def take_part(case_id: int) -> str:
        begin.wait()
        return work(case_id)

    with ThreadPoolExecutor(len(wanted)) as writers:
        return Counter(writers.map(take_part, wanted))


def overlaps(session: Session) -> int:
    """Pairs of claims on one resource that overlap; the cells are left out of it, to be sure."""
    claims = session.scalars(select(Claim).order_by(Claim.kind, Claim.resource_id, Claim.starts_at)).all()
    return sum(
        (one.kind, one.resource_id) == (other.kind, other.resource_id) and other.starts_at < one.ends_at
        for one, other in pairwise(claims)
    )


def test_all_want_the_same_slot_and_one_gets_it(waiting: list[int]) -> None:
    def book(case_id: int) -> str:
        try:
            with db.Session.begin() as session:
                case = session.get_one(Case, case_id)
                slot = Slot(
                    starts_at=moment("2026-12-01 10:00"),
                    ends_at=moment("2026-12-01 12:00"),
                    room=session.scalars(select(Room)).one(),
                    mediator=session.scalars(select(Mediator)).one(),
                    officer=session.scalars(select(Officer)).one(),
                    reasons=(),
                )
                bookings.book(session, case, slot, by=SERVICE, now=TOLD)
        except SlotTaken:
            return "taken"
        return "booked"

    outcome = all_at_once(book, waiting)

    assert outcome == {"booked": 1, "taken": WRITERS - 1}
    with db.Reading() as session:
        assert overlaps(session) == 0


def test_all_want_some_slot_and_as_many_as_there_are_get_one(waiting: list[int]) -> None:
    def book(case_id: int) -> str:
        try:
            with db.Session.begin() as session:
                mediation.book_best(session, session.get_one(Case, case_id), by=SERVICE, now=TOLD)
        except (SlotTaken, mediation.NoSlot) as refusal:
            return type(refusal).__name__
        return "booked"

    outcome = all_at_once(book, waiting)

    with db.Reading() as session:
        assert overlaps(session) == 0
        kept = session.scalars(select(Booking).where(Booking.kind == BookingKind.MEDIATION)).all()
        assert len(kept) == outcome["booked"] >= WRITERS // 2
        assert all(len(booking.claims) == 4 for booking in kept)
        assert {cell.claim_id for cell in session.scalars(select(Cell))} == set(session.scalars(select(Claim.id)))


def test_processes_that_fight_for_the_same_hours_keep_each_once_and_whoever_is_refused_is_given_three_more(
    waiting: list[int], database_url: str
) -> None:
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(PROCESSES)
    shares = [waiting[first::PROCESSES] for first in range(PROCESSES)]

    with context.Pool(PROCESSES, writers.prepare, (database_url, begin)) as pool:
        outcome = Counter(one for share in pool.map(writers.write, shares, chunksize=1) for one in share)

    kept = outcome[writers.BOOKED] + outcome[writers.BOOKED_LATER]
    assert kept + outcome[writers.REFUSED] == WRITERS
    assert outcome[writers.BOOKED_LATER] > 0
    with db.Reading() as session:
        assert session.scalar(OVERLAPS) == 0
        assert session.scalar(select(func.count(Booking.case_id.distinct()))) == kept
        assert session.scalar(select(func.count()).select_from(Claim)) == 4 * kept


def test_callers_who_ring_together_get_appointments_one_after_the_other(waiting: list[int]) -> None:
    def book(case_id: int) -> str:
        with db.Session.begin() as session:
            booking = advice.book(session, session.get_one(Case, case_id), by=SERVICE, now=TOLD)
            return "booked" if booking is not None else "nothing free"

    outcome = all_at_once(book, waiting)

    assert outcome == {"booked": WRITERS}
    with db.Reading() as session:
        assert overlaps(session) == 0


def test_two_clocks_at_once_book_every_case_once(waiting: list[int]) -> None:
    book = timetable.one_by_one(mediation.waiting_ids, mediation.book_if_waiting)

    def sweep(_number: int) -> str:
        book(TOLD)
        return "swept"

    all_at_once(sweep, [1, 2])

    with db.Reading() as session:
        kept = session.scalars(select(Booking.case_id)).all()
        assert overlaps(session) == 0
        assert len(kept) == len(set(kept)) == WRITERS


def test_nobody_is_booked_into_a_venue_that_closes_at_the_same_moment(waiting: list[int]) -> None:
    with db.Session.begin() as session:
        builders.venue(session, session.scalars(select(Authority)).one(), "Annexe")
    closes, *books = waiting[:12]

    def act(case_id: int) -> str:
        with db.Session.begin() as session:
            if case_id == closes:
                venue = session.scalars(select(Venue).where(Venue.name == "Barnet Library")).one()
                days = Days(first=date(2026, 11, 23), last=date(2026, 12, 23))
                venues.close(session, venue, days, reason="Flood", by=SERVICE, now=TOLD)
                return "closed"
            mediation.book_best(session, session.get_one(Case, case_id), by=SERVICE, now=TOLD)
            return "booked"

    outcome = all_at_once(act, [closes, *books])

    assert outcome == {"closed": 1, "booked": len(books)}
    with db.Reading() as session:
        kept = session.scalars(select(Booking)).all()
        assert {booking.room.venue.name for booking in kept if booking.room} == {"Annexe"}
        assert overlaps(session) == 0
