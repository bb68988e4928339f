"""After the talk with the family: what the adviser writes down, and that mediation is wanted."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db, london
from scheduling.cases import advice, intake, mediation
from scheduling.models import Authority, Case, ContactChannel
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import WORKS_ON_CASES, console
from webapp.console.cases import for_action, with_reference
from webapp.console.forms import AdviceRecord

UNKNOWN = ""
TOLD = "The authority has been told. A meeting is booked within a minute if a lawful time is free."
NOT_TOLD = "It is recorded that the family wants mediation. The authority has not been told: see what is missing."
MAY_TEXT = {True: "yes", False: "no", None: "not asked"}


@console.get("/cases/<reference>/record")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def record(reference: str) -> ResponseReturnValue:
    """The record as it stands, to be filled in."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        form = _form(session, case)
    return render_template("console/cases/record.html", case=case, form=form)


@console.post("/cases/<reference>/record")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def save_record(reference: str) -> ResponseReturnValue:
    """Keep what was written down."""
    now = clock.now()
    with db.Session.begin() as session:
        case = for_action(session, reference)
        form = _form(session, case)
        form.process(request.form)
        if form.validate() and _is_possible(form, case, today=london.london_day(now)):
            _save(session, case, form)
    if form.errors:
        return render_template("console/cases/record.html", case=case, form=form), 422
    flash("The record has been saved.")
    return redirect(url_for("console.case", reference=case.reference))


@console.get("/cases/<reference>/mediation")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def confirm_mediation(reference: str) -> ResponseReturnValue:
    """Ask once more: when the authority has been told, thirty days run."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        missing = mediation.missing(case)
    return render_template("console/cases/mediation.html", case=case, missing=missing)


@console.post("/cases/<reference>/mediation")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def want_mediation(reference: str) -> ResponseReturnValue:
    """The family wants mediation; the authority is told at once when nothing is missing."""
    now = clock.now()
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if case.told_at is None or case.declined_at is not None:
            said_by = ContactChannel.CALL
            mediation.want(session, case, by=auth.actor(), now=now, said_at=now, channel=said_by)
        is_told = case.told_at is not None
    flash(TOLD if is_told else NOT_TOLD)
    return redirect(url_for("console.case", reference=case.reference))


def _form(session: Session, case: Case) -> AdviceRecord:
    person = case.person
    form = AdviceRecord(
        data={
            "name": person.name,
            "email": person.email,
            "outcode": person.outcode,
            "authority": str(case.authority_id or UNKNOWN),
            "letter_date": case.letter_date,
            "child_name": case.child_name,
            "child_born": case.child_born,
            "issues": case.issues,
            "health_in_issue": case.health_in_issue,
            "consent_to_share": case.consent_to_share_at is not None,
            "needs_step_free": person.needs_step_free,
            "may_text": MAY_TEXT[person.may_text],
        }
    )
    form.authority.choices = [SelectChoice(UNKNOWN, "Not known yet"), *_councils(session, case)]
    return form


def _councils(session: Session, case: Case) -> list[SelectChoice]:
    """Those that exist and are served, and the one that the case has."""
    today = london.london_day(clock.now())
    wanted = select(Authority).where(or_(Authority.valid_to.is_(None), Authority.valid_to >= today))
    rows = session.scalars(wanted.options(selectinload(Authority.contracts)).order_by(Authority.name))
    return [SelectChoice(str(row.id), row.name) for row in rows if row.is_served(today) or row.id == case.authority_id]


def _is_possible(form: AdviceRecord, case: Case, *, today: date) -> bool:
    """What the boxes cannot know: a letter from tomorrow, and changes that came too late."""
    if form.letter_date.data is not None and form.letter_date.data > today:
        form.letter_date.errors = ["The date on the decision letter must be today or in the past"]
    if form.letter_date.data is not None and form.letter_date.data.year < today.year - 5:
        form.letter_date.errors = ["The date on the decision letter must be within the last 5 years"]
    if form.child_born.data is not None and form.child_born.data > today:
        form.child_born.errors = ["The date of birth must be today or in the past"]
    if case.told_at is not None and form.authority.data != str(case.authority_id):
        form.authority.errors = ["The council has been told already, so it cannot be changed here"]
    return not form.errors


def _save(session: Session, case: Case, form: AdviceRecord) -> None:
    now, by = clock.now(), auth.actor()
    chosen = form.authority.data
    if chosen != str(case.authority_id or UNKNOWN):
        case.authority = session.get_one(Authority, int(chosen)) if chosen else None
    advice.record(
        session,
        case,
        name=form.name.data or None,
        email=form.email.data or None,
        letter_date=form.letter_date.data,
        child_name=form.child_name.data or None,
        child_born=form.child_born.data,
        issues=form.issues.data or None,
        consent_to_share=form.consent_to_share.data,
        health_in_issue=form.health_in_issue.data,
        needs_step_free=form.needs_step_free.data,
        outcode=form.outcode.data.upper() or None,
        by=by,
        now=now,
    )
    if form.may_text.data != MAY_TEXT[case.person.may_text] and form.may_text.data != MAY_TEXT[None]:
        intake.allow_texts(session, case, allowed=form.may_text.data == MAY_TEXT[True], by=by, now=now)
