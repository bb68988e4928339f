from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from scheduling import clock


@pytest.fixture(autouse=True)
def _home_again() -> Iterator[None]:
    yield
    clock.shift(timedelta())


def test_now_is_this_moment_in_utc() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.now().tzinfo is UTC


def test_the_demo_may_live_ahead_and_is_told_the_same_figure_twice() -> None:
    clock.shift(timedelta(days=9))
    clock.shift(timedelta(days=9))

    assert abs(clock.now() - datetime.now(UTC) - timedelta(days=9)) < timedelta(seconds=5)
