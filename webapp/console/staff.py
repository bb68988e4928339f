"""Who signs in: their browsers, which an administrator can end, and what they are here to do."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.models import Authority, Role, Staff
from scheduling.models.staff import coordinator_works_for
from webapp import auth, enrolment, sessions
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import console, found
from webapp.console.case_forms import said_beside
from webapp.console.forms import NewRole, WorksFor

ADMINISTERS = (Role.ADMINISTRATOR,)


@console.get("/staff")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def staff_list() -> ResponseReturnValue:
    """Everybody who signs in, or did."""
    with db.Reading() as session:
        people = session.scalars(select(Staff).order_by(Staff.is_active.desc(), Staff.name)).all()
    return render_template("console/staff/list.html", people=people)


@console.get("/staff/<id:staff_id>")
@staff_only(*ADMINISTERS, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def staff_member(staff_id: int) -> ResponseReturnValue:
    """One of them, with the browsers in which they have signed in."""
    with db.Reading() as session:
        person = found(session.get(Staff, staff_id))
        served = _works_for(session, person)
        return render_template(
            "console/staff/person.html", person=person, browsers=sessions.of(session, staff_id), served=served
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


def _works_for(session: Session, person: Staff) -> list[Authority]:
    theirs = select(coordinator_works_for.c.authority_id).where(coordinator_works_for.c.staff_id == person.id)
    return list(session.scalars(select(Authority).where(Authority.id.in_(theirs)).order_by(Authority.name)))


def _form(session: Session, form: WorksFor) -> WorksFor:
    served = session.scalars(select(Authority).where(Authority.contracts.any()).order_by(Authority.name))
    form.authorities.choices = [(one.id, one.name) for one in served]
    return form
