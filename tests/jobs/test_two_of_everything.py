"""Two clocks and two workers at the same moment, one of each with a clock that is an hour wrong: everything once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from scheduling import db
from scheduling.jobs.timetable import TIMETABLE
from scheduling.models import Booking, BookingStatus, Channel, Message, MessageState, Telling
from scheduling.outbox import delivery
from tests import builders
from tests.builders import moment
from tests.outbox.test_two_workers import Counting

NOW = moment("2026-11-23 10:25")
WRONG = NOW + timedelta(hours=1)
FAMILIES = 6
TAKEN = {"tell the authorities", "book the waiting cases", "settle offers", "write reminders", "raise deadline alarms",
         "place stranded meetings", "pass alarms on"}  # fmt: skip


def clock(now: datetime) -> None:
    for _ in range(2):
        for job in TIMETABLE:
            if job.name in TAKEN:
                job.sweep(now)


def test_two_clocks_and_two_workers_do_everything_once(engine: Engine) -> None:
    with db.Session.begin() as session:
        towns = [builders.town(session, name, code) for name, code in (("Barnet", "302"), ("Camden", "202"))]
        for at in range(FAMILIES):
            case = builders.case(session, towns[at % 2], number=f"+4474001234{at:02}", email=f"f{at}@family.example")
            case.mediation_wanted_at = NOW
    carrier = Counting(loses_every=5)

    def worker(now: datetime) -> None:
        for _ in range(4):
            delivery.deliver_due({Channel.SMS: carrier, Channel.EMAIL: carrier}, now)

    with ThreadPoolExecutor(4) as everybody:
        whole = [everybody.submit(does, now) for now in (NOW, WRONG) for does in (clock, worker)]
        for one in whole:
            one.result()
    _every_lease_and_wait_is_over()
    for _ in range(8):
        worker(NOW)
        _every_lease_and_wait_is_over()

    with db.Reading() as session:
        told = Counter(session.scalars(select(Telling.case_id)))
        booked = Counter(session.scalars(select(Booking.case_id).where(Booking.status != BookingStatus.CANCELLED)))
        assert list(told.values()) == [1] * FAMILIES
        assert list(booked.values()) == [1] * FAMILIES
        every = session.scalars(select(Message)).all()
        assert {message.state for message in every} <= {MessageState.SENT, MessageState.DELIVERED}
    assert carrier.tokens == Counter({message.token: 1 for message in every})


def _every_lease_and_wait_is_over() -> None:
    """By the database's clock, to which the wrong ones mean nothing."""
    with db.Session.begin() as session:
        past = db.moment(session) - timedelta(seconds=1)
        for message in session.scalars(select(Message)):
            if message.lease_until is not None:
                message.lease_until = past
            if message.next_try_at is not None:
                message.next_try_at = past
