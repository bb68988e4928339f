"""The PIN of a case: sealed with a key that is not in the record."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import pins
from scheduling.models import Actor, Case, Pin
from tests import builders

NOW = builders.moment("2026-11-24 10:00")


@pytest.fixture
def case(session: Session) -> Case:
    return builders.case(session, builders.town(session))


def test_a_pin_has_six_digits_and_no_zero_which_leads_to_a_person(session: Session, case: Case) -> None:
    drawn = [pins.issue(session, case, by=Actor.staff(1), now=NOW) for _ in range(20)]

    assert all(len(pin) == 6 and set(pin) <= set("123456789") for pin in drawn)
    assert len(set(drawn)) > 1


def test_without_the_key_the_record_opens_nothing(session: Session, case: Case) -> None:
    pins.use("one secret of the service")
    pin = pins.issue(session, case, by=Actor.staff(1), now=NOW)

    pins.use("another secret")

    assert pins.opens(session, case.reference, pin, call_sid="CA1", now=NOW) is None
    pins.use("one secret of the service")
    assert pins.opens(session, case.reference, pin, call_sid="CA2", now=NOW) is case


def test_the_same_digits_look_different_in_two_cases(session: Session, case: Case) -> None:
    other = builders.case(session, builders.town(session, "Camden", "202"))
    for one in (case, other):
        session.merge(Pin(case_id=one.id, sealed=pins.seal(one.reference, "123456"), issued_at=NOW))
    session.flush()

    sealed = session.scalars(select(Pin.sealed)).all()

    assert len(set(sealed)) == 2


def test_beyond_the_limit_nothing_is_counted_so_that_the_hour_ends(session: Session, case: Case) -> None:
    for call in range(12):
        pins.opens(session, case.reference, "111111", call_sid=f"CA{call}", now=NOW + timedelta(minutes=call))

    after_an_hour = NOW + timedelta(minutes=61)

    assert pins.may_try(session, case.reference, call_sid="CA99", now=after_an_hour)
