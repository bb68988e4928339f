"""Who signs in: their browsers, which an administrator can end, and what they are here to do."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.models import Authority, Role, Staff
from scheduling.models.staff import coordinator_works_for
from webapp import auth, enrolment, sessions
from webapp.accounts import EntraIdentity
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import console, found
from webapp.console.case_forms import said_beside
from webapp.console.forms import InEntra, NewRole, NewStaff, VouchedFor, WorksFor

ADMINISTERS = (Role.ADMINISTRATOR,)


@console.get("/staff")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def staff_list() -> ResponseReturnValue:
    """Everybody who signs in, or did."""
    with db.Reading() as session:
        people = session.scalars(select(Staff).order_by(Staff.is_active.desc(), Staff.name)).all()
    return render_template("console/staff/list.html", people=people)


@console.get("/staff/new")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def new_staff_form() -> ResponseReturnValue:
    """Ask who it is, and whom their organisation vouches for."""
    return render_template("console/staff/new.html", form=NewStaff())


@console.post("/staff/new")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def add_staff() -> ResponseReturnValue:
    """Somebody more, without a password here."""
    form, person = NewStaff(request.form), None
    with db.Session.begin() as session:
        if form.validate():
            with said_beside(form, session):
                added = enrolment.add(session, role=Role(form.role.data), email=form.email.data, name=form.name.data)
                _vouch(session, added, form, keeps_password=False)
                person = added
    if person is None:
        return render_template("console/staff/new.html", form=form), 422
    flash(f"{person.name} can sign in with the account of their organisation.")
    return redirect(url_for("console.staff_member", staff_id=person.id))


@console.get("/staff/<id:staff_id>/organisation")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def organisation_form(staff_id: int) -> ResponseReturnValue:
    """Whom their organisation vouches for, to be written down."""
    with db.Reading() as session:
        person = found(session.get(Staff, staff_id))
        known = session.get(EntraIdentity, staff_id)
    data = {"tenant_id": known.tenant_id, "object_id": known.object_id} if known is not None else None
    return render_template("console/staff/organisation.html", person=person, form=VouchedFor(data=data))


@console.post("/staff/<id:staff_id>/organisation")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def change_organisation(staff_id: int) -> ResponseReturnValue:
    """They sign in anew, by their organisation."""
    form = VouchedFor(request.form)
    with db.Session.begin() as session:
        person = found(session.get(Staff, staff_id, with_for_update=True))
        if form.validate():
            with said_beside(form, session):
                _vouch(session, person, form, keeps_password=form.keeps_password.data)
    if form.errors or form.form_errors:
        return render_template("console/staff/organisation.html", person=person, form=form), 422
    flash(f"{person.name} signs in with the account of their organisation from now on.")
    return redirect(url_for("console.staff_member", staff_id=staff_id))


@console.get("/staff/<id:staff_id>")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def staff_member(staff_id: int) -> ResponseReturnValue:
    """One of them, with the browsers in which they have signed in."""
    with db.Reading() as session:
        person = found(session.get(Staff, staff_id))
        served = _works_for(session, person)
        return render_template(
            "console/staff/person.html",
            person=person,
            browsers=sessions.of(session, staff_id),
            served=served,
            ways_in=enrolment.ways_in(session, person),
        )


@console.post("/staff/<id:staff_id>/sign-out")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def end_sessions(staff_id: int) -> ResponseReturnValue:
    """End every session of somebody whose laptop is lost."""
    with db.Session.begin() as session:
        person = found(session.get(Staff, staff_id))
        sessions.end_all(session, person.id)
    flash(f"{person.name} has been signed out of every browser.")
    return redirect(url_for("console.staff_member", staff_id=staff_id))


@console.post("/staff/<id:staff_id>/sessions/<id:session_id>/end")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def end_one_session(staff_id: int, session_id: int) -> ResponseReturnValue:
    """Sign somebody out of one browser."""
    with db.Session.begin() as session:
        sessions.end(session, session_id, staff_id=found(session.get(Staff, staff_id)).id)
    flash("That browser has been signed out.")
    return redirect(url_for("console.staff_member", staff_id=staff_id))


@console.get("/staff/<id:staff_id>/role")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def role_form(staff_id: int) -> ResponseReturnValue:
    """What somebody is here to do, to be changed."""
    with db.Reading() as session:
        person = found(session.get(Staff, staff_id))
    return render_template("console/staff/role.html", person=person, form=NewRole(data={"role": person.role.value}))


@console.post("/staff/<id:staff_id>/role")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def change_role(staff_id: int) -> ResponseReturnValue:
    """They sign in anew for what they are here to do from now on."""
    form = NewRole(request.form)
    with db.Session.begin() as session:
        person = found(session.get(Staff, staff_id, with_for_update=True))
        if form.validate():
            role, because, by = Role(form.role.data), form.because.data, auth.actor()
            with said_beside(form, session):
                enrolment.change_role(session, person, role, because=because, by=by, now=clock.now())
    if form.errors:
        return render_template("console/staff/role.html", person=person, form=form), 422
    flash(f"{person.name} is {person.role} from now on, and signs in anew.")
    return redirect(url_for("console.staff_member", staff_id=staff_id))


@console.get("/staff/<id:staff_id>/authorities")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def works_for_form(staff_id: int) -> ResponseReturnValue:
    """For which authorities a coordinator works, to be changed."""
    with db.Reading() as session:
        person = found(session.get(Staff, staff_id))
        form = _form(session, WorksFor(data={"authorities": [one.id for one in _works_for(session, person)]}))
    return render_template("console/staff/authorities.html", person=person, form=form)


@console.post("/staff/<id:staff_id>/authorities")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def change_works_for(staff_id: int) -> ResponseReturnValue:
    """Their cases are those of these authorities from now on."""
    with db.Session.begin() as session:
        person = found(session.get(Staff, staff_id, with_for_update=True))
        form = _form(session, WorksFor(request.form))
        if form.validate():
            enrolment.work_for(session, person, form.authorities.data, by=auth.actor(), now=clock.now())
    if form.errors:
        return render_template("console/staff/authorities.html", person=person, form=form), 422
    flash("The authorities have been changed.")
    return redirect(url_for("console.staff_member", staff_id=staff_id))


def _vouch(session: Session, person: Staff, form: InEntra, *, keeps_password: bool) -> None:
    enrolment.vouch_for(
        session,
        person,
        tenant_id=form.tenant_id.data,
        object_id=form.object_id.data,
        keeps_password=keeps_password,
        by=auth.actor(),
        now=clock.now(),
    )


def _works_for(session: Session, person: Staff) -> list[Authority]:
    theirs = select(coordinator_works_for.c.authority_id).where(coordinator_works_for.c.staff_id == person.id)
    return list(session.scalars(select(Authority).where(Authority.id.in_(theirs)).order_by(Authority.name)))


def _form(session: Session, form: WorksFor) -> WorksFor:
    served = session.scalars(select(Authority).where(Authority.contracts.any()).order_by(Authority.name))
    form.authorities.choices = [(one.id, one.name) for one in served]
    return form
