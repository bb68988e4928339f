"""Disagreement resolution: who has been asked, who is willing, and what else is open when somebody is not."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import resolution
from scheduling.models import Case, Party
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console
from webapp.console.case_forms import YES, AskedFor, Willing, choices, said_beside
from webapp.console.cases import for_action, with_reference


@console.get("/cases/<reference>/resolution")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def resolution_page(reference: str) -> ResponseReturnValue:
    """Everybody who was asked, and what they said."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        return _page(session, case, AskedFor())


@console.post("/cases/<reference>/resolution")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def ask_for_resolution(reference: str) -> ResponseReturnValue:
    """The family asks for it; the others are asked."""
    form = AskedFor(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            with said_beside(form, session):
                resolution.open_for(session, case, form.parties, by=auth.actor(), now=clock.now())
    return _then(form, case, "It is written down who is asked.")


@console.post("/cases/<reference>/resolution/answer")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def answer_resolution(reference: str) -> ResponseReturnValue:
    """One party says whether it takes part; when one does not, that is the end of it."""
    form = Willing(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            party, willing = Party(form.party.data), form.is_willing.data == YES
            with said_beside(form, session):
                resolution.answer(session, case, party, willing, by=auth.actor(), now=clock.now())
    return _then(form, case, "The answer is written down.")


def _then(form: AskedFor | Willing, case: Case, done: str) -> ResponseReturnValue:
    if form.errors:
        with db.Reading() as session:
            return _page(session, with_reference(session, case.reference), form), 422
    flash(done)
    return redirect(url_for("console.resolution_page", reference=case.reference))


def _page(session: Session, case: Case, form: AskedFor | Willing) -> str:
    asked = resolution.of(session, case)
    answer = form if isinstance(form, Willing) else Willing()
    answer.party.choices = choices([one.party for one in asked if one.is_willing is None])
    return render_template(
        "console/cases/resolution.html",
        case=case,
        form=form,
        asking=form if isinstance(form, AskedFor) else AskedFor(),
        answer=answer,
        asked=asked,
        all_are_willing=resolution.all_are_willing(session, case),
        has_ended=resolution.has_ended(session, case),
        other_routes=resolution.OTHER_ROUTES,
    )
