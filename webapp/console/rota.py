"""The rota: who takes calls by their weekly shifts, and who is on call beyond them."""

from datetime import datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import Form
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db, london
from scheduling.cases import rota
from scheduling.models import OnCall, Staff
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import ARRANGES, console, found
from webapp.console.case_forms import ClockTime, clock_time, said_beside
from webapp.console.forms import FromList
from webapp.forms import Day, Given, Line


class TimeOnCall(Form):
    """Who takes calls, and when, beyond the shifts."""

    adviser = FromList("Adviser", "Choose who is on call")
    day = Day("Day", called="the day", required=True)
    starts = Line(
        "From",
        (Given("Enter when it begins"), ClockTime("Enter the time as on a 24-hour clock, like 17:00")),
        longest=5,
    )
    ends = Line(
        "To", (Given("Enter when it ends"), ClockTime("Enter the time as on a 24-hour clock, like 20:30")), longest=5
    )


@console.get("/rota")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def rota_page() -> ResponseReturnValue:
    """Telephones, shifts and times on call, with the form for another below."""
    with db.Reading() as session:
        return _page(session, TimeOnCall())


@console.post("/rota/on-call")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_on_call() -> ResponseReturnValue:
    """Have an adviser rung for callers then as well; no appointment is booked."""
    form = TimeOnCall(request.form)
    with db.Session.begin() as session:
        form.adviser.choices = _choices(session)
        if form.validate():
            with said_beside(form, session):
                _call_in(session, form)
        if form.errors:
            return _page(session, form), 422
    return redirect(url_for("console.rota_page"))


@console.post("/rota/on-call/<id:on_call_id>/remove")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def remove_on_call(on_call_id: int) -> ResponseReturnValue:
    """Take a time on call back; whoever presses twice finds it gone."""
    with db.Session.begin() as session:
        rota.call_off(session, found(session.get(OnCall, on_call_id)), by=auth.actor(), now=clock.now())
    return redirect(url_for("console.rota_page"))


def _page(session: Session, form: TimeOnCall) -> str:
    form.adviser.choices = _choices(session)
    on_call = rota.on_call(session, clock.now())
    return render_template("console/rota.html", advisers=rota.advisers(session), on_call=on_call, form=form)


def _choices(session: Session) -> list[SelectChoice]:
    return [SelectChoice(str(adviser.id), adviser.name) for adviser in rota.advisers(session)]


def _call_in(session: Session, form: TimeOnCall) -> None:
    starts_at, ends_at = _moments(form)
    adviser = session.get_one(Staff, int(form.adviser.data))
    rota.call_in(session, adviser, starts_at=starts_at, ends_at=ends_at, by=auth.actor(), now=clock.now())


def _moments(form: TimeOnCall) -> tuple[datetime, datetime]:
    """From one time to another of the same day, or to an earlier one of the next: an evening may go past midnight."""
    begins, ends = clock_time(form.starts.data), clock_time(form.ends.data)
    if begins is None or ends is None:
        message = "the form has let pass what is no time"
        raise AssertionError(message)
    day = form.day.data
    until = day if ends > begins else day + timedelta(days=1)
    return london.at(day, begins), london.at(until, ends)
