import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from scheduling.refusals import Refused
from tests.webapp.browser import Browser, Page
from webapp.auth import public


def fails_with(app: Flask, error: Exception) -> Page:
    @public
    def fault() -> str:
        raise error

    app.add_url_rule("/fault", "fault", fault)
    return Browser(app).opens("/fault")


def test_a_fault_shows_nothing_of_the_inside(app: Flask) -> None:
    page = fails_with(app, RuntimeError("the inside"))

    assert (page.status, page.headings) == (500, ["Sorry, something went wrong on our side"])
    assert "inside" not in page.html
    assert "Traceback" not in page.html


def test_a_refusal_is_a_sentence_for_a_person(app: Flask) -> None:
    page = fails_with(app, Refused("The room is taken. Choose another."))

    assert page.status == 409
    assert "The room is taken. Choose another." in page.text


def test_without_the_database_we_ask_to_come_back(app: Flask) -> None:
    page = fails_with(app, OperationalError("SELECT secret", {}, Exception("gone")))

    assert page.status == 503
    assert page.response.headers["Retry-After"] == "5"
    assert "SELECT" not in page.html


@pytest.mark.parametrize(
    ("method", "path", "status", "heading"),
    [
        ("GET", "/nowhere", 404, "Page not found"),
        ("GET", "/sign-out", 405, "This page cannot be opened like that"),
        ("POST", "/nowhere", 404, "Page not found"),
    ],
)
def test_trouble_has_a_page_that_says_what_to_do(app: Flask, method: str, path: str, status: int, heading: str) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    response = app.test_client().open(path, method=method)

    assert response.status_code == status
    assert f'<h1 class="govuk-heading-l">{heading}</h1>' in response.get_data(as_text=True)


def test_a_method_that_is_not_allowed_names_those_that_are(app: Flask) -> None:
    assert "POST" in app.test_client().get("/sign-out").headers["Allow"]


def test_a_form_that_is_too_long_is_refused(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    browser = Browser(app)
    browser.opens("/sign-in")

    page = browser.presses("Sign in", email="x" * 2000)

    assert page.status == 413
    assert "make it shorter" in page.text
