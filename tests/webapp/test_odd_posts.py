"""Whatever is posted, the answer is a page with a sentence: never a fault of ours."""

from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webapp.browser import Browser
from tests.webapp.conftest import Told

NAMES = (
    "because",
    "code",
    "consent_to_share",
    "day",
    "day-day",
    "day-month",
    "day-year",
    "email",
    "first_day",
    "first_day-day",
    "first_day-month",
    "first_day-year",
    "issues",
    "last_day-day",
    "last_day-month",
    "last_day-year",
    "letter_date-day",
    "letter_date-month",
    "letter_date-year",
    "may_decide",
    "may_text",
    "name",
    "number",
    "outcode",
    "password",
    "reason",
    "reference",
    "sequence",
    "slot",
    "authority",
    "agreed_on-day",
    "agreed_on-month",
    "agreed_on-year",
    "authority_came",
    "born-day",
    "born-month",
    "born-year",
    "capacity",
    "decision",
    "ended_at",
    "ending",
    "extent",
    "family_came",
    "is_willing",
    "kind",
    "language",
    "party",
    "promise-1-action",
    "promise-1-words",
    "role",
    "safe_from",
    "safe_until",
    "told",
)
ODD = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1",
        "12",
        "2026",
        "99999999999999999999",
        "\x00",
        "\ud800",
        "٣",
        "²",
        "1e3",
        "NaN",
        "yes",
        "٢٠٢٦",
        "\u202e",
        "a@b.example",
        "x" * 5000,
        "\r\nBcc: a@b.example",
        "<script>",
        "{{ 7*7 }}",
        "31",
        "2",
        "29",
        "1-1-1-1",
    ]
)
FIELDS = st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(ODD, st.text(max_size=12))), max_size=12)


def posts(app: Flask, told: Told) -> list[str]:
    """Every address of the console and the public pages to which something can be posted; of each thing the first."""
    given = {"reference": told.booked, "booking_id": told.booking, "contact_id": told.contact, "mail_id": told.mail,
             "call_back_id": told.call_back, "message_id": told.failed, "name": "hold_hours"}  # fmt: skip
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        rules = [
            r
            for r in app.url_map.iter_rules()
            if "POST" in (r.methods or ()) and r.endpoint.startswith(("console.", "public."))
        ]
        return [
            adapter.build(rule.endpoint, {name: given.get(name, 1) for name in rule.arguments}, method="POST")
            for rule in rules
        ]


def token(browser: Browser) -> str:
    return dict(browser.opens("/account").form("Sign out").fields)["csrf_token"]


def test_odd_posts_never_bring_the_console_down(app: Flask, coordinator: Browser, told: Told) -> None:
    form_token = token(coordinator)
    paths = posts(app, told)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(path=st.sampled_from(paths), fields=FIELDS)
    def never_a_fault(path: str, fields: list[tuple[str, str]]) -> None:
        page = coordinator.sends(path, [("csrf_token", form_token), *fields])
        assert page.status < 500, (path, fields, page.text)

    never_a_fault()


def test_every_form_sent_empty_is_answered(app: Flask, coordinator: Browser, told: Told) -> None:
    form_token = token(coordinator)

    for path in posts(app, told):
        assert coordinator.sends(path, [("csrf_token", form_token)]).status < 500, path


def test_odd_words_at_the_door_are_only_wrong(app: Flask) -> None:
    browser = Browser(app)
    form_token = dict(browser.opens("/sign-in").form("Sign in").fields)["csrf_token"]

    for odd in ("\x00", "\ud800", "٣٤٥٦٧٨", "x" * 5000, "\u202e"):
        fields = [("csrf_token", form_token), ("email", f"a{odd}"), ("password", f"b{odd}"), ("code", f"1{odd}")]
        assert browser.sends("/sign-in", fields).status == 422


@pytest.mark.parametrize(
    "path",
    [
        "/cases/0",
        "/cases/" + quote("\x00"),
        "/cases/%ff%fe",
        "/cases/" + "9" * 400,
        "/cases?reference=%00",
        "/cases?page=-1",
        "/cases?page=99999999999999999999",
        "/cases?page=" + quote("²"),
        "/venues/0",
        "/venues/99999999999999999999",
        "/venues/2147483648",
        "/messages?state=%00",
        "/messages/abc",
        "/mediators/1e3",
        "/today?for=%00",
        "/venues/1/closed?moved=" + quote("²"),
        "/cases/12345674/slots/confirm?slot=%00",
    ],
)
def test_odd_addresses_are_found_or_not_found(coordinator: Browser, path: str) -> None:
    assert coordinator.opens(path).status in {200, 404}
