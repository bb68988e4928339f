"""What became of a meeting: who came, whether it is over, and by when the certificate is due. Never what was said."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import certificates, meeting, routes
from scheduling.law import deadlines, rules
from scheduling.law.deadlines import Deadline
from scheduling.models import Booking, BookingKind, Case, Ending
from scheduling.reference import calendar
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import WORKS_ON_CASES, console, found
from webapp.console.case_forms import YES, Outcome, clock_time, said_beside
from webapp.console.cases import WITH_PLACE, for_action, with_reference


@console.get("/cases/<reference>/bookings/<id:booking_id>/outcome")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def outcome_form(reference: str, booking_id: int) -> ResponseReturnValue:
    """Ask what became of it, and say by when a certificate would be due."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        booking = _booking(session, case, booking_id)
        form = Outcome(data={"ended_at": london.clock_24h(booking.ends_at)})
        return _page(session, case, booking, form)


@console.post("/cases/<reference>/bookings/<id:booking_id>/outcome")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def record_outcome(reference: str, booking_id: int) -> ResponseReturnValue:
    """Write it down; what follows, follows at once."""
    form = Outcome(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        booking = _booking(session, case, booking_id)
        if form.validate():
            record(session, booking, form)
    if form.errors:
        with db.Reading() as session:
            return _page(session, case, booking, form), 422
    flash(what_is_next(case))
    return redirect(url_for("console.case", reference=case.reference))


def record(session: Session, booking: Booking, form: Outcome) -> None:
    """Write down what the form says, or say on it what is not true."""
    with said_beside(form, session):
        meeting.record(
            session,
            booking,
            ending=Ending(form.ending.data),
            family_came=form.family_came.data == YES,
            authority_came=form.authority_came.data == YES,
            could_decide=form.could_decide.data,
            childs_views_sought=form.childs_views_sought.data,
            expenses=form.expenses.data,
            ended_at=_ended_at(booking, form.ended_at.data),
            by=auth.actor(),
            now=clock.now(),
        )


def _ended_at(booking: Booking, typed: str) -> datetime:
    """The clock's time that was typed, on the day of the meeting."""
    ended = clock_time(typed)
    if ended is None:
        raise AssertionError
    return london.at(london.london_day(booking.starts_at), ended)


def what_is_next(case: Case) -> str:
    """For the page after it: by when the certificate is due."""
    with db.Reading() as session:
        due = certificates.due(session, session.get_one(Case, case.id), today=london.london_day(clock.now()))
    if due is None:
        return "It is written down. The history says what is next."
    return f"It is written down. The certificate is due by {london.written_day(due.day)}."


def _page(session: Session, case: Case, booking: Booking, form: Outcome) -> str:
    return render_template(
        "console/cases/outcome.html",
        case=case,
        booking=booking,
        form=form,
        recorded=meeting.of(session, booking),
        has_begun=booking.starts_at <= clock.now(),
        due=certificate_due(session, case, booking),
    )


def certificate_due(session: Session, case: Case, booking: Booking) -> Deadline | None:
    """By when a certificate would be due if this meeting has ended on its day; None on a route without one."""
    route = routes.of(case)
    if route is not None and not route.needs_certificate:
        return None
    day, days = london.london_day(booking.starts_at), calendar.working_days(session)
    return deadlines.certificate_by(day, days, rule=rules.CERTIFICATE_WHEN_CONCLUDED)


def _booking(session: Session, case: Case, booking_id: int) -> Booking:
    wanted = select(Booking).where(
        Booking.id == booking_id, Booking.case_id == case.id, Booking.kind == BookingKind.MEDIATION
    )
    return found(session.scalar(wanted.options(*WITH_PLACE)))
