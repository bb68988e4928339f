"""When an officer can come, and who comes for the authority with what authority to decide."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import attendees as named
from scheduling.cases import authority_view, half_days
from scheduling.models import Attendee, Case, Officer
from webapp.authorities.forms import Comes
from webapp.authorities.ways import Way, officers_page
from webapp.console.blueprint import found
from webapp.console.case_forms import YES, said_beside

NOTHING_TICKED = "Tick at least one time at which you can come, or choose “None of these”"


@officers_page("/cases/<reference>/when")
def when(way: Way, reference: str) -> ResponseReturnValue:
    """The half-days that are left of the 30 days, as they are kept."""
    with db.Reading() as session:
        officer, case = way.case(session, reference)
        return _when_page(session, way, officer, case)


@officers_page("/cases/<reference>/when", method="POST")
def say_when(way: Way, reference: str) -> ResponseReturnValue:
    """What is ticked are times at which the officer can come; what is not, times at which nobody looks for them."""
    ticked = frozenset(request.form.getlist("can"))
    with db.Session.begin() as session:
        officer, case = way.case(session, reference)
        telling = case.tellings[0]
        theirs = half_days.whose(telling, officer)
        known = {one.half_day.key for one in half_days.asked(session, telling, theirs, now=clock.now())}
        wants_none = "none" in request.form
        if not wants_none and not ticked & known:
            return _when_page(session, way, officer, case, problem=NOTHING_TICKED), 422
        can: frozenset[str] = frozenset() if wants_none else ticked
        half_days.say(session, telling, theirs, can, by=way.actor(), now=clock.now())
    flash("Thank you. We look for a time within what you told us." if not wants_none else NONE_OF_THESE)
    return redirect(way.href("case", reference=reference))


NONE_OF_THESE = (
    "Thank you. We look for somebody else of your authority. If nobody can come in the 30 days, tell us on this page "
    "that you cannot arrange it."
)


@officers_page("/cases/<reference>/attendees")
def attendees(way: Way, reference: str) -> ResponseReturnValue:
    """Who comes so far, and the form for another."""
    with db.Reading() as session:
        return _who_page(session, way, way.case(session, reference)[1], Comes())


@officers_page("/cases/<reference>/attendees", method="POST")
def name_attendee(way: Way, reference: str) -> ResponseReturnValue:
    """Somebody else comes, and can agree on the day or cannot."""
    form = Comes(request.form)
    with db.Session.begin() as session:
        case = way.case(session, reference)[1]
        if form.validate():
            with said_beside(form, session):
                named.name(
                    session,
                    case,
                    called=form.name.data,
                    position=form.position.data,
                    email=form.email.data,
                    may_agree=form.may_agree.data == YES,
                    by=way.actor(),
                    now=clock.now(),
                )
        if form.errors or form.form_errors:
            return _who_page(session, way, case, form), 422
    return redirect(way.href("attendees", reference=reference))


@officers_page("/cases/<reference>/attendees/<id:attendee_id>/take-back", method="POST")
def take_attendee_back(way: Way, reference: str, attendee_id: int) -> ResponseReturnValue:
    """They do not come after all."""
    with db.Session.begin() as session:
        case = way.case(session, reference)[1]
        wanted = select(Attendee).where(Attendee.id == attendee_id, Attendee.case_id == case.id)
        named.take_back(session, found(session.scalar(wanted)), by=way.actor(), now=clock.now())
    return redirect(way.href("attendees", reference=reference))


def _when_page(session: Session, way: Way, officer: Officer, case: Case, *, problem: str = "") -> str:
    telling = case.tellings[0]
    theirs = half_days.whose(telling, officer)
    asked = half_days.asked(session, telling, theirs, now=clock.now())
    return render_template(
        "authorities/when.html",
        way=way,
        shared=authority_view.of(session, telling),
        officer=theirs.name,
        is_visitor=theirs is officer,
        days=sorted({one.half_day.day for one in asked}),
        asked={one.half_day.key: one for one in asked},
        problem=problem,
    )


def _who_page(session: Session, way: Way, case: Case, form: Comes) -> str:
    shared = authority_view.of(session, case.tellings[0])
    can_agree = named.somebody_can_agree(shared.comes)
    return render_template("authorities/attendees.html", way=way, shared=shared, can_agree=can_agree, form=form)
