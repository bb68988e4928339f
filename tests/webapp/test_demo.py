"""The demonstration tells its fortnight on whatever day it is started, and only once."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scheduling import clock, db
from scheduling.cases import worklist
from scheduling.models import Booking, BookingKind, Case, Certificate, Message, MessageState, Role
from tests import builders
from webapp.demo import command, stage
from webapp.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with contextlib.closing(socket.socket()) as probe:  # of its own, as several workers tell at once
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield Settings(data_dir=tmp_path, mailbox_port=port, _env_file=None)
    clock.shift(timedelta())


def starts(settings: Settings, at: str, *, empty: bool = False) -> None:
    clock.shift(timedelta())
    clock.shift(builders.moment(at) - clock.now())
    command.prepare(settings, empty=empty)


@pytest.mark.parametrize(
    "at",
    [
        pytest.param("2026-11-24 05:52", id="early on a Tuesday, before anybody is at work"),
        pytest.param("2026-11-29 22:00", id="on a Sunday night"),
        pytest.param("2026-12-28 11:00", id="on a bank holiday after Christmas"),
        pytest.param("2027-03-29 09:30", id="on Easter Monday, the day after the clocks have changed"),
    ],
)
def test_the_fortnight_can_be_told_on_any_day(settings: Settings, at: str) -> None:
    starts(settings, at)

    with db.Reading() as session:
        mediations = session.scalars(select(Booking).where(Booking.kind == BookingKind.MEDIATION)).all()
        assert session.scalar(select(func.count(Case.id))) == 9
        assert len(mediations) >= 4
        assert session.scalar(select(func.count(Certificate.id))) in {1, 2}
        unsent = select(Message).where(Message.state != MessageState.SENT, Message.state != MessageState.DELIVERED)
        assert session.scalars(unsent).all() == []
        assert any(item.what == "Find a time for the meeting" for item in worklist.items(session, now=clock.now()))


def test_a_second_start_tells_nothing_again(settings: Settings) -> None:
    starts(settings, "2026-11-24 10:00")
    with db.Reading() as session:
        before = session.scalar(select(func.count(Message.id)))

    starts(settings, "2026-11-25 10:00")

    with db.Reading() as session:
        assert session.scalar(select(func.count(Message.id))) == before


def test_who_starts_second_waits_until_the_first_has_told_everything(tmp_path: Path) -> None:
    told: list[str] = []

    def begins_second() -> None:
        with command.alone_in(tmp_path):
            told.append("second")

    second = threading.Thread(target=begins_second)
    with command.alone_in(tmp_path):
        second.start()
        second.join(0.1)
        told.append("first")
    second.join()

    assert told == ["first", "second"]


def test_an_empty_demo_has_places_and_people_and_no_case(settings: Settings) -> None:
    starts(settings, "2026-11-24 10:00", empty=True)

    with db.Reading() as session:
        assert session.scalar(select(func.count(Case.id))) == 0
        assert {sign_in.role for sign_in in stage.sign_ins(session)} == set(Role)
