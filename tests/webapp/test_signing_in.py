from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

from scheduling import db
from scheduling.models import Role, Staff
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import PASSWORD, SignIn, account_of
from webapp import enrolment, second_factor
from webapp.accounts import SignedIn, SignInFailure

WRONG = "Check your email address, password and code, then try again. Use a new code: each works only once."


@pytest.fixture
def browser(app: Flask, town: Town) -> Browser:
    return Browser(app)


def tries(browser: Browser, email: str, password: str, code: str) -> tuple[int, list[str]]:
    browser.opens("/sign-in")
    page = browser.presses("Sign in", email=email, password=password, code=code)
    return page.status, page.errors


def test_a_coordinator_signs_in_and_sees_what_needs_somebody(coordinator: Browser) -> None:
    assert coordinator.page.path == "/today"
    assert coordinator.page.headings[0].startswith("Today, ")


def test_who_wanted_a_page_gets_it_after_signing_in(browser: Browser) -> None:
    email, code = account_of(Role.COORDINATOR)

    browser.opens("/venues")
    page = browser.presses("Sign in", email=email, password=PASSWORD, code=code)

    assert page.path == "/venues"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aSet-Cookie:x", ""],
)
def test_signing_in_never_leads_to_another_site(browser: Browser, elsewhere: str) -> None:
    email, code = account_of(Role.COORDINATOR)

    browser.opens(f"/sign-in?next={elsewhere}")
    page = browser.presses("Sign in", email=email, password=PASSWORD, code=code)

    assert page.response.request.host == "localhost"
    assert page.status in {200, 404}


def test_whatever_was_wrong_the_answer_is_the_same(browser: Browser) -> None:
    email, code = account_of(Role.COORDINATOR)

    answers = [
        tries(browser, "nobody@staff.example", PASSWORD, code),
        tries(browser, email, "not the password at all", code),
        tries(browser, email, PASSWORD, "000000" if code != "000000" else "111111"),
        tries(browser, email, PASSWORD, "words instead of digits"),
        tries(browser, email, PASSWORD, "\u0661\u0662\u0663\u0664\u0665\u0666"),
    ]

    assert answers == [(422, [WRONG])] * 5


def test_no_wrong_try_is_told_from_another_by_words_size_or_work(
    app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, code = account_of(Role.COORDINATOR)
    left, _ = account_of(Role.MANAGER)
    with db.Session.begin() as session:
        session.execute(update(Staff).where(Staff.email == left).values(is_active=False))
        enrolment.add(session, role=Role.ADVISER, email="by.organisation@staff.example", name="Robin")
    hashed: list[str] = []
    slow = PasswordHasher.verify

    def heard(own: PasswordHasher, known: str, given: str) -> bool:
        hashed.append(given)
        return bool(slow(own, known, given))

    monkeypatch.setattr(PasswordHasher, "verify", heard)

    answers = set()
    for tried, password in (
        (email, "not the password at all"),
        (email, PASSWORD),
        (left, PASSWORD),
        ("nobody@staff.example", PASSWORD),
        ("by.organisation@staff.example", PASSWORD),
    ):
        browser = Browser(app)
        wrong_code = code if password != PASSWORD else "000000"
        tries(browser, tried, password, wrong_code)
        html = browser.page.html.replace(tried, "").replace(wrong_code, "")
        answers.add((browser.page.status, browser.page.text, len(html)))

    assert len(answers) == 1
    assert len(hashed) == 5


def test_somebody_who_has_left_is_not_let_in(browser: Browser) -> None:
    email, code = account_of(Role.COORDINATOR)
    with db.Session.begin() as session:
        session.execute(update(Staff).where(Staff.email == email).values(is_active=False))

    assert tries(browser, email, PASSWORD, code) == (422, [WRONG])


def test_an_address_may_be_typed_with_large_letters_and_a_code_with_a_gap(browser: Browser) -> None:
    email, code = account_of(Role.COORDINATOR)

    status, errors = tries(browser, f"  {email.upper()} ", PASSWORD, f"{code[:3]} {code[3:]}")

    assert (status, errors) == (200, [])


def test_a_code_works_once(app: Flask, browser: Browser) -> None:
    email, code = account_of(Role.COORDINATOR)

    first, second = tries(browser, email, PASSWORD, code), tries(Browser(app), email, PASSWORD, code)

    assert (first[0], second[0]) == (200, 422)


def test_the_sixth_try_in_a_quarter_of_an_hour_is_not_even_looked_at(browser: Browser) -> None:
    email, code = account_of(Role.COORDINATOR)
    for _ in range(5):
        tries(browser, email, "wrong, wrong, wrong", code)

    status, errors = tries(browser, email, PASSWORD, code)

    assert status == 429
    assert errors == ["There have been too many tries to sign in. Wait 15 minutes, then try again."]


def test_an_address_that_nobody_has_is_counted_as_any_other(browser: Browser) -> None:
    answers = [tries(browser, "nobody@staff.example", PASSWORD, "123456")[0] for _ in range(6)]

    assert answers == [422, 422, 422, 422, 422, 429]


def test_somebody_who_tries_many_addresses_is_stopped_too(app: Flask, town: Town) -> None:
    browser = Browser(app, remote_addr="198.51.100.9")
    answers = [tries(browser, f"guess{number}@staff.example", PASSWORD, "123456")[0] for number in range(21)]

    assert answers == [422] * 20 + [429]


def test_after_a_quarter_of_an_hour_one_may_try_again(browser: Browser) -> None:
    email, code = account_of(Role.COORDINATOR)
    for _ in range(5):
        tries(browser, email, "wrong, wrong, wrong", code)
    with db.Session.begin() as session:
        session.execute(update(SignInFailure).values(at=db.moment(session) - timedelta(minutes=16)))

    assert tries(browser, email, PASSWORD, code)[0] == 200


def test_failures_name_neither_the_address_nor_the_place(browser: Browser) -> None:
    tries(browser, "somebody@staff.example", PASSWORD, "123456")

    with db.Reading() as session:
        written = " ".join(session.scalars(select(SignInFailure.who)))
    assert "somebody" not in written
    assert browser.remote_addr not in written


def test_the_database_does_not_hold_the_cookie(coordinator: Browser) -> None:
    cookie = coordinator.client.get_cookie("session")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")

    with db.Reading() as session:
        kept = session.scalars(select(SignedIn.token_hash)).all()
    assert cookie.value not in kept
    assert len(cookie.value) >= 43  # 256 bits


@pytest.mark.parametrize(
    ("since", "seen", "still"),
    [
        pytest.param(timedelta(minutes=29), timedelta(minutes=29), True, id="nearly half an hour without a page"),
        pytest.param(timedelta(minutes=31), timedelta(minutes=31), False, id="more than half an hour without a page"),
        pytest.param(timedelta(hours=13), timedelta(minutes=1), False, id="never longer than twelve hours"),
        pytest.param(timedelta(hours=11), timedelta(minutes=1), True, id="a long day at work"),
    ],
)
def test_a_session_ends_by_itself(coordinator: Browser, since: timedelta, seen: timedelta, *, still: bool) -> None:
    with db.Session.begin() as session:
        moment = db.moment(session)
        session.execute(update(SignedIn).values(since=moment - since, seen_at=moment - seen))

    page = coordinator.opens("/today")

    assert (page.path == "/today") is still


def test_opening_pages_keeps_a_session_alive(coordinator: Browser) -> None:
    with db.Session.begin() as session:
        session.execute(update(SignedIn).values(seen_at=db.moment(session) - timedelta(minutes=20)))

    coordinator.opens("/today")

    with db.Reading() as session:
        assert db.moment(session) - session.scalars(select(SignedIn.seen_at)).one() < timedelta(minutes=1)


def test_after_signing_out_the_cookie_opens_nothing(coordinator: Browser) -> None:
    cookie = coordinator.client.get_cookie("session")
    assert cookie is not None

    coordinator.presses("Sign out")
    coordinator.client.set_cookie("session", cookie.value)

    assert coordinator.opens("/today").path.startswith("/sign-in")


def test_signing_out_everywhere_ends_the_other_browsers(app: Flask, coordinator: Browser) -> None:
    cookie = coordinator.client.get_cookie("session")
    assert cookie is not None
    other = Browser(app)
    other.client.set_cookie("session", cookie.value)

    coordinator.opens("/account")
    coordinator.presses("Sign out of every browser")

    assert other.opens("/today").path.startswith("/sign-in")


@pytest.mark.parametrize("cookie", ["", "x", "0" * 43, "\u2603", "a" * 4000])
def test_a_made_up_cookie_opens_nothing(browser: Browser, cookie: str) -> None:
    browser.client.set_cookie("session", cookie)

    assert browser.opens("/today").path.startswith("/sign-in")


def test_a_form_without_its_token_changes_nothing(coordinator: Browser) -> None:
    page = coordinator.sends("/sign-out", [])

    assert (page.status, page.headings) == (400, ["The form was open for too long"])
    assert coordinator.opens("/today").path == "/today"


def test_a_mediator_who_signs_in_sees_their_own_meetings_and_no_case(sign_in: SignIn) -> None:
    mediator = sign_in(Role.MEDIATOR)

    assert mediator.page.path == "/mediator"
    assert mediator.opens("/today").status == 404


def test_the_demo_s_code_works_even_after_the_last_one_was_used(app: Flask, browser: Browser) -> None:
    email, code = account_of(Role.COORDINATOR)
    tries(browser, email, PASSWORD, code)
    with db.Reading() as session:
        another = second_factor.current_code(session, enrolment.accounts(session)[0])

    assert tries(Browser(app), email, PASSWORD, another)[0] == 200
