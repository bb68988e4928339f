"""The adviser's checklist: what every family is told before there can be a certificate, each with its moment."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling import clock, db
from scheduling.cases import advice
from scheduling.law.certificates import Information
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import WORKS_ON_CASES, console
from webapp.console.cases import for_action, with_reference

SCRIPT = {
    Information.PURPOSE: "In mediation you and the council talk with a mediator's help, and look for an answer that "
    "both can accept. Nobody decides for you.",
    Information.VOLUNTARY: "You choose whether to mediate. If you do not want to, that is fine, and you may change "
    "your mind.",
    Information.FREE: "It costs you nothing.",
    Information.INDEPENDENT: "We and the mediator are independent of the council and of the health service.",
    Information.CONFIDENTIAL: "What is said in mediation stays there and cannot be used at the Tribunal, unless "
    "somebody is at risk of harm.",
    Information.TIMESCALES: "If you want mediation, the council has 30 days from the day on which it is told. Your "
    "time for an appeal goes on running.",
    Information.CERTIFICATE: "Most appeals need a certificate from us. You get it within three working days, whether "
    "you mediate or not. Look at the day by which the appeal must reach the Tribunal.",
    Information.EXPENSES: "The council pays back reasonable travel and other expenses of coming to mediation.",
}
"""In neutral words: the adviser recommends neither mediation nor the Tribunal."""


@console.get("/cases/<reference>/checklist")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def checklist(reference: str) -> ResponseReturnValue:
    """What the family has been told and when, and what is left."""
    return _page(reference, nothing_ticked=False)


@console.post("/cases/<reference>/checklist")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def tick_checklist(reference: str) -> ResponseReturnValue:
    """These have been told now."""
    told = {item for item in Information if item.value in request.form.getlist("told")}
    if not told:
        return _page(reference, nothing_ticked=True), 422
    with db.Session.begin() as session:
        case = for_action(session, reference)
        advice.inform(session, case, told, by=auth.actor(), now=clock.now())
        missing = set(Information) - set(advice.informed_of(session, case))
    flash("It is written down." if missing else "It is written down. The family has been told everything.")
    return redirect(url_for("console.checklist", reference=case.reference))


def _page(reference: str, *, nothing_ticked: bool) -> str:
    with db.Reading() as session:
        case = with_reference(session, reference)
        informed = advice.informed_of(session, case)
    return render_template(
        "console/cases/checklist.html",
        case=case,
        informed=informed,
        missing=[(item, SCRIPT[item]) for item in Information if item not in informed],
        nothing_ticked=nothing_ticked,
    )
