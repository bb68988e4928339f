"""The people of a case: whom it is about, whose right it is, who stands beside them, and how each is safely reached."""

from datetime import time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling import clock, db, london, numbers
from scheduling.cases import family_page, people
from scheduling.cases.people import ContactRecord
from scheduling.law.right_holder import Capacity
from scheduling.models import Case, CasePerson, Person, PersonRole, RemindedBy
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found
from webapp.console.case_forms import NO, YES, Child, Contactable, NewPerson, clock_time, said_beside
from webapp.console.cases import for_action, with_reference

NOT_ASKED = "not asked"
MAY_TEXT = {True: YES, False: NO, None: NOT_ASKED}
WITH_OTHERS = selectinload(Case.others).joinedload(CasePerson.person)


@console.get("/cases/<reference>/people")
@staff_only(*READS_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def case_people(reference: str) -> ResponseReturnValue:
    """Everybody on the family's side."""
    with db.Reading() as session:
        return _page(with_reference(session, reference, WITH_OTHERS))


@console.post("/cases/<reference>/people/child")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def save_child(reference: str) -> ResponseReturnValue:
    """Whom the case is about; from the birth date follows whose right it is."""
    form, now = Child(request.form), clock.now()
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            with said_beside(form, session):
                _save_child(session, case, form)
    if form.errors:
        with db.Reading() as session:
            return _page(with_reference(session, reference, WITH_OTHERS), form), 422
    whose = people.holder(case, on=london.london_day(now))
    flash(f"It is written down. {whose.reason}" if whose else "It is written down.")
    return redirect(url_for("console.case_people", reference=case.reference))


@console.get("/cases/<reference>/people/new")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE, proves=True)
def person_form(reference: str) -> ResponseReturnValue:
    """A second parent, a supporter, an advocate, or the young person in their own right."""
    with db.Reading() as session:
        case = with_reference(session, reference)
    form = NewPerson(data={"may_text": MAY_TEXT[None], "reminded_by": NOT_ASKED, "language": "en"})
    return render_template("console/cases/person.html", case=case, form=form, person=None)


@console.post("/cases/<reference>/people/new")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE, proves=True)
def add_person(reference: str) -> ResponseReturnValue:
    """Add them; where it is the young person, the case is theirs from now on."""
    form = NewPerson(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            with said_beside(form, session):
                _add(session, case, form)
    if form.errors:
        return render_template("console/cases/person.html", case=case, form=form, person=None), 422
    flash("The person has been added.")
    return redirect(url_for("console.case_people", reference=case.reference))


@console.get("/cases/<reference>/people/<id:person_id>")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE, proves=True)
def contact_record_form(reference: str, person_id: int) -> ResponseReturnValue:
    """How this person may be reached, to be changed."""
    with db.Reading() as session:
        case = with_reference(session, reference, WITH_OTHERS)
        person = _person(session, case, person_id)
    return render_template("console/cases/person.html", case=case, form=_filled_in(person), person=person)


@console.post("/cases/<reference>/people/<id:person_id>")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE, proves=True)
def change_contact_record(reference: str, person_id: int) -> ResponseReturnValue:
    """Set the whole record to what the form says."""
    form = Contactable(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        person = _person(session, case, person_id)
        if form.validate():
            with said_beside(form, session):
                people.change(session, case, person, _record(form), by=auth.actor(), now=clock.now())
    if form.errors:
        return render_template("console/cases/person.html", case=case, form=form, person=person), 422
    flash("The contact record has been changed.")
    return redirect(url_for("console.case_people", reference=case.reference))


@console.post("/cases/<reference>/people/<id:person_id>/remove")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def remove_person(reference: str, person_id: int) -> ResponseReturnValue:
    """The family no longer wants this person in its case."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        people.remove(session, case, _person(session, case, person_id), by=auth.actor(), now=clock.now())
    flash("The person has been removed from the case.")
    return redirect(url_for("console.case_people", reference=case.reference))


@console.post("/cases/<reference>/people/page")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def send_family_page(reference: str) -> ResponseReturnValue:
    """Send the family a link to its own page; the earlier ones open nothing any more."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        family_page.send(session, case, by=auth.actor(), now=clock.now())
    flash("The family is sent a link to its page.")
    return redirect(url_for("console.case_people", reference=case.reference))


@console.post("/cases/<reference>/people/<id:person_id>/page")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.CONTACTS, scope=Scope.CASE)
def send_own_page(reference: str, person_id: int) -> ResponseReturnValue:
    """Send a second parent, a carer or the young person a link to pages of their own."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        person = _person(session, case, person_id)
        family_page.send(session, case, person=person, by=auth.actor(), now=clock.now())
    flash("They are sent a link to their own pages.")
    return redirect(url_for("console.case_people", reference=case.reference))


def _page(case: Case, form: Child | None = None) -> str:
    today = london.london_day(clock.now())
    capacity = case.capacity or ""
    child = form or Child(data={"name": case.child_name, "born": case.child_born, "capacity": capacity})
    return render_template(
        "console/cases/people.html",
        case=case,
        form=child,
        whose=people.holder(case, on=today),
        acting=people.acting(case, on=today),
        have_pages=family_page.HAVE_PAGES,
        must_hear=people.must_hear_young_person(case, on=today),
    )


def _save_child(session: Session, case: Case, form: Child) -> None:
    now, by = clock.now(), auth.actor()
    people.record_child(
        session,
        case,
        name=form.name.data or None,
        born=form.born.data,
        by=by,
        now=now,
        today=london.london_day(now),
    )
    if form.capacity.data:
        people.record_capacity(session, case, Capacity(form.capacity.data), by=by, now=now)


def _add(session: Session, case: Case, form: NewPerson) -> None:
    role, now, by = PersonRole(form.role.data), clock.now(), auth.actor()
    if role is PersonRole.YOUNG_PERSON:
        people.hand_over(session, case, _record(form), by=by, now=now)
        return
    comes = form.comes_to_the_meeting.data
    people.add(session, case, role=role, record=_record(form), comes_to_the_meeting=comes, by=by, now=now)


def _person(session: Session, case: Case, person_id: int) -> Person:
    """One of this case's people and of no other's."""
    beside = select(CasePerson).where(CasePerson.case_id == case.id, CasePerson.person_id == person_id)
    other = session.scalar(beside.options(joinedload(CasePerson.person)))
    if other is not None:
        return other.person
    return found(case.person if case.person_id == person_id else None)


def _filled_in(person: Person) -> Contactable:
    record = people.contact_record(person)
    kept = {name: getattr(record, name) for name in ContactRecord.__dataclass_fields__}
    kept["may_text"] = MAY_TEXT[record.may_text]
    kept["reminded_by"] = record.reminded_by or NOT_ASKED
    for name in ("number", "other_number"):
        kept[name] = numbers.written(kept[name]) if kept[name] else ""
    for name in ("safe_from", "safe_until"):
        kept[name] = _shown(kept[name])
    return Contactable(data=kept)


def _record(form: Contactable) -> ContactRecord:
    return ContactRecord(
        name=form.name.data or None,
        email=form.email.data or None,
        number=_number(form.number.data),
        other_number=_number(form.other_number.data),
        safe_from=clock_time(form.safe_from.data),
        safe_until=clock_time(form.safe_until.data),
        may_text={YES: True, NO: False}.get(form.may_text.data),
        reminded_by=None if form.reminded_by.data == NOT_ASKED else RemindedBy(form.reminded_by.data),
        may_leave_message=form.may_leave_message.data,
        may_say_place=form.may_say_place.data,
        code_word=form.code_word.data or None,
        do_not_contact=form.do_not_contact.data,
        language=form.language.data or "en",
        interpreter=form.interpreter.data or None,
        access_needs=form.access_needs.data or None,
        needs_step_free=form.needs_step_free.data,
        outcode=form.outcode.data.upper() or None,
    )


def _number(typed: str) -> str | None:
    """The number as it is kept; what is no number is refused by whoever keeps it."""
    return (numbers.parse(typed) or typed) if typed else None


def _shown(moment: time | None) -> str:
    return "" if moment is None else f"{moment:%H:%M}"
