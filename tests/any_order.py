"""Whatever happens in whatever order: machines of rules, each try on a record of its own."""

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.refusals import Refused


class OnARecord(RuleBasedStateMachine):
    """A machine whose every try begins with a new, empty record."""

    template: ClassVar[Path]
    seen: ClassVar[Counter[str]]
    """In how many tries something came about."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "test.db"
        shutil.copy(self.template, path)
        self.engine = db.connect(f"sqlite:///{path}")
        self.reached: set[str] = set()

    def teardown(self) -> None:
        self.engine.dispose()
        self.folder.cleanup()
        self.seen.update(self.reached)

    def happens(self, act: Callable[[Session], object]) -> None:
        """In a transaction of its own; what is refused changes nothing."""
        with suppress(Refused), db.Session.begin() as session:
            act(session)

    def came_about(self, what: str) -> None:
        """Something that a try has to reach to be worth its time."""
        if what not in self.reached:
            self.reached.add(what)
            event(what)


def run(machine: type[OnARecord], template: Path, *, examples: int, steps: int, **told: str) -> Counter[str]:
    """So many tries of so many steps, of a machine that was told this; gives in how many of them what came about."""
    seen: Counter[str] = Counter()
    bound = type(machine.__name__, (machine,), {"template": template, "seen": seen, **told})
    try:
        run_state_machine_as_test(
            bound,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],  # to shrink what went wrong would take minutes
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
            ),
        )
    finally:
        db.Session.configure(bind=None)
        db.Reading.configure(bind=None)
    return seen
