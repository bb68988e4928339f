"""What stands beside the password: codes for a lost telephone, sessions that can be ended, and proof asked again."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from scheduling import db
from scheduling.models import Actor, Entry, Role, Staff
from tests.builders import Town
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW, PASSWORD, SignIn, Told, account_of
from webapp import enrolment, second_factor, sessions
from webapp.accounts import Account, RecoveryCode, SignedIn
from webapp.enrolment import NotEnrolled

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 "
    "Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36 Edg/140.0.0.0"
)


def tries(app: Flask, email: str, code: str) -> Page:
    browser = Browser(app)
    browser.opens("/sign-in")
    return browser.presses("Sign in", email=email, password=PASSWORD, code=code)


def recovery_codes(browser: Browser) -> list[str]:
    browser.opens("/account/recovery-codes")
    page = browser.presses("Make new codes")
    return [part.partition("</code>")[0] for part in page.html.split("<li><code>")[1:]]


def proved(minutes_ago: int) -> None:
    with db.Session.begin() as session:
        session.execute(update(SignedIn).values(proved_at=db.moment(session) - timedelta(minutes=minutes_ago)))


def next_code(email: str) -> str:
    with db.Reading() as session:
        account = session.scalars(select(Account).join(Account.staff).where(Staff.email == email)).one()
        return second_factor.current_code(session, account)


def test_a_recovery_code_stands_in_for_the_app_once(app: Flask, coordinator: Browser, town: Town) -> None:
    first, *others = recovery_codes(coordinator)
    email = town.coordinator.email

    answers = [tries(app, email, code).status for code in (first, first, others[0].lower().replace("-", " "))]

    assert len({first, *others}) == 10
    assert answers == [200, 422, 200]
    assert "You have 8 left" in coordinator.opens("/account").text


def test_a_new_sheet_of_codes_ends_the_old_one(app: Flask, coordinator: Browser, town: Town) -> None:
    (old, *_), _new = recovery_codes(coordinator), recovery_codes(coordinator)

    assert tries(app, town.coordinator.email, old).status == 422


def test_the_database_does_not_hold_the_codes(coordinator: Browser) -> None:
    codes = recovery_codes(coordinator)

    with db.Reading() as session:
        kept = " ".join(session.scalars(select(RecoveryCode.code_hash)))
    assert [code for code in codes if code in kept or code.replace("-", "") in kept] == []


def test_another_s_recovery_code_opens_nothing(app: Flask, coordinator: Browser) -> None:
    codes = recovery_codes(coordinator)
    email, _ = account_of(Role.MANAGER)

    assert tries(app, email, codes[0]).status == 422


@pytest.mark.parametrize(
    ("agent", "called"),
    [
        pytest.param(FIREFOX, "Firefox on Windows", id="Firefox"),
        pytest.param(SAFARI, "Safari on iPhone", id="a telephone"),
        pytest.param(EDGE, "Edge on a Mac", id="Edge says that it is Chrome and Safari as well"),
        pytest.param("curl/8.9", "A browser", id="something else"),
        pytest.param("<script>Firefox/1</script>", "Firefox", id="nothing of what it says is kept as it stands"),
        pytest.param("", "A browser", id="nothing at all"),
    ],
)
def test_a_browser_is_called_what_its_owner_would_call_it(agent: str, called: str) -> None:
    assert sessions.described(agent) == called


def test_one_signs_out_another_browser_of_one_s_own(app: Flask, coordinator: Browser, town: Town) -> None:
    other = Browser(app)
    other.opens("/sign-in")
    other.presses("Sign in", email=town.coordinator.email, password=PASSWORD, code=next_code(town.coordinator.email))

    coordinator.opens("/account")
    page = coordinator.presses("Sign it out")

    assert "That browser has been signed out" in page.text
    assert other.opens("/today").path.startswith("/sign-in")
    assert coordinator.opens("/today").path == "/today"


def test_nobody_ends_the_session_of_somebody_else(coordinator: Browser, adviser: Browser) -> None:
    with db.Reading() as session:
        of_the_adviser = session.scalars(
            select(SignedIn.id).join(SignedIn.staff).where(Staff.role == Role.ADVISER)
        ).one()
    form = coordinator.opens("/account").form("Sign out here")

    coordinator.sends(f"/account/sessions/{of_the_adviser}/end", form.fields)

    assert adviser.opens("/today").path == "/today"


def test_an_administrator_ends_the_sessions_of_a_lost_laptop(sign_in: SignIn, coordinator: Browser, town: Town) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.opens(f"/staff/{town.coordinator.id}")

    administrator.presses("Sign them out of every browser")

    assert coordinator.opens("/today").path.startswith("/sign-in")


def test_another_role_ends_every_session_and_is_in_the_history(
    sign_in: SignIn, coordinator: Browser, town: Town
) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.opens(f"/staff/{town.coordinator.id}/role")

    page = administrator.presses("Change the role", role="manager", because="Promoted in November")

    assert "is manager from now on" in page.text
    assert coordinator.opens("/today").path.startswith("/sign-in")
    with db.Reading() as session:
        entry = session.scalars(select(Entry).where(Entry.about == enrolment.STAFF)).one()
        assert entry.why == "Promoted in November"


def test_nobody_gives_themselves_another_role(sign_in: SignIn, town: Town) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    with db.Reading() as session:
        own = session.scalars(select(Staff.id).where(Staff.role == Role.ADMINISTRATOR)).one()
    administrator.opens(f"/staff/{own}/role")

    page = administrator.presses("Change the role", role="manager", because="I want to read cases")

    assert page.errors == ["Nobody changes their own role. Ask another administrator."]


@pytest.mark.parametrize(
    "path", ["/people/1", "/people/new", "/contacts.csv"], ids=["contact change", "another person", "export"]
)
def test_what_gives_much_away_asks_for_password_and_code_again(
    coordinator: Browser, told: Told, town: Town, path: str
) -> None:
    proved(minutes_ago=6)
    wanted = f"/cases/{told.booked}{path}"

    assert coordinator.opens(wanted).path.startswith("/prove-it")
    page = coordinator.presses("Continue", password=PASSWORD, code=next_code(town.coordinator.email))

    assert (page.status, page.path) == (200, wanted)


def test_a_form_that_was_opened_in_time_may_be_filled_in_without_haste(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.booked}/people/1")
    proved(minutes_ago=14)
    assert coordinator.presses("Save the record", may_text="yes").path == f"/cases/{told.booked}/people"

    coordinator.opens(f"/cases/{told.booked}")
    proved(minutes_ago=0)
    coordinator.opens(f"/cases/{told.booked}/people/1")
    proved(minutes_ago=16)
    assert coordinator.presses("Save the record", may_text="no").path.startswith("/prove-it")


def test_proving_it_again_changes_the_cookie_and_a_wrong_password_does_not(coordinator: Browser, town: Town) -> None:
    before = coordinator.client.get_cookie("session")
    assert before is not None
    coordinator.opens("/prove-it?next=/cases")
    page = coordinator.presses("Continue", password="not the password", code=next_code(town.coordinator.email))
    assert page.status == 422

    page = coordinator.presses("Continue", password=PASSWORD, code=next_code(town.coordinator.email))

    after = coordinator.client.get_cookie("session")
    assert after is not None
    assert page.path == "/cases"
    assert after.value != before.value
    coordinator.client.set_cookie("session", before.value)
    assert coordinator.opens("/today").path.startswith("/sign-in")


def test_guessing_at_the_proof_is_counted_like_guessing_at_the_door(coordinator: Browser) -> None:
    coordinator.opens("/prove-it")
    answers = [coordinator.presses("Continue", password="wrong, wrong", code="000000").status for _ in range(6)]

    assert answers == [422, 422, 422, 422, 422, 429]


def test_a_mediator_s_account_is_tied_to_the_mediator_of_that_address(town: Town) -> None:
    with db.Session.begin() as session:
        added = enrolment.add(session, role=Role.MEDIATOR, email=town.mediator.email, name="Morgan")

        assert session.get_one(type(town.mediator), town.mediator.id).staff_id == added.id


@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.OFFICER])
def test_nobody_becomes_a_mediator_or_an_officer_by_an_account_alone(town: Town, role: Role) -> None:
    with pytest.raises(NotEnrolled, match=f"no {role}"), db.Session.begin() as session:
        enrolment.add(session, role=role, email="stranger@example.org", name="")


def test_an_officer_who_becomes_something_else_leaves_the_authority_s_cases(town: Town) -> None:
    with db.Session.begin() as session:
        officer = enrolment.add(session, role=Role.OFFICER, email=town.officer.email, name="Olu")
        by = Actor.staff(town.coordinator.id)
        enrolment.change_role(session, officer, Role.ADVISER, because="Works for us now", by=by, now=NOW)

        assert session.get_one(type(town.officer), town.officer.id, populate_existing=True).staff_id is None
