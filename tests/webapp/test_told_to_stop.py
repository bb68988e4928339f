"""A signal ends a process of ours, at whatever instruction it comes."""

import subprocess
import sys

import pytest

from tests.journeys.service import ROOT

SIGNALLED_WHILE_LOOKING = """
import os, signal, sys, threading
from webapp import composition

for _ in range(50):
    stop = composition.until_told_to_stop()
    threading.Timer(0.005, os.kill, (os.getpid(), getattr(signal, sys.argv[1]))).start()
    while not stop.wait(0):
        pass
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_process_that_is_just_looking_whether_to_stop_hears_the_signal(name: str) -> None:
    """A handler that waits for the event's own lock, which the process holds while it looks, would wait for ever."""
    command = [sys.executable, "-c", SIGNALLED_WHILE_LOOKING, name]
    assert subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode == 0
