"""Reading what a stranger sent in a process of its own, with little memory and little time.

A calendar file can hold a million repetitions, and a library keeps what it has learnt from one file for the next. So a
stranger's bytes are read by a child that knows nothing else, gives back one JSON value and ends.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from scheduling.refusals import Refused

MEGABYTE: Final = 1024 * 1024
MEMORY: Final = 512 * MEGABYTE
PROCESSOR_SECONDS: Final = 10
PATIENCE_SECONDS: Final = 30
"""By the clock on the wall: a busy machine gives the child its seconds late."""

ROOT: Final = Path(__file__).parent.parent


class TooMuch(Refused):
    """The file broke the reader, or would have taken it too long."""

    def __str__(self) -> str:
        return "This file cannot be read: it is damaged, or holds more than a person's calendar does."


def read(module: str, given: bytes, *arguments: str) -> Any:
    """What a module of ours makes of a stranger's bytes; raises TooMuch where it makes nothing of them in time."""
    try:
        child = subprocess.run(  # noqa: S603 - our own module, nothing of the stranger's in the command
            [sys.executable, "-m", module, *arguments],
            input=given,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=True,
            cwd=ROOT,
            env={},
        )
        return json.loads(child.stdout)
    except (subprocess.SubprocessError, ValueError) as trouble:
        raise TooMuch from trouble


def answer(made_of: Callable[..., Any]) -> None:
    """Be the child: limit ourselves, read what is given, and say what was made of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    json.dump(made_of(sys.stdin.buffer.read(), *sys.argv[1:]), sys.stdout)
