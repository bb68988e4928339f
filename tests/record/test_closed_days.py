from datetime import date

import pytest

from scheduling.models import Closure


@pytest.mark.parametrize(
    ("day", "is_closed"),
    [
        pytest.param("2026-12-01", False, id="the day before"),
        pytest.param("2026-12-02", True, id="its first day"),
        pytest.param("2026-12-23", True, id="its last day"),
        pytest.param("2026-12-24", False, id="the day after"),
        pytest.param("2025-12-10", False, id="a year before"),
    ],
)
def test_a_closure_that_does_not_repeat_covers_its_own_days_alone(day: str, is_closed: bool) -> None:
    closure = Closure(first_day=date(2026, 12, 2), last_day=date(2026, 12, 23))

    assert closure.covers(date.fromisoformat(day)) is is_closed
