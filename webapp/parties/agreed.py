"""What was promised to a family, by when, and the button by which it says that something has not been done."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling import clock, db, london
from scheduling.cases import agreements
from scheduling.models import FAMILY
from webapp import visiting
from webapp.auth import by_code
from webapp.compartments import Compartment
from webapp.parties.blueprint import parties, phone


@parties.get("/my-case/agreed")
@by_code(Compartment.WITHOUT_PREJUDICE)
def agreed() -> ResponseReturnValue:
    """Every promise with its day, for whose case it is."""
    with db.Reading() as session:
        case = visiting.deciding(session).case
        promises = [action for agreement in agreements.of(session, case) for action in agreement.actions]
        today = london.london_day(clock.now())
        return render_template("parties/agreed.html", promises=promises, today=today, phone=phone())


@parties.post("/my-case/agreed/<id:action_id>/not-done")
@by_code(Compartment.WITHOUT_PREJUDICE)
def not_done(action_id: int) -> ResponseReturnValue:
    """Whoever owes it is asked at once, and a coordinator sees to it; said twice it is one report."""
    with db.Session.begin() as session:
        case = visiting.deciding(session).case
        for agreement in agreements.of(session, case):
            for action in agreement.actions:
                if action.id == action_id and action.done_at is None:
                    agreements.not_done(session, action, by=FAMILY, now=clock.now())
    flash("Thank you for telling us. We ask whoever promised it, and a coordinator rings you.")
    return redirect(url_for("parties.agreed"), 303)
