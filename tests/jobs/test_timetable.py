import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import mediation
from scheduling.diary import bookings
from scheduling.jobs import forgetting, timetable
from scheduling.jobs.timetable import TIMETABLE, Job
from scheduling.models import (
    SERVICE,
    Booking,
    Call,
    Case,
    Closure,
    Contact,
    ContactChannel,
    Entry,
    Event,
    EventKind,
    Heartbeat,
    Message,
    Said,
    Sweep,
    Telling,
    TextThread,
)
from scheduling.operation import vitals
from tests import builders
from tests.builders import moment

NOW = moment("2026-11-23 10:25")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "timetable.md"


def sweep(name: str, now: datetime) -> None:
    next(job for job in TIMETABLE if job.name == name).sweep(now)


def how_many(*tables: type[db.Base]) -> list[int | None]:
    with db.Reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


@contextmanager
def no_message_about(case: Case) -> Iterator[None]:
    """The database refuses whatever is to be written about this case."""

    def refuse(_mapper: object, _connection: object, message: Message) -> None:
        if message.case_id == case.id:
            raise RuntimeError("the database's own fault")

    event.listen(Message, "before_insert", refuse)
    yield
    event.remove(Message, "before_insert", refuse)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as an error; what else is logged depends on who has set up the logs before."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def test_the_page_of_the_documentation_is_the_timetable() -> None:
    assert PAGE.read_text(encoding="utf-8") == timetable.as_markdown()


def test_every_job_has_its_own_name_and_says_what_it_does() -> None:
    assert len({job.name for job in TIMETABLE}) == len(TIMETABLE)
    assert all(job.purpose.endswith(".") and job.every >= 10 for job in TIMETABLE)


def test_a_timetable_taken_twice_does_what_it_does_once(engine: Engine) -> None:
    with db.Session.begin() as session:
        barnet = builders.town(session)
        builders.case(session, barnet, told="2026-11-23 10:25")
        wanting = builders.case(session, barnet)
        wanting.mediation_wanted_at = NOW
    for job in TIMETABLE:
        job.sweep(NOW)
    once = how_many(Booking, Telling, Message, Entry)
    assert once[:2] == [2, 2]

    for job in TIMETABLE:
        job.sweep(NOW + timedelta(seconds=10))

    assert how_many(Booking, Telling, Message, Entry) == once


def test_a_sweep_that_fails_is_logged_and_leaves_nothing_half_done(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(session: Session, *, now: object) -> None:
        builders.town(session)
        raise RuntimeError("the sweep's own fault")

    with caplog.at_level(logging.ERROR):
        timetable.take(Job(name="fails", every=10, sweep=timetable.in_a_transaction(fails), purpose="Fails."))

    assert errors(caplog) == ["a sweep has failed"]
    assert how_many(Case) == [0]


def test_the_clock_looks_at_once_and_then_at_each_jobs_pace(engine: Engine) -> None:
    scheduler = BackgroundScheduler()
    timetable.start(scheduler)
    try:
        at_their_pace = {job.name for job in scheduler.get_jobs() if "start" not in job.name}
        assert at_their_pace == {job.name for job in TIMETABLE}
        assert all(job.coalesce and job.max_instances == 1 for job in scheduler.get_jobs())
        assert all(job.misfire_grace_time is None for job in scheduler.get_jobs())
    finally:
        scheduler.shutdown(wait=True)
    assert how_many(Heartbeat) == [1]


def test_a_worker_that_starts_with_the_clock_is_not_missed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = BackgroundScheduler()
    monkeypatch.setattr(notebook, "start", lambda: None)  # takes note of the jobs and runs none

    timetable.start(notebook)

    at_once = {job.name.removesuffix(" (at the start)") for job in notebook.get_jobs() if "at the start" in job.name}
    assert at_once == {job.name for job in TIMETABLE} - {"watch the vital signs", "try a backup"}


def test_one_case_that_cannot_be_booked_does_not_stop_the_others(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with db.Session.begin() as session:
        barnet = builders.town(session)
        builders.case(session, barnet, told="2026-11-20 10:25", email="sam@family.example\nBcc: all")
        fine = builders.case(session, barnet, told="2026-11-23 10:25", number=None)

    with caplog.at_level(logging.ERROR):
        sweep("book the waiting cases", NOW)

    with db.Reading() as session:
        assert session.scalars(select(Booking.case_id)).all() == [fine.id]
    assert errors(caplog) == ["a case could not be seen to"]


def test_one_case_that_cannot_be_told_does_not_stop_the_others(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with db.Session.begin() as session:
        broken = builders.case(session, builders.town(session, "Testford", "999"), number=None)
        fine = builders.case(session, builders.town(session))
        broken.mediation_wanted_at, fine.mediation_wanted_at = NOW - timedelta(hours=1), NOW

    with caplog.at_level(logging.ERROR), no_message_about(broken):
        sweep("tell the authorities", NOW)

    with db.Reading() as session:
        assert session.scalars(select(Telling.case_id)).all() == [fine.id]
    assert errors(caplog) == ["a case could not be seen to"]


def test_one_reminder_that_cannot_be_written_does_not_stop_the_others(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with db.Session.begin() as session:
        broken = builders.case(session, builders.town(session, "Testford", "999"), told="2026-11-23 10:25")
        fine = builders.case(session, builders.town(session), told="2026-11-23 10:25", number="+447700900155")
        for case in (broken, fine):
            mediation.book_best(session, case, by=SERVICE, now=NOW)

    with caplog.at_level(logging.ERROR), no_message_about(broken):
        sweep("write reminders", moment("2026-11-29 10:00"))

    with db.Reading() as session:
        reminded = session.scalars(select(Message.case_id).where(Message.purpose == bookings.REMINDER)).all()
        assert reminded == [fine.id]
    assert errors(caplog) == ["a case could not be seen to"]


def test_one_stranded_meeting_that_cannot_be_moved_does_not_stop_the_others(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with db.Session.begin() as session:
        testford, barnet = builders.town(session, "Testford", "999"), builders.town(session)
        broken = builders.case(session, testford, told="2026-11-20 10:25")
        fine = builders.case(session, barnet, told="2026-11-23 10:25", number="+447700900155")
        for case in (broken, fine):
            mediation.book_best(session, case, by=SERVICE, now=NOW)
        for town in (testford, barnet):
            builders.venue(session, town.authority, f"{town.authority.name} Hall")
            shut = {"first_day": date(2026, 11, 30), "last_day": date(2026, 12, 4)}
            session.add(Closure(venue=town.venue, reason="Flood", closed_at=NOW, **shut))

    with caplog.at_level(logging.ERROR), no_message_about(broken):
        sweep("place stranded meetings", NOW)

    with db.Reading() as session:
        moved = session.scalars(select(Booking.case_id).where(Booking.sequence > 0)).all()
        assert moved == [fine.id]
    assert errors(caplog) == ["a stranded meeting could not be moved"]


def test_one_impossible_date_does_not_silence_the_alarms_of_the_others(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with db.Session.begin() as session:
        barnet = builders.town(session)
        builders.case(session, barnet).letter_date = date(1914, 7, 28)
        told = builders.case(session, barnet, told="2026-11-23 10:25")

    with caplog.at_level(logging.ERROR):
        sweep("raise deadline alarms", moment("2026-12-16 09:00"))

    with db.Reading() as session:
        alarmed = session.scalars(select(Entry.case_id).where(Entry.what.startswith("Alarm"))).all()
        assert set(alarmed) == {told.id}
    assert errors(caplog) == ["a case could not be seen to"]


def test_a_job_that_fails_is_noted_and_so_is_its_next_success(engine: Engine) -> None:
    def fails(_now: datetime) -> None:
        raise RuntimeError("somebody's fault")

    def job(sweep: Callable[[datetime], None]) -> Job:
        return Job(name="sweep the floor", every=10, sweep=sweep, purpose="Keeps it clean.")

    def is_failing() -> bool:
        with db.Reading() as session:
            return any(sign.name == "job: sweep the floor" for sign in vitals.look(session, now=NOW))

    timetable.take(job(fails))
    assert is_failing()
    timetable.take(job(lambda _now: None))
    assert not is_failing()


def test_a_job_that_looks_often_is_noted_once_a_minute(engine: Engine) -> None:
    job = Job(name="sweep the floor", every=10, sweep=lambda _now: None, purpose="Keeps it clean.")

    timetable.take(job)
    with db.Reading() as session:
        noted = session.get_one(Sweep, job.name).done_at
    timetable.take(job)

    with db.Reading() as session:
        assert session.get_one(Sweep, job.name).done_at == noted


def test_the_demos_travel_in_time_does_not_silence_the_heart(engine: Engine) -> None:
    clock.shift(timedelta(days=30))
    try:
        timetable.take(next(job for job in TIMETABLE if job.name == "show life"))
    finally:
        clock.shift(timedelta())

    with db.Reading() as session:
        assert session.get_one(Heartbeat, "clock").beat_at <= db.moment(session)


def test_webhooks_are_forgotten_after_a_month_and_contacts_never(engine: Engine) -> None:
    with db.Session.begin() as session:
        for days in (29, 31):
            then = NOW - timedelta(days=days)
            session.add(
                Event(kind=EventKind.SMS, provider_id=f"SM{days}", step="", received_at=then, answer="<Response/>")
            )
            session.add(Call(sid=f"CA{days}", step="greeting", started_at=then))
            session.add(Contact(channel=ContactChannel.TEXT, said=Said.OTHER, received_at=then))

    with db.Session.begin() as session:
        forgetting.forget_webhooks(session, now=NOW)

    assert how_many(Event, Call, Contact) == [1, 1, 2]


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        pytest.param("2026-11-22 10:25", "authority", id="24 hours ago to the minute"),
        pytest.param("2026-11-22 10:24", None, id="longer ago"),
    ],
)
def test_a_question_by_text_is_closed_after_a_day(engine: Engine, asked: str, question: str | None) -> None:
    with db.Session.begin() as session:
        session.add(TextThread(ours="+441", theirs="+442", question="authority", asked_at=moment(asked)))

    with db.Session.begin() as session:
        forgetting.forget_questions(session, now=NOW)

    with db.Reading() as session:
        assert session.scalars(select(TextThread)).one().question == question
