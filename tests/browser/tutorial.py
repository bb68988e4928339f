"""The tutorial as it is walked: what stands bold in it is pressed or read, in that order, and nothing else."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser import look

FIRST_DAY = look.ROOT / "docs" / "tutorial" / "a-first-day.md"
LAST_OF_THE_WINDOWS = "Console"
"""Up to there it says what to open; the steps begin after it."""

STEP = re.compile(r"\*\*(?P<words>[^*]+)\*\*|!\[[^\]]*\]\(\.\./images/(?P<picture>[\w-]+)\.png\)")


@dataclass
class Tutorial:
    """What it says next."""

    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        steps = [found["words"] or found["picture"] for found in STEP.finditer(FIRST_DAY.read_text(encoding="utf-8"))]
        self.left = [" ".join(step.split()) for step in steps[steps.index(LAST_OF_THE_WINDOWS) + 1 :]]

    def says(self, words: str) -> str:
        """The same words, if it is their turn."""
        assert self.left, f"the tutorial is at its end, and says nothing of “{words}”"
        assert self.left.pop(0) == words
        return words

    def shows(self, page: Page, name: str, *, below: str = "h1") -> None:
        """The picture of this step, taken of what the page shows now."""
        look.picture_for_the_docs(page, self.says(name), below=below)
