"""Authorities: the list with contracts and officers, and adding an officer."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import clock, db, london, numbers
from scheduling.diary import cancellations
from scheduling.models import Authority, Officer, Side
from scheduling.reference import changes, contracts
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import KEEPS_DATA, LOOKS_THINGS_UP, console, found
from webapp.console.forms import NewOfficer

LINES = 20
"""Of history, on the page of an authority."""


@console.get("/authorities")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def authorities() -> ResponseReturnValue:
    """Every authority we know, and whether we serve it today."""
    with db.Reading() as session:
        rows = session.scalars(
            select(Authority)
            .order_by(Authority.name)
            .options(selectinload(Authority.contracts), selectinload(Authority.officers))
        ).all()
    return render_template("console/authorities/list.html", authorities=rows, today=london.london_day(clock.now()))


@console.get("/authorities/<id:authority_id>")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def authority(authority_id: int) -> ResponseReturnValue:
    """One authority, and how many of its meetings were called off."""
    now = clock.now()
    with db.Reading() as session:
        authority = of_id(session, authority_id)
        called_off = cancellations.of_the_last_year(session, authority, now=now)
        lines = changes.of(session, changes.to(authority), limit=LINES)
        names = changes.names(session)
    return render_template(
        "console/authorities/authority.html",
        authority=authority,
        called_off=[(side, called_off[side]) for side in Side if called_off[side]],
        lines=lines,
        names=names,
    )


@console.get("/authorities/<id:authority_id>/officers/new")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def officer_form(authority_id: int) -> ResponseReturnValue:
    """Ask who the officer is."""
    with db.Reading() as session:
        authority = of_id(session, authority_id)
    return render_template("console/authorities/officer.html", authority=authority, form=NewOfficer())


@console.post("/authorities/<id:authority_id>/officers/new")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_officer(authority_id: int) -> ResponseReturnValue:
    """From now on this officer can be told and invited."""
    form = NewOfficer(request.form)
    with db.Session.begin() as session:
        authority = of_id(session, authority_id)
        if form.validate() and _is_new(form, authority):
            officer = Officer(
                name=form.name.data,
                email=form.email.data,
                number=numbers.parse(form.number.data),
                may_decide=form.may_decide.data,
                is_manager=form.is_manager.data,
            )
            contracts.appoint(session, authority, officer, by=auth.actor(), now=clock.now())
    if form.errors:
        return render_template("console/authorities/officer.html", authority=authority, form=form), 422
    flash(f"{form.name.data} has been added.")
    return redirect(url_for("console.authority", authority_id=authority_id))


def of_id(session: Session, authority_id: int) -> Authority:
    """The authority with all that its page shows."""
    everything = (
        selectinload(Authority.contracts),
        selectinload(Authority.officers),
        selectinload(Authority.aliases),
        selectinload(Authority.successors),
    )
    return found(session.scalar(select(Authority).where(Authority.id == authority_id).options(*everything)))


def _is_new(form: NewOfficer, authority: Authority) -> bool:
    if any(o.email == form.email.data and o.left_on is None for o in authority.officers):
        form.email.errors = ["There is an officer with this email address already"]
    if form.number.data and numbers.parse(form.number.data) is None:
        form.number.errors = ["Enter a telephone number, like 020 7946 0000"]
    return not form.errors
