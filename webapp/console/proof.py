"""When a family contacted us: the proof of it, its export, and the decision where the first contact came too late."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import contacts
from scheduling.models import Case, Role
from webapp import auth, exports
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console
from webapp.console.case_forms import YES, LateContact, said_beside
from webapp.console.cases import for_action, with_reference


@console.get("/cases/<reference>/contacts")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def case_contacts(reference: str) -> ResponseReturnValue:
    """Every contact with its moment, and whether the first was in time."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        return _page(session, case, LateContact())


@console.post("/cases/<reference>/contacts/late")
@staff_only(Role.ADVISER, compartment=Compartment.FAMILY, scope=Scope.CASE)
def decide_late_contact(reference: str) -> ResponseReturnValue:
    """An adviser decides, with a reason; the family hears of every way that is left."""
    form = LateContact(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            allowed, because = form.allowed.data == YES, form.because.data
            with said_beside(form, session):
                contacts.decide_late(session, case, allowed=allowed, because=because, by=auth.actor(), now=clock.now())
    if form.errors:
        with db.Reading() as session:
            return _page(session, with_reference(session, reference), form), 422
    flash("Your decision is written down, and the family is told what is open to it.")
    return redirect(url_for("console.case_contacts", reference=case.reference))


@console.get("/cases/<reference>/contacts.csv")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE, proves=True)
def export_contacts(reference: str) -> ResponseReturnValue:
    """The proof as a table for a spreadsheet."""
    with db.Session.begin() as session:
        case = with_reference(session, reference)
        table = contacts.as_csv(contacts.export(session, case))
        exports.note(session, "contacts of a case", by=auth.actor(), case=case)
        return exports.spreadsheet(table, name=f"contacts-{case.reference}.csv")


def _page(session: Session, case: Case, form: LateContact) -> str:
    return render_template(
        "console/cases/contacts.html",
        case=case,
        form=form,
        proofs=contacts.export(session, case),
        first=contacts.first_contact(session, case),
        is_late=contacts.is_late(session, case),
    )
