"""Another release of the service, out of git into a folder of its own, to be run beside this one."""

import io
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from scheduling.refusals import Refused
from tests.chaos.processes import THIS, Release

MIGRATIONS = "scheduling/migrations/versions/"
OLDEST = MIGRATIONS + "0048_reasons_sounds_and_certificates.py"
"""The oldest that may run beside this one has this file: no earlier release can read what a later one has sealed
(docs/decisions/0009-what-is-sealed.md), so that there every process stops first."""
NOTHING_YET = "_to_come.py"
"""How a migration's place is kept until it is written."""
LOCK = "requirements.lock"


class NoHistory(Refused):
    """A checkout without git."""

    def __str__(self) -> str:
        return "This needs git and the history of the checkout: a release that is not there cannot be run."


class NoRelease(Refused):
    """Nobody has made a tag yet."""

    def __str__(self) -> str:
        return "There is no tag of a release yet. Name a commit: ./run rehearse-upgrade COMMIT"


@dataclass(eq=False)
class Unknown(Refused):
    """No commit of this checkout."""

    ref: str

    def __str__(self) -> str:
        return f"There is no commit {self.ref} in the history of this checkout."


@dataclass(eq=False)
class TooOld(Refused):
    """What it cannot read is there."""

    ref: str

    def __str__(self) -> str:
        return (
            f"{self.ref} is older than the last change of what is sealed, and cannot read what this release writes. "
            "Stop it before the upgrade; it cannot be run beside this one."
        )


def find(ref: str | None, root: Path = THIS.root) -> str:
    """The commit of this name, or of the last tag, if it may run beside this one."""
    if not (root / ".git").exists():
        raise NoHistory
    named = ref or _git(root, "describe", "--tags", "--abbrev=0")
    if not named:
        raise NoRelease
    # What begins with a hyphen would be an option of git's, and no name.
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{named}^{{commit}}")
    if not commit:
        raise Unknown(named)
    if not _git(root, "ls-tree", "--name-only", commit, OLDEST):
        raise TooOld(named)
    return commit


def forms(commit: str) -> list[str]:
    """The migrations of this checkout that the commit does not have."""
    before = _git(THIS.root, "ls-tree", "--name-only", commit, MIGRATIONS).split()
    ours = sorted(path.name for path in (THIS.root / MIGRATIONS).glob("0*.py"))
    return [name[:4] for name in ours if MIGRATIONS + name not in before and not name.endswith(NOTHING_YET)]


def fetch(commit: str, folder: Path) -> Release:
    """The release in the folder; with this one's environment when it needs the same packages, else with its own."""
    asked = ("git", "-C", str(THIS.root), "archive", "--format=tar", commit)
    packed = subprocess.run(asked, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    forget_what_was_to_come(folder / MIGRATIONS)
    if (folder / LOCK).read_bytes() == (THIS.root / LOCK).read_bytes():
        return Release(folder, sys.executable)
    subprocess.run((sys.executable, str(folder / "run"), "install"), check=True)
    return Release(folder, str(folder / ".venv" / "bin" / "python"))


def forget_what_was_to_come(versions: Path) -> None:
    """Its record must not say that it has had a migration which was only written later under the same number."""
    for path in sorted(versions.glob("0*.py"), reverse=True):
        if not path.name.endswith(NOTHING_YET):
            return
        path.unlink()


def _git(root: Path, *words: str) -> str:
    """What git answers; nothing when it has nothing to say."""
    try:
        answer = subprocess.run(("git", "-C", str(root), *words), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NoHistory from None
    return answer.stdout.strip() if answer.returncode == 0 else ""
