"""The import contracts bite: each is broken once, on an empty house with the same rooms."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = next(contract["layers"] for contract in CONTRACTS if contract.get("containers") == ["scheduling"])
ROOMS = [room.strip() for layer in LAYERS for room in layer.split(":")]
SOURCES = [module.replace(".", "/") for contract in CONTRACTS for module in contract.get("source_modules", [])]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder in (*PACKAGES, *(f"scheduling/{room}" for room in ROOMS), *SOURCES):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "__init__.py").touch()
    return tmp_path


def lint(house: Path) -> str:
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False).stdout


def test_an_empty_house_keeps_every_contract(house: Path) -> None:
    assert f"{len(CONTRACTS)} kept, 0 broken" in lint(house)


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("scheduling/cases/a.py", "import telephony", "Pages know conversations"),
        ("telephony/a.py", "import webapp", "Pages know conversations"),
        ("scheduling/models/a.py", "import scheduling.outbox", "every room stands on the rooms below it"),
        ("scheduling/newcomer.py", "", "every room stands on the rooms below it"),
        ("scheduling/law/a.py", "import scheduling.models", "The law imports nothing but"),
        ("scheduling/law/a.py", "import sqlalchemy", "The law imports nothing but"),
        ("scheduling/outbox/a.py", "import flask", "Scheduling has never heard of the web"),
        ("scheduling/outbox/a.py", "import twilio", "Scheduling has never heard of the web"),
        ("webapp/a.py", "import twilio", "Only telephony knows Twilio"),
    ],
)
def test_a_broken_contract_is_named(house: Path, file: str, line: str, contract: str) -> None:
    (house / file).write_text(line + "\n")

    broken = [told for told in lint(house).splitlines() if told.endswith("BROKEN")]

    assert any(contract in told for told in broken), broken


def test_two_siblings_may_not_know_each_other(house: Path) -> None:
    (house / "telephony/one.py").write_text("from telephony import two\n")
    (house / "telephony/two.py").write_text("from telephony import one\n")

    assert "Siblings know each other in one direction only BROKEN" in lint(house)
