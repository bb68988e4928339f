"""What was promised to a family, by when, and the button by which it says that something has not been done."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import agreements
from scheduling.models import FAMILY, AgreedAction, Case
from webapp import visiting
from webapp.auth import by_code
from webapp.compartments import Compartment
from webapp.parties.blueprint import parties, phone


@parties.get("/my-case/agreed")
@by_code(Compartment.WITHOUT_PREJUDICE)
def agreed() -> ResponseReturnValue:
    """Every promise with its day, for whose case it is."""
    with db.Reading() as session:
        promises = _promises(session, visiting.deciding(session).case)
        today = london.london_day(clock.now())
        return render_template("parties/agreed.html", promises=promises, today=today, phone=phone())


@parties.post("/my-case/agreed/<id:action_id>/not-done")
@by_code(Compartment.WITHOUT_PREJUDICE)
def not_done(action_id: int) -> ResponseReturnValue:
    """Whoever owes it is asked at once, and a coordinator sees to it; said twice it is one report."""
    with db.Session.begin() as session:
        promises = _promises(session, visiting.deciding(session).case)
        action = next((promise for promise in promises if promise.id == action_id), None)
        if action is None:
            abort(404)
        if action.done_at is None:
            agreements.not_done(session, action, by=FAMILY, now=clock.now())
    flash("Thank you for telling us. We ask whoever promised it, and a coordinator rings you.")
    return redirect(url_for("parties.agreed"), 303)


def _promises(session: Session, case: Case) -> list[AgreedAction]:
    return [action for agreement in agreements.of(session, case) for action in agreement.actions]
