"""Reaching a family: a text by hand, which the contact record may forbid, and the PIN that proves who rings."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, segments
from scheduling.cases import by_hand, pins
from scheduling.models import Case
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console
from webapp.console.case_forms import ByHand, said_beside
from webapp.console.cases import for_action, with_reference


@console.get("/cases/<reference>/text")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def text_form(reference: str) -> ResponseReturnValue:
    """Write a text, or read why none may be sent."""
    with db.Reading() as session:
        return _text_page(session, with_reference(session, reference), ByHand())


@console.post("/cases/<reference>/text")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def send_text(reference: str) -> ResponseReturnValue:
    """Show it as it will be read, and send it when that was seen; the record may forbid it at either step."""
    form, step = ByHand(request.form), request.form.get("step")
    if step == "change" or not form.validate():
        with db.Reading() as session:
            return _text_page(session, with_reference(session, reference), form), 422 if form.errors else 200
    return _sent(reference, form) if step == "send" else _checked(reference, form)


def _checked(reference: str, form: ByHand) -> ResponseReturnValue:
    """The words as the family will read them, before anything is written."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        with said_beside(form, session):
            body = by_hand.worded(session, case, form.words.data)
        if form.errors:
            return _text_page(session, case, form), 422
        cost, words = segments.count(body).segments, form.words.data
        return render_template("console/cases/check_text.html", case=case, body=body, segments=cost, words=words)


def _sent(reference: str, form: ByHand) -> ResponseReturnValue:
    with db.Session.begin() as session:
        case = for_action(session, reference)
        with said_beside(form, session):
            message = by_hand.text(session, case, form.words.data, by=auth.actor(), now=clock.now())
    if form.errors:
        with db.Reading() as session:
            return _text_page(session, with_reference(session, reference), form), 422
    cost = segments.count(message.body).segments
    flash(f"The text is on its way, in {cost} segment{'s' if cost > 1 else ''}.")
    return redirect(url_for("console.message", message_id=message.id))


@console.get("/cases/<reference>/pin")
@staff_only(*READS_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def pin(reference: str) -> ResponseReturnValue:
    """Whether the family has a PIN, and how it gets one."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        issued_at = pins.issued_at(session, case)
    return render_template("console/cases/pin.html", case=case, issued_at=issued_at, digits=None)


@console.post("/cases/<reference>/pin")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def issue_pin(reference: str) -> ResponseReturnValue:
    """Draw a new one and show it, this once and nowhere else: the answer is no redirect, since nothing keeps it."""
    now = clock.now()
    with db.Session.begin() as session:
        case = for_action(session, reference)
        digits = pins.issue(session, case, by=auth.actor(), now=now)
    return render_template("console/cases/pin.html", case=case, issued_at=now, digits=digits)


def _text_page(session: Session, case: Case, form: ByHand) -> str:
    why_not = by_hand.why_not(session, case)
    return render_template("console/cases/text.html", case=case, form=form, why_not=why_not)
