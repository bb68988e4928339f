"""The authority sees that it cannot arrange mediation in its 30 days: what follows from it, before it says so."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import alarms, authority, authority_view
from scheduling.models import Case
from webapp.authorities.forms import Cannot
from webapp.authorities.ways import Way, officers_page
from webapp.console.case_forms import said_beside


@officers_page("/cases/<reference>/cannot")
def cannot(way: Way, reference: str) -> ResponseReturnValue:
    """What happens then, and the question why."""
    with db.Reading() as session:
        return _page(session, way, way.case(session, reference)[1], Cannot())


@officers_page("/cases/<reference>/cannot", method="POST")
def say_cannot(way: Way, reference: str) -> ResponseReturnValue:
    """It is so: a certificate is due, the family is told, and the case stays open for a later meeting."""
    form, now = Cannot(request.form), clock.now()
    with db.Session.begin() as session:
        case, due = way.case(session, reference)[1], None
        if form.validate():
            with said_beside(form, session):
                due = authority.cannot(session, case, because=form.because.data, by=way.actor(), now=now)
                alarms.raise_due(session, case.id, now=now)
        if form.errors or form.form_errors:
            return _page(session, way, case, form), 422
    when = f" The family gets its certificate by {london.written_day(due.day)}." if due is not None else ""
    flash(f"Thank you for telling us.{when} The case stays open for a later meeting.")
    return redirect(way.href("case", reference=reference))


def _page(session: Session, way: Way, case: Case, form: Cannot) -> str:
    now = clock.now()
    shared = authority_view.of(session, case.tellings[0])
    return render_template(
        "authorities/cannot.html",
        way=way,
        shared=shared,
        stands=shared.meeting if shared.meeting is not None and shared.meeting.starts_at > now else None,
        due=authority.certificate_if_cannot(session, case, now=now),
        form=form,
    )
