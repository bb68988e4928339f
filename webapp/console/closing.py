"""Closing a case and opening it again: what has to be done first stands on the page, before anybody presses."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import closing
from scheduling.cases.closing import Because
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import case_forms
from webapp.console.blueprint import WORKS_ON_CASES, console
from webapp.console.case_forms import CaseOver, said_beside
from webapp.console.cases import for_action, with_reference


@console.get("/cases/<reference>/closing")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def closing_form(reference: str) -> ResponseReturnValue:
    """What is still to be done, and why the case is over; of a closed case why it was closed."""
    with db.Reading() as session:
        return _page(session, reference, CaseOver())


@console.post("/cases/<reference>/closing")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def close_case(reference: str) -> ResponseReturnValue:
    """It is over."""
    form = CaseOver(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            because, words = Because(form.because.data), form.words.data or ""
            with said_beside(form, session):
                closing.close(session, case, because, words=words, by=auth.actor(), now=clock.now())
    return _then(reference, form, "The case is closed.")


@console.post("/cases/<reference>/closing/open-again")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def reopen_case(reference: str) -> ResponseReturnValue:
    """It is not over after all."""
    form = case_forms.Because(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            with said_beside(form, session):
                closing.reopen(session, case, because=form.because.data, by=auth.actor(), now=clock.now())
    return _then(reference, form, "The case is open again.")


def _then(reference: str, form: CaseOver | case_forms.Because, done: str) -> ResponseReturnValue:
    if form.errors:
        with db.Reading() as session:
            return _page(session, reference, form), 422
    flash(done)
    return redirect(url_for("console.case", reference=reference))


def _page(session: Session, reference: str, form: CaseOver | case_forms.Because) -> str:
    """A refusal stands above the form that fits the case by now: a colleague may have been quicker."""
    case = with_reference(session, reference)
    obstacles = [] if case.closed_at is not None else closing.why_not_close(session, case, now=clock.now())
    return render_template(
        "console/cases/closing.html",
        case=case,
        form=form,
        over=form if isinstance(form, CaseOver) else CaseOver(),
        again=form if isinstance(form, case_forms.Because) else case_forms.Because(),
        first=[one for one in obstacles if not one.is_warning],
        warnings=[one for one in obstacles if one.is_warning],
    )
