"""One's own account: in which browsers one has signed in, and the sheet of codes for a lost telephone."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling import db
from scheduling.models import Role
from webapp import auth, door, second_factor, sessions
from webapp.accounts import Account
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@staff_only(*Role, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def page() -> ResponseReturnValue:
    """Who has signed in here, and where else."""
    visitor = auth.current_staff()
    with db.Reading() as session:
        return render_template(
            "sign_in/account.html",
            staff=visitor,
            browsers=sessions.of(session, visitor.id),
            has_password=session.get(Account, visitor.id) is not None,
            codes_left=second_factor.recovery_codes_left(session, visitor.id),
        )


@blueprint.post("/account/sessions/<id:session_id>/end")
@staff_only(*Role, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out of another browser; of one that is not the visitor's, nothing is said."""
    visitor = auth.current_staff()
    with db.Session.begin() as session:
        sessions.end(session, session_id, staff_id=visitor.id)
    if session_id == visitor.session_id:
        return door.signed_out("You have signed out.")
    flash("That browser has been signed out.")
    return redirect(url_for("account.page"))


@blueprint.post("/account/sign-out-everywhere")
@staff_only(*Role, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def sign_out_everywhere() -> ResponseReturnValue:
    """For a lost laptop."""
    with db.Session.begin() as session:
        sessions.end_all(session, auth.current_staff().id)
    return door.signed_out("You have signed out of every browser.")


@blueprint.get("/account/recovery-codes")
@staff_only(*Role, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT, proves=True)
def recovery_codes() -> ResponseReturnValue:
    """What a new sheet does to the old one, and the button."""
    return render_template("sign_in/recovery_codes.html", codes=None)


@blueprint.post("/account/recovery-codes")
@staff_only(*Role, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT, proves=True)
def new_recovery_codes() -> ResponseReturnValue:
    """A new sheet, shown in this answer and nowhere else."""
    with db.Session.begin() as session:
        codes = second_factor.new_recovery_codes(session, auth.current_staff().id)
    return render_template("sign_in/recovery_codes.html", codes=codes)
