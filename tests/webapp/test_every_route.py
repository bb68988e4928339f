"""What holds for every route that there is, asked of each: a new one is watched without anybody's remembering it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from webapp import headers

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ARGUMENTS = {"reference": "12345674", "token": "x" * 32, "day": "2027-06-18"}
ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
VERBS_OF_NOBODY = ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "MADE-UP")
MAY_BE_KEPT = ("/static", "/help", "/simulator")
HAS_A_SIGNATURE = "twilio"
"""The blueprint to which a machine posts, not a form."""


def rules(app: Flask, method: str) -> Iterator[tuple[Rule, str]]:
    """Every route that answers this method, with an address of it."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            given = {name: ARGUMENTS.get(name, "app.css" if name == "filename" else 1) for name in rule.arguments}
            yield rule, adapter.build(rule.endpoint, given, method=method)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_every_answer_carries_what_browsers_must_be_told(app: Flask, client: FlaskClient) -> None:
    asked = [("GET", path) for _, path in rules(app, "GET")] + [("POST", path) for _, path in rules(app, "POST")]
    asked += [("GET", "/there-is-no-such-page"), ("PUT", "/"), ("GET", "/static/no-such-file"), ("GET", "/a\x00b")]

    for method, path in asked:
        with client.open(path, method=method) as answer:
            told = answer.headers
            assert {name: told.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER, path
            assert "default-src 'self'" in told["Content-Security-Policy"], path
            assert "unsafe" not in told["Content-Security-Policy"], path
            assert answer.status_code < 500 or path == "/readyz", path
            assert told.get("Cache-Control") == "no-store" or path.startswith(MAY_BE_KEPT), path


@pytest.mark.parametrize(
    "token", [pytest.param({}, id="no token"), pytest.param({"csrf_token": "made.up.token"}, id="a made-up token")]
)
def test_no_form_acts_without_its_own_page_s_token(app: Flask, client: FlaskClient, token: dict[str, str]) -> None:
    for rule, path in rules(app, "POST"):
        if rule.endpoint.partition(".")[0] == HAS_A_SIGNATURE:
            continue
        answer = client.post(path, data={"name": "x", **token})
        assert answer.status_code == 400, path
        assert "Nothing was changed." in answer.get_data(as_text=True), path


def test_a_token_of_another_s_browser_is_no_token(app: Flask) -> None:
    theirs, mine = app.test_client(), app.test_client()
    page = theirs.get("/sign-in").get_data(as_text=True)
    mine.get("/sign-in")
    stolen = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert stolen

    assert mine.post("/sign-in", data={"csrf_token": stolen}).status_code == 400


def test_no_route_knows_a_verb_that_no_page_of_ours_uses(app: Flask, client: FlaskClient) -> None:
    known = {verb for rule in app.url_map.iter_rules() for verb in rule.methods or ()}

    assert known == {"GET", "HEAD", "POST", "OPTIONS"}
    for verb in VERBS_OF_NOBODY:
        for path in ("/", "/sign-in", "/today", "/twilio/sms", "/livez", "/static/app.css"):
            assert client.open(path, method=verb).status_code == 405, (verb, path)


def test_no_route_answers_to_another_host_s_name_nor_writes_it_anywhere(app: Flask, client: FlaskClient) -> None:
    lies = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Original-URL": "//evil.example"}

    for rule, path in rules(app, "GET"):
        with client.get(path, headers={"Host": "evil.example"}) as answer:
            is_inner = rule.endpoint.partition(".")[0] in headers.BY_ANY_NAME
            assert is_inner or answer.status_code == 400, path
            assert "evil" not in answer.get_data(as_text=True) + str(answer.headers), path
        with client.get(path, headers=lies) as answer:
            assert "evil" not in str(answer.headers), path
            assert b"evil" not in answer.get_data(), path
