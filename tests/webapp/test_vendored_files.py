import base64
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "webapp" / "static"
VENDOR = STATIC / "vendor"
PACKAGES = tomllib.loads((VENDOR / "vendor.toml").read_text())["package"]
FILES = {file["path"]: file["integrity"] for package in PACKAGES for file in package["file"]}
OF_THE_GOVERNMENT = ("GDS Transport", "crest", "govuk-logo", "crown")


@pytest.mark.parametrize("path", FILES)
def test_a_vendored_file_is_the_one_that_was_recorded(path: str) -> None:
    digest = hashlib.sha512((VENDOR / path).read_bytes()).digest()

    assert "sha512-" + base64.b64encode(digest).decode() == FILES[path]


def test_nothing_is_vendored_without_a_record() -> None:
    assert {path.name for path in VENDOR.iterdir() if path.is_file()} == {*FILES, "vendor.toml", "refresh.py"}


@pytest.mark.parametrize("words", OF_THE_GOVERNMENT)
def test_the_look_takes_nothing_that_is_the_governments_own(words: str) -> None:
    readable = [path for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg", ".html"}]

    assert [path.name for path in readable if words.lower() in path.read_text().lower()] == []


def test_styles_ask_no_other_host_for_anything() -> None:
    styles = "".join(path.read_text() for path in STATIC.rglob("*.css"))

    assert re.findall(r"@import|url\(.?(?:https?:|//)[^)]*", styles) == []
