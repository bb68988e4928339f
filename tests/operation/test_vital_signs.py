"""What turns a sign bad, what the operator is told of it, and that it is told once."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Backup, Channel, Drill, Heartbeat, Incident, Message, MessageState, Sweep
from scheduling.operation import incidents, installation, vitals
from scheduling.operation.installation import Installation
from scheduling.outbox import breakers
from scheduling.outbox.carriers import ChannelDown, InDoubt, Trouble, TryLater
from tests.builders import moment

NOW = moment("2026-11-24 10:00")


@pytest.fixture(autouse=True)
def machine(tmp_path: Path) -> None:
    installation.use(Installation(operator="operator@example.org", data=tmp_path))


@pytest.fixture(autouse=True)
def all_is_well(session: Session) -> None:
    at = db.moment(session)
    session.add_all(Heartbeat(process=process, beat_at=at) for process in vitals.PROCESSES)
    session.add(Sweep(job=vitals.DEADLINES, done_at=at))
    session.flush()


def message(session: Session, *, ago: timedelta, state: MessageState = MessageState.QUEUED, **more: object) -> None:
    number = len(session.scalars(select(Message)).all())
    session.add(
        Message(
            key=f"message {number}",
            token=f"token {number}",
            channel=Channel.EMAIL,
            purpose="test",
            address="family@example.org",
            recipient="the family",
            subject="Your meeting",
            body="It is on.",
            state=state,
            written_at=NOW - ago,
            **more,
        )
    )
    session.flush()


def bad(session: Session) -> dict[str, str]:
    return {sign.name: sign.says for sign in vitals.look(session, now=NOW) if not sign.is_well}


def told(session: Session) -> list[str | None]:
    incidents.watch(session, now=NOW)
    session.flush()
    to_us = Message.recipient == incidents.THE_OPERATOR
    return [mail.subject for mail in session.scalars(select(Message).where(to_us).order_by(Message.id))]


def test_a_service_that_does_its_work_has_no_bad_sign(session: Session) -> None:
    message(session, ago=timedelta(minutes=1))

    assert bad(session) == {}


def test_a_message_that_nobody_tries_for_five_minutes_is_a_bad_sign(session: Session) -> None:
    message(session, ago=timedelta(minutes=6))
    message(session, ago=timedelta(minutes=1))

    assert bad(session) == {"oldest due message": "2 due, the oldest for 6 minutes"}


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"not_before": NOW + timedelta(hours=1)}, id="it waits for the morning"),
        pytest.param({"state": MessageState.SENT}, id="it has gone"),
    ],
)
def test_a_message_that_is_not_due_is_no_bad_sign(session: Session, more: dict[str, object]) -> None:
    message(session, ago=timedelta(hours=9), **more)  # type: ignore[arg-type]

    assert bad(session) == {}


def test_a_message_behind_another_that_is_tried_again_later_is_not_due(session: Session) -> None:
    later = db.moment(session) + timedelta(minutes=15)
    message(session, ago=timedelta(hours=1), thread="booking 1", next_try_at=later)
    message(session, ago=timedelta(hours=1), thread="booking 1")

    assert bad(session) == {}


def test_deadlines_that_nobody_looks_at_are_a_bad_sign(session: Session) -> None:
    session.get_one(Sweep, vitals.DEADLINES).done_at = db.moment(session) - timedelta(minutes=40)
    session.flush()

    assert bad(session) == {"deadlines": "looked at 40 minutes ago"}


def test_a_job_that_fails_is_a_bad_sign_until_it_succeeds(session: Session) -> None:
    at = db.moment(session)
    sweep = Sweep(job="forget webhooks", done_at=at - timedelta(hours=1), failed_at=at)
    session.add(sweep)
    session.flush()
    assert list(bad(session)) == ["job: forget webhooks"]

    sweep.done_at = at + timedelta(seconds=1)
    session.flush()
    assert bad(session) == {}


def test_where_backups_are_made_one_that_is_missing_or_bad_is_a_bad_sign(session: Session, tmp_path: Path) -> None:
    installation.use(Installation(data=tmp_path, backups=tmp_path / "backups"))
    assert bad(session) == {"last backup": "has not been made"}

    at = db.moment(session)
    session.add(Backup(name="a", made_at=at, size=1, digest="d", form="f", seconds=1))
    session.flush()
    assert bad(session) == {"last drill": "has not been done"}

    session.add(Drill(name="a", done_at=at, seconds=1, rows=9, faults="case 7 has no history"))
    session.flush()
    assert bad(session) == {"last drill": "of a: case 7 has no history"}

    session.add(Drill(name="a", done_at=at, seconds=1, rows=9))
    session.flush()
    assert bad(session) == {}


def test_the_operator_is_told_once_that_a_sign_is_bad_and_once_that_it_is_well_again(session: Session) -> None:
    session.delete(session.get_one(Heartbeat, "worker"))
    session.flush()
    assert told(session) == ["Common Ground: needs somebody: worker"]
    assert told(session) == ["Common Ground: needs somebody: worker"]

    session.add(Heartbeat(process="worker", beat_at=db.moment(session)))
    session.flush()
    assert told(session) == ["Common Ground: needs somebody: worker", "Common Ground: well again: worker"]
    assert [row.ended_at is None for row in session.scalars(select(Incident))] == [False]


def test_where_there_is_no_operator_the_incident_is_written_down_all_the_same(session: Session, tmp_path: Path) -> None:
    installation.use(Installation(data=tmp_path))
    session.delete(session.get_one(Heartbeat, "clock"))
    session.flush()

    assert told(session) == []
    assert [row.vital for row in session.scalars(select(Incident))] == ["clock"]


@pytest.mark.parametrize(
    ("trouble", "times", "is_bad"),
    [
        pytest.param(InDoubt("ReadTimeout"), 4, False, id="four lost answers"),
        pytest.param(InDoubt("ReadTimeout"), 5, True, id="five lost answers in a row"),
        pytest.param(ChannelDown("20003"), 1, True, id="a wrong password"),
        pytest.param(TryLater("451"), 9, False, id="mails that their recipients' servers put off"),
    ],
)
def test_a_carrier_that_fails_us_is_a_bad_sign(session: Session, trouble: Trouble, times: int, is_bad: bool) -> None:
    for _ in range(times):
        breakers.failed(session, Channel.SMS, trouble)

    assert bad(session) == ({"carrier of texts": f"fails, for 0 seconds now: {trouble.code}"} if is_bad else {})

    breakers.answered(session, Channel.SMS)
    assert bad(session) == {}
