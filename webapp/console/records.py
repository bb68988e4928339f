"""Keeping, forgetting and handing out: what a manager lets be erased, what must stay, and what somebody asked for."""

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import retention, subject_access
from scheduling.models import Case, Person, Role
from scheduling.reference import policies
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import console, found
from webapp.console.case_forms import said_beside
from webapp.console.cases import for_action, with_reference
from webapp.console.setting_forms import Asked, Because

KEPT_FOR = (
    policies.CASE_YEARS,
    policies.CERTIFICATE_YEARS,
    policies.ENQUIRY_DAYS,
    policies.MAIL_DAYS,
    policies.MESSAGE_DAYS,
    policies.VOICEMAIL_DAYS,
    policies.PROVIDER_DAYS,
    policies.LINK_DAYS,
)


@console.get("/erasing")
@staff_only(Role.MANAGER, compartment=Compartment.AUDIT, scope=Scope.CASES, proves=True)
def erasing() -> ResponseReturnValue:
    """What has been kept long enough: how much of each class, and cases by their references alone."""
    return _erasing(Because())


@console.post("/erasing/<id:batch_id>")
@staff_only(Role.MANAGER, compartment=Compartment.AUDIT, scope=Scope.CASES, proves=True)
def let_erase(batch_id: int) -> ResponseReturnValue:
    """Let it be erased, for a reason."""
    form = Because(request.form)
    if form.validate():
        with db.Session.begin() as session, said_beside(form, session):
            retention.confirm(session, batch_id, because=form.because.data, by=auth.actor(), now=clock.now())
    if form.errors:
        return _erasing(form), 422
    flash("It is being erased. The audit says what was.")
    return redirect(url_for("console.erasing"))


@console.get("/cases/<reference>/records")
@staff_only(Role.MANAGER, compartment=Compartment.FAMILY, scope=Scope.CASE)
def records(reference: str) -> ResponseReturnValue:
    """Whether the case must be kept, and whose records can be handed out."""
    with db.Reading() as session:
        return _records(session, with_reference(session, reference), Because())


@console.post("/cases/<reference>/records/hold")
@staff_only(Role.MANAGER, compartment=Compartment.FAMILY, scope=Scope.CASE, proves=True)
def hold(reference: str) -> ResponseReturnValue:
    """Let nothing of the case be erased, or let it be erased again: whichever does not hold now."""
    form = Because(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            change = retention.lift if retention.held(session, case.id) else retention.hold
            with said_beside(form, session):
                change(session, case, because=form.because.data, by=auth.actor(), now=clock.now())
    if form.errors:
        with db.Reading() as session:
            return _records(session, with_reference(session, reference), form), 422
    flash("That is written down.")
    return redirect(url_for("console.records", reference=case.reference))


@console.get("/cases/<reference>/records/<id:person_id>")
@staff_only(Role.MANAGER, compartment=Compartment.FAMILY, scope=Scope.CASE, proves=True)
def records_of(reference: str, person_id: int) -> ResponseReturnValue:
    """Everything that we hold on somebody, with what may tell of others to be looked over."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        return _of_person(session, case, _person(case, person_id), Asked())


@console.post("/cases/<reference>/records/<id:person_id>/asked")
@staff_only(Role.MANAGER, compartment=Compartment.FAMILY, scope=Scope.CASE)
def records_asked(reference: str, person_id: int) -> ResponseReturnValue:
    """Write down that they have asked: the month runs from that day."""
    form = Asked(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        person = _person(case, person_id)
        if form.validate():
            day, now = form.received_on.data, clock.now()
            with said_beside(form, session):
                subject_access.requested(session, case, person, received_on=day, by=auth.actor(), now=now)
    if form.errors:
        with db.Reading() as session:
            case = with_reference(session, reference)
            return _of_person(session, case, _person(case, person_id), form), 422
    flash("The request is written down, and stands on today's list until it is answered.")
    return redirect(url_for("console.records_of", reference=case.reference, person_id=person_id))


@console.post("/cases/<reference>/records/<id:person_id>/export")
@staff_only(Role.MANAGER, compartment=Compartment.FAMILY, scope=Scope.CASE, proves=True)
def hand_out(reference: str, person_id: int) -> ResponseReturnValue:
    """The archive, which goes to the browser piece by piece and is kept nowhere."""
    now, let_in = clock.now(), set(request.form.getlist("let_in"))
    with db.Session.begin() as session:
        case = for_action(session, reference)
        person = _person(case, person_id)
        rows = subject_access.chosen(subject_access.gather(session, case, person), let_in)
        sounds = subject_access.tapes(session, case, person)
        subject_access.handed_out(session, case, person, by=auth.actor(), now=now)
    pieces = subject_access.archive(case, rows, sounds, now=now)
    response = Response(stream_with_context(pieces), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="records-{case.reference}.zip"'
    return response


def _person(case: Case, person_id: int) -> Person:
    return found(next((one for one in subject_access.people(case) if one.id == person_id), None))


def _erasing(form: Because) -> str:
    with db.Reading() as session:
        kept_for = [(policy, policies.value(session, policy)) for policy in KEPT_FOR]
        waiting = retention.waiting(session)
        return render_template("console/records/erasing.html", waiting=waiting, kept_for=kept_for, form=form)


def _records(session: Session, case: Case, form: Because) -> str:
    people, held = subject_access.people(case), retention.held(session, case.id)
    return render_template("console/records/records.html", case=case, people=people, held=held, form=form)


def _of_person(session: Session, case: Case, person: Person, form: Asked) -> str:
    rows = subject_access.gather(session, case, person)
    return render_template(
        "console/records/person.html",
        case=case,
        person=person,
        rows=[row for row in rows if not row.tells_of_others],
        flagged=[row for row in rows if row.tells_of_others],
        asked=subject_access.open_request(session, case, person),
        form=form,
    )
