"""Everything at once on one machine: each process a child of this one, and one Ctrl-C or kill ends them all."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import IO, Final

import click

from scheduling.refusals import Refused
from webapp import composition, settings
from webapp.settings import Settings

PATIENCE_SECONDS: Final = 20
"""How long a child may take to finish what it has in hand."""

LOOK_SECONDS: Final = 0.1


@click.command("all")
def everything() -> None:
    """Start web, worker and clock, and in the demo the mailbox."""
    sys.exit(run(settings.load(), when_open=lambda: None))


@dataclass(eq=False)
class PortTaken(Refused):
    """Somebody listens where the web process would."""

    port: int

    def __str__(self) -> str:
        return f"Port {self.port} is in use. Stop what uses it, or choose another: PORT={self.port + 1} ./run"


def must_be_free(port: int) -> None:
    """Refuse before anything is begun when the port is taken."""
    if _is_taken(port):
        raise PortTaken(port)


def run(chosen: Settings, *, when_open: Callable[[], None], log: Path | None = None, **changes: str) -> int:
    """Run every process until Ctrl-C, or until one of them ends by itself: then the exit code is 1.

    Their logs go to the file, or where ours go.
    """
    must_be_free(chosen.port)
    stop = composition.until_told_to_stop()
    with ExitStack() as children:
        output = children.enter_context(log.open("ab")) if log else None
        running = {}
        if not chosen.smtp_url:
            changes["MAILBOX_PORT"] = str(free_port(chosen.mailbox_port))  # and taken at once, before others see it
            running["mailbox"] = children.enter_context(_child("mailbox", output, **changes))
        running["serve"] = children.enter_context(_child("serve", output, **changes))
        is_open = _wait_until_open(chosen, stop, running["serve"])  # before the others, which would make it slower
        others = ("worker", "clock") if is_open else ()
        running |= {name: children.enter_context(_child(name, output, **changes)) for name in others}
        if is_open:
            when_open()
        ended = _wait_for_an_end(stop, running)
    return 1 if ended else 0


def _is_taken(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _child(name: str, output: IO[bytes] | None, **changes: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "webapp.child", name]
    # In a session of its own, so that a Ctrl-C reaches it once and from here, in order.
    child = subprocess.Popen(  # noqa: S603
        command,
        env=settings.inherited(**changes),
        start_new_session=True,
        stdin=subprocess.PIPE,  # never written to: it ends when we do
        stdout=output,
        stderr=output,
    )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait_until_open(chosen: Settings, stop: Event, serve: subprocess.Popen[bytes]) -> bool:
    """Wait for the web process to answer; False when told to stop or when it has ended before."""
    while not stop.wait(LOOK_SECONDS) and serve.poll() is None:
        try:
            with urllib.request.urlopen(f"{chosen.local_url}/livez", timeout=1):  # noqa: S310
                return True
        except (urllib.error.URLError, OSError):
            continue
    return False


def _wait_for_an_end(stop: Event, running: dict[str, subprocess.Popen[bytes]]) -> bool:
    """Wait until told to stop; True when a child ended by itself, which is said."""
    while not stop.wait(LOOK_SECONDS):
        for name, child in running.items():
            if child.poll() is not None:
                click.echo(f"{name} has ended with code {child.returncode}: the others are stopped.", err=True)
                return True
    return False


def free_port(wished: int) -> int:
    """The wished port of this machine, or another where somebody has taken it already."""
    if not _is_taken(wished):
        return wished
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
