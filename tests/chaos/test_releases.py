"""Which releases are run beside this one, and what is said of those that cannot be."""

import subprocess
from pathlib import Path

import pytest

from scheduling.refusals import Refused
from tests.chaos import releases


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A history of two releases: one of before more was sealed, and one that may run beside this one."""
    _git(tmp_path, "init", "--quiet")
    _commit(tmp_path, releases.MIGRATIONS + "0001_authorities.py", tag="before")
    _commit(tmp_path, releases.OLDEST, tag="after")
    return tmp_path


def _git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    subprocess.run(("git", "-C", str(root), *who, *words), check=True)


def _commit(root: Path, path: str, *, tag: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).touch()
    _git(root, "add", path)
    _git(root, "commit", "--quiet", "-m", tag)
    _git(root, "tag", tag)


def test_the_release_before_is_the_last_tag(checkout: Path) -> None:
    assert releases.find(None, checkout) == releases.find("after", checkout)


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        pytest.param("before", "cannot read what this release writes", id="what is sealed cannot be read by it"),
        pytest.param("v99", "There is no commit v99", id="nobody made it"),
        pytest.param("--help", "There is no commit --help", id="an option of git's is no name"),
    ],
)
def test_what_cannot_run_beside_this_release_is_refused(checkout: Path, ref: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        releases.find(ref, checkout)


def test_without_a_tag_a_commit_has_to_be_named(checkout: Path) -> None:
    _git(checkout, "tag", "--delete", "before", "after")

    with pytest.raises(Refused, match="Name a commit"):
        releases.find(None, checkout)


def test_without_history_nothing_can_be_run(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="history"):
        releases.find(None, tmp_path)


def test_a_place_kept_for_a_migration_is_none(tmp_path: Path) -> None:
    names = ["0045_to_come.py", "0046_operation.py", "0047_to_come.py", "0048_to_come.py"]
    for name in names:
        (tmp_path / name).touch()

    releases.forget_what_was_to_come(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == names[:2]
