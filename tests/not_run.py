"""A plugin: the markers `needs_...` ask the machine, and the last words of a run say what was left out.

The line stands just above pytest's own closing line:

    NOT RUN: 41 tests need postgresql (apt-get install postgresql)
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests import machine


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture, so that nothing is started in vain."""
    for name in machine.NEEDS:
        if item.get_closest_marker(f"needs_{name}"):
            machine.require(name)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for need in map(str, machine.NEEDS.values()):
        if count := reasons[need]:
            terminalreporter.write_line(f"NOT RUN: {sentence(count, need)}", yellow=True)


def sentence(count: int, need: str) -> str:
    """`1 test needs chromium (...)`, `41 tests need postgresql (...)`."""
    return f"1 test {need}" if count == 1 else f"{count} tests {need.replace('needs', 'need', 1)}"
