"""The service's own processes, by its own command line: started, killed without a word, and started again."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.journeys.service import ROOT
from webapp.settings import Settings

PATIENCE_SECONDS = 60
STOP_SECONDS = 40
"""Twice what is promised: the machine may be busy."""
NAMES = ("serve", "worker", "clock")
BEGUN = {"worker": "worker started", "clock": "clock started"}


@dataclass(frozen=True)
class Release:
    """Whose code runs: this checkout, or another release of it."""

    root: Path = ROOT
    python: str = sys.executable


THIS = Release()


class Nursery:
    """The process that forks the others."""

    def __init__(self, release: Release) -> None:
        command = [release.python, "-m", "tests.chaos.nursery"]
        self._process = subprocess.Popen(
            command, cwd=release.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._lock = threading.Lock()

    def start(self, name: str, environment: dict[str, str], log: Path) -> int:
        """A new process; gives its number."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        wanted = {"name": name, "environment": json.dumps(environment), "log": str(log)}
        with self._lock:
            self._process.stdin.write(f"{json.dumps(wanted)}\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def close(self) -> None:
        """Whoever is left is killed."""
        self._process.communicate(timeout=PATIENCE_SECONDS)


@dataclass
class Process:
    """One process, through all its lives."""

    name: str
    nursery: Nursery
    environment: dict[str, str]
    log: Path
    port: int | None
    pid: int = 0
    begun_at: int = 0
    """Where in its log this life begins."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Begin a life."""
        self.begun_at = self.log.stat().st_size if self.log.exists() else 0
        self.pid = self.nursery.start(self.name, self.environment, self.log)

    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def is_ready(self) -> bool:
        """Whether it has begun its work."""
        if not self.is_alive():
            return False
        if self.port is not None:
            with closing(socket.socket()) as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        return BEGUN[self.name] in self.told()

    def told(self) -> str:
        """What this life has written into its log."""
        with self.log.open("rb") as log:
            log.seek(self.begun_at)
            return log.read().decode(errors="replace")

    def ends(self, within_seconds: float) -> str:
        """SIGTERM, as whoever supervises sends it; the last line of its log."""
        os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + within_seconds
        while self.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        return self.told().strip().rpartition("\n")[2]

    def dies_and_lives_again(self) -> bool:
        """SIGKILL, and a new life at once; False when somebody else has just done so."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            os.kill(self.pid, signal.SIGKILL)
            while self.is_alive():
                time.sleep(0.002)
            self.start()
        finally:
            self._lock.release()
        return True


@dataclass
class Fleet:
    """All of them, and how often each was killed."""

    processes: list[Process]
    kills: Counter[str] = field(default_factory=Counter)

    def kill(self, process: Process) -> None:
        self.kills[process.name] += process.dies_and_lives_again()

    def kill_every(self, name: str) -> None:
        """Whoever of this name has just called us does not hear the answer."""
        for process in self.processes:
            if process.name == name:
                self.kill(process)

    def kill_somebody(self, chance: random.Random, name: str | None = None) -> None:
        """Kill any (of this name) that is at work; one that has only just begun would not be worth it."""
        among = (process for process in self.processes if name in {None, process.name})
        ready = [process for process in among if process.is_ready()]
        if ready:
            self.kill(chance.choice(ready))

    def end(self) -> list[str]:
        """Tell all to stop; how each ended."""
        return [process.ends(STOP_SECONDS) for process in self.processes]

    def wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        for process in self.processes:
            while not process.is_ready():
                assert time.monotonic() < until, process.log.read_text(errors="replace")[-3000:]
                time.sleep(0.02)


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def whole(environment: dict[str, str]) -> dict[str, str]:
    """Beside what this machine's own processes need, and none of the service's settings but these."""
    ours = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    return {**ours, **environment}


@contextmanager
def running(
    folder: Path, environment: dict[str, str], port: int, copies: int, release: Release = THIS
) -> Iterator[Fleet]:
    """One web process, and so many workers and clocks; killed at the end."""
    told = {**whole(environment), "PORT": str(port)}
    nursery = Nursery(release)
    fleet = Fleet(
        [
            Process(name, nursery, told, folder / f"{name}-{at}.log", port if name == "serve" else None)
            for at, name in enumerate(["serve", *["worker"] * copies, *["clock"] * copies])
        ]
    )
    try:
        for process in fleet.processes:
            process.start()
        fleet.wait_until_ready()
        yield fleet
    finally:
        nursery.close()
