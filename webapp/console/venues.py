"""Venues: the list, one venue with its rooms, hours and closures, and closing it after a look at what that does."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling import clock, db, london
from scheduling.diary import undoing, venues
from scheduling.diary.venues import Days
from scheduling.models import Booking, BookingStatus, Closure, Repeats, Room, Venue
from scheduling.reference import changes, policies
from scheduling.refusals import Refused
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import ARRANGES, LARGEST_ID, LOOKS_THINGS_UP, console, found
from webapp.console.cases import WITH_PLACE
from webapp.console.forms import ONCE, ClosedDays

LONGEST_CLOSURE = timedelta(days=366)
LINES = 50
"""Of its history, the newest."""


class ClosedAlready(Refused):
    """The same days are closed."""

    def __str__(self) -> str:
        return "The venue is closed on all of these days already. Nothing was changed."


@dataclass(frozen=True)
class Result:
    """What became of the bookings, read again from the record."""

    moved: list[Booking]
    stranded: list[Booking]
    can_undo: bool
    """Whether nobody has heard of it yet."""


@console.get("/venues")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def venue_list() -> ResponseReturnValue:
    """Every venue that is used, or every one that there ever was."""
    shows_all = request.args.get("show") == "all"
    with db.Reading() as session:
        wanted = select(Venue).where(Venue.is_active | shows_all).order_by(Venue.name)
        rows = session.scalars(
            wanted.options(selectinload(Venue.rooms), selectinload(Venue.closures), selectinload(Venue.serves))
        ).all()
    return render_template("console/venues/list.html", venues=rows, today=_today(), shows_all=shows_all)


@console.get("/venues/<id:venue_id>")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def venue(venue_id: int) -> ResponseReturnValue:
    """One venue, and the meetings that will be held there."""
    with db.Reading() as session:
        venue = _venue(session, venue_id)
        meetings = _meetings(session, venue)
        lines, names = changes.of_venue(session, venue, limit=LINES), changes.names(session)
    closures = [closure for closure in venue.closures if closure.repeats or closure.last_day >= _today()]
    return render_template(
        "console/venues/venue.html", venue=venue, meetings=meetings, closures=closures, lines=lines, names=names
    )


@console.get("/venues/<id:venue_id>/close")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def close_form(venue_id: int) -> ResponseReturnValue:
    """Ask from when to when, and why."""
    with db.Reading() as session:
        venue = _venue(session, venue_id)
    return render_template("console/venues/close.html", venue=venue, form=ClosedDays())


@console.post("/venues/<id:venue_id>/close/preview")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def preview_closure(venue_id: int) -> ResponseReturnValue:
    """Show what closing would do; nothing is changed yet."""
    form = ClosedDays(request.form)
    with db.Session.begin() as session:  # the closure is tried and undone
        venue = _venue(session, venue_id)
        if not (form.validate() and _is_ahead(form)):
            return render_template("console/venues/close.html", venue=venue, form=form), 422
        impact = venues.impact(session, venue, _days(form), now=clock.now())
        undo_minutes = policies.value(session, policies.UNDO_MINUTES)
        return render_template(
            "console/venues/preview.html", venue=venue, form=form, impact=impact, undo_minutes=undo_minutes
        )


@console.post("/venues/<id:venue_id>/close")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def close_venue(venue_id: int) -> ResponseReturnValue:
    """Close the venue, and move every meeting for which there is another lawful time."""
    form = ClosedDays(request.form)
    moved: list[int] = []
    stranded: list[int] = []
    closure_id = None
    with db.Session.begin() as session:
        session.execute(select(Venue.id).where(Venue.id == venue_id).with_for_update(key_share=True))
        venue = _venue(session, venue_id)
        is_right = form.validate() and _is_ahead(form)
        if is_right:
            if _is_closed_throughout(venue, form):
                raise ClosedAlready
            reason, by = form.reason.data, auth.actor()
            outcome = venues.close(session, venue, _days(form), reason=reason, by=by, now=clock.now())
            moved = [booking.id for booking in outcome.moved]
            stranded = [move.booking.id for move in outcome.stranded]
            closure_id = outcome.closure.id
    if not is_right:
        return render_template("console/venues/close.html", venue=venue, form=form), 422
    return redirect(
        url_for("console.closure_result", venue_id=venue_id, moved=moved, stranded=stranded, closure=closure_id)
    )


@console.get("/venues/<id:venue_id>/closed")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def closure_result(venue_id: int) -> ResponseReturnValue:
    """Which meetings have moved and where to, and which families somebody must ring."""
    with db.Reading() as session:
        venue = _venue(session, venue_id)
        closure = next((one for one in venue.closures if str(one.id) == request.args.get("closure")), None)
        can_undo = closure is not None and undoing.obstacle(session, closure) is None
        moved, stranded = _named(session, "moved"), _named(session, "stranded")
    result = Result(moved=moved, stranded=stranded, can_undo=can_undo)
    return render_template("console/venues/closed.html", venue=venue, result=result, closure=closure)


@console.post("/venues/<id:venue_id>/closures/<id:closure_id>/undo")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def undo_closure(venue_id: int, closure_id: int) -> ResponseReturnValue:
    """Take a closure back of which nobody has heard; whoever presses twice finds it gone."""
    with db.Session.begin() as session:
        session.execute(select(Venue.id).where(Venue.id == venue_id).with_for_update(key_share=True))
        closure = session.get(Closure, closure_id)
        known = found(closure if closure is not None and closure.venue_id == venue_id else None)
        put_back = len(venues.undo(session, known, by=auth.actor(), now=clock.now()))
    meetings = "1 meeting is" if put_back == 1 else f"{put_back} meetings are"
    flash(f"The closure has been undone. {meetings} where they were, and nobody is told.")
    return redirect(url_for("console.venue", venue_id=venue_id))


def _today() -> date:
    return london.london_day(clock.now())


def _venue(session: Session, venue_id: int) -> Venue:
    everything = (
        joinedload(Venue.owner),
        selectinload(Venue.rooms),
        selectinload(Venue.hours),
        selectinload(Venue.closures),
        selectinload(Venue.serves),
    )
    return found(session.scalar(select(Venue).where(Venue.id == venue_id).options(*everything)))


def _meetings(session: Session, venue: Venue) -> list[Booking]:
    wanted = (
        select(Booking)
        .join(Booking.room)
        .where(Room.venue_id == venue.id, Booking.status != BookingStatus.CANCELLED, Booking.ends_at > clock.now())
        .order_by(Booking.starts_at)
        .options(*WITH_PLACE, joinedload(Booking.case))
    )
    return list(session.scalars(wanted))


def _named(session: Session, argument: str) -> list[Booking]:
    """The bookings that the address names; anything else in it is left out."""
    ids = {int(n) for n in request.args.getlist(argument)[:200] if n.isascii() and n.isdigit() and int(n) <= LARGEST_ID}
    wanted = select(Booking).where(Booking.id.in_(ids), Booking.room_id.is_not(None)).order_by(Booking.starts_at)
    return list(session.scalars(wanted.options(*WITH_PLACE, joinedload(Booking.case))))


def _days(form: ClosedDays) -> Days:
    repeats = None if form.repeats.data == ONCE else Repeats(form.repeats.data)
    return Days(
        first=form.first_day.data, last=form.last_day.data, repeats=repeats, repeats_until=form.repeats_until.data
    )


def _is_ahead(form: ClosedDays) -> bool:
    """What is past cannot be closed, and nobody closes for years by a slip of the key."""
    if form.last_day.data < _today():
        form.last_day.errors = ["The last day must be today or in the future"]
    elif form.last_day.data - form.first_day.data > LONGEST_CLOSURE:
        form.last_day.errors = ["The last day must be within a year of the first"]
    return not form.errors


def _is_closed_throughout(venue: Venue, form: ClosedDays) -> bool:
    first_day, last_day = form.first_day.data, form.last_day.data
    is_once = form.repeats.data == ONCE
    return is_once and any(c.first_day <= first_day and last_day <= c.last_day for c in venue.closures)
