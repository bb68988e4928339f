"""`python -m webapp.child COMMAND`: a process of `all`, which ends when its parent has gone, however it went.

A parent that is killed can tell nobody. But the pipe on our standard input, which it alone holds open, ends with it.
"""

import os
import signal
import sys
import threading

from webapp import cli


def end_with_the_parent() -> None:
    """Wait for the pipe to end, and then stop as if we had been told to."""
    os.read(sys.stdin.fileno(), 1)  # not by sys.stdin, whose lock we would hold when the interpreter ends
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_parent, daemon=True).start()
    cli.main()
