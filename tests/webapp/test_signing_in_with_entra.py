"""Whoever their own organisation vouches for, by tenant and object, is let in; everybody else is not."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import select

from scheduling import db
from scheduling.models import Role, Staff
from tests import builders
from tests.builders import Town
from tests.webapp import fake_entra
from tests.webapp.browser import Browser
from tests.webapp.conftest import PASSWORD, SignIn
from tests.webapp.fake_entra import CLIENT, OBJECT, SECRET, TENANT, FakeEntra
from webapp import enrolment
from webapp.accounts import Account
from webapp.app import create_app
from webapp.settings import Settings

REFUSED = "Your organisation's account does not let you in here. Try again, or ask an administrator."
ANOTHER_TENANT = "99999999-2222-3333-4444-555555555555"


@pytest.fixture
def entra() -> Iterator[FakeEntra]:
    with fake_entra.running() as fake:
        yield fake


@pytest.fixture
def browser(town: Town, settings: Settings, entra: FakeEntra) -> Browser:
    """Chris, who has no password here, at the application that knows our Entra."""
    with db.Session.begin() as session:
        chris = session.get_one(Staff, town.coordinator.id)
        enrolment.vouched_for(session, chris, tenant_id=TENANT.upper(), object_id=OBJECT)
        entra.now = db.moment(session).timestamp()
    db.Session.kw["bind"].dispose()  # the application below opens an engine of its own
    app = create_app(
        settings.model_copy(
            update={
                "entra_tenants": (TENANT,),
                "entra_client_id": CLIENT,
                "entra_client_secret": SECRET,
                "entra_url": entra.url,
            }
        )
    )
    return Browser(app)


def comes_back(browser: Browser, entra: FakeEntra, *, path: str = "/sign-in/entra") -> None:
    sent_to = browser.client.get(path).location
    browser.opens(entra.signs_in(sent_to))


def test_somebody_whom_their_organisation_vouches_for_is_let_in(browser: Browser, entra: FakeEntra) -> None:
    assert "Microsoft account" in browser.opens("/sign-in").text

    comes_back(browser, entra)

    assert browser.page.path == "/today"


def test_who_wanted_a_page_gets_it_after_signing_in(browser: Browser, entra: FakeEntra) -> None:
    comes_back(browser, entra, path="/sign-in/entra?next=/venues")

    assert browser.page.path == "/venues"


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"tid": ANOTHER_TENANT}, id="another tenant"),
        pytest.param({"tid": None}, id="no tenant"),
        pytest.param({"oid": "ffffffff-0000-0000-0000-000000000000"}, id="an object that we do not know"),
        pytest.param({"oid": None}, id="no object"),
        pytest.param({"aud": "another application"}, id="a token for another application"),
        pytest.param({"iss": "https://login.example/v2.0"}, id="another issuer"),
        pytest.param({"nonce": "of yesterday"}, id="a nonce of another errand"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"exp": 1_700_000_000}, id="a token that is over"),
        pytest.param({"iat": 4_000_000_000}, id="a token of the future"),
        pytest.param({"amr": ["pwd"]}, id="no second factor"),
        pytest.param({"email": "chris.of.barnet@common-ground.example", "oid": "chris"}, id="the right address alone"),
    ],
)
def test_a_token_that_is_not_wholly_right_lets_nobody_in(
    browser: Browser, entra: FakeEntra, claims: dict[str, object]
) -> None:
    entra.claims = claims

    comes_back(browser, entra)

    assert browser.page.path == "/sign-in"
    assert REFUSED in browser.page.text
    assert browser.opens("/today").path.startswith("/sign-in")


def _by_another_key(entra: FakeEntra) -> None:
    entra.signs_with = RSAKey.generate_key(2048, {"kid": "one"})


def _out_of_order(entra: FakeEntra) -> None:
    entra.down = True


@pytest.mark.parametrize("trouble", [_by_another_key, _out_of_order])
def test_a_forged_signature_or_an_entra_that_is_down_lets_nobody_in(
    browser: Browser, entra: FakeEntra, trouble: Callable[[FakeEntra], None]
) -> None:
    trouble(entra)

    comes_back(browser, entra)

    assert REFUSED in browser.page.text


def test_an_answer_is_looked_at_once(browser: Browser, entra: FakeEntra) -> None:
    back = entra.signs_in(browser.client.get("/sign-in/entra").location)
    browser.opens(back)
    browser.opens("/account")
    browser.presses("Sign out here")

    browser.opens(back)

    assert REFUSED in browser.page.text


@pytest.mark.parametrize("answer", ["", "?code=a-code", "?code=a-code&state=another", "?error=access_denied"])
def test_an_answer_to_another_question_lets_nobody_in(browser: Browser, entra: FakeEntra, answer: str) -> None:
    entra.signs_in(browser.client.get("/sign-in/entra").location)

    browser.opens(f"/sign-in/entra/back{answer}")

    assert REFUSED in browser.page.text


def test_somebody_who_has_left_is_not_let_in(browser: Browser, entra: FakeEntra, town: Town) -> None:
    with db.Session.begin() as session:
        session.get_one(Staff, town.coordinator.id).is_active = False

    comes_back(browser, entra)

    assert REFUSED in browser.page.text


def test_what_gives_much_away_asks_the_organisation_for_the_password_anew(
    browser: Browser, entra: FakeEntra, town: Town
) -> None:
    with db.Session.begin() as session:
        reference = builders.case(session, town).reference
    wanted = f"/cases/{reference}/people/1"
    comes_back(browser, entra)

    assert browser.opens(wanted).path.startswith("/prove-it")
    sent_to = browser.client.get(f"/sign-in/entra?again=yes&next={wanted}").location
    assert "prompt=login" in sent_to
    browser.opens(entra.signs_in(sent_to))

    assert browser.page.path == wanted


@pytest.mark.parametrize("long_ago", [None, 3600], ids=["not said when", "an hour ago"])
def test_a_password_of_an_hour_ago_is_no_new_proof(browser: Browser, entra: FakeEntra, long_ago: int | None) -> None:
    comes_back(browser, entra)
    entra.claims = {"auth_time": None if long_ago is None else int(entra.now) - long_ago}

    browser.opens(entra.signs_in(browser.client.get("/sign-in/entra?again=yes").location))

    assert browser.opens("/account/recovery-codes").path.startswith("/prove-it")


def test_unless_it_is_configured_there_is_no_such_way(app: Flask, town: Town) -> None:
    browser = Browser(app)

    assert "Microsoft" not in browser.opens("/sign-in").text
    assert browser.opens("/sign-in/entra").status == 404
    assert browser.opens("/sign-in/entra/back?code=x&state=y").status == 404


def test_nobody_has_the_identity_of_somebody_else(town: Town) -> None:
    with db.Session.begin() as session:
        another = builders.staff(session, Role.MANAGER, "Max")
        session.flush()
        enrolment.vouched_for(session, another, tenant_id=TENANT, object_id=OBJECT)

        with pytest.raises(enrolment.NotEnrolled, match="Somebody else"):
            enrolment.vouched_for(session, town.coordinator, tenant_id=TENANT, object_id=OBJECT)


def test_who_signs_in_by_their_organisation_alone_needs_no_password_row(
    browser: Browser, entra: FakeEntra, sign_in: SignIn, town: Town
) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.opens("/staff/new")
    assert len(administrator.presses("Add them").errors) == 5
    entra.claims = {"oid": "another-object"}

    page = administrator.presses(
        "Add them",
        name="Dee",
        email="dee@common-ground.example",
        role="adviser",
        tenant_id=TENANT,
        object_id="Another-Object",
    )

    assert "the account of their organisation" in page.text
    comes_back(browser, entra)
    assert browser.page.path == "/today"
    with db.Reading() as session:
        assert session.scalars(select(Account.staff_id).join(Account.staff).where(Staff.name == "Dee")).all() == []
    assert refused(browser, "nobody@common-ground.example") == refused(browser, "dee@common-ground.example") != []


def refused(browser: Browser, email: str) -> list[str]:
    """What the door says to this address and a password."""
    anew = Browser(browser.client.application)
    anew.opens("/sign-in")
    return anew.presses("Sign in", email=email, password=PASSWORD, code="123456").errors


def test_an_administrator_takes_a_password_away_and_ends_what_it_had_opened(
    browser: Browser, sign_in: SignIn, coordinator: Browser, town: Town
) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.opens(f"/staff/{town.coordinator.id}/organisation")

    page = administrator.presses("Save", tenant_id=TENANT, object_id=OBJECT)

    assert "Signs in with the account of their organisation" in page.text
    assert coordinator.opens("/today").path.startswith("/sign-in")
    with db.Reading() as session:
        assert session.get(Account, town.coordinator.id) is None


def test_two_people_cannot_be_the_same_account(browser: Browser, sign_in: SignIn, town: Town) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.opens(f"/staff/{town.adviser.id}/organisation")

    page = administrator.presses("Save", tenant_id=TENANT, object_id=OBJECT)

    assert page.errors == ["Somebody else signs in with this tenant and object already."]
