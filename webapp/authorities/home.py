"""An officer's cases: what we have told the authority, by when it meets the family, and how far it has come."""

from flask import render_template
from flask.typing import ResponseReturnValue

from scheduling import clock, db
from scheduling.cases import authority_view, whose
from scheduling.models import Role
from webapp import auth
from webapp.auth import staff_only
from webapp.authorities.blueprint import authorities, own_case
from webapp.compartments import Compartment, Scope


@authorities.get("/authority")
@staff_only(Role.OFFICER, compartment=Compartment.SHARED, scope=Scope.OWN_AUTHORITY)
def home() -> ResponseReturnValue:
    """The authority's cases that are not over, the one told first in front."""
    with db.Reading() as session:
        cases = authority_view.each(session, whose.cases_of_authority(session, auth.current_staff().id))
    return render_template("authorities/home.html", cases=cases, now=clock.now())


@authorities.get("/authority/cases/<reference>")
@staff_only(Role.OFFICER, compartment=Compartment.SHARED, scope=Scope.OWN_AUTHORITY)
def case(reference: str) -> ResponseReturnValue:
    """One of them, as we told it."""
    with db.Reading() as session:
        shared = authority_view.of(session, own_case(session, reference).tellings[0])
    return render_template("authorities/case.html", shared=shared, now=clock.now())
