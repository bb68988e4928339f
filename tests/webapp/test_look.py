"""How every page is made: our own name and look, nothing of the government's, nothing that a strict browser refuses."""

import re
from importlib import metadata

import pytest
from flask import Flask

from scheduling.models import Role
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import SignIn, Told
from tests.webapp.test_vendored_files import OF_THE_GOVERNMENT, PACKAGES
from tests.webapp.test_who_may_enter import MAY_ENTER, pages

MOST_OF_THE_PAGES = Role.COORDINATOR


@pytest.fixture
def every_page(app: Flask, sign_in: SignIn, told: Told) -> list[Page]:
    """Each page that a coordinator or anybody may open, and what is shown where there is none."""
    visitor = sign_in(MOST_OF_THE_PAGES)
    theirs = [path for name, path in pages(told).items() if MOST_OF_THE_PAGES in _roles(name)]
    shown = [visitor.opens(path) for path in [*theirs, "/there-is-no-such-page"]]
    return [page for page in shown if page.response.mimetype == "text/html"]


def test_every_page_is_ours_and_keeps_to_the_strict_policy(every_page: list[Page]) -> None:
    assert len(every_page) > 50
    for page in every_page:
        html = page.html
        assert [words for words in OF_THE_GOVERNMENT if words.lower() in html.lower()] == [], page.path
        assert "GOV.UK" not in page.text, page.path
        assert "Common Ground" in page.title, page.path
        assert "This is not a government website" in page.text, page.path
        assert len(page.headings) == 1, page.path
        assert '<html lang="en-GB"' in html, page.path
        assert _refused_by_a_strict_browser(html) == [], page.path


def test_the_macros_and_the_look_are_of_the_same_release() -> None:
    versions = {package["name"]: package["version"] for package in PACKAGES}

    assert (metadata.version("govuk-frontend-jinja"), versions["govuk-frontend"]) == ("4.1.0", "6.3.0")


def test_a_family_finds_local_advice_on_each_of_its_pages(app: Flask) -> None:
    family = Browser(app)

    for path in ("/family/nothing", "/action/nothing", "/acknowledge/nothing"):
        assert "/local-advice" in family.opens(path).links


def _roles(endpoint: str) -> set[Role]:
    allowed = MAY_ENTER[endpoint]
    return set(Role) if isinstance(allowed, str) else allowed


def _refused_by_a_strict_browser(html: str) -> list[str]:
    """Inline styles, handlers, and scripts that do not carry the page's own word."""
    tags = re.findall(r"<[a-zA-Z][^>]*>", html)
    inline = [tag for tag in tags if tag.startswith("<script") and "src=" not in tag and "nonce=" not in tag]
    handlers = [tag for tag in tags if re.search(r"\s(?:style|on[a-z]+)\s*=", re.sub(r'"[^"]*"', '""', tag))]
    return [*inline, *handlers, *(tag for tag in tags if "javascript:" in tag)]
