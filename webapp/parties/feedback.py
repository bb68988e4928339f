"""How a family found us: a figure, words if it likes, and whether it wants a reply."""

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling import clock, db
from scheduling.cases import feedback
from webapp import visiting
from webapp.auth import by_code
from webapp.compartments import Compartment
from webapp.console.case_forms import YES
from webapp.forms import tidy
from webapp.parties.blueprint import parties, phone
from webapp.parties.forms import FeedbackForm

LONGEST_KEY = 60


@parties.get("/my-case/feedback")
@by_code(Compartment.FAMILY)
def feedback_form() -> ResponseReturnValue:
    """The questions; each page has a key of its own, so that two presses are one answer."""
    return render_template("parties/feedback.html", form=FeedbackForm(), key=secrets.token_hex(16), phone=phone())


@parties.post("/my-case/feedback")
@by_code(Compartment.FAMILY)
def give_feedback() -> ResponseReturnValue:
    """Keep it for us; whoever wants a reply is on a coordinator's list."""
    form = FeedbackForm(request.form)
    key = tidy(request.form.get("key"))[:LONGEST_KEY] or secrets.token_hex(16)
    if not form.validate():
        return render_template("parties/feedback.html", form=form, key=key, phone=phone()), 422
    with db.Session.begin() as session:
        mine = visiting.mine(session)
        feedback.give(
            session,
            mine.case,
            mine.person,
            key=f"{mine.case.id}:{key}",
            score=int(form.score.data),
            words=form.words.data or None,
            wants_reply=form.wants_reply.data == YES,
            now=clock.now(),
        )
    flash("Thank you for telling us how we did.")
    return redirect(url_for("parties.status"), 303)
