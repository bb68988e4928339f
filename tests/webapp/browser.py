"""A browser without a screen: opens pages, fills in the form that a button belongs to, and presses the button."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass
class Form:
    """One form of a page: where it goes, what it already holds and what its buttons say."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Where a button sends the form, if not where the form itself says."""


class _Reader(HTMLParser):
    """Finds the forms, and the words that a person can read."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._inside: list[str] = []
        self._sends_to = ""
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        if tag in {"script", "style", "button", "textarea", "title"}:
            self._inside.append(tag)
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        if self._form is None:
            return
        name = given.get("name", "")
        if tag == "button":
            self._sends_to = given.get("formaction", "")
        if tag == "input" and given.get("type") in {"radio", "checkbox"}:
            self._form.fields += [(name, given.get("value", "on"))] if "checked" in given else []
        elif tag == "input":
            self._form.fields.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._form.fields.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            self._area = name

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if "script" in self._inside or "style" in self._inside:
            return
        if self._form is not None and "button" in self._inside:
            button = " ".join(data.split())
            self._form.buttons.append(button)
            if self._sends_to:
                self._form.elsewhere[button] = self._sends_to
        if self._form is not None and "textarea" in self._inside:
            self._form.fields.append((self._area, data))
        self.words.append(data)


@dataclass(frozen=True)
class Page:
    """What came back, as a person sees it."""

    response: TestResponse
    path: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self._read().words))

    @property
    def title(self) -> str:
        found = re.search(r"<title[^>]*>(.*?)</title>", self.html, re.DOTALL)
        return " ".join(found[1].split()) if found else ""

    @property
    def headings(self) -> list[str]:
        return [
            " ".join(re.sub(r"<[^>]+>", "", h).split())
            for h in re.findall(r"<h1[^>]*>(.*?)</h1>", self.html, re.DOTALL)
        ]

    @property
    def ids(self) -> list[str]:
        return self._read().ids

    @property
    def links(self) -> list[str]:
        return self._read().links

    @property
    def errors(self) -> list[str]:
        summary = re.search(r"govuk-error-summary__list(.*?)</ul>", self.html, re.DOTALL)
        if summary is None:
            return []
        items = re.findall(r"<li>(.*?)</li>", summary[1], re.DOTALL)
        return [" ".join(re.sub(r"<[^>]+>", "", item).split()) for item in items]

    @property
    def forms(self) -> list[Form]:
        return self._read().forms

    def form(self, button: str) -> Form:
        forms = [form for form in self._read().forms if button in form.buttons]
        assert forms, f"no button “{button}” on {self.path}: {[f.buttons for f in self._read().forms]}"
        return forms[0]

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.html)
        return reader


class Browser:
    """One person's browser, which remembers its cookies and the page it shows."""

    def __init__(self, app: Flask, *, remote_addr: str = "203.0.113.7") -> None:
        self.client: FlaskClient = app.test_client()
        self.remote_addr = remote_addr
        self.page: Page

    def opens(self, path: str) -> Page:
        response = self.client.get(path, follow_redirects=True, environ_base={"REMOTE_ADDR": self.remote_addr})
        self.page = Page(response, response.request.full_path.rstrip("?"))
        return self.page

    def presses(self, button: str, **filled: str) -> Page:
        """Fill in fields by name (`first_day_day` is the box `first_day-day`) and press the button."""
        form = self.page.form(button)
        given = {re.sub(r"_(day|month|year)$", r"-\1", name) if name not in _names(form) else name: value
                 for name, value in filled.items()}  # fmt: skip
        fields = [(name, value) for name, value in form.fields if name not in given] + list(given.items())
        if form.method == "get":
            return self.opens(f"{form.action}?{urlencode(fields)}")
        return self.sends(form.elsewhere.get(button, form.action), fields)

    def sends(self, path: str, fields: list[tuple[str, str]]) -> Page:
        response = self.client.post(
            path,
            data=urlencode(fields, errors="surrogatepass"),
            content_type="application/x-www-form-urlencoded",
            follow_redirects=True,
            environ_base={"REMOTE_ADDR": self.remote_addr},
        )
        self.page = Page(response, response.request.full_path.rstrip("?"))
        return self.page


def _names(form: Form) -> set[str]:
    return {name for name, _ in form.fields}
