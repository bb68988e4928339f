"""Is this certificate genuine? Anybody who holds one may ask; the answer is yes or no, and nothing about anybody.

The number may stand in the address, the code never does. An unknown number and a wrong code get the same words after
the same work, and whoever tries many has to wait.
"""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from scheduling import db
from scheduling.cases import certificates
from scheduling.outbox import certificate_numbers
from webapp import tries
from webapp.auth import public
from webapp.forms import OfACertificate
from webapp.settings import Settings

blueprint = Blueprint("certificates", __name__)

TRIES_FROM_A_PLACE = 20
"""More than of one number: a whole tribunal or council shares a place on the internet."""
TRIES_OF_A_NUMBER = 10

TOO_MANY = "There have been too many tries. Wait 15 minutes, then try again."


@blueprint.get("/certificate")
@public
def ask() -> ResponseReturnValue:
    """Ask for number and code."""
    return render_template("certificates/check.html", form=OfACertificate())


@blueprint.get("/certificate/<number>")
@public
def ask_about(number: str) -> ResponseReturnValue:
    """The address that is printed on a certificate: only the code is left to type. It says nothing by itself."""
    return render_template("certificates/check.html", form=OfACertificate(data={"number": number[:40]}))


@blueprint.post("/certificate")
@public
def answer() -> ResponseReturnValue:
    """Say yes or no."""
    form = OfACertificate(request.form)
    if not form.validate():
        return render_template("certificates/check.html", form=form), 422
    number, code = form.number.data, form.code.data
    with db.Session.begin() as session:
        counted = tries.count(session, _limits(number), key=_key())
    if counted is None:
        form.form_errors.append(TOO_MANY)
        return render_template("certificates/check.html", form=form), 429
    with db.Session.begin() as session:
        is_genuine = certificates.find(session, number, code) is not None
        if is_genuine:
            tries.forgive(session, counted)
    return render_template("certificates/answer.html", is_genuine=is_genuine, number=number)


def _limits(number: str) -> dict[str, int]:
    """Whatever cannot be a number is counted against its place alone: one limit for all of it would shut others out."""
    limits = {f"certificate from {request.remote_addr}": TRIES_FROM_A_PLACE}
    parsed = certificate_numbers.parse_number(number)
    return limits if parsed is None else {**limits, f"certificate {parsed}": TRIES_OF_A_NUMBER}


def _key() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.secret
