"""Three days down, then up: what must still happen happens once, and what is too late is dropped and listed."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import codes, mediation, ringing
from scheduling.diary import bookings
from scheduling.jobs.timetable import TIMETABLE
from scheduling.models import SERVICE, Alarm, Attempt, Case, Channel, Message, MessageState, Role
from scheduling.outbox import calls, delivery, messages
from tests import builders
from tests.builders import moment
from tests.outbox.conftest import meeting
from tests.outbox.outside import World

DOWN, UP, MORNING = moment("2026-11-23 10:25"), moment("2026-11-26 21:30"), moment("2026-11-27 08:00")

MUST_GO = {"authority told", "meeting booked", "certificate"}
TOO_LATE = {codes.PURPOSE, ringing.CALL_BACK, bookings.REMINDER}
RAISES = {"raise deadline alarms", "pass alarms on", "ask silent authorities again", "write reminders"}


def write_before_the_outage() -> int:
    """The worker and the clock have just died, and nothing of this has gone."""
    with db.Session.begin() as session:
        barnet = builders.town(session)
        builders.staff(session, Role.MANAGER, "Max")
        case = builders.case(session, barnet)
        mediation.want(session, case, by=SERVICE, now=DOWN, said_at=DOWN)
        mediation.book_best(session, case, by=SERVICE, now=DOWN)
        _write_what_cannot_wait(session.get_one(Case, case.id), session)
        past = meeting(session, builders.case(session, barnet, number="+447700900124"))
        past.starts_at, past.ends_at = moment("2026-11-24 14:00"), moment("2026-11-24 16:00")
        bookings.tell_by_text(session, past, bookings.REMINDER, now=DOWN)
        return case.id


def _write_what_cannot_wait(case: Case, session: Session) -> None:
    person = case.person
    messages.text(session, person, purpose=codes.PURPOSE, body="123456", key="code", now=DOWN, case=case)
    messages.email(
        session,
        address="sam@family.example",
        recipient=messages.THE_FAMILY,
        purpose="certificate",
        subject="Your certificate",
        body="It is here.",
        key="certificate",
        now=DOWN,
        case=case,
    )
    calls.ring(
        session,
        number="+447700900123",
        recipient=messages.THE_FAMILY,
        purpose=ringing.CALL_BACK,
        key="call",
        now=DOWN,
        expires_at=DOWN + ringing.NOT_PLACED_AFTER,
        person=person,
    )


def looks(now: datetime) -> None:
    for job in TIMETABLE:
        if job.name in RAISES:
            job.sweep(now)


@pytest.fixture
def worker(engine: Engine) -> Callable[[datetime], list[str]]:
    """Rounds of the worker until nothing more goes; gives the purposes of all that has ever arrived."""
    world = World()

    def works(now: datetime) -> list[str]:
        while delivery.deliver_due({Channel.CALL: world, Channel.SMS: world, Channel.EMAIL: world}, now):
            continue
        with db.Reading() as session:
            return [session.get_one(Message, parcel.message_id).purpose for parcel in world.arrived]

    return works


def test_three_days_down_and_then_everything_that_is_due_once(worker: Callable[[datetime], list[str]]) -> None:
    case_id = write_before_the_outage()

    for _ in range(2):
        looks(UP)
        worker(UP)
    for _ in range(2):
        looks(MORNING)
        worker(MORNING)
    arrived = Counter(worker(MORNING))

    assert set(arrived) >= MUST_GO
    assert not set(arrived) & TOO_LATE
    assert {arrived["authority told"], arrived["certificate"]} == {1}
    with db.Reading() as session:
        every = session.scalars(select(Message)).all()
        assert {message.state for message in every} == {MessageState.SENT, MessageState.DROPPED}
        assert {message.purpose for message in every if message.state is MessageState.DROPPED} == TOO_LATE
        texts = [one for one in every if one.channel is Channel.SMS and one.state is MessageState.SENT]
        assert {text.sent_at for text in texts} == {MORNING}
        raised = Counter(session.execute(select(Alarm.case_id, Alarm.rule, Alarm.due_on, Alarm.threshold)))
        assert set(raised.values()) <= {1}
        why = session.scalars(select(Attempt.detail).where(Attempt.outcome == "dropped")).all()
        assert set(why) == {"It was too late to be of use."}
        history = [entry.what for entry in session.get_one(Case, case_id).history]
        assert f"A text to the family was not sent ({codes.PURPOSE})" in history


def test_what_is_written_daily_is_not_written_for_each_day_that_was_missed(
    worker: Callable[[datetime], list[str]],
) -> None:
    write_before_the_outage()

    looks(UP + timedelta(days=4))
    arrived = Counter(worker(UP + timedelta(days=4)))

    assert arrived["alarms that nobody has seen"] <= 1
    assert arrived["authority asked again"] <= 2  # the officer, and their manager
    assert arrived[bookings.REMINDER] <= 1
