from pathlib import Path

import pytest

from tests.chaos import rounds
from tests.chaos.nursery import ENDED
from tests.chaos.rounds import Plan
from tests.conftest import BOTH_DATABASES


@pytest.mark.timeout(300)  # half a minute on a machine that does nothing else
@pytest.mark.parametrize("database", BOTH_DATABASES)
def test_nothing_is_lost_doubled_or_half_done_whoever_is_killed(database: str, tmp_path: Path) -> None:
    outcome = rounds.run(Plan(database=database, seed=20261124), tmp_path)

    assert outcome.count.is_well, outcome
    assert set(outcome.ended) == {f"{ENDED}0"}
    assert outcome.count.acknowledged > 0
    assert outcome.kills.total() > 0
    assert outcome.falls == (database == "postgresql")
