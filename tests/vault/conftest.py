from collections.abc import Iterator

import pytest

from scheduling.vault import masters


@pytest.fixture
def other_masters() -> Iterator[None]:
    """Whatever master keys a test uses, the next one has those of all tests again."""
    before = masters.in_use()
    yield
    masters.use(before)
