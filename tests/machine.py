"""What a test may need from the machine: skipped politely at home, a failure where everything must run.

A missing package is never silent: the closing lines of every run count what was not run (tests/not_run.py).
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

HOMES_OF_POSTGRESQL = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
NAMES_OF_CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOMES_OF_DOVECOT = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
MISSING = "needs {package} (apt-get install {package})"


@dataclass(frozen=True)
class Need:
    """Something that the machine has or lacks."""

    package: str
    found: Callable[[], bool]

    def __str__(self) -> str:
        return MISSING.format(package=self.package)


def postgresql_programs() -> Path | None:
    """The folder of initdb and pg_ctl, the newest where there are several; PG_BINDIR decides when set."""
    for folder in _places_of_postgresql():
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def _places_of_postgresql() -> list[Path]:
    if "PG_BINDIR" in os.environ:
        return [Path(os.environ["PG_BINDIR"])]
    places = [Path(found).parent for found in [shutil.which("pg_ctl")] if found]
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        places.append(Path(answer.stdout.strip()))
    for pattern in HOMES_OF_POSTGRESQL:
        places += sorted(Path("/").glob(pattern.removeprefix("/")), key=_version, reverse=True)
    return places


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


def chromium() -> str | None:
    """The browser of the machine, for Playwright's executable_path."""
    return next(filter(None, map(shutil.which, NAMES_OF_CHROMIUM)), None)


def dovecot() -> str | None:
    """Debian's IMAP server; it lies where only root usually looks."""
    return shutil.which("dovecot", path=os.pathsep.join((os.environ.get("PATH", os.defpath), *HOMES_OF_DOVECOT)))


NEEDS = {
    "postgres": Need("postgresql", lambda: "TEST_DATABASE_URL" in os.environ or postgresql_programs() is not None),
    "chromium": Need("chromium", lambda: chromium() is not None),
    "dovecot": Need("dovecot-imapd", lambda: dovecot() is not None),
}


def everything_must_run() -> bool:
    return bool(os.environ.get("CI") or os.environ.get("REQUIRE_ALL"))


def require(name: str) -> None:
    """Go on if the machine has it; otherwise skip, or fail where CI or REQUIRE_ALL is set."""
    need = NEEDS[name]
    if need.found():
        return
    if everything_must_run():
        pytest.fail(str(need), pytrace=False)
    pytest.skip(str(need))
