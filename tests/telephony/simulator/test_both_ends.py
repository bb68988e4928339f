"""The simulator's phones and our real webhooks: a caller waits, an adviser is rung, and they are put through."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
import waitress
from flask import Flask
from sqlalchemy import select

from scheduling import clock, db
from scheduling.cases import calling, intake, ringing
from scheduling.models import CallBack, CallOutcome, Channel, LeftQueue, OutgoingCall, Person, QueuePlace, Rung, Staff
from scheduling.outbox import delivery
from telephony import phrases
from telephony.line import Line
from telephony.simulator import caller as callers
from telephony.simulator import phones
from telephony.simulator.caller import SimulatorCaller
from telephony.simulator.handset import Handset, NothingRings
from telephony.simulator.store import Store
from tests.telephony.conftest import NOW

MOTHER, FATHER = "+447700900101", "+447700900102"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Table:
    """The phones, the webhooks and the worker, of which each does one round when it is told to."""

    def __init__(self, line: Line, data_dir: Path, target: str) -> None:
        self._line, self._target, self.store = line, target, Store(data_dir)
        self.caller = SimulatorCaller(line, data_dir, target=target)

    def phone(self, number: str) -> Handset:
        return Handset(self._line, number, target=self._target, store=self.store)

    def worker(self) -> None:
        delivery.deliver_due({Channel.CALL: self.caller}, clock.now())
        self.caller.look()

    def clock(self) -> None:
        with db.Session.begin() as session:
            calling.settle(session, now=clock.now())
            ringing.offer(session, now=clock.now())


@pytest.fixture
def moment() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def table(
    app: Flask,
    line: Line,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: time_machine.Traveller,
) -> Iterator[Table]:
    monkeypatch.setattr(callers, "LOOKS_EVERY_SECONDS", 3600)
    with db.Session.begin() as session:
        session.scalars(select(Staff)).one().number = phones.ADVISER
    server = waitress.create_server(app, listen="127.0.0.1:0", threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    table = Table(line, tmp_path, f"http://127.0.0.1:{server.effective_port}")
    yield table
    table.caller.close()
    table.store.close()
    server.close()
    thread.join()


@pytest.fixture
def adviser(table: Table) -> Handset:
    return table.phone(phones.ADVISER)


@pytest.fixture
def mother(table: Table) -> Handset:
    return table.phone(MOTHER)


def one(kind: type[Any]) -> Any:
    with db.Reading() as session:
        return session.scalars(select(kind)).one()


def test_a_caller_waits_and_is_put_through_to_the_adviser_who_presses_one(
    table: Table, mother: Handset, adviser: Handset
) -> None:
    mother.dials()
    assert mother.presses("02") == f"{phrases.PLEASE_WAIT} You are next. {phrases.CALL_BACK_INSTEAD}"

    table.worker()
    assert adviser.answers() == "Advice call. Waited 0 minutes. Press 1 to take it."
    adviser.presses("1")
    mother.says("Hello?")
    adviser.hangs_up()

    assert mother.hears.endswith(phrases.GOODBYE)
    assert one(QueuePlace).result is LeftQueue.TAKEN
    assert one(OutgoingCall).outcome is CallOutcome.TAKEN


def test_the_wait_goes_on_with_no_more_than_what_is_new(table: Table, mother: Handset) -> None:
    table.phone(FATHER).dials()
    table.phone(FATHER).presses("02")
    mother.dials()
    mother.presses("02")

    assert mother.silent() == f"{phrases.STILL_WAITING} {phrases.CALL_BACK_INSTEAD}"
    table.phone(FATHER).hangs_up()
    assert mother.silent() == f"You are next. {phrases.CALL_BACK_INSTEAD}"


def test_a_call_back_that_keeps_its_place_brings_both_together(
    table: Table, mother: Handset, adviser: Handset, moment: time_machine.Traveller
) -> None:
    mother.dials()
    mother.presses("02")
    assert mother.presses("1").startswith(phrases.KEEPS_PLACE)
    while mother.is_in_call:
        mother.presses("1")

    for _ in range(2):  # the call that was offered for her place on the line is too old, and the adviser rests
        moment.shift(timedelta(minutes=1))
        table.worker()
        table.clock()
    table.worker()
    adviser.answers()
    adviser.presses("1")
    table.worker()
    mother.answers()
    assert mother.hears == phrases.SCREENING_NOBODY
    mother.presses("1")
    mother.hangs_up()

    assert one(CallBack).done_at is not None
    assert adviser.hears.endswith(phrases.OUR_GOODBYE)
    assert not adviser.is_in_call


def test_a_phone_that_nobody_answers_stops_ringing(
    table: Table, mother: Handset, adviser: Handset, moment: time_machine.Traveller
) -> None:
    mother.dials()
    mother.presses("02")
    table.worker()
    assert adviser.rings

    moment.shift(timedelta(seconds=25))
    table.worker()

    assert one(OutgoingCall).outcome is CallOutcome.NOT_ANSWERED
    with pytest.raises(NothingRings):
        adviser.answers()


@pytest.mark.parametrize("may_leave", [True, False], ids=["agreed", "not asked"])
def test_an_answering_machine_gets_only_what_was_agreed(
    table: Table, mother: Handset, moment: time_machine.Traveller, may_leave: bool
) -> None:
    adviser = table.phone(phones.ADVISER)
    with db.Session.begin() as session:
        waiting = intake.ask_call_back(session, number=MOTHER, because="asked for a person", now=NOW)
        waiting.in_line_since, waiting.person = NOW, Person(number=MOTHER, may_leave_message=may_leave)
    table.store.set(MOTHER, has_machine=True, texts_fail_with=None)
    table.clock()
    table.worker()
    adviser.answers()
    adviser.presses("1")
    table.worker()

    moment.shift(timedelta(seconds=3))
    table.caller.look()

    assert (mother.hears != "") is may_leave
    with db.Reading() as session:
        familys = select(OutgoingCall.outcome).where(OutgoingCall.rung == Rung.FAMILY)
        assert session.scalars(familys).one() is (CallOutcome.MESSAGE_LEFT if may_leave else CallOutcome.MACHINE)
        assert session.scalars(select(CallBack.attempts)).one() == 1
    adviser.silent()
    assert phrases.FAMILY_NOT_REACHED in adviser.hears


def test_the_same_parcel_rings_once(table: Table, mother: Handset, adviser: Handset) -> None:
    mother.dials()
    mother.presses("02")
    table.worker()
    table.worker()

    assert len(table.store.ringing(phones.ADVISER)) == 1
    adviser.declines()
    assert one(OutgoingCall).outcome is CallOutcome.NOT_ANSWERED


def test_a_file_of_an_older_form_is_begun_anew(table: Table, tmp_path: Path) -> None:
    old = tmp_path / "older"
    old.mkdir()
    engine = db.open_engine(f"sqlite:///{old / 'simulator.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE phone_calls (id INTEGER PRIMARY KEY, sid TEXT)")
    engine.dispose()

    store = Store(old)

    assert store.ringing() == []
    store.close()
