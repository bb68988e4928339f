"""The door of the family's pages: a link leads to it, and a code that goes to the telephone that we know opens it.

Until then it shows words alone that would tell nobody anything: no name, no council, no day, no reference.
"""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import codes, links, visits
from scheduling.cases.codes import Entered, Way
from scheduling.models import Link, Purpose
from scheduling.refusals import Refused
from webapp import visiting
from webapp.auth import by_link, public
from webapp.compartments import Compartment
from webapp.parties.blueprint import no_such_link, parties, phone
from webapp.parties.forms import CodeForm

LEADS_TO = {
    Purpose.FAMILY: "parties.status",
    Purpose.FAMILY_CHOOSES: "parties.own_times",
    Purpose.ACTION: "parties.agreed",
}
WORDS = {
    Entered.WRONG: "That is not the code. Look at the newest message, and enter its 6 figures",
    Entered.OVER: "This code can no longer be used. Ask for a new one below",
}


@parties.get("/family/<token>")
@by_link(Compartment.SHARED)
def family(token: str) -> ResponseReturnValue:
    """The link to a family's page."""
    return _door(token, Purpose.FAMILY)


@parties.get("/times/<token>")
@by_link(Compartment.SHARED)
def times(token: str) -> ResponseReturnValue:
    """The link by which a family chooses a time."""
    return _door(token, Purpose.FAMILY_CHOOSES)


@parties.get("/action/<token>")
@by_link(Compartment.SHARED)
def promise(token: str) -> ResponseReturnValue:
    """The link by which a family says that something has not been done."""
    return _door(token, Purpose.ACTION)


@parties.post("/code/<token>")
@by_link(Compartment.SHARED)
def send_code(token: str) -> ResponseReturnValue:
    """Send a code to whom the link is for, however often the button is pressed: three in ten minutes at most."""
    try:
        with db.Session.begin() as session:
            way = codes.send(session, _link(session, token), now=clock.now())
    except Refused as refusal:
        return render_template("parties/door.html", token=token, problem=str(refusal), phone=phone()), 422
    return redirect(url_for("parties.code", token=token, by=way.value), 303)


@parties.get("/code/<token>")
@by_link(Compartment.SHARED)
def code(token: str) -> ResponseReturnValue:
    """Where the code is entered."""
    with db.Reading() as session:
        _link(session, token)
    return _form(token, CodeForm())


@parties.post("/code/<token>/enter")
@by_link(Compartment.SHARED)
def enter_code(token: str) -> ResponseReturnValue:
    """Let in whoever enters the right one; another cookie than before, if there was any."""
    form, now = CodeForm(request.form), clock.now()
    if not form.validate():
        return _form(token, form), 422
    digits = "".join(one for one in str(form.code.data) if one.isascii() and one.isdigit())
    before, cookie = request.cookies.get(visiting.cookie_name(), ""), ""
    with db.Session.begin() as session:
        link = _link(session, token)
        purpose, entered = link.purpose, codes.enter(session, link, digits, now=now)
        if entered is Entered.RIGHT:
            cookie = visits.begin(session, link, now=now, instead_of=before)
        elif visiting.opens(session, link, now=now):  # pressed twice: the first has let them in
            return redirect(url_for(LEADS_TO[purpose]), 303)
    if entered is not Entered.RIGHT:
        form.code.errors = [WORDS[entered]]
        return _form(token, form), 422
    visiting.forget_unsent()  # of whoever was here before and left without logging out
    response = make_response(redirect(url_for(LEADS_TO[purpose]), 303))
    visiting.give_cookie(response, cookie)
    return response


@parties.post("/my-case/leave")
@by_link(Compartment.SHARED)
def leave() -> ResponseReturnValue:
    """Close the pages in this browser; who is not in any more is told the same."""
    with db.Session.begin() as session:
        visits.end(session, request.cookies.get(visiting.cookie_name(), ""))
    visiting.forget_unsent()
    response = make_response(redirect(url_for("parties.closed", left="yes"), 303))
    visiting.take_cookie(response)
    return response


@parties.get("/closed")
@public
def closed() -> ResponseReturnValue:
    """Nobody is in: they have left, or have waited too long."""
    return render_template("parties/closed.html", has_left="left" in request.args, phone=phone())


def _door(token: str, purpose: Purpose) -> ResponseReturnValue:
    now = clock.now()
    with db.Reading() as session:
        link = links.open(session, token, purpose, now=now)
        if link is None or links.person_of(link) is None:
            no_such_link()
        if visiting.opens(session, link, now=now):
            return redirect(url_for(LEADS_TO[purpose]), 303)
    return render_template("parties/door.html", token=token, problem="", phone=phone())


def _link(session: Session, token: str) -> Link:
    """Whichever of a family's links this is."""
    opened = (links.open(session, token, purpose, now=clock.now()) for purpose in LEADS_TO)
    link = next((one for one in opened if one is not None), None)
    if link is None or links.person_of(link) is None:
        no_such_link()
    return link


def _form(token: str, form: CodeForm) -> str:
    by = request.args.get("by", "")
    sent = by if by in set(Way) else ""
    return render_template("parties/code.html", token=token, form=form, sent=sent, phone=phone())
