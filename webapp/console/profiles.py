"""Keeping mediators: adding one, conflicts of interest, and every change after a look at what that does to meetings."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db, references
from scheduling.diary import alterations, mediators
from scheduling.diary.alterations import Alteration
from scheduling.models import Authority, Case, Conflict, Mediator
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import kept, place_forms
from webapp.console.blueprint import ARRANGES, console, found
from webapp.console.case_forms import said_beside
from webapp.console.place_forms import ConflictForm, MediatorForm
from webapp.console.places import NEW_WEEK


@console.get("/mediators/new")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def new_mediator_form() -> ResponseReturnValue:
    """Ask for everything that is known of them."""
    with db.Reading() as session:
        form = MediatorForm(data={**NEW_WEEK, "meetings_a_day": "2", "meets_from_afar": True, "is_active": True})
        _offer(session, form)
    return render_template("console/mediators/edit.html", form=form, mediator=None)


@console.post("/mediators/new")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_mediator() -> ResponseReturnValue:
    """Write it down; they may be booked from now on."""
    form, added = MediatorForm(request.form), 0
    with db.Session.begin() as session:
        known = _offer(session, form)
        if form.validate():
            with said_beside(form, session):
                added = mediators.add(session, form.profile(known), by=auth.actor(), now=clock.now()).id
    if form.errors:
        return render_template("console/mediators/edit.html", form=form, mediator=None), 422
    flash("The mediator has been added, and may be booked.")
    return redirect(url_for("console.mediator", mediator_id=added))


@console.get("/mediators/<id:mediator_id>/edit")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def mediator_form(mediator_id: int) -> ResponseReturnValue:
    """Show what is known, to be changed."""
    with db.Reading() as session:
        mediator = found(session.get(Mediator, mediator_id))
        form = MediatorForm(data=place_forms.of_profile(mediators.described(mediator)))
        _offer(session, form, mediator)
        return render_template("console/mediators/edit.html", form=form, mediator=mediator)


@console.post("/mediators/<id:mediator_id>/edit/preview")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def preview_mediator(mediator_id: int) -> ResponseReturnValue:
    """Show what the change would do; nothing is changed yet."""
    form = MediatorForm(request.form)
    with db.Session.begin() as session:  # the change is tried and undone
        mediator = _locked(session, mediator_id)
        alteration = _alteration(session, mediator, form)
        if alteration is None:
            return render_template("console/mediators/edit.html", form=form, mediator=mediator), 422
        save = url_for("console.save_mediator", mediator_id=mediator_id)
        change = url_for("console.mediator_form", mediator_id=mediator_id)
        return _preview(session, mediator, alteration, save=save, change=change)


@console.post("/mediators/<id:mediator_id>/edit")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def save_mediator(mediator_id: int) -> ResponseReturnValue:
    """Change it, and move every meeting in which they cannot sit any more."""
    form = MediatorForm(request.form)
    with db.Session.begin() as session:
        mediator = _locked(session, mediator_id)
        alteration = _alteration(session, mediator, form)
        if alteration is None:
            return render_template("console/mediators/edit.html", form=form, mediator=mediator), 422
        kept.carry_out(session, alteration)
    return redirect(url_for("console.mediator", mediator_id=mediator_id))


@console.get("/mediators/<id:mediator_id>/conflicts/new")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def conflict_form(mediator_id: int) -> ResponseReturnValue:
    """Ask of whom they are not independent, and why."""
    with db.Reading() as session:
        mediator = found(session.get(Mediator, mediator_id))
        return _conflict_page(mediator, _with_authorities(session, ConflictForm()))


@console.post("/mediators/<id:mediator_id>/conflicts/preview")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def preview_conflict(mediator_id: int) -> ResponseReturnValue:
    """Show what it would do; nothing is changed yet."""
    with db.Session.begin() as session:  # the change is tried and undone
        form = _with_authorities(session, ConflictForm(request.form))
        mediator = _locked(session, mediator_id)
        alteration = _conflict(session, mediator, form)
        if alteration is None:
            return _conflict_page(mediator, form), 422
        save = url_for("console.add_conflict", mediator_id=mediator_id)
        change = url_for("console.conflict_form", mediator_id=mediator_id)
        return _preview(session, mediator, alteration, save=save, change=change)


@console.post("/mediators/<id:mediator_id>/conflicts/new")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_conflict(mediator_id: int) -> ResponseReturnValue:
    """Write it down, and give their meetings with that side to somebody else."""
    with db.Session.begin() as session:
        form = _with_authorities(session, ConflictForm(request.form))
        mediator = _locked(session, mediator_id)
        alteration = _conflict(session, mediator, form)
        if alteration is None:
            return _conflict_page(mediator, form), 422
        kept.carry_out(session, alteration)
    return redirect(url_for("console.mediator", mediator_id=mediator_id))


@console.post("/mediators/<id:mediator_id>/conflicts/<id:conflict_id>/remove")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def settle_conflict(mediator_id: int, conflict_id: int) -> ResponseReturnValue:
    """It was a mistake, or is over; whoever presses twice finds it gone."""
    with db.Session.begin() as session:
        conflict = session.get(Conflict, conflict_id)
        known = found(conflict if conflict is not None and conflict.mediator_id == mediator_id else None)
        mediators.settle(session, known, by=auth.actor(), now=clock.now())
    flash("The conflict of interest has been removed.")
    return redirect(url_for("console.mediator", mediator_id=mediator_id))


def _offer(session: Session, form: MediatorForm, mediator: Mediator | None = None) -> dict[int, Authority]:
    """Fill in the list of authorities; gives them by their ids."""
    everybody = kept.authorities(session)
    beside = frozenset(mediator.works_with) if mediator is not None else frozenset[Authority]()
    form.offer(kept.served(everybody, beside=beside))
    return {authority.id: authority for authority in everybody}


def _alteration(session: Session, mediator: Mediator, form: MediatorForm) -> Alteration | None:
    """What the form asks for; None where it says what is wrong."""
    known, alteration = _offer(session, form, mediator), None
    if form.validate():
        with said_beside(form, session):
            kept.must_be_as_seen(form, mediators.described(mediator))
            alteration = mediators.alter(session, mediator, form.profile(known), by=auth.actor(), now=clock.now())
    return alteration


def _with_authorities(session: Session, form: ConflictForm) -> ConflictForm:
    names = [SelectChoice(str(authority.id), authority.name) for authority in kept.authorities(session)]
    form.authority.choices = [SelectChoice("", "No authority"), *names]
    return form


def _conflict(session: Session, mediator: Mediator, form: ConflictForm) -> Alteration | None:
    alteration = None
    if form.validate():
        with said_beside(form, session):
            known = _found_out(session, form)
            alteration = mediators.conflict(session, mediator, known, by=auth.actor(), now=clock.now())
    return alteration


def _found_out(session: Session, form: ConflictForm) -> Conflict:
    """What was typed for the side that was chosen; whatever stands beside the others is left out."""
    conflict = Conflict(because=form.because.data)
    if form.whose.data == form.AUTHORITY and form.authority.data:
        conflict.authority_id = int(form.authority.data)
    elif form.whose.data == form.SCHOOL:
        conflict.school = form.school.data or None
    elif form.whose.data == form.FAMILY:
        digits = references.parse(form.reference.data or "")
        conflict.person_id = session.scalar(select(Case.person_id).where(Case.reference == digits))
    return conflict


def _conflict_page(mediator: Mediator, form: ConflictForm) -> str:
    return render_template("console/mediators/conflict.html", mediator=mediator, form=form)


def _preview(session: Session, mediator: Mediator, alteration: Alteration, *, save: str, change: str) -> str:
    return render_template(
        "console/kept/preview.html",
        name=mediator.name,
        back_to=url_for("console.mediator", mediator_id=mediator.id),
        alteration=alteration,
        impact=alterations.impact(session, alteration, now=clock.now()),
        posted=kept.posted(),
        save=save,
        change=change,
    )


def _locked(session: Session, mediator_id: int) -> Mediator:
    """The mediator, for one who changes it after the other."""
    return found(session.get(Mediator, mediator_id, with_for_update={"key_share": True}))
