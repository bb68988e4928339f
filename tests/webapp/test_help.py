"""Help: every page leads to one that is there, and only what is listed is shown."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.webapp.browser import Browser
from webapp import guide, guide_topics

NOT_PAGES = {"static", "simulator.static", "health", "feeds", "entra", "twilio"}
"""Files, what programs ask for, and the way to another house and back."""


def test_every_page_has_help_and_every_topic_a_page(app: Flask) -> None:
    rules = [one for one in app.url_map.iter_rules() if not {one.endpoint, one.endpoint.split(".")[0]} & NOT_PAGES]
    pages = [one.rule for one in rules if not one.rule.endswith(".csv")]

    assert [rule for rule in pages if guide_topics.of(rule) is None] == []
    for beginning, topic in guide_topics.TOPICS.items():
        assert any(rule == beginning or rule.startswith(f"{beginning}/") for rule in pages), beginning
        name, _, part = topic.partition("#")
        if name:
            headings = re.findall(r"^#+ (.*)$", guide.topics()[name].path.read_text(), re.MULTILINE)
            assert not part or part in map(guide.anchor, headings), topic


def test_every_page_of_the_documentation_is_listed_and_leads_nowhere_wrong(app: Flask) -> None:
    reader = Browser(app)
    listed = Path(guide.DOCS / "README.md").read_text()
    for topic in guide.topics().values():
        assert f"({topic.kind}/{topic.path.name})" in listed, topic.name
        page = reader.opens(f"/help/{topic.name}")
        assert page.status == 200
        assert len(page.headings) == 1
        ways = set(re.findall(r'(?:href|src)="(/help[^"#]*)', page.html))
        assert [way for way in ways if reader.opens(way).status != 200] == []


def test_a_page_of_the_service_leads_to_its_help(app: Flask, coordinator: Browser) -> None:
    assert "/help/a-first-day" in coordinator.opens("/today").links
    assert "/help/keep-venues-and-mediators" in coordinator.opens("/venues").links
    assert "/help/ask-us-as-anybody" in Browser(app).opens("/").links
    assert "/help" in Browser(app).opens("/no-such-page").links


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/help/../README", id="up"),
        pytest.param("/help/..%2FREADME", id="up, in other signs"),
        pytest.param("/help/%2Fetc%2Fpasswd", id="another folder"),
        pytest.param("/help/how-to/upgrade", id="by its path"),
        pytest.param("/help/images/..%2F..%2Fpyproject.toml", id="up from the pictures"),
        pytest.param("/help/nothing%00", id="a nothing in it"),
    ],
)
def test_what_is_not_listed_is_not_shown(app: Flask, path: str) -> None:
    assert Browser(app).opens(path).status == 404
