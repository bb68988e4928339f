"""Looking at a page as it is: at the width of a desk and of a small phone, with a picture of each to look at oneself.

The pictures are in var/screenshots. Those of the documentation are made anew, by the same tests, with

    WRITE_DOCS_IMAGES=1 ./run test tests/browser
"""

import os
import shutil
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
DOCS_IMAGES = ROOT / "docs" / "images"

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 320, "height": 640}

WCAG_2_2_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RULES = {"runOnly": {"type": "tag", "values": WCAG_2_2_AA}, "resultTypes": ["violations"], "preload": False}


def faults(page: Page, name: str) -> list[str]:
    """What keeps somebody from using this page, at both widths."""
    found = [fault for size in (DESK, PHONE) for fault in _faults_at(page, size, name)]
    page.set_viewport_size(DESK)
    return found


def picture_for_the_docs(page: Page, name: str, *, below: str = "h1") -> None:
    """Keep what the window shows now; in the documentation only when asked to, as pictures change by a hair."""
    page.locator(below).first.evaluate("(part) => window.scrollTo(0, part.offsetTop - 30)")
    kept = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=kept, clip={"x": 0, "y": 0, "width": 1280, "height": 720})
    if "WRITE_DOCS_IMAGES" in os.environ:
        DOCS_IMAGES.mkdir(exist_ok=True)
        shutil.copyfile(kept, DOCS_IMAGES / kept.name)


def _faults_at(page: Page, size: ViewportSize, name: str) -> list[str]:
    page.set_viewport_size(size)
    page.screenshot(path=SCREENSHOTS / f"{name}-{size['width']}.png", full_page=True)
    found = [f"{fault['id']} at {size['width']} px: {fault['help']}: {_places(fault)}" for fault in _violations(page)]
    if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        found.append(f"scrolls sideways at {size['width']} px: {page.evaluate(TOO_WIDE)}")
    return found


def _violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds; its script is big, and put into a page once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations: list[dict[str, Any]] = page.evaluate("(rules) => axe.run(rules).then((all) => all.violations)", RULES)
    return violations


def _places(violation: dict[str, Any]) -> str:
    return "; ".join(node["html"] for node in violation["nodes"])


TOO_WIDE = """
[...document.querySelectorAll("body *")]
  .filter((part) => part.getBoundingClientRect().left + part.scrollWidth > document.documentElement.clientWidth)
  .map((part) => part.outerHTML.slice(0, 80)).slice(-3)
"""
