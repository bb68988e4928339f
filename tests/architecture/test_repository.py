"""The repository as a whole: it speaks of itself alone, and what it promises is there."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-setup.lock")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
OUTSIDE = ("http://", "https://", "mailto:", "#")
MARKDOWN = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

# In two halves, so that this file does not hold what it looks for.
NOT_OURS = [
    pytest.param("/wo" + "rk/", id="a folder of one machine"),
    pytest.param("/ro" + "ot/", id="the home of one machine"),
    pytest.param("GDS " + "Transport", id="the typeface of GOV.UK"),
    pytest.param("govuk-" + "crest", id="the royal arms"),
    pytest.param("govuk-" + "logo", id="the logo of GOV.UK"),
    pytest.param("orac" + "les/", id="somebody else's checks"),
]


def committed() -> list[Path]:
    """Every text file that git has or would take."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file() and not name.endswith((".woff2", ".png"))]


@pytest.mark.parametrize("words", NOT_OURS)
def test_the_repository_speaks_of_itself_alone(words: str) -> None:
    found = [path.relative_to(ROOT).as_posix() for path in committed() if words.lower() in path.read_text().lower()]

    assert set(found) - {"webapp/static/vendor/refresh.py", "tests/webapp/test_vendored_files.py"} == set()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_packages_and_hashes_and_no_place_to_get_them_from(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    package = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[\w.]+( ; [^/@]+)? \\")
    digest = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")

    assert [line for line in lines if not (package.fullmatch(line) or digest.fullmatch(line))] == []


def test_the_development_lock_holds_the_very_versions_of_the_run_time_lock() -> None:
    run_time, development = (
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS[:2]
    )

    assert run_time <= development


def test_every_dependency_of_pyproject_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = set(re.findall(r"^([a-z0-9-]+)", (ROOT / "requirements-dev.lock").read_text(), re.MULTILINE))

    assert {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted} <= locked


def test_run_can_be_read_by_an_old_python() -> None:
    ast.parse((ROOT / "run").read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("name", ["run", ".ci/run"])
def test_what_is_to_be_started_can_be(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111


def test_the_build_machine_runs_the_command_of_the_readme() -> None:
    assert "./run test" in (ROOT / "README.md").read_text()
    assert "./run test" in (ROOT / ".ci" / "run").read_text()


def test_the_procfile_starts_what_there_is() -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())

    assert list(lines) == ["web", "worker", "clock", "release"]
    assert lines["web"].startswith("python -m webapp serve")
    assert (ROOT / "webapp" / "__main__.py").exists()


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_in_the_papers_leads_somewhere(page: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(page.read_text()) if not link.startswith(OUTSIDE)]

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_of_the_documentation_is_on_the_map() -> None:
    told = LINK.findall((ROOT / "docs" / "README.md").read_text())
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}

    assert pages - set(told) == {"README.md"}
