"""Bank holidays: those that are coming, and adding one that was proclaimed after our list was made."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.models import ExtraBankHoliday
from scheduling.reference import bank_holidays
from webapp import auth
from webapp.auth import staff_only
from webapp.console.blueprint import KEEPS_DATA, console
from webapp.console.forms import NewBankHoliday

AHEAD = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Holiday:
    """A day that is no working day."""

    day: date
    name: str
    is_extra: bool


@console.get("/bank-holidays")
@staff_only(*KEEPS_DATA)
def holidays() -> ResponseReturnValue:
    """Those of the next two years, with the form for another below."""
    with db.Reading() as session:
        coming = _coming(session)
    return render_template("console/bank_holidays.html", coming=coming, form=NewBankHoliday())


@console.post("/bank-holidays")
@staff_only(*KEEPS_DATA)
def add_holiday() -> ResponseReturnValue:
    """Every deadline and notice reckons with it from now on; meetings that stand stay where they are."""
    form, now = NewBankHoliday(request.form), clock.now()
    with db.Session.begin() as session:
        coming = _coming(session)
        if form.validate() and _is_new(form, coming, today=london.london_day(now)):
            session.add(
                ExtraBankHoliday(
                    day=form.day.data, name=form.name.data, added_at=now, added_by_id=auth.current_staff().id
                )
            )
    if form.errors:
        return render_template("console/bank_holidays.html", coming=coming, form=form), 422
    flash("The bank holiday has been added.")
    return redirect(url_for("console.holidays"))


def _coming(session: Session) -> list[Holiday]:
    today = london.london_day(clock.now())
    extra = {row.day: row.name for row in session.scalars(select(ExtraBankHoliday))}
    everything = [Holiday(day, name, day in extra) for day, name in {**bank_holidays.names(), **extra}.items()]
    return sorted((h for h in everything if today <= h.day <= today + AHEAD), key=lambda holiday: holiday.day)


def _is_new(form: NewBankHoliday, coming: list[Holiday], *, today: date) -> bool:
    day = form.day.data
    if not today <= day <= today + AHEAD:
        form.day.errors = ["The day of the bank holiday must be in the next 2 years"]
    elif day in {holiday.day for holiday in coming}:
        form.day.errors = ["This day is a bank holiday already"]
    return not form.errors
