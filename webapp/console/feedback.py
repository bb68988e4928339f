"""What families say of us: for those who work on cases alone, and in no figure and no page of an authority.

What came in a colleague's case shows its reference and the family's initials, until that case is opened for a reason.
"""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling import clock, db
from scheduling.cases import feedback
from scheduling.models import Feedback
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import looking
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found


@console.get("/feedback")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASES)
def feedback_list() -> ResponseReturnValue:
    """The newest first."""
    with db.Reading() as session:
        came = feedback.newest(session)
        open_cases = looking.open_cases(session, [said.case for said in came])
        return render_template("console/messages/feedback.html", came=came, open_cases=open_cases)


@console.post("/feedback/<id:feedback_id>/dealt-with")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def feedback_dealt_with(feedback_id: int) -> ResponseReturnValue:
    """The family has its reply."""
    with db.Session.begin() as session:
        said = found(session.get(Feedback, feedback_id, with_for_update=True))
        looking.opened(session, said.case)
        feedback.dealt_with(session, said, by=auth.actor(), now=clock.now())
    flash("It is written down that the family has its reply.")
    return redirect(url_for("console.feedback_list"), 303)
