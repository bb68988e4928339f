"""The route of a case: four questions, and the way that follows from the answers, with its reason."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling import clock, db
from scheduling.cases import routes
from scheduling.law.routes import Decision
from scheduling.models import Case
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import WORKS_ON_CASES, console
from webapp.console.case_forms import FourQuestions
from webapp.console.cases import for_action, with_reference


@console.get("/cases/<reference>/route")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def route_questions(reference: str) -> ResponseReturnValue:
    """The four questions, with what was answered before."""
    with db.Reading() as session:
        case = with_reference(session, reference)
    return render_template("console/cases/route.html", case=case, form=_form(case), route=routes.of(case))


@console.post("/cases/<reference>/route")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def answer_route_questions(reference: str) -> ResponseReturnValue:
    """The answers; another answer may at once be another route."""
    form = FourQuestions(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            routes.answer(
                session,
                case,
                decision=Decision(form.decision.data),
                about_education=form.about_education.data,
                about_school=form.about_school.data,
                health=form.health.data,
                social_care=form.social_care.data,
                discrimination=form.discrimination.data,
                by=auth.actor(),
                now=clock.now(),
            )
    if form.errors:
        return render_template("console/cases/route.html", case=case, form=form, route=routes.of(case)), 422
    flash("The answers have been saved. The route and its reason stand below.")
    return redirect(url_for("console.case", reference=case.reference))


def _form(case: Case) -> FourQuestions:
    return FourQuestions(
        data={
            "decision": case.decision,
            "about_education": case.about_education,
            "about_school": case.about_school,
            "health": case.health_in_issue,
            "social_care": case.social_care_in_issue,
            "discrimination": case.discrimination_claimed,
        }
    )
