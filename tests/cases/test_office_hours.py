from datetime import timedelta

import pytest

from scheduling.cases import office_hours
from scheduling.reference import bank_holidays
from tests.builders import moment

FOUR_HOURS = timedelta(hours=4)


@pytest.mark.parametrize(
    ("since", "length", "until"),
    [
        pytest.param("2026-11-23 10:00", FOUR_HOURS, "2026-11-23 14:00", id="in one day"),
        pytest.param("2026-11-23 15:00", FOUR_HOURS, "2026-11-24 11:00", id="over a night"),
        pytest.param("2026-11-23 03:00", FOUR_HOURS, "2026-11-23 13:00", id="from before we open"),
        pytest.param("2026-11-27 16:00", FOUR_HOURS, "2026-11-30 12:00", id="over a weekend"),
        pytest.param("2026-12-24 16:00", FOUR_HOURS, "2026-12-29 12:00", id="over Christmas and the substitute day"),
        pytest.param("2026-11-23 10:00", office_hours.A_DAY, "2026-11-24 10:00", id="a working day"),
        pytest.param("2026-10-23 16:00", FOUR_HOURS, "2026-10-26 12:00", id="over a change of the clocks"),
    ],
)
def test_only_the_hours_in_which_somebody_is_there_are_counted(since: str, length: timedelta, until: str) -> None:
    assert office_hours.after(moment(since), length, bank_holidays.england()) == moment(until)
