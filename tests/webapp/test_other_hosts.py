"""Whatever a request says of hosts, no answer leads to another than ours and no mail holds one."""

from io import BytesIO
from urllib.parse import quote

import pytest
from sqlalchemy import select

from scheduling import db
from scheduling.models import Message, Role
from tests.webapp.browser import Browser
from tests.webapp.neighbours import Neighbours
from tests.webapp.test_somebody_else_s import NO_NEIGHBOUR_HAS, routes

EVIL = "evil.example"
LIES = {
    "Referer": f"https://{EVIL}/",
    "Origin": f"https://{EVIL}",
    "Forwarded": f"host={EVIL};proto=https",
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Host": EVIL,
    "X-Original-URL": f"//{EVIL}/",
    "X-Rewrite-URL": f"//{EVIL}/",
}
ELSEWHERE = {
    "an address": f"https://{EVIL}/",
    "an address without a scheme": f"//{EVIL}/",
    "three slashes": f"///{EVIL}/",
    "a slash that browsers turn round": f"/\\{EVIL}",
    "both turned round": f"\\\\{EVIL}",
    "a tab that browsers leave out": f"/\t/{EVIL}",
    "a line end that browsers leave out": f"/\n/{EVIL}",
    "a blank before it": f" //{EVIL}",
    "another scheme": f"javascript:location='//{EVIL}'",
    "a scheme and no slash": f"https:{EVIL}",
    "a user's name that looks like us": f"https://localhost@{EVIL}/",
    "a NUL": f"/\x00/{EVIL}",
}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MEDIATOR, Role.OFFICER, None])
def test_no_answer_to_a_lie_about_hosts_leads_to_another(neighbours: Neighbours, role: Role | None) -> None:
    browser = Browser(neighbours.app) if role is None else neighbours.staff(role)
    where = {**neighbours.ours.where, **NO_NEIGHBOUR_HAS, "token": neighbours.tokens["officer"]}

    for one in routes(neighbours.app):
        if one.policy.is_public if role is None else role in one.policy.roles:
            path = one.path(neighbours.app, where)
            for name in ("next", "back", "url", "return_to"):
                path += f"{'&' if '?' in path else '?'}{name}={quote('//' + EVIL)}"
            with browser.client.open(path, method=one.method, headers=LIES) as answer:
                leads_to = answer.headers.get("Location", "/")
                assert leads_to.startswith(("/", "http://127.0.0.1:8000/")), (one, leads_to)
                assert not leads_to.startswith(("//", "/\\")), one
                assert f'href="//{EVIL}' not in answer.get_data(as_text=True), one

    with db.Reading() as session:
        written = session.scalars(select(Message)).all()
        assert written
        assert not [one.purpose for one in written if EVIL in f"{one.body}{one.subject}{one.calendar}"]


@pytest.mark.parametrize("leads_to", ELSEWHERE.values(), ids=ELSEWHERE)
def test_after_a_reason_one_goes_on_to_a_page_of_ours(neighbours: Neighbours, leads_to: str) -> None:
    manager = neighbours.staff(Role.MANAGER)
    path = f"/cases/{neighbours.ours.where['reference']}/why?next={quote(leads_to)}"

    answer = manager.client.post(path, data={"reason": "The family has complained."})

    assert answer.location == f"/cases/{neighbours.ours.where['reference']}"


@pytest.mark.parametrize("leads_to", ELSEWHERE.values(), ids=ELSEWHERE)
def test_the_door_and_the_proof_keep_no_way_to_another_site(neighbours: Neighbours, leads_to: str) -> None:
    for browser, path in ((Browser(neighbours.app), "/sign-in"), (neighbours.staff(Role.COORDINATOR), "/prove-it")):
        page = browser.opens(f"{path}?next={quote(leads_to)}")
        assert EVIL not in page.html.replace(quote(leads_to), "") or page.status == 404, path
        assert all(EVIL not in form.action for form in page.forms), path


def test_a_request_line_with_another_host_in_it_writes_no_link_there(neighbours: Neighbours) -> None:
    environ = {"SERVER_NAME": EVIL, "SERVER_PORT": "80", "HTTP_HOST": EVIL, "wsgi.input": BytesIO()}

    for path in ("/", "/sign-in", "/today"):
        answer = neighbours.app.test_client().get(path, environ_overrides=environ)
        assert answer.status_code == 400
        assert EVIL not in answer.get_data(as_text=True) + str(answer.headers)
