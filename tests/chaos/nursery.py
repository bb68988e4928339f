"""Where processes come from: one that has loaded the whole service, and forks whoever is wanted.

`python -m webapp worker` takes seconds to load, in which nothing can be killed that matters. A fork of this one is at
work in a moment; from there on it is the same command line. Each line that comes in wants a process, and is answered
with its number; at the end of the lines, whoever is left is killed.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from webapp import cli, processes, serving

LOADED = (cli, processes, serving)
ENDED = "ended with code "
"""Written at the end of its log, since nobody waits for it."""


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here: whoever killed them looks
    born = []
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(json.loads(line))
        born.append(pid)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    for pid in born:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _live(wanted: dict[str, str]) -> None:
    """What its command line would do; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    environment = json.loads(wanted["environment"])
    os.environ.clear()
    os.environ.update(environment)
    log = os.open(Path(wanted["log"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, log, log)):
        os.dup2(file, number)
    sys.argv = ["webapp", wanted["name"]]
    code: object = 1
    try:
        cli.main()
    except SystemExit as end:
        code = end.code or 0
    finally:
        os.write(log, f"{ENDED}{code}\n".encode())
        os._exit(0)


if __name__ == "__main__":
    main()
