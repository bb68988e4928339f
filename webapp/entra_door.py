"""The way to one's own organisation and back: two addresses, which do nothing but send the browser on."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, current_app, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from scheduling import db
from webapp import auth, entra, sessions, tries
from webapp.auth import public
from webapp.entra import Errand, NotVouchedFor
from webapp.settings import Settings
from webapp.signing_in import FAILURES_FROM_A_PLACE

blueprint = Blueprint("entra", __name__)

AWAY = 10 * 60
"""Seconds that somebody may take at their organisation's own page."""
KEPT = "entra"


@blueprint.get("/sign-in/entra")
@public
def go() -> ResponseReturnValue:
    """Send the browser to the organisation's sign-in."""
    settings = _settings()
    with db.Reading() as record:
        began = db.moment(record).timestamp()
    errand = Errand.new(began=began, again="again" in request.args, goes_to=auth.safe_path(request.args.get("next")))
    session[KEPT] = asdict(errand)
    return redirect(entra.address(settings, errand))


@blueprint.get(entra.BACK)
@public
def back() -> ResponseReturnValue:
    """Whoever comes back with a good answer has signed in; each answer is looked at once."""
    settings, kept = _settings(), session.pop(KEPT, None)
    try:
        token = _let_in(settings, kept)
    except NotVouchedFor as refusal:
        flash(str(refusal))
        return redirect(url_for("door.sign_in"))
    session.clear()
    response = make_response(redirect(kept["goes_to"] or url_for("door.sign_in")))
    auth.give_cookie(response, token)
    return response


def _let_in(settings: Settings, kept: dict[str, Any] | None) -> str:
    """In short pieces, so that Entra's slowness keeps nobody from writing."""
    if kept is None:
        raise NotVouchedFor
    errand = Errand(**kept)
    with db.Session.begin() as record:
        moment = db.moment(record).timestamp()
        limits = {f"place:{request.remote_addr or 'unknown'}": FAILURES_FROM_A_PLACE}
        counted = tries.count(record, limits, key=settings.secret)
    if counted is None or moment - errand.began > AWAY:
        raise NotVouchedFor
    tenant, object_id = entra.vouched(settings, errand, request.args, moment=moment)
    with db.Session.begin() as record:
        staff = entra.known(record, tenant, object_id)
        tries.forgive(record, counted)
        sessions.sign_out(record, request.cookies.get(auth.cookie_name(), ""))
        return sessions.begin(record, staff.id, browser=request.user_agent.string, is_proof=errand.again)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    if not entra.is_open(settings):
        abort(404)
    return settings
