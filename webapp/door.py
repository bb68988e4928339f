"""The door: the pages to sign in, to show once more that it is you, and the button to sign out."""

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from scheduling import db
from scheduling.models import Role
from webapp import auth, sessions, signing_in
from webapp.auth import public, staff_only
from webapp.compartments import Compartment, Scope
from webapp.forms import ProveAgain, SignIn
from webapp.settings import Settings
from webapp.signing_in import NotLetIn, TooManyTries, Try

blueprint = Blueprint("door", __name__)

LANDING = {
    Role.COORDINATOR: "console.today",
    Role.ADVISER: "console.today",
    Role.MANAGER: "console.today",
    Role.ADMINISTRATOR: "console.staff_list",
    Role.MEDIATOR: "mediators.home",
    Role.OFFICER: "authorities.home",
}


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for address, password and code, all on one page, so that no answer tells which was wrong."""
    if g.staff is not None:
        return redirect(url_for(LANDING[g.staff.role]))
    return render_template("sign_in/sign_in.html", form=SignIn(), next=auth.safe_path(request.args.get("next")))


@blueprint.post("/sign-in")
@public
def try_to_sign_in() -> ResponseReturnValue:
    """Look at the three together."""
    form = SignIn(request.form)
    goes_to = auth.safe_path(request.args.get("next"))
    token, status = None, 422
    if form.validate():
        attempt = _attempt(form.email.data.lower(), form.password.data, form.code.data)
        try:
            token = signing_in.sign_in(attempt, key=_settings().secret)
        except (NotLetIn, TooManyTries) as refusal:
            status = _said(form, refusal)
    if token is None:
        return render_template("sign_in/sign_in.html", form=form, next=goes_to), status
    session.clear()  # a form token from before signing in is no longer good
    response = make_response(redirect(goes_to or url_for("door.sign_in")))
    auth.give_cookie(response, token)
    return response


@blueprint.get("/prove-it")
@staff_only(*Role, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def prove() -> ResponseReturnValue:
    """Before something that must not be done from a screen that was left open."""
    return render_template("sign_in/prove.html", form=ProveAgain(), next=auth.safe_path(request.args.get("next")))


@blueprint.post("/prove-it")
@staff_only(*Role, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def prove_again() -> ResponseReturnValue:
    """Look at password and code, and go on under a new cookie to what was asked for."""
    form = ProveAgain(request.form)
    goes_to = auth.safe_path(request.args.get("next"))
    token, status = None, 422
    if form.validate():
        visitor = auth.current_staff()
        attempt = _attempt(visitor.email, form.password.data, form.code.data)
        try:
            token = signing_in.prove_again(attempt, visitor, key=_settings().secret)
        except (NotLetIn, TooManyTries) as refusal:
            status = _said(form, refusal)
    if token is None:
        return render_template("sign_in/prove.html", form=form, next=goes_to), status
    response = make_response(redirect(goes_to or url_for("door.sign_in")))
    auth.give_cookie(response, token)
    return response


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session here; pressing it twice does no harm."""
    with db.Session.begin() as record:
        sessions.sign_out(record, request.cookies.get(auth.cookie_name(), ""))
    return signed_out("You have signed out.")


def signed_out(sentence: str) -> ResponseReturnValue:
    """The door from outside, with a sentence."""
    session.clear()
    flash(sentence)
    response = make_response(redirect(url_for("door.sign_in")))
    auth.take_cookie(response)
    return response


def _attempt(email: str, password: str, code: str) -> Try:
    place = request.remote_addr or "unknown"
    return Try(email=email, password=password, code=code, place=place, browser=request.user_agent.string)


def _said(form: SignIn | ProveAgain, refusal: NotLetIn | TooManyTries) -> int:
    """The refusal at the head of the page; the answer is the status."""
    form.form_errors.append(str(refusal))
    return 429 if isinstance(refusal, TooManyTries) else 422


def _settings() -> Settings:
    chosen: Settings = current_app.config["SETTINGS"]
    return chosen
