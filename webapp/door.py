"""The door: the page to sign in, the button to sign out, and what the service knows of the one who did."""

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from scheduling import db
from scheduling.models import Role
from webapp import auth, signing_in
from webapp.auth import public, staff_only
from webapp.forms import SignIn
from webapp.settings import Settings
from webapp.signing_in import NotLetIn, TooManyTries, Try

blueprint = Blueprint("door", __name__)

LANDING = {
    Role.COORDINATOR: "console.today",
    Role.ADVISER: "console.today",
    Role.MANAGER: "console.today",
    Role.ADMINISTRATOR: "console.authorities",
    Role.MEDIATOR: "door.account",
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
    if not form.validate():
        return render_template("sign_in/sign_in.html", form=form, next=goes_to), 422
    settings: Settings = current_app.config["SETTINGS"]
    attempt = Try(
        email=form.email.data.lower(),
        password=form.password.data,
        code=form.code.data,
        place=request.remote_addr or "unknown",
    )
    try:
        token = _let_in(attempt, settings.secret)
    except (NotLetIn, TooManyTries) as refusal:
        form.form_errors.append(str(refusal))
        status = 429 if isinstance(refusal, TooManyTries) else 422
        return render_template("sign_in/sign_in.html", form=form, next=goes_to), status
    session.clear()  # a form token from before signing in is no longer good
    response = make_response(redirect(goes_to or url_for("door.sign_in")))
    auth.give_cookie(response, token)
    return response


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session here; pressing it twice does no harm."""
    with db.Session.begin() as record:
        signing_in.sign_out(record, request.cookies.get(auth.cookie_name(), ""))
    session.clear()
    flash("You have signed out.")
    response = make_response(redirect(url_for("door.sign_in")))
    auth.take_cookie(response)
    return response


@blueprint.get("/account")
@staff_only(*Role)
def account() -> ResponseReturnValue:
    """Who has signed in here."""
    return render_template("sign_in/account.html", staff=auth.current_staff())


@blueprint.post("/account/sign-out-everywhere")
@staff_only(*Role)
def sign_out_everywhere() -> ResponseReturnValue:
    """For a lost laptop."""
    with db.Session.begin() as record:
        signing_in.sign_out_everywhere(record, auth.current_staff().id)
    session.clear()
    flash("You have signed out of every browser.")
    response = make_response(redirect(url_for("door.sign_in")))
    auth.take_cookie(response)
    return response


def _let_in(attempt: Try, key: str) -> str:
    """In short pieces of work, so that hashing keeps nobody else from writing."""
    with db.Session.begin() as record:
        signing_in.forget_old(record)
    with db.Session.begin() as record:
        counted = signing_in.count(record, attempt, key=key)
    with db.Reading() as record:
        account, fits = signing_in.recognise(record, attempt)
    with db.Session.begin() as record:
        return signing_in.let_in(record, attempt, account, password_fits=fits, counted=counted)
