"""`./run rehearse-upgrade`: the release before and this one at work side by side while families come, and the way back.

Nothing is killed and nobody answers badly: whatever goes wrong is the upgrade's own doing.
"""

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from scheduling import clock, db
from scheduling.operation import proof
from scheduling.refusals import Refused
from tests.chaos import counting, databases, mail_server, processes, provider, releases, rounds
from tests.chaos.counting import Count
from tests.chaos.load import Load
from tests.chaos.mail_server import MailServer
from tests.chaos.nursery import ENDED
from tests.chaos.processes import THIS, Fleet, Release
from tests.chaos.provider import Provider

HEAD = "| Database | From | Migrations | Migrated in | Acked | Messages | Failed | Lost | Doubled | Half | Seconds |"
DESK = Path(__file__).with_name("desk.py")
FAMILIES = 60
"""More than can come while it lasts."""


class Desk:
    """A process of one release that writes into the record what is said at a desk."""

    def __init__(self, release: Release, environment: dict[str, str]) -> None:
        told = processes.whole(environment) | {"PYTHONPATH": str(release.root)}
        # -P: what lies beside the file is this release's, and must not be found.
        self._process = subprocess.Popen(
            (release.python, "-P", str(DESK)),
            cwd=release.root,
            env=told,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lock = threading.Lock()

    def asked(self, words: str) -> str:
        """Its answer; empty when it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(f"{words}\n")
            self._process.stdin.flush()
            return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate(timeout=processes.PATIENCE_SECONDS)


@dataclass
class Town:
    """Where both releases work: who is at work, and which doors are open."""

    folder: Path
    environment: dict[str, str]
    old: Release
    seconds: float
    """How long each act lasts."""
    doors: list[int] = field(default_factory=list)
    desks: list[Desk] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """How each process ended that was told to stop."""

    @contextmanager
    def at_work(self, release: Release) -> Iterator[Fleet]:
        """Web, worker, clock and desk of a release; its door is open until it is told to stop."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        port = processes.free_port()
        desk = Desk(release, self.environment)
        with processes.running(folder, self.environment, port, 1, release) as fleet:
            self.doors.append(port)
            self.desks.append(desk)
            yield fleet
            if len(self.doors) > 1:  # whoever comes is sent to the others, as a proxy does
                self.doors.remove(port)
                self.desks.remove(desk)
            self.ended += fleet.end()
        desk.close()

    def migrate(self, release: Release) -> float:
        """By its own command; how many seconds that took."""
        begun = time.monotonic()
        told = processes.whole(self.environment)
        command = (release.python, "-m", "webapp", "migrate")
        subprocess.run(command, cwd=release.root, env=told, check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - begun

    def write_down(self, case_id: int) -> bool:
        """A family's wish, at whichever desk's turn it is."""
        return self.desks[case_id % len(self.desks)].asked(f"wish {case_id}") == "done"


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    migrated_in: float
    count: Count
    failed: dict[str, int]
    """What families heard instead of an answer."""
    faults: tuple[str, ...]
    """What is not whole in the record, and which process did not end as it should."""
    took: float

    @property
    def wrong(self) -> list[str]:
        """Everything that should not have been."""
        count, heard = self.count, [f"{times} times {what}" for what, times in self.failed.items()]
        return [*heard, *self.faults, *count.lost, *count.doubled, *count.half]


def rehearse(old: Release, database: str, seconds: float, folder: Path) -> Outcome:
    """The whole play on one database."""
    begun = time.monotonic()
    false = Provider(random.Random(1), {})
    mails = MailServer(random.Random(1), before={}, after={})
    with (
        databases.BY_NAME[database](folder) as where,
        provider.running(false, folder) as way,
        mail_server.running(mails) as mail_port,
    ):
        keys = rounds.vault()
        told = rounds.environment(where, folder, mail_port, rounds.MORNING - clock.now()) | way | keys
        town = Town(folder, told, old, seconds)
        town.migrate(old)
        with _desk(old, told) as desk:
            families = [int(number) for number in desk.asked(f"families {FAMILIES}").split()]
        load = Load(town.doors, families, town.write_down)
        migrated_in = play(town, load)
        engine = db.connect(where.url)
        with db.Reading() as session:
            faults = proof.prove(session).faults
        faults += tuple(line for line in town.ended if line != f"{ENDED}0")
        count = counting.afterwards(load.answered, false, mails)
        engine.dispose()
    return Outcome(migrated_in, count, dict(+load.answered.failed), faults, time.monotonic() - begun)


def play(town: Town, load: Load) -> float:
    """There: old, both, new. And back: both, old. How long the migration took, with the old at work."""
    with ExitStack() as new, town.at_work(town.old):
        load.begins()
        time.sleep(town.seconds)
        migrated_in = town.migrate(THIS)
        time.sleep(town.seconds)
        new.enter_context(town.at_work(THIS))
        time.sleep(town.seconds)
        here = new.pop_all()
    with ExitStack() as back:
        with here:
            time.sleep(town.seconds)
            last = back.enter_context(town.at_work(town.old))
            time.sleep(town.seconds)
        time.sleep(town.seconds)
        load.ends()
        with _bound(town.environment["DATABASE_URL"]):
            rounds.drain(last.processes)
    return migrated_in


@contextmanager
def _desk(release: Release, environment: dict[str, str]) -> Iterator[Desk]:
    desk = Desk(release, environment)
    yield desk
    desk.close()


@contextmanager
def _bound(url: str) -> Iterator[None]:
    engine = db.connect(url)
    yield
    engine.dispose()


@click.command()
@click.argument("ref", required=False)
@click.option("--database", "chosen", type=click.Choice(tuple(databases.BY_NAME)), multiple=True, help="Only this one.")
@click.option("--seconds", default=6.0, help="How long each of the six acts lasts.")
def rehearse_upgrade(*, ref: str | None, chosen: tuple[str, ...], seconds: float) -> None:
    """Run REF (the last tag) and this release side by side while the tables change, and count what is lost."""
    try:
        commit = releases.find(ref)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(HEAD)
    click.echo("|---" * HEAD.count(" |") + "|")
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="upgrade-") as checkout:
        old = releases.fetch(commit, Path(checkout))
        for database in chosen or tuple(databases.BY_NAME):
            with tempfile.TemporaryDirectory(prefix="upgrade-") as folder:
                outcome = rehearse(old, database, seconds, Path(folder))
            click.echo(row(commit, database, outcome))
            wrong += [f"{database}: {what}" for what in outcome.wrong]
    click.echo("\n".join(wrong) or "Everybody was answered; nothing was lost, doubled or left half done.")
    sys.exit(1 if wrong else 0)


def row(commit: str, database: str, outcome: Outcome) -> str:
    """One database as a line of the table."""
    count = outcome.count
    cells = (
        database,
        commit[:7],
        ", ".join(releases.forms(commit)) or "none",
        f"{outcome.migrated_in:.1f} s",
        count.acknowledged,
        count.messages,
        sum(outcome.failed.values()),
        len(count.lost),
        len(count.doubled),
        len(count.half),
        f"{outcome.took:.0f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    rehearse_upgrade(prog_name="./run rehearse-upgrade")
