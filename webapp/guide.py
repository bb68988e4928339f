"""Help: the pages of docs/ as the service shows them itself, to anybody, and from each page the way to the right one.

A page is asked for by a name out of a list, never by a path. What is shown is CommonMark with tables, in the look of
every other page; a link to another page of the documentation leads there, and one to the code is only its words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from webapp import guide_topics
from webapp.auth import public

DOCS = Path(__file__).parent.parent / "docs"
KINDS = {
    "tutorial": "A first day, step by step",
    "how-to": "How to do one thing",
    "reference": "To look things up in",
    "decisions": "Why some things are as they are",
}
AN_HOUR = 60 * 60
LOOKS = {
    "h1": "govuk-heading-l",
    "h2": "govuk-heading-m",
    "h3": "govuk-heading-s",
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "a": "govuk-link",
    "table": "govuk-table",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
    "img": "app-help__picture",
}

blueprint = Blueprint("guide", __name__, url_prefix="/help")
markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A page of the documentation."""

    name: str
    kind: str
    path: Path

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


@cache
def topics() -> dict[str, Topic]:
    """Every page there is, by its name."""
    found = ((kind, path) for kind in KINDS for path in sorted((DOCS / kind).glob("*.md")))
    return {path.stem: Topic(name=path.stem, kind=kind, path=path) for kind, path in found}


@cache
def pictures() -> dict[str, Path]:
    """Every picture of the documentation, by its file's name."""
    return {path.name: path for path in (DOCS / "images").glob("*.png")}


def register(app: Flask) -> None:
    """Let every page know where its help is."""
    app.register_blueprint(blueprint)
    app.context_processor(lambda: {"help_href": _href(_topic_here())})


@blueprint.get("")
@public
def contents() -> ResponseReturnValue:
    """What can be read."""
    lists = {title: [topic for topic in topics().values() if topic.kind == kind] for kind, title in KINDS.items()}
    return render_template("guide/contents.html", lists=lists)


@blueprint.get("/<name>")
@public
def page(name: str) -> ResponseReturnValue:
    """One page, as it stands in the documentation."""
    topic = topics().get(name) or abort(404)
    return render_template("guide/page.html", title=topic.title, words=written(topic))


@blueprint.get("/images/<name>")
@public
def picture(name: str) -> ResponseReturnValue:
    """One of its pictures."""
    found = pictures().get(name) or abort(404)
    return Response(found.read_bytes(), mimetype="image/png", headers={"Cache-Control": f"max-age={AN_HOUR}"})


@cache
def written(topic: Topic) -> Markup:
    """The page in HTML. It is ours and is no template: nothing in it comes from a visitor."""
    tokens = markdown.parse(topic.path.read_text(encoding="utf-8"))
    for token in _all(tokens):
        if token.nesting >= 0 and token.tag in LOOKS:
            token.attrSet("class", LOOKS[token.tag])
        if token.type in {"link_open", "image"}:
            _lead(token)
    _name_headings(tokens)
    html: str = markdown.renderer.render(tokens, markdown.options, {})
    for tag in ("table", "pre"):  # what is too wide scrolls in its place, also by keyboard
        html = html.replace(f"<{tag}", f'<div class="app-scroll app-help__wide" tabindex="0"><{tag}')
        html = html.replace(f"</{tag}>", f"</{tag}></div>")
    return Markup(html)  # noqa: S704 -- raw HTML is off, so that every < of the page is escaped


def anchor(heading: str) -> str:
    """By which a heading can be reached, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _topic_here() -> str:
    rule = request.url_rule
    return (None if rule is None else guide_topics.of(rule.rule)) or guide_topics.CONTENTS


def _href(topic: str) -> str:
    name, _, part = topic.partition("#")
    return url_for("guide.page", name=name, _anchor=part or None) if name else url_for("guide.contents")


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _name_headings(tokens: list[Token]) -> None:
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", anchor(inside.content))


def _lead(token: Token) -> None:
    """Turn a way through the checkout into an address of ours; to what is not shown there is no way."""
    key = "src" if token.type == "image" else "href"
    goal = str(token.attrGet(key))
    if goal.startswith(("https://", "#")):
        return
    path, _, part = goal.partition("#")
    file = PurePosixPath(path)
    if token.type == "image" and file.name in pictures():
        token.attrSet(key, url_for("guide.picture", name=file.name))
    elif file.stem in topics():
        token.attrSet(key, url_for("guide.page", name=file.stem, _anchor=part or None))
    else:
        token.attrSet(key, url_for("guide.contents"))
