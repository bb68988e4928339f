"""All processes as children of one: they start together, and one Ctrl-C, or the end of one of them, ends them all."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import service
from tests.journeys.service import ROOT, eventually

pytestmark = pytest.mark.timeout(180)


def test_a_port_in_use_is_said_in_a_sentence_before_anything_is_begun(tmp_path: Path) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]

        told = subprocess.run(
            [sys.executable, "-m", "webapp", "demo"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert told.returncode == 2
    assert told.stderr.strip() == (
        f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1} ./run"
    )
    assert not (tmp_path / "common-ground.db").exists()


def test_one_ctrl_c_ends_every_process(tmp_path: Path) -> None:
    with service.running(tmp_path):
        started = set(_processes(tmp_path))

    assert {"serve", "worker", "clock", "mailbox"} <= started
    assert list(_processes(tmp_path)) == []


def test_when_one_process_dies_the_others_are_stopped(tmp_path: Path) -> None:
    with service.running(tmp_path, ends_by_itself=True):
        os.kill(_processes(tmp_path)["worker"], signal.SIGKILL)

        eventually(lambda: not _processes(tmp_path))

    assert "worker has ended" in (tmp_path / "log").read_text()


def test_a_parent_that_is_killed_leaves_nobody_behind(tmp_path: Path) -> None:
    with service.running(tmp_path, ends_by_itself=True):
        os.kill(_processes(tmp_path)["demo"], signal.SIGKILL)

        eventually(lambda: not _processes(tmp_path))


def _processes(data_dir: Path) -> dict[str, int]:
    """The processes that work in this folder, by their command; only where the machine shows them."""
    return dict(_found(f"DATA_DIR={data_dir}".encode()))


def _found(mark: bytes) -> Iterator[tuple[str, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if mark in (folder / "environ").read_bytes() and words[1:2] == [b"-m"]:
                yield words[3].decode(), int(folder.name)
