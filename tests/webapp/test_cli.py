"""The command line as it is started: what a person can put right is a sentence, never a stack trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from webapp import cli

ROOT = Path(__file__).parents[2]


def run(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "webapp", *command],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("", id="a new SQLite file without tables"),
        pytest.param("postgres://nobody@127.0.0.1:1/nothing", id="a PostgreSQL that does not answer"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path, address: str) -> None:
    told = run("staff", "list", DATA_DIR=str(tmp_path), DATABASE_URL=address)

    assert told.returncode == 1
    assert told.stderr.startswith(cli.NO_DATABASE)
    assert "Traceback" not in told.stderr


def test_a_wrong_setting_is_said_in_a_sentence_with_exit_code_2(tmp_path: Path) -> None:
    told = run("worker", DATA_DIR=str(tmp_path), TWILIO_AUTH_TOKEN="one,,two")

    assert told.returncode == 2
    assert told.stderr.startswith("TWILIO_AUTH_TOKEN: ")
    assert "Traceback" not in told.stderr


def test_the_help_names_every_command_with_a_sentence() -> None:
    told = run("--help")

    assert told.returncode == 0
    for name in cli.COMMANDS:
        assert f"  {name} " in told.stdout
