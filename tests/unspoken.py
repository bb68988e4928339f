"""A plugin: whatever any test makes the service write to its log holds no number, name, word, token, PIN or code.

Every line is looked at in the form in which production writes it, and so is what processes under test write to
standard error. The test that made the service say too much fails, and names the logger and the line's own words.
"""

import functools
import logging
import re
from collections.abc import Callable, Generator
from typing import Any

import pytest

from scheduling.cases import pins
from webapp import logs, second_factor

PRIVATE = {
    "a telephone number": re.compile(
        r"(?<![\w.-])(?:\+|00)?(?:44[1-9]\d{8,9}|0[1-9]\d{8,9}|0\d{2,4} \d{3,4} \d{3,4})(?![\w.])"
    ),
    "a mail address": re.compile(r"[\w.+'-]+@[a-z0-9-]+\.[a-z]", re.IGNORECASE),
    "a token": re.compile(r"(?<![\w-])(?!(?:AC|CA|MM|QU|RE|SM)[0-9a-f]{32}\b)(?=[\w-]*\d)[\w-]{32,}(?![\w-])"),
    "something in a field of that name": re.compile(
        r"(?<![\w?&])(?:body|words|subject|name|number|email|address|phone|pin|password|secret|token|reference)=",
        re.IGNORECASE,
    ),
    "somebody's name": re.compile(r"\b(?:Sam Taylor|Kim Taylor|Alex Taylor|Morgan of|Chris of|Alex of)\b"),
}
A_CODE = re.compile(r"(?<![\w.:+-])(?:\d{6}|\d{3} \d{3})(?![\w.:-])")
OURS = ("scheduling", "telephony", "webapp")


def said_in(text: str) -> list[str]:
    """What stands in these lines and should not, with as much around it as tells where it came from."""
    return [
        f"{what}: …{text[max(0, found.start() - 60) : found.end() + 20]}…"
        for what, pattern in PRIVATE.items()
        if (found := pattern.search(text))
    ]


CODES: set[str] = set()
"""Every PIN and every code that the running test has issued or entered, to the telephone, a family's pages or ours."""


def code_in(text: str) -> str | None:
    """One of these in a line, where it is no part of a longer number and of no moment."""
    return next((found[0] for found in A_CODE.finditer(text) if found[0].replace(" ", "") in CODES), None)


def _overheard(listened: Callable[..., Any], place: int) -> Callable[..., Any]:
    """The same function, from which we learn the code that stands in this place."""

    @functools.wraps(listened)
    def asked(*args: Any) -> Any:
        CODES.add(str(args[place]))
        return listened(*args)

    return asked


class Ear(logging.Handler):
    """Hears every line of a run, and keeps what should not have been said."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.one_line())
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Tests log nothing themselves; a library that is kept quiet in production is let off here as well."""
        if record.levelno >= logs.QUIET.get(record.name, logging.INFO):
            line = self.format(record)
            self.heard += [f"{record.name} “{record.msg}”: {what}" for what in said_in(line)]
            if code_in(line):
                self.heard.append(f"{record.name} “{record.msg}”: a PIN or a code")


_EAR = Ear()


def pytest_configure() -> None:
    """What production logs is logged in tests as well, and the lines are heard wherever they come from."""
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    for module, name, place in ((pins, "seal", 1), (second_factor, "use_up", 2)):
        setattr(module, name, _overheard(getattr(module, name), place))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Anew for each test: one that sets up the log of a process sends every other listener away."""
    _EAR.heard.clear()
    CODES.clear()
    logging.getLogger().addHandler(_EAR)
    try:
        return (yield)
    finally:
        logging.getLogger().removeHandler(_EAR)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The test that was running says what was said; in its call, so that it fails as any other does."""
    report = yield
    if report.when == "teardown":
        heard = _EAR.heard + [f"standard error: {what}" for what in said_in(report.capstderr)]
        if heard:
            report.outcome = "failed"
            report.longrepr = "\n".join(["The log holds what belongs to somebody:", *heard])
    return report
