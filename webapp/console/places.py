"""Keeping venues: adding one, its rooms, and every change after a look at what that does to meetings."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.diary import alterations, places, venues
from scheduling.diary.alterations import Alteration
from scheduling.models import Authority, Closure, Room, RoomUse, Venue
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import kept, place_forms
from webapp.console.blueprint import ARRANGES, console, found
from webapp.console.case_forms import said_beside
from webapp.console.place_forms import RoomForm, VenueForm

NEW_WEEK = {f"day_{weekday}": "9:00-17:00" for weekday in range(5)}
"""What most places keep, filled in beforehand."""


@console.get("/venues/new")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def new_venue_form() -> ResponseReturnValue:
    """Ask for everything that is known of it."""
    with db.Reading() as session:
        form = VenueForm(data={**NEW_WEEK, "owner": place_forms.NOBODY, "is_active": True})
        _offer(session, form)
    return render_template("console/venues/edit.html", form=form, venue=None)


@console.post("/venues/new")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_venue() -> ResponseReturnValue:
    """Write it down; meetings are booked there once it has a room."""
    form, added = VenueForm(request.form), 0
    with db.Session.begin() as session:
        known = _offer(session, form)
        if form.validate():
            with said_beside(form, session):
                added = places.add(session, form.place(known), by=auth.actor(), now=clock.now()).id
    if form.errors:
        return render_template("console/venues/edit.html", form=form, venue=None), 422
    flash("The venue has been added. Add its rooms now: until then no meeting is booked there.")
    return redirect(url_for("console.venue", venue_id=added))


@console.get("/venues/<id:venue_id>/edit")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def venue_form(venue_id: int) -> ResponseReturnValue:
    """Show what is known, to be changed."""
    with db.Reading() as session:
        venue = found(session.get(Venue, venue_id))
        form = VenueForm(data=place_forms.of_place(places.described(venue)))
        _offer(session, form, venue)
        return render_template("console/venues/edit.html", form=form, venue=venue)


@console.post("/venues/<id:venue_id>/edit/preview")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def preview_venue(venue_id: int) -> ResponseReturnValue:
    """Show what the change would do; nothing is changed yet."""
    form = VenueForm(request.form)
    with db.Session.begin() as session:  # the change is tried and undone
        venue = _locked(session, venue_id)
        alteration = _alteration(session, venue, form)
        if alteration is None:
            return render_template("console/venues/edit.html", form=form, venue=venue), 422
        save = url_for("console.save_venue", venue_id=venue_id)
        return _preview(session, venue, alteration, save=save, change=url_for("console.venue_form", venue_id=venue_id))


@console.post("/venues/<id:venue_id>/edit")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def save_venue(venue_id: int) -> ResponseReturnValue:
    """Change it, and move every meeting that cannot stay."""
    form = VenueForm(request.form)
    with db.Session.begin() as session:
        venue = _locked(session, venue_id)
        alteration = _alteration(session, venue, form)
        if alteration is None:
            return render_template("console/venues/edit.html", form=form, venue=venue), 422
        kept.carry_out(session, alteration)
    return redirect(url_for("console.venue", venue_id=venue_id))


@console.get("/venues/<id:venue_id>/rooms/new")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def new_room_form(venue_id: int) -> ResponseReturnValue:
    """Ask what it is called, how many it holds and what for."""
    with db.Reading() as session:
        venue = found(session.get(Venue, venue_id))
        return render_template("console/venues/room.html", form=RoomForm(), venue=venue, room=None)


@console.post("/venues/<id:venue_id>/rooms/new")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_room(venue_id: int) -> ResponseReturnValue:
    """Write it down; a room for meetings is booked from now on."""
    form = RoomForm(request.form)
    with db.Session.begin() as session:
        venue = _locked(session, venue_id)
        if form.validate():
            with said_beside(form, session):
                room = Room(name=form.name.data, capacity=int(form.capacity.data), used_for=RoomUse(form.used_for.data))
                places.add_room(session, venue, room, by=auth.actor(), now=clock.now())
        if form.errors:
            return render_template("console/venues/room.html", form=form, venue=venue, room=None), 422
    flash("The room has been added.")
    return redirect(url_for("console.venue", venue_id=venue_id))


@console.get("/venues/<id:venue_id>/rooms/<id:room_id>")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def room_form(venue_id: int, room_id: int) -> ResponseReturnValue:
    """Show what is known of it, to be changed."""
    with db.Reading() as session:
        room = _room(session, venue_id, room_id)
        form = RoomForm(data={"name": room.name, "capacity": str(room.capacity), "used_for": room.used_for.value})
        return render_template("console/venues/room.html", form=form, venue=room.venue, room=room)


@console.post("/venues/<id:venue_id>/rooms/<id:room_id>/preview")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def preview_room(venue_id: int, room_id: int) -> ResponseReturnValue:
    """Show what the change would do; nothing is changed yet."""
    form = RoomForm(request.form)
    with db.Session.begin() as session:  # the change is tried and undone
        room = _room(session, venue_id, room_id)
        alteration = _room_alteration(session, room, form)
        if alteration is None:
            return render_template("console/venues/room.html", form=form, venue=room.venue, room=room), 422
        save, change = (
            url_for(f"console.{end}", venue_id=venue_id, room_id=room_id) for end in ("save_room", "room_form")
        )
        return _preview(session, room.venue, alteration, save=save, change=change)


@console.post("/venues/<id:venue_id>/rooms/<id:room_id>")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def save_room(venue_id: int, room_id: int) -> ResponseReturnValue:
    """Change it, and move every meeting that cannot stay."""
    form = RoomForm(request.form)
    with db.Session.begin() as session:
        _locked(session, venue_id)
        room = _room(session, venue_id, room_id)
        alteration = _room_alteration(session, room, form)
        if alteration is None:
            return render_template("console/venues/room.html", form=form, venue=room.venue, room=room), 422
        kept.carry_out(session, alteration)
    return redirect(url_for("console.venue", venue_id=venue_id))


@console.post("/venues/<id:venue_id>/closures/<id:closure_id>/remove")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def reopen_venue(venue_id: int, closure_id: int) -> ResponseReturnValue:
    """Forget a closure; whoever presses twice finds it gone."""
    with db.Session.begin() as session:
        _locked(session, venue_id)
        closure = session.get(Closure, closure_id)
        known = found(closure if closure is not None and closure.venue_id == venue_id else None)
        venues.reopen(session, known, by=auth.actor(), now=clock.now())
    flash("The venue is open again on these days. Meetings that were moved stay where they are now.")
    return redirect(url_for("console.venue", venue_id=venue_id))


def _offer(session: Session, form: VenueForm, venue: Venue | None = None) -> dict[int, Authority]:
    """Fill in the lists of authorities; gives them by their ids."""
    everybody = kept.authorities(session)
    beside = frozenset(venue.serves) if venue is not None else frozenset[Authority]()
    form.offer(everybody, served=kept.served(everybody, beside=beside))
    return {authority.id: authority for authority in everybody}


def _alteration(session: Session, venue: Venue, form: VenueForm) -> Alteration | None:
    """What the form asks for; None where it says what is wrong."""
    known, alteration = _offer(session, form, venue), None
    if form.validate():
        with said_beside(form, session):
            kept.must_be_as_seen(form, places.described(venue))
            alteration = places.alter(session, venue, form.place(known), by=auth.actor(), now=clock.now())
    return alteration


def _room_alteration(session: Session, room: Room, form: RoomForm) -> Alteration | None:
    alteration = None
    if form.validate():
        with said_beside(form, session):
            alteration = places.alter_room(
                session,
                room,
                name=form.name.data,
                capacity=int(form.capacity.data),
                used_for=RoomUse(form.used_for.data),
                by=auth.actor(),
                now=clock.now(),
            )
    return alteration


def _preview(session: Session, venue: Venue, alteration: Alteration, *, save: str, change: str) -> str:
    return render_template(
        "console/kept/preview.html",
        name=venue.name,
        back_to=url_for("console.venue", venue_id=venue.id),
        alteration=alteration,
        impact=alterations.impact(session, alteration, now=clock.now()),
        posted=kept.posted(),
        save=save,
        change=change,
    )


def _locked(session: Session, venue_id: int) -> Venue:
    """The venue, for one who changes it after the other."""
    return found(session.get(Venue, venue_id, with_for_update={"key_share": True}))


def _room(session: Session, venue_id: int, room_id: int) -> Room:
    room = session.get(Room, room_id)
    return found(room if room is not None and room.venue_id == venue_id else None)
