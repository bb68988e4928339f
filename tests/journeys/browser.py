"""A browser without a screen or scripts: it follows links, keeps cookies, and fills in the forms that a page shows."""

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass
class Form:
    """A form on a page, with what is filled in already."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    """The words on its buttons."""


@dataclass
class Browser:
    """One person's browser."""

    base: str
    path: str = ""
    status: int = 0
    page: str = ""

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def opens(self, path: str) -> str:
        """Go to a page; gives its HTML."""
        return self._ask(urllib.request.Request(urljoin(self.base, path)))

    def sends(self, button: str, **fields: str) -> str:
        """Fill in the form that has this button, and press it."""
        form = next((form for form in self.forms() if button in form.buttons), None)
        assert form is not None, f"no button {button!r} on {self.path}; there are {[f.buttons for f in self.forms()]}"
        data = urlencode({**form.fields, **fields})
        target = urljoin(urljoin(self.base, self.path), form.action or self.path)
        if form.method == "get":
            return self._ask(urllib.request.Request(f"{target}?{data}"))
        return self._ask(urllib.request.Request(target, data=data.encode()))

    def forms(self) -> list[Form]:
        """The forms of the page."""
        reader = _FormReader()
        reader.feed(self.page)
        return reader.forms

    def _ask(self, request: urllib.request.Request) -> str:
        try:
            answer: HTTPResponse = self._opener.open(request, timeout=20)
        except urllib.error.HTTPError as refused:
            answer = refused  # type: ignore[assignment]
        with answer:
            self.page = answer.read().decode().replace("\N{NO-BREAK SPACE}", " ")
            self.status = answer.status
            address = urlsplit(answer.url)
            self.path = address.path + (f"?{address.query}" if address.query else "")
        return self.page


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select: str | None = None
        self._textarea: str | None = None
        self._in_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms:
            self._inside(tag, given)

    def _inside(self, tag: str, given: dict[str, str]) -> None:
        form = self.forms[-1]
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            form.fields[name] = given.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in form.fields or "selected" in given):
            form.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            form.fields[name] = ""
        elif tag == "button":
            self._in_button = True
            form.buttons.append("")

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.forms[-1].fields[self._textarea] += data
        if self._in_button:
            self.forms[-1].buttons[-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None
        elif tag == "button":
            self._in_button = False
