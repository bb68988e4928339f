"""An adviser on the rota: the telephone that is rung, and the shifts of the week."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from scheduling import clock, db
from scheduling.cases import shifts
from scheduling.models import Role, Shift, Staff
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import ARRANGES, console, found
from webapp.console.case_forms import clock_time, said_beside
from webapp.console.setting_forms import AdviserTelephone, NewShift


@console.get("/rota/advisers/<id:staff_id>")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def adviser_shifts(staff_id: int) -> ResponseReturnValue:
    """Telephone and shifts, with the form for another shift."""
    with db.Reading() as session:
        return _page(_adviser(session, staff_id))


@console.post("/rota/advisers/<id:staff_id>/shifts")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_shift(staff_id: int) -> ResponseReturnValue:
    """Calls and appointments then, every week."""
    form = NewShift(request.form, prefix="shift-")
    with db.Session.begin() as session:
        adviser = _adviser(session, staff_id)
        if form.validate():
            with said_beside(form, session):
                _add(session, adviser, form)
        if form.errors:
            return _page(adviser, shift=form), 422
    return redirect(url_for("console.adviser_shifts", staff_id=staff_id))


@console.post("/rota/advisers/<id:staff_id>/shifts/<id:shift_id>/remove")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def remove_shift(staff_id: int, shift_id: int) -> ResponseReturnValue:
    """No more calls and appointments then."""
    with db.Session.begin() as session:
        adviser, shift = _adviser(session, staff_id), session.get(Shift, shift_id)
        theirs = found(shift if shift is not None and shift.staff_id == staff_id else None)
        shifts.remove(session, adviser, theirs, by=auth.actor(), now=clock.now())
    return redirect(url_for("console.adviser_shifts", staff_id=staff_id))


@console.post("/rota/advisers/<id:staff_id>/telephone")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def save_telephone(staff_id: int) -> ResponseReturnValue:
    """The telephone that is rung for whoever waits; an empty box rings nobody."""
    form = AdviserTelephone(request.form)
    with db.Session.begin() as session:
        adviser = _adviser(session, staff_id)
        if form.validate():
            with said_beside(form, session):
                shifts.ring(session, adviser, form.number.data, by=auth.actor(), now=clock.now())
        if form.errors:
            return _page(adviser, telephone=form), 422
    return redirect(url_for("console.adviser_shifts", staff_id=staff_id))


def _add(session: Session, adviser: Staff, form: NewShift) -> None:
    starts, ends = clock_time(form.starts.data), clock_time(form.ends.data)
    if starts is None or ends is None:
        message = "the form has let pass what is no time"
        raise AssertionError(message)
    weekday = int(form.weekday.data)
    shifts.add(session, adviser, weekday=weekday, starts=starts, ends=ends, by=auth.actor(), now=clock.now())


def _page(adviser: Staff, *, shift: NewShift | None = None, telephone: AdviserTelephone | None = None) -> str:
    return render_template(
        "console/shifts.html",
        adviser=adviser,
        shift=shift or NewShift(prefix="shift-"),
        telephone=telephone or AdviserTelephone(MultiDict({"number": adviser.number or ""})),
        refused=shift or telephone,
    )


def _adviser(session: Session, staff_id: int) -> Staff:
    person = session.get(Staff, staff_id)
    return found(person if person is not None and person.role is Role.ADVISER else None)
