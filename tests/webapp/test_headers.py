import re

import pytest
from flask import Flask

from tests.webapp.browser import Browser
from webapp.settings import Settings


def test_only_our_own_scripts_run_and_no_page_is_framed(app: Flask) -> None:
    page = Browser(app).opens("/")
    policy = page.response.headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page.html)
    assert inline
    assert all(f'nonce="{nonce[1]}"' in script for script in inline)
    assert "style=" not in page.html


def test_the_word_for_inline_scripts_is_another_each_time(app: Flask) -> None:
    browser = Browser(app)

    assert len({browser.opens("/").response.headers["Content-Security-Policy"] for _ in range(3)}) == 3


def test_nothing_about_anybody_is_kept_or_passed_on(coordinator: Browser) -> None:
    headers = coordinator.opens("/today").response.headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "microphone=()" in headers["Permissions-Policy"]


def test_the_look_may_be_kept(app: Flask) -> None:
    with app.test_client().get("/static/app.css") as response:
        assert response.headers["Cache-Control"] != "no-store"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("localhost", 200, id="this machine"),
        pytest.param("127.0.0.1:8000", 200, id="this machine by number"),
        pytest.param("evil.example", 400, id="another name"),
        pytest.param("localhost.evil.example", 400, id="a name that begins like ours"),
        pytest.param("localhost@evil.example", 400, id="a name with a user"),
        pytest.param("", 400, id="no name"),
        pytest.param("evil" * 100, 400, id="longer than a name can be"),
    ],
)
def test_we_answer_only_to_our_own_name(app: Flask, host: str, status: int) -> None:
    response = app.test_client().get("/", headers={"Host": host})

    assert response.status_code == status
    assert "evil" not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/readyz", 503, id="is it ready: no worker has been seen"),
        pytest.param("POST", "/twilio/voice", 403, id="a webhook is judged by its signature"),
    ],
)
def test_whoever_stands_in_front_of_us_may_ask_by_an_inner_name(
    app: Flask, method: str, path: str, status: int
) -> None:
    response = app.test_client().open(path, method=method, headers={"Host": "web.internal:8000"})

    assert response.status_code == status


def test_whoever_asks_whether_we_live_may_use_any_name(app: Flask) -> None:
    assert app.test_client().get("/livez", headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_over_https_the_browser_is_told_to_stay_there(app: Flask, settings: Settings) -> None:
    app.config["SETTINGS"] = settings.model_copy(update={"public_base_url": "https://mediation.example"})

    response = app.test_client().get("/", headers={"Host": "mediation.example"})

    assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")
