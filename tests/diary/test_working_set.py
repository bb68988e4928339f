"""The diary in memory: right for every process and every transaction, whoever changes what."""

import subprocess
import sys
from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from scheduling import db, london
from scheduling.diary import bookings, claims, slots
from scheduling.diary.slots import Slot, Supposing
from scheduling.jobs import forgetting
from scheduling.models import (
    SERVICE,
    Case,
    Closure,
    DiaryChange,
    Leave,
    Offer,
    OfferState,
    Repeats,
    ResourceKind,
    Room,
    Venue,
)
from tests import builders
from tests.builders import moment

TOLD = moment("2026-11-23 10:25")


def first(session: Session, case_id: int) -> Slot:
    return slots.best(session, session.get_one(Case, case_id), now=TOLD, limit=1)[0]


@pytest.fixture
def cases(engine: Engine) -> list[int]:
    with db.Session.begin() as session:
        town = builders.town(session)
        return [builders.case(session, town, told="2026-11-23 10:25", number=None, email=None).id for _ in range(3)]


def test_a_transaction_sees_its_own_booking_and_nobody_else_does_before_it_is_committed(cases: list[int]) -> None:
    with db.Session() as booking, booking.begin():
        ten = first(booking, cases[0])
        bookings.book(booking, booking.get_one(Case, cases[0]), ten, by=SERVICE, now=TOLD)

        assert first(booking, cases[1]).starts_at != ten.starts_at
        with db.Reading() as looking:
            assert first(looking, cases[1]).starts_at == ten.starts_at

    with db.Reading() as looking:
        assert first(looking, cases[1]).starts_at != ten.starts_at


def test_what_is_rolled_back_leaves_no_trace(cases: list[int]) -> None:
    with db.Session() as session:
        ten = first(session, cases[0])
        bookings.book(session, session.get_one(Case, cases[0]), ten, by=SERVICE, now=TOLD)
        assert first(session, cases[1]).starts_at != ten.starts_at
        session.rollback()

        assert first(session, cases[1]).starts_at == ten.starts_at
    with db.Reading() as looking:
        assert first(looking, cases[1]).starts_at == ten.starts_at


def test_what_a_savepoint_took_back_leaves_no_trace_in_its_transaction(cases: list[int]) -> None:
    with db.Session.begin() as session:
        ten = first(session, cases[0])
        with session.begin_nested() as savepoint:
            bookings.book(session, session.get_one(Case, cases[0]), ten, by=SERVICE, now=TOLD)
            one = first(session, cases[1])
            savepoint.rollback()

        assert one.starts_at != ten.starts_at
        assert first(session, cases[1]).starts_at == ten.starts_at
        bookings.book(session, session.get_one(Case, cases[2]), ten, by=SERVICE, now=TOLD)
        assert first(session, cases[1]).starts_at != ten.starts_at


def test_two_processes_see_each_other_s_bookings(cases: list[int], database_url: str) -> None:
    with db.Reading() as looking:
        ten = first(looking, cases[1])

    subprocess.run([sys.executable, "-c", BOOKS, database_url, str(cases[0])], check=True)

    with db.Reading() as looking:
        assert first(looking, cases[1]).starts_at != ten.starts_at


BOOKS = """
import sys
from scheduling import db
from scheduling.diary import bookings, slots
from scheduling.models import SERVICE, Case, ResourceKind
from tests import our_vault
from tests.builders import moment

our_vault.use()
db.connect(sys.argv[1])
now = moment("2026-11-23 10:25")
with db.Session.begin() as session:
    case = session.get_one(Case, int(sys.argv[2]))
    bookings.book(session, case, slots.best(session, case, now=now, limit=1)[0], by=SERVICE, now=now)
"""


def test_whoever_has_looked_away_while_changes_were_forgotten_reads_everything_again(cases: list[int]) -> None:
    with db.Reading() as looking:
        ten = first(looking, cases[1])

    with db.Session.begin() as session:
        bookings.book(session, session.get_one(Case, cases[0]), ten, by=SERVICE, now=TOLD)
    with db.Session.begin() as session:
        last = session.query(DiaryChange).order_by(DiaryChange.id.desc()).first()
        assert last is not None
        session.execute(delete(DiaryChange).where(DiaryChange.id < last.id))

    with db.Reading() as looking:
        assert first(looking, cases[1]).starts_at != ten.starts_at


def test_changes_are_forgotten_after_a_few_days_but_the_last(cases: list[int]) -> None:
    with db.Session.begin() as session:
        forgetting.forget_changes(session, now=db.moment(session) + timedelta(days=8))

        assert session.query(DiaryChange).count() == 1


def test_a_held_time_is_taken_until_its_hold_ends_tidied_up_or_not(cases: list[int]) -> None:
    with db.Session.begin() as session:
        ten, case = first(session, cases[0]), session.get_one(Case, cases[0])
        offer = Offer(
            case=case,
            round=1,
            number=1,
            reasons="",
            state=OfferState.HELD,
            offered_at=TOLD,
            held_until=TOLD + timedelta(hours=1),
            closes_at=TOLD + timedelta(hours=1),
            **bookings.facts(ten),
        )
        bookings.keep(session, offer)

    later = TOLD + timedelta(hours=2)
    with db.Session.begin() as session:
        other = session.get_one(Case, cases[1])
        assert first(session, cases[1]).starts_at != ten.starts_at
        assert slots.best(session, other, now=later, limit=1)[0].starts_at == ten.starts_at
        released = Supposing(released=frozenset({offer.id}))
        assert slots.best(session, other, now=TOLD, limit=1, supposing=released)[0].starts_at == ten.starts_at
        bookings.book(session, other, slots.best(session, other, now=later, limit=1)[0], by=SERVICE, now=later)
        room = (ResourceKind.ROOM, 1)
        assert claims.taken(session, [room], ten.starts_at, ten.ends_at, now=later).words[room]


def test_times_placed_one_after_the_other_are_different(cases: list[int]) -> None:
    with db.Session.begin() as session:
        for case_id in cases:
            bookings.book(session, session.get_one(Case, case_id), first(session, case_id), by=SERVICE, now=TOLD)


def test_a_closure_that_repeats_closes_every_week(cases: list[int]) -> None:
    with db.Session.begin() as session:
        session.add(
            Closure(
                venue_id=session.query(Venue.id).limit(1).scalar(),
                first_day=date(2026, 11, 24),
                last_day=date(2026, 11, 24),
                repeats=Repeats.WEEKLY,
                reason="Market day",
                closed_at=TOLD,
            )
        )
        session.flush()
        found = slots.best(session, session.get_one(Case, cases[0]), now=TOLD, limit=slots.EVERY)

        assert {london.london_day(slot.starts_at).weekday() for slot in found} == {0, 2, 3, 4}


@pytest.mark.parametrize(
    ("now", "monday", "tuesday"),
    [
        pytest.param("2026-03-10 09:00", "2026-03-23", "2026-03-31", id="the clocks go forward on 29 March 2026"),
        pytest.param("2026-10-06 09:00", "2026-10-19", "2026-10-27", id="the clocks go back on 25 October 2026"),
        pytest.param("2027-03-08 09:00", "2027-03-22", "2027-03-30", id="forward on Easter Day, 28 March 2027"),
    ],
)
def test_ten_is_ten_on_either_side_of_a_clock_change(session: Session, now: str, monday: str, tuesday: str) -> None:
    case = builders.case(session, builders.town(session), told=now, opened=now)

    found = {london.london(one.starts_at) for one in slots.best(session, case, now=moment(now), limit=slots.EVERY)}

    for day in (date.fromisoformat(monday), date.fromisoformat(tuesday)):
        assert london.at(day, time(10)) in found
        assert {shown.time() for shown in found if shown.date() == day} == set(ALL_STARTS)


ALL_STARTS = [time(h, m) for h in range(9, 15) for m in (0, 30)] + [time(15)]


def test_at_christmas_and_easter_nobody_meets(session: Session) -> None:
    town, days = builders.town(session), set()
    for now in ("2026-12-07 09:00", "2027-03-08 09:00"):
        case = builders.case(session, town, told=now, opened=now)
        days |= {london.london_day(one.starts_at) for one in slots.best(session, case, now=moment(now), limit=999)}

    assert {date(2026, 12, 24), date(2026, 12, 29), date(2027, 3, 25), date(2027, 3, 30)} <= days
    holidays = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)}
    assert days.isdisjoint(holidays)


def test_offers_are_spread_over_weekdays_and_both_halves_of_the_day(cases: list[int]) -> None:
    with db.Reading() as session:
        found = slots.best(session, session.get_one(Case, cases[0]), now=TOLD, spread=True)

    shown = [london.london(slot.starts_at) for slot in found]
    assert len({one.weekday() for one in shown}) == 3
    assert {one.hour < 12 for one in shown} == {True, False}


def test_leave_and_another_room_are_known_at_once(cases: list[int]) -> None:
    with db.Session.begin() as session:
        ten = first(session, cases[0])
        ten.mediator.leave.append(Leave(first_day=date(2026, 12, 1), last_day=date(2026, 12, 1)))
        session.flush()
        assert london.london_day(first(session, cases[0]).starts_at) == date(2026, 12, 2)
        assert ten.room is not None
        ten.room.venue.rooms.append(Room(name="Attic"))
        session.flush()
        assert first(session, cases[0]).place == "Barnet Library, Attic"
