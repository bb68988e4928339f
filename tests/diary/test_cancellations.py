from collections import Counter

import pytest
from sqlalchemy.orm import Session

from scheduling.diary import bookings, cancellations, slots
from scheduling.models import SERVICE, Case, Side
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")


@pytest.fixture
def called_off(session: Session, case: Case) -> Case:
    """By the authority, on 23 November 2026."""
    slot = slots.best(session, case, now=TOLD)[0]
    booking = bookings.book(session, case, slot, by=SERVICE, now=TOLD)
    bookings.cancel(session, booking, caused_by=Side.AUTHORITY, because="Illness", by=SERVICE, now=TOLD)
    return case


def test_a_cancellation_says_in_history_to_whom_it_is_counted(called_off: Case) -> None:
    assert [entry.what for entry in called_off.history if entry.what.endswith("counted to the authority")] == [
        "Mediation on Tuesday 1 December 2026, 10am to midday at Barnet Library was cancelled, counted to the authority"
    ]


@pytest.mark.parametrize(
    ("now", "counted"),
    [
        pytest.param("2026-11-23 12:00", 1, id="the same day"),
        pytest.param("2027-11-23 12:00", 1, id="a year on, the last day"),
        pytest.param("2027-11-24 00:00", 0, id="a day later it is no longer of the last year"),
    ],
)
def test_cancellations_are_counted_for_twelve_months(
    session: Session, barnet: Town, called_off: Case, now: str, counted: int
) -> None:
    assert called_off.authority is barnet.authority

    count = cancellations.of_the_last_year(session, barnet.authority, now=moment(now))

    assert count == Counter({Side.AUTHORITY: counted} if counted else {})


def test_another_authority_s_cancellations_are_its_own(session: Session, called_off: Case) -> None:
    assert called_off.authority is not None
    brent = builders.town(session, "Brent", "304")

    assert not cancellations.of_the_last_year(session, brent.authority, now=TOLD)
