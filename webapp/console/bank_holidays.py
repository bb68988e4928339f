"""Bank holidays: those that are coming, adding one that was proclaimed late, and taking back one added by mistake."""

from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import holidays as proclamations
from scheduling.cases.holidays import AHEAD, NoNewHoliday
from scheduling.models import ExtraBankHoliday
from scheduling.reference import bank_holidays, changes
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import KEEPS_DATA, console, found
from webapp.console.case_forms import Because
from webapp.console.forms import NewBankHoliday


@dataclass(frozen=True)
class Holiday:
    """A day that is no working day."""

    day: date
    name: str
    added: str = ""
    """When and by whom, where it was added here: only such a day can be taken back."""


@console.get("/bank-holidays")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def holidays() -> ResponseReturnValue:
    """Those of the next two years, with the form for another below."""
    with db.Reading() as session:
        coming = _coming(session)
    return render_template("console/bank_holidays.html", coming=coming, form=NewBankHoliday())


@console.post("/bank-holidays")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_holiday() -> ResponseReturnValue:
    """Every deadline and notice reckons with it from now on; meetings that stand stay where they are."""
    form = NewBankHoliday(request.form)
    if form.validate():
        try:
            return _added(form)
        except NoNewHoliday as refusal:
            form.day.errors = [str(refusal)]
    with db.Reading() as session:
        coming = _coming(session)
    return render_template("console/bank_holidays.html", coming=coming, form=form), 422


@console.get("/bank-holidays/<day>/take-back")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def holiday_to_take_back(day: str) -> ResponseReturnValue:
    """What it would change, before somebody decides."""
    with db.Session.begin() as session:
        return _take_back_page(session, _day(day), Because())


@console.post("/bank-holidays/<day>/take-back")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def take_back_holiday(day: str) -> ResponseReturnValue:
    """It was added by mistake: every deadline is counted without it from now on."""
    form = Because(request.form)
    with db.Session.begin() as session:
        if not form.validate():
            return _take_back_page(session, _day(day), form), 422
        taken = proclamations.take_back(session, _day(day), because=form.because.data, by=auth.actor(), now=clock.now())
        changed, told = len(taken.changed), len(taken.told)
    flash(f"The day is a working day again. It changes {_cases(changed)}; in {_cases(told)} the family is told.")
    return redirect(url_for("console.holidays"))


def _take_back_page(session: Session, day: date, form: Because) -> str:
    holiday = found(session.get(ExtraBankHoliday, day))
    foreseen = proclamations.foresee_taking_back(session, day, by=auth.actor(), now=clock.now())
    changed, told = _cases(len(foreseen.changed)), _cases(len(foreseen.told))
    return render_template(
        "console/take_back_holiday.html", day=day, name=holiday.name, changed=changed, told=told, form=form
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        abort(404)


def _added(form: NewBankHoliday) -> ResponseReturnValue:
    day, name = form.day.data, form.name.data
    with db.Session.begin() as session:
        proclaimed = proclamations.proclaim(session, day, name, by=auth.actor(), now=clock.now())
        changed, told = len(proclaimed.changed), len(proclaimed.told)
    flash(f"The bank holiday has been added. It changes {_cases(changed)}; in {_cases(told)} the family is told.")
    return redirect(url_for("console.holidays"))


def _cases(number: int) -> str:
    return f"{number} case" if number == 1 else f"{number} cases"


def _coming(session: Session) -> list[Holiday]:
    today = london.london_day(clock.now())
    names = changes.names(session)
    known = [Holiday(day, name) for day, name in bank_holidays.names().items()]
    added = [Holiday(row.day, row.name, _added_by(row, names)) for row in session.scalars(select(ExtraBankHoliday))]
    coming = (one for one in [*known, *added] if today <= one.day <= today + AHEAD)
    return sorted(coming, key=lambda holiday: holiday.day)


def _added_by(row: ExtraBankHoliday, names: dict[int, str]) -> str:
    who = f" by {names[row.added_by_id]}" if row.added_by_id in names else ""
    return f"Added here on {london.written_day(london.london_day(row.added_at))}{who}"
