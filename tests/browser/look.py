"""Looking at a page as it is: at the width of a desk and of a small phone, with a picture of each to look at oneself.

The pictures are in var/screenshots. Those of the documentation are made anew, by the same tests, with

    WRITE_DOCS_IMAGES=1 ./run test tests/browser
"""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
DOCS_IMAGES = ROOT / "docs" / "images"

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 320, "height": 640}

WCAG_2_2_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RULES = {"runOnly": {"type": "tag", "values": WCAG_2_2_AA}, "resultTypes": ["violations"]}

_axe = Axe()


def faults(page: Page, name: str) -> list[str]:
    """What keeps somebody from using this page, at both widths."""
    found = [fault for size in (DESK, PHONE) for fault in _faults_at(page, size, name)]
    page.set_viewport_size(DESK)
    return found


def picture_for_the_docs(page: Page, name: str) -> None:
    """Show in the documentation what the window shows now; only when asked to, as pictures change by a hair."""
    if "WRITE_DOCS_IMAGES" in os.environ:
        DOCS_IMAGES.mkdir(exist_ok=True)
        page.screenshot(path=DOCS_IMAGES / f"{name}.png")


def _faults_at(page: Page, size: ViewportSize, name: str) -> list[str]:
    page.set_viewport_size(size)
    page.screenshot(path=SCREENSHOTS / f"{name}-{size['width']}.png", full_page=True)
    found = [
        f"{violation['id']} at {size['width']} px: {violation['help']}: {_places(violation)}"
        for violation in _axe.run(page, options=RULES).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        found.append(f"scrolls sideways at {size['width']} px: {page.evaluate(TOO_WIDE)}")
    return found


def _places(violation: dict[str, list[dict[str, str]]]) -> str:
    return "; ".join(node["html"] for node in violation["nodes"])


TOO_WIDE = """
[...document.querySelectorAll("body *")]
  .filter((part) => part.getBoundingClientRect().left + part.scrollWidth > document.documentElement.clientWidth)
  .map((part) => part.outerHTML.slice(0, 80)).slice(-3)
"""
