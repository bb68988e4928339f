"""A caller waits for a person and an adviser takes the call, both played from the command line."""

import os
import subprocess
import sys

import pytest

from telephony.simulator import phones
from tests.journeys.service import ROOT, Service, eventually

pytestmark = pytest.mark.timeout(300)


def simulate(line: Service, *arguments: str) -> str:
    """`./run simulate ...` beside the running service; gives what it shows."""
    environment = {
        **os.environ,
        "PORT": line.url.rpartition(":")[2],
        "DATA_DIR": str(line.data_dir),
        "DATABASE_URL": line.database,
    }
    command = [sys.executable, "-m", "webapp", "simulate", *arguments]
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_a_caller_is_put_through_to_an_adviser_who_takes_the_call_by_a_key(line: Service) -> None:
    assert "You are next." in simulate(line, "call", "102", "0", "2")
    adviser = line.phone(phones.ADVISER)
    eventually(lambda: adviser.rings)

    whispered = simulate(line, "call", "adviser", "answer", "1")
    assert "Press 1 to take it." in whispered
    assert "You are being connected." in whispered
    simulate(line, "call", "adviser", "hang-up")

    caller = line.phone("+447700900102")
    assert caller.hears.endswith("Goodbye.")
    assert not caller.is_in_call


def test_a_text_is_answered_on_the_command_line(line: Service) -> None:
    assert "This is Common Ground" in simulate(line, "text", "103", "hello")


def test_a_phone_that_is_not_there_is_refused_with_a_sentence(line: Service) -> None:
    with pytest.raises(AssertionError, match="There is no such phone"):
        simulate(line, "call", "nobody")
