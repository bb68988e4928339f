"""How the service is run: policies with what the law says of them, every wording, and a history of each change."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.models import PolicyValue
from scheduling.reference import changes, policies
from scheduling.reference.policies import Policy
from webapp import auth, wordings
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import KEEPS_DATA, console, found
from webapp.console.case_forms import said_beside
from webapp.console.setting_forms import PolicyChange

LINES = 200


@console.get("/settings")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def settings() -> ResponseReturnValue:
    """Everything that may be set here."""
    return render_template("console/settings/list.html")


@console.get("/settings/policies")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def policy_list() -> ResponseReturnValue:
    """Every policy: what holds, what may hold, what the law says, and who chose it."""
    with db.Reading() as session:
        chosen = {row.name: row for row in session.scalars(select(PolicyValue))}
        rows = [(policy, policies.value(session, policy), chosen.get(policy.name)) for policy in policies.ALL]
        return render_template("console/settings/policies.html", rows=rows, names=changes.names(session))


@console.get("/settings/policies/<name>")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def policy_form(name: str) -> ResponseReturnValue:
    """One policy, to be changed."""
    policy = _policy(name)
    with db.Reading() as session:
        form = PolicyChange(data={"value": str(policies.value(session, policy))})
    return render_template("console/settings/policy.html", policy=policy, form=form)


@console.post("/settings/policies/<name>")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def change_policy(name: str) -> ResponseReturnValue:
    """Another value from now on, with its reason."""
    policy, form = _policy(name), PolicyChange(request.form)
    with db.Session.begin() as session:
        if form.validate():
            with said_beside(form, session):
                _decide(session, policy, form)
    if form.errors:
        return render_template("console/settings/policy.html", policy=policy, form=form), 422
    flash("The policy has been changed.")
    return redirect(url_for("console.policy_list"))


@console.get("/settings/wordings")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def wording_list() -> ResponseReturnValue:
    """Every text that the service can send, as a reader sees it, with what it costs."""
    return render_template("console/settings/wordings.html", groups=wordings.every_text())


@console.get("/settings/changes")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def change_list() -> ResponseReturnValue:
    """Who changed what, when and why."""
    with db.Reading() as session:
        lines = changes.of(session, limit=LINES)
        return render_template("console/settings/changes.html", lines=lines, names=changes.names(session), shown=LINES)


def _policy(name: str) -> Policy:
    return found(next((policy for policy in policies.ALL if policy.name == name), None))


def _decide(session: Session, policy: Policy, form: PolicyChange) -> None:
    if form.number is None:
        raise policies.OutOfRange(policy)
    policies.decide(session, policy, form.number, because=form.because.data, by=auth.actor(), now=clock.now())
