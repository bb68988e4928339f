"""docs/reference/who-may-enter.md says of every route what the route says of itself. After a change, write it anew with

WRITE_DOCS=1 ./run test tests/webapp/test_routes_are_documented.py
"""

import os
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from scheduling.models import Role
from webapp import auth
from webapp.compartments import ADMITS, Compartment

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "who-may-enter.md"
HEAD = """# Who may enter

Every route of the web application with what it declares: who may enter, which compartment it opens and how far. A
route that declares nothing is open to nobody, and a role that its compartment does not admit is refused when the
program starts. “Proof” means that password and code must have been given within the last minutes. The webhooks of the
telephone are guarded by Twilio's signature, and the simulator exists in the demonstration alone; neither is listed.

This page is written by a test, which fails when it is out of date:
`WRITE_DOCS=1 ./run test tests/webapp/test_routes_are_documented.py`.

## Compartments

| compartment | whom it admits |
|---|---|
"""
ROUTES = """
## Routes

| address | who | opens | how far | proof |
|---|---|---|---|---|
"""


def test_every_route_declares_what_it_opens_and_how_far(app: Flask) -> None:
    silent = []
    for rule in ours(app):
        policy = auth.policy_of(app, rule.endpoint)
        if policy is None or policy.compartment is None or policy.scope is None:
            silent.append(rule.endpoint)

    assert silent == [], "give @staff_only, @by_link or @public their compartment=... and scope=..."


def test_a_route_that_opens_a_family_s_confidence_is_never_public(app: Flask) -> None:
    closed = {Compartment.FAMILY, Compartment.CONTACTS, Compartment.AUDIT}
    policies = {rule.endpoint: auth.policy_of(app, rule.endpoint) for rule in ours(app)}

    assert [
        name for name, policy in policies.items() if policy and policy.is_public and policy.compartment in closed
    ] == []


def test_no_compartment_of_a_family_admits_an_officer_or_an_administrator() -> None:
    for compartment in (Compartment.FAMILY, Compartment.CONTACTS, Compartment.WITHOUT_PREJUDICE):
        assert ADMITS[compartment].isdisjoint({Role.OFFICER, Role.ADMINISTRATOR}), compartment


def test_the_reference_tells_of_every_route(app: Flask) -> None:
    page = HEAD + "\n".join(compartments()) + "\n" + ROUTES + "\n".join(routes(app)) + "\n"
    if "WRITE_DOCS" in os.environ:
        PAGE.write_text(page)

    assert PAGE.read_text() == page


def compartments() -> list[str]:
    return [f"| {one} | {_who(ADMITS[one])} |" for one in Compartment]


def routes(app: Flask) -> list[str]:
    lines = []
    for rule in ours(app):
        policy = auth.policy_of(app, rule.endpoint)
        assert policy is not None
        verbs = "/".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        who = "whoever has the link" if policy.scope and policy.scope.name == "LINK" else "everybody"
        if policy.by_code:
            who = "whoever of the family has the link and has entered the code"
        cells = [
            f"`{verbs} {rule.rule}`",
            who if policy.is_public or policy.by_code else _who(policy.roles),
            str(policy.compartment),
            str(policy.scope),
            "proof" if policy.proves else "",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return sorted(lines)


def ours(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] not in auth.SELF_GUARDED and rule.endpoint != "static"
    ]


def _who(roles: frozenset[Role]) -> str:
    return "everybody who signs in" if roles == frozenset(Role) else ", ".join(role for role in Role if role in roles)
