"""Over https every cookie of every answer is out of the reach of scripts, other hosts and plain connections."""

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response

from scheduling import db
from scheduling.cases import links
from scheduling.models import Case, Purpose, Role
from tests.webapp.conftest import NOW, PASSWORD, SignIn, Told, account_of
from tests.webapp.letting_in import newest_code
from tests.webapp.test_every_route import rules
from webapp.settings import Settings

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KNOWN = {"__Host-form", "__Host-session", "__Host-family"}
OF_EACH = {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"}
FORGETS = {"Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Max-Age=0"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_base_url": "https://mediation.example"})


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def cookies(answer: Response) -> dict[str, str]:
    """What the answer lets the browser keep, by name; each as it must be."""
    kept = {}
    for line in answer.headers.getlist("Set-Cookie"):
        first, *attributes = line.split("; ")
        ((name, value),) = parse_cookie(first).items()
        assert name in KNOWN, line
        assert set(attributes) - FORGETS == OF_EACH, line
        kept[name] = value
    return kept


def test_every_cookie_of_every_route_is_kept_for_this_host_alone(app: Flask, told: Told, sign_in: SignIn) -> None:
    with db.Session.begin() as session:
        case = session.scalars(select(Case).where(Case.reference == told.booked)).one()
        token = links.make(session, Purpose.FAMILY, case, now=NOW, days=30)
    family = app.test_client()
    given = [cookies(family.post(path)) for path in (f"/code/{token}", "/my-case/feedback")]
    given.append(cookies(family.post(f"/code/{token}/enter", data={"code": newest_code()})))
    given += [cookies(family.post(path)) for path in ("/my-case/people/nobody", "/my-case/leave")]
    for client in (app.test_client(), sign_in(Role.COORDINATOR).client):
        for method in ("GET", "POST"):
            for _rule, path in rules(app, method):
                with client.open(path, method=method) as answer:
                    given.append(cookies(answer))

    assert {name for one in given for name in one} == KNOWN


def test_whoever_signs_in_gets_another_cookie_than_the_browser_had(app: Flask, told: Told) -> None:
    email, code = account_of(Role.COORDINATOR)
    planted, client = "planted-by-somebody-else", app.test_client()
    client.set_cookie("__Host-session", planted)

    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD, "code": code})

    assert cookies(answer)["__Host-session"] not in {planted, ""}
    client.set_cookie("__Host-session", planted)
    assert client.get("/today").location.startswith("/sign-in")
