"""`./run` itself, on a copy of the checkout whose path has a space."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = ("run", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "requirements-setup.lock")
NOWHERE = {"PATH": "/nowhere"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a checkout"
    (folder / "webapp").mkdir(parents=True)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    (folder / "webapp" / "__main__.py").write_text("import os, sys\nprint(os.getcwd(), sys.argv[1:])\nsys.exit(3)\n")
    return folder


def start(
    checkout: Path, *arguments: str, before: str = "pass", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Start it from another folder, after a sentence of Python that changes what it finds."""
    script = f"import runpy, sys; {before}; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", script, str(checkout / "run"), *arguments],
        cwd="/",
        env=NOWHERE | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def install_nothing(checkout: Path) -> None:
    """An environment that is up to date as far as `run` can know."""
    venv.create(checkout / ".venv", with_pip=False)
    digest = hashlib.sha256("{}.{}".format(*sys.version_info).encode())
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        digest.update((checkout / name).read_bytes())
    (checkout / ".venv" / "installed").write_text(f"requirements.lock {digest.hexdigest()}")


def test_an_old_python_is_told_so_in_a_sentence(checkout: Path) -> None:
    told = start(checkout, before="sys.version_info = (3, 9, 2)")

    assert told.returncode == 1
    assert "Python 3.11 or newer is needed, and this is Python 3.9." in told.stderr
    assert "Traceback" not in told.stderr


def test_a_python_that_cannot_make_environments_gets_one_piece_of_advice(checkout: Path) -> None:
    told = start(checkout, before="sys.modules['ensurepip'] = None")

    assert told.returncode == 1
    assert told.stderr.count("sudo apt-get install -y python3-venv") == 1
    assert "Traceback" not in told.stderr


def test_what_is_installed_is_not_installed_again_and_the_exit_code_is_the_applications(checkout: Path) -> None:
    install_nothing(checkout)

    told = start(checkout, "staff", "add", "--role", "adviser")

    assert told.returncode == 3
    assert told.stdout.strip() == f"{checkout} ['staff', 'add', '--role', 'adviser']"
    assert told.stderr == ""


def test_a_file_is_found_from_where_the_reader_stands(checkout: Path) -> None:
    install_nothing(checkout)

    told = start(checkout, "deadlines", "--batch", "etc/passwd")

    assert told.stdout.strip() == f"{checkout} ['deadlines', '--batch', '/etc/passwd']"


def test_without_a_word_it_is_the_demonstration(checkout: Path) -> None:
    install_nothing(checkout)

    assert start(checkout).stdout.strip() == f"{checkout} ['demo']"


def test_a_changed_lock_is_installed_anew(checkout: Path) -> None:
    install_nothing(checkout)
    with (checkout / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")

    told = start(checkout, "staff", before="sys.modules['ensurepip'] = None")

    assert "installing what this needs" in told.stderr


def test_the_doctor_answers_before_anything_is_installed(checkout: Path) -> None:
    shutil.copy(ROOT / "webapp" / "machine.py", checkout / "webapp")

    told = start(checkout, "doctor")

    assert "missing  packages of the lock file: ./run install" in told.stdout
    assert told.stderr == ""


def test_the_build_script_is_sound_bash() -> None:
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
