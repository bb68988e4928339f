"""The family tells us by link that something it was promised has not been done. What it was stands in the agreement."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import agreements
from scheduling.models import FAMILY, AgreedAction, Purpose
from webapp.auth import by_link
from webapp.compartments import Compartment
from webapp.parties.blueprint import opened, parties, phone


@parties.get("/action/<token>")
@by_link(Compartment.WITHOUT_PREJUDICE)
def promise(token: str) -> ResponseReturnValue:
    """The day by which it was due, and the button."""
    with db.Reading() as session:
        action = _action(session, token)
        reference = action.agreement.case.reference
        return render_template("parties/promise.html", token=token, action=action, reference=reference, phone=phone())


@parties.post("/action/<token>")
@by_link(Compartment.WITHOUT_PREJUDICE)
def promise_not_done(token: str) -> ResponseReturnValue:
    """Whoever owes it is asked at once, and a coordinator sees to it."""
    with db.Session.begin() as session:
        action = _action(session, token)
        if action.done_at is None:
            agreements.not_done(session, action, by=FAMILY, now=clock.now())
    return redirect(url_for("parties.promise", token=token))


def _action(session: Session, token: str) -> AgreedAction:
    return session.get_one(AgreedAction, opened(session, token, Purpose.ACTION).action_id)
