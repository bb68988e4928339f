"""Mediators: the list, one mediator with hours, leave and diary, and leave after a look at what it does."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling import clock, db, london
from scheduling.diary import absences, mediators
from scheduling.diary.absences import Absence
from scheduling.models import Booking, BookingStatus, Mediator
from scheduling.reference import changes
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import ARRANGES, LOOKS_THINGS_UP, console, found
from webapp.console.cases import WITH_PLACE
from webapp.console.forms import Away

LONGEST_LEAVE = timedelta(days=366)
LONGER_THAN_A_MONTH = timedelta(days=31)
LINES = 50
"""Of the history, the newest."""


@console.get("/mediators")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def mediator_list() -> ResponseReturnValue:
    """Every mediator who works with us, or ever did, and how many meetings lie ahead."""
    now, shows_all = clock.now(), request.args.get("show") == "all"
    today = london.london_day(now)
    with db.Reading() as session:
        wanted = select(Mediator).where(Mediator.is_active | shows_all).order_by(Mediator.name)
        rows = session.scalars(wanted.options(selectinload(Mediator.works_with), selectinload(Mediator.leave))).all()
        ahead = (
            select(Booking.mediator_id, func.count().label("number"))
            .where(Booking.status != BookingStatus.CANCELLED, Booking.ends_at > now, Booking.mediator_id.is_not(None))
            .group_by(Booking.mediator_id)
        )
        meetings = {row.mediator_id: row.number for row in session.execute(ahead)}
        months = _load(session, today)
    return render_template(
        "console/mediators/list.html",
        mediators=rows,
        meetings=meetings,
        months=months,
        soon={one.id for one in rows if mediators.runs_out_soon(one, today)},
        shows_all=shows_all,
        today=today,
    )


@console.get("/mediators/<id:mediator_id>")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def mediator(mediator_id: int) -> ResponseReturnValue:
    """One mediator: with whom, when, when not, and what is booked."""
    now = clock.now()
    everything = (
        selectinload(Mediator.works_with),
        selectinload(Mediator.hours),
        selectinload(Mediator.leave),
        selectinload(Mediator.conflicts),
        selectinload(Mediator.spoken),
    )
    with db.Reading() as session:
        mediator = found(session.scalar(select(Mediator).where(Mediator.id == mediator_id).options(*everything)))
        conflicts = [(one, mediators.of(session, one)) for one in mediator.conflicts]
        diary = session.scalars(
            select(Booking)
            .where(Booking.mediator_id == mediator.id, Booking.status != BookingStatus.CANCELLED, Booking.ends_at > now)
            .order_by(Booking.starts_at)
            .options(*WITH_PLACE, joinedload(Booking.case))
        ).all()
        lines, names = changes.of(session, mediators.about(mediator), limit=LINES), changes.names(session)
        load = [f"{number.get(mediator.id, 0)} in {month}" for month, number in _load(session, london.london_day(now))]
    return render_template(
        "console/mediators/mediator.html",
        mediator=mediator,
        conflicts=conflicts,
        months=", ".join(load),
        lines=lines,
        names=names,
        diary=diary,
        today=london.london_day(now),
    )


@console.get("/mediators/<id:mediator_id>/leave")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def leave_form(mediator_id: int) -> ResponseReturnValue:
    """Ask from when to when, for leave or for illness."""
    with db.Reading() as session:
        return _leave_page(found(session.get(Mediator, mediator_id)), Away())


@console.post("/mediators/<id:mediator_id>/leave/preview")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def preview_leave(mediator_id: int) -> ResponseReturnValue:
    """Show what the leave would do to meetings; nothing is changed yet."""
    form = Away(request.form)
    with db.Session.begin() as session:  # the leave is tried and undone
        mediator = found(session.get(Mediator, mediator_id))
        if not _is_to_come(form):
            return _leave_page(mediator, form), 422
        impact = absences.impact(session, _absence(session, mediator, form), now=clock.now())
        return render_template("console/mediators/leave_preview.html", mediator=mediator, form=form, impact=impact)


@console.post("/mediators/<id:mediator_id>/leave")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def take_leave(mediator_id: int) -> ResponseReturnValue:
    """Write the leave down; every meeting that it hits goes to another mediator, or to another time."""
    form = Away(request.form)
    with db.Session.begin() as session:
        mediator = found(session.get(Mediator, mediator_id, with_for_update=True))
        if not _is_to_come(form):
            return _leave_page(mediator, form), 422
        tried = absences.record(session, _absence(session, mediator, form), by=auth.actor(), now=clock.now())
        stranded = sum(move.to is None for move in tried)
    flash(f"The leave is written down. {len(tried) - stranded} meetings changed, {stranded} without another time.")
    return redirect(url_for("console.mediator", mediator_id=mediator_id))


def _load(session: Session, today: date) -> list[tuple[str, dict[int, int]]]:
    """How many meetings each mediator has in this month and in the next."""
    first = today.replace(day=1)
    second = (first + LONGER_THAN_A_MONTH).replace(day=1)
    third = (second + LONGER_THAN_A_MONTH).replace(day=1)
    return [
        (f"{begins:%B}", mediators.load(session, begins, ends - timedelta(days=1)))
        for begins, ends in ((first, second), (second, third))
    ]


def _leave_page(mediator: Mediator, form: Away) -> str:
    return render_template("console/mediators/leave.html", mediator=mediator, form=form)


def _absence(session: Session, mediator: Mediator, form: Away) -> Absence:
    return absences.leave(session, mediator, form.first_day.data, form.last_day.data, now=clock.now())


def _is_to_come(form: Away) -> bool:
    """Leave that is over moves nothing, and nobody is away for years by a slip of the key."""
    if form.validate() and form.last_day.data < london.london_day(clock.now()):
        form.last_day.errors = ["The last day must be today or in the future"]
    elif not form.errors and form.last_day.data - form.first_day.data > LONGEST_LEAVE:
        form.last_day.errors = ["The last day must be within a year of the first"]
    return not form.errors
