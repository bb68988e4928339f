"""The code to a family's pages by call, told from the family's end: nothing of it before the key, and kept nowhere."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling import clock, db
from scheduling.cases import codes, links
from scheduling.cases.codes import Entered, Way
from scheduling.models import (
    CallOutcome,
    Case,
    Link,
    LinkCode,
    Message,
    MessageState,
    OutgoingCall,
    Purpose,
    RemindedBy,
)
from telephony import phrases
from tests import builders
from tests.telephony.conftest import MOBILE, Twilio, parsed
from tests.telephony.test_queue import OurCall, rings

NOW = builders.moment("2026-11-24 10:00")


@pytest.fixture
def twilio(app: Flask) -> Iterator[Twilio]:
    with time_machine.travel(NOW, tick=False):
        yield Twilio(app.test_client())


@pytest.fixture
def family(twilio: Twilio) -> OurCall:
    """Somebody who would rather be rung has asked for a code, and their telephone rings."""
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session, "Testford", "999"), told="2026-11-23 10:25")
        case.person.reminded_by = RemindedBy.CALL
        session.flush()
        links.make(session, Purpose.FAMILY, case, now=NOW, days=30)
        assert codes.send(session, session.scalars(select(Link)).one(), now=NOW) is Way.CALL
    return rings(twilio, MOBILE)


def takes(family: OurCall) -> str:
    """The six figures, as they are said."""
    family.picks_up().is_heard_as("human").goes_on().presses("1")
    return said(family)


def said(family: OurCall) -> str:
    found = re.search(r"Your code is ([\d, ]+)\. Once more: ([\d, ]+)\.", family.hears)
    assert found is not None, family.hears
    assert found[1] == found[2]
    return found[1].replace(", ", "")


def entered(digits: str) -> Entered:
    with db.Session.begin() as session:
        return codes.enter(session, session.scalars(select(Link)).one(), digits, now=clock.now())


def test_nobody_hears_the_code_before_the_key_and_it_stands_in_no_message(family: OurCall) -> None:
    asked = family.picks_up().is_heard_as("human").goes_on().hears
    code = takes(family)

    assert asked == phrases.screening("Sam")
    with db.Reading() as session:
        assert code not in session.scalars(select(Message)).one().body
        assert code not in session.scalars(select(LinkCode.sealed)).one()
    assert entered(code) is Entered.RIGHT
    family.is_told("completed")
    with db.Reading() as session:
        assert session.scalars(select(OutgoingCall.outcome)).one() is CallOutcome.TAKEN


def test_another_press_draws_another_code_and_the_last_counts(family: OurCall) -> None:
    first = takes(family)
    family.presses("1")
    second = said(family)

    if first != second:
        assert entered(first) is Entered.WRONG
    assert entered(second) is Entered.RIGHT
    assert family.presses("1").hears == phrases.OUR_GOODBYE  # it has been used


def test_a_machine_gets_nothing(family: OurCall) -> None:
    family.picks_up().is_heard_as("machine_start")

    assert family.goes_on().hears == ""
    assert parsed(family.document)[-1].tag == "Hangup"


def test_a_call_that_was_in_vain_is_nobodys_task_and_another_code_may_be_asked_for(family: OurCall) -> None:
    family.is_told("no-answer")

    with db.Session.begin() as session:
        failed = session.scalars(select(Message)).one()
        assert (failed.state, failed.dealt_with_at is not None) == (MessageState.FAILED, True)
        assert session.scalars(select(Case)).one().history
        codes.send(session, session.scalars(select(Link)).one(), now=NOW + timedelta(minutes=1))
