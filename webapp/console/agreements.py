"""What was agreed, who owes it by when, and whether it was done. Without prejudice: for the staff of the case alone.

To everybody else the pages answer like pages that do not exist, managers included.
"""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import agreements
from scheduling.law.agreements import Action
from scheduling.models import AgreedAction, Agreement, Case, Extent
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import clocks, compartments
from webapp.console.blueprint import WORKS_ON_CASES, console, found
from webapp.console.case_forms import AgreedThings, Promise, promises, said_beside
from webapp.console.cases import for_action, with_reference


@console.get("/cases/<reference>/agreement")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.WITHOUT_PREJUDICE, scope=Scope.CASE)
def agreement(reference: str) -> ResponseReturnValue:
    """What was agreed, with what is open and by when."""
    today = london.london_day(clock.now())
    with db.Reading() as session:
        case = _of_our_own(with_reference(session, reference))
        rows = [
            (one, [(action, agreements.deadline(action)) for action in one.actions])
            for one in agreements.of(session, case)
        ]
        return render_template("console/cases/agreement.html", case=case, rows=rows, today=today, tone=clocks.tone)


@console.get("/cases/<reference>/agreement/new")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.WITHOUT_PREJUDICE, scope=Scope.CASE)
def agreement_form(reference: str) -> ResponseReturnValue:
    """Ask what was agreed, each promise by itself."""
    with db.Reading() as session:
        case = _of_our_own(with_reference(session, reference))
    return render_template("console/cases/agreement_new.html", case=case, form=AgreedThings(), boxes=promises(None))


@console.post("/cases/<reference>/agreement/new")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.WITHOUT_PREJUDICE, scope=Scope.CASE)
def record_agreement(reference: str) -> ResponseReturnValue:
    """Keep it; each promise gets its day."""
    form, boxes = AgreedThings(request.form), promises(request.form)
    are_valid = all([form.validate(), *(box.validate() for box in boxes)])
    with db.Session.begin() as session:
        case = _of_our_own(for_action(session, reference))
        if are_valid:
            _keep(session, case, form, boxes)
    if not are_valid or form.errors:
        return render_template("console/cases/agreement_new.html", case=case, form=form, boxes=boxes), 422
    flash("It has been written down. Whoever owes something is reminded before the day.")
    return redirect(url_for("console.agreement", reference=case.reference))


@console.post("/cases/<reference>/agreement/<id:action_id>/done")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.WITHOUT_PREJUDICE, scope=Scope.CASE)
def action_done(reference: str, action_id: int) -> ResponseReturnValue:
    """It has been done."""
    with db.Session.begin() as session:
        case = _of_our_own(for_action(session, reference))
        agreements.done(session, _action(session, case, action_id), by=auth.actor(), now=clock.now())
    flash("It is written down as done.")
    return redirect(url_for("console.agreement", reference=case.reference))


@console.post("/cases/<reference>/agreement/<id:action_id>/not-done")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.WITHOUT_PREJUDICE, scope=Scope.CASE)
def action_not_done(reference: str, action_id: int) -> ResponseReturnValue:
    """The family has told us that it was not."""
    with db.Session.begin() as session:
        case = _of_our_own(for_action(session, reference))
        agreements.not_done(session, _action(session, case, action_id), by=auth.actor(), now=clock.now())
    flash("It is written down as not done. Whoever owes it is asked.")
    return redirect(url_for("console.agreement", reference=case.reference))


def _of_our_own(case: Case) -> Case:
    if not compartments.may_read_agreement(case, auth.current_staff()):
        abort(404)
    return case


def _keep(session: Session, case: Case, form: AgreedThings, boxes: list[Promise]) -> None:
    if any(box.words.data and not box.action.data for box in boxes):
        form.form_errors.append("Choose what kind of promise each one is, or empty its box")
        return
    with said_beside(form, session):
        agreements.record(
            session,
            case,
            extent=Extent(form.extent.data),
            agreed_on=form.agreed_on.data,
            actions=[(Action(b.action.data), b.words.data, b.written_down.data) for b in boxes if b.action.data],
            by=auth.actor(),
            now=clock.now(),
        )


def _action(session: Session, case: Case, action_id: int) -> AgreedAction:
    wanted = select(AgreedAction).join(AgreedAction.agreement).where(Agreement.case_id == case.id)
    return found(session.scalar(wanted.where(AgreedAction.id == action_id)))
