"""A case's meeting: the best times with their reasons, and booking, moving or cancelling after a look at what it does.

A page that acts is never the page that chooses: between them stands one that says what will happen and who is told.
What a page was drawn from travels with its form; if the world has moved on meanwhile, nothing is changed.
"""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.diary import absences, bookings, moves, slots, why
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.slots import Slot
from scheduling.models import Booking, BookingKind, Case, Side
from scheduling.refusals import Refused
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import choices, openings
from webapp.console.blueprint import WORKS_ON_CASES, console, found
from webapp.console.case_forms import CalledOff
from webapp.console.cases import WITH_PLACE, for_action, with_reference
from webapp.console.choices import Choice, choice_of
from webapp.console.forms import Because

SHOWN = 5
LOOKED_AT = 40
"""How many are searched for the one that was chosen: by then others may have become better."""


class NoLongerFree(Refused):
    """The time that was chosen has gone."""

    def __str__(self) -> str:
        return "This time is no longer free. Nothing was changed."


class NothingMoves(Refused):
    """A page that was opened again after it had done its work."""

    def __str__(self) -> str:
        return "The meeting is booked for this very time and place. Nothing was changed, and nobody is told anything."


class Changed(Refused):
    """The booking is not what the page showed."""

    def __str__(self) -> str:
        return "This booking has been changed since you opened the page. Nothing was changed now."


@console.get("/cases/<reference>/slots")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def slots_for(reference: str) -> ResponseReturnValue:
    """The best times for this case, or why there is none."""
    now = clock.now()
    with db.Reading() as session:
        case = with_reference(session, reference)
        booking = live(session, case)
        best = [choice_of(slot) for slot in _on_different_days(session, case, booking, now=now)]
        told = openings.of(case, why.explain(session, case, now=now, moving=booking))
    none_chosen = "chosen" in request.args
    page = render_template(
        "console/bookings/slots.html",
        case=case,
        booking=booking,
        choices=best,
        told=told,
        none_chosen=none_chosen,
    )
    return page, 422 if none_chosen else 200


@console.get("/cases/<reference>/slots/confirm")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def confirm_slot(reference: str) -> ResponseReturnValue:
    """What booking this time, or moving to it, will do."""
    key = request.args.get("slot", "")
    if not key:
        return redirect(url_for("console.slots_for", reference=reference, chosen="none"))
    with db.Reading() as session:
        case = with_reference(session, reference)
        booking = live(session, case)
        choice = _chosen(session, case, booking, key)
    return render_template("console/bookings/confirm.html", case=case, booking=booking, choice=choice, form=Because())


@console.post("/cases/<reference>/booking")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def book(reference: str) -> ResponseReturnValue:
    """Keep the time for the meeting and tell everybody."""
    try:
        with db.Session.begin() as session:
            case = for_action(session, reference)
            if live(session, case) is not None:  # a second click would otherwise hear that its own time is not free
                raise bookings.AlreadyBooked
            choice = _chosen(session, case, None, request.form.get("slot", ""))
            bookings.book(session, case, choice.slot, by=auth.actor(), now=clock.now())
    except (NoLongerFree, SlotTaken):
        return _gone(reference, Because())
    flash("The meeting is booked. Everybody concerned will be told within a minute.")
    return redirect(url_for("console.case", reference=case.reference))


@console.post("/cases/<reference>/booking/move")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def move(reference: str) -> ResponseReturnValue:
    """Keep another time instead."""
    form = Because(request.form)
    try:
        with db.Session.begin() as session:
            case = for_action(session, reference)
            booking = _as_shown(found(live(session, case)))
            choice = _chosen(session, case, booking, request.form.get("slot", ""))
            if form.validate():
                now = clock.now()
                bookings.move(session, booking, choice.slot, because=form.because.data, by=auth.actor(), now=now)
    except (NoLongerFree, SlotTaken):
        return _gone(reference, form)
    if form.errors:
        page = render_template("console/bookings/confirm.html", case=case, booking=booking, choice=choice, form=form)
        return page, 422
    flash("The meeting has been moved. Everybody concerned will be told within a minute.")
    return redirect(url_for("console.case", reference=case.reference))


@console.get("/cases/<reference>/bookings/<id:booking_id>/cancel")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def confirm_cancel(reference: str, booking_id: int) -> ResponseReturnValue:
    """What cancelling will do, and why it is done."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        booking = _booking(session, case, booking_id)
        cause = moves.why_stranded(session, booking)
        form = CalledOff(data={"caused_by": cause.side} if cause else None)
    return render_template("console/bookings/cancel.html", case=case, booking=booking, form=form)


@console.post("/cases/<reference>/bookings/<id:booking_id>/cancel")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def cancel(reference: str, booking_id: int) -> ResponseReturnValue:
    """Give the time back for good."""
    form = CalledOff(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        booking = _as_shown(_booking(session, case, booking_id))
        if form.validate():
            side, because, by = Side(form.caused_by.data), form.because.data, auth.actor()
            bookings.cancel(session, booking, caused_by=side, because=because, by=by, now=clock.now())
    if form.errors:
        return render_template("console/bookings/cancel.html", case=case, booking=booking, form=form), 422
    flash("The booking has been cancelled. Everybody concerned will be told within a minute.")
    return redirect(url_for("console.case", reference=case.reference))


@console.post("/cases/<reference>/bookings/<id:booking_id>/cannot-come")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def cannot_come(reference: str, booking_id: int) -> ResponseReturnValue:
    """One side cannot come: the meeting goes to the nearest other lawful time, or stays until somebody finds one."""
    form, now = CalledOff(request.form), clock.now()
    with db.Session.begin() as session:
        case = for_action(session, reference)
        booking = _as_shown(_booking(session, case, booking_id))
        if form.validate() and form.caused_by.data == Side.SERVICE:
            form.caused_by.errors = ["Choose who cannot come. Where nobody is kept away, move the meeting instead"]
        if form.errors:
            return render_template("console/bookings/cancel.html", case=case, booking=booking, form=form), 422
        side = Side(form.caused_by.data)
        absence = absences.cannot_come(session, booking, side, form.because.data, now=now)
        [tried] = absences.record(session, absence, by=auth.actor(), now=now)
    if tried.to is None:
        flash(f"There is no other lawful time: {tried.why} The meeting stands as it was, and nobody was told anything.")
    else:
        flash(f"The meeting is now on {london.written(tried.to.starts_at)}. Everybody concerned will be told.")
    return redirect(url_for("console.case", reference=case.reference))


def _on_different_days(session: Session, case: Case, moving: Booking | None, *, now: datetime) -> list[Slot]:
    """The best time of each day first, so that somebody who cannot come on a day sees others."""
    found_now = slots.best(session, case, now=now, limit=LOOKED_AT, moving=moving)
    best = [slot for slot in found_now if not _is_where_it_is(slot, moving)]
    of_a_day = {london.london_day(slot.starts_at): slot for slot in reversed(best)}
    first = [slot for slot in best if slot in of_a_day.values()]
    return [*first, *(slot for slot in best if slot not in first)][:SHOWN]


def _is_where_it_is(slot: Slot, moving: Booking | None) -> bool:
    """Moving there would tell everybody of a change that is none."""
    return moving is not None and bookings.facts(slot) == bookings.facts(moving)


def _gone(reference: str, form: Because) -> ResponseReturnValue:
    """The time went between look and click: the next three that are free, with what was filled in."""
    now, key = clock.now(), request.form.get("slot", "")
    with db.Reading() as session:
        case = with_reference(session, reference)
        booking = live(session, case)
        best = slots.best(session, case, now=now, limit=LOOKED_AT, moving=booking)
        page = render_template(
            "console/bookings/gone.html",
            case=case,
            booking=booking,
            wanted=choices.wanted(key),
            choices=[choice_of(slot) for slot in choices.nearest(best, key)],
            told=None if best else openings.of(case, why.explain(session, case, now=now, moving=booking)),
            form=form,
        )
    return page, 409


def _booking(session: Session, case: Case, booking_id: int) -> Booking:
    """The booking, if it is this case's."""
    wanted = select(Booking).where(Booking.id == booking_id, Booking.case_id == case.id)
    return found(session.scalar(wanted.options(*WITH_PLACE)))


def live(session: Session, case: Case) -> Booking | None:
    """The meeting that is kept, with its place and people."""
    kept = bookings.of(session, case, BookingKind.MEDIATION)
    return _booking(session, case, kept.id) if kept is not None else None


def _as_shown(booking: Booking) -> Booking:
    """Refuse to act on a booking that has changed since the page was drawn, by a colleague or by a second click."""
    if request.form.get("sequence", "") != str(booking.sequence):
        raise Changed
    return booking


def _chosen(session: Session, case: Case, moving: Booking | None, key: str) -> Choice:
    for slot in slots.best(session, case, now=clock.now(), limit=LOOKED_AT, moving=moving):
        choice = choice_of(slot)
        if choice.key == key:
            if _is_where_it_is(slot, moving):
                raise NothingMoves
            return choice
    raise NoLongerFree
