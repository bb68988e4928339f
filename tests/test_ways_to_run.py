"""Containers, units and the Procfile start the same processes; files for when none of them answers are sound."""

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[1]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
UNITS = {path.stem: path.read_text() for path in (ROOT / "deploy" / "systemd").glob("*.service")}
COMPOSE = (ROOT / "compose.yaml").read_text()


def started_by(unit: str) -> str:
    return re.search(r"^ExecStart=/srv/common-ground/.venv/bin/(.*)$", UNITS[unit], re.MULTILINE)[1]  # type: ignore[index]


def test_the_image_starts_the_web_process_of_the_procfile() -> None:
    assert f'"exec {PROCFILE["web"]}"' in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize(("service", "process"), [("migrate", "release"), ("worker", "worker"), ("clock", "clock")])
def test_the_other_containers_start_what_the_procfile_starts(service: str, process: str) -> None:
    command = re.search(rf"^  {service}:\n(?:    .*\n)*?    command: \[(.*)\]$", COMPOSE, re.MULTILINE)

    assert command is not None
    assert command[1].split(", ") == shlex.split(PROCFILE[process])


def test_the_units_start_what_the_procfile_starts_but_only_for_the_proxy_beside_them() -> None:
    assert started_by("common-ground-web") == PROCFILE["web"].removesuffix(" --host 0.0.0.0")
    assert started_by("common-ground@") == PROCFILE["worker"].replace("worker", "%i")


def test_both_units_are_hardened_alike() -> None:
    web, other = (unit.partition("# What it cannot need")[2] for unit in UNITS.values())

    assert web == other
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="} <= set(web.splitlines())


def test_an_image_leaves_out_everything_that_is_not_named() -> None:
    kept = {line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")}

    assert "*" in kept
    assert {line for line in kept if line.startswith("!")} == {
        "!requirements.lock",
        "!pyproject.toml",
        "!docs",
        "!scheduling",
        "!telephony",
        "!webapp",
    }


def test_when_nothing_of_ours_answers_a_caller_hears_why_and_is_put_through_to_a_person() -> None:
    said, dialled, regret = ET.parse(ROOT / "deploy" / "twilio-fallback" / "voice.xml").getroot()  # noqa: S314

    assert (said.tag, dialled.tag, regret.tag) == ("Say", "Dial", "Say")
    assert dialled.text is not None
    assert re.fullmatch(r"\+441632960\d{3}", dialled.text), "a number that is nobody's, to be replaced"


def test_when_nothing_of_ours_answers_a_text_says_what_to_do_in_one_segment() -> None:
    (message,) = ET.parse(ROOT / "deploy" / "twilio-fallback" / "sms.xml").getroot()  # noqa: S314

    assert message.text is not None
    assert message.text.isascii()
    assert len(message.text) <= 160
