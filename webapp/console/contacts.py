"""What came in and waits for somebody: contacts whose case is not known, and people who asked to be rung."""

from base64 import b64encode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from wtforms import Field

from scheduling import clock, db, references
from scheduling.cases import by_hand, call_back_times, contacts, inbox, intake, offers_by_text, tasks, voicemails
from scheduling.cases.voicemails import Sound
from scheduling.models import CallBack, Case, Contact, ContactChannel
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import answering, looking
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found
from webapp.console.case_forms import ReplyByText
from webapp.console.forms import ForCase

TO_AND_FRO = 10


@console.get("/contacts/<id:contact_id>")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def contact(contact_id: int) -> ResponseReturnValue:
    """What somebody said, and which cases it could belong to."""
    with db.Reading() as session:
        return page(session, contact_of(session, contact_id))


@console.post("/contacts/<id:contact_id>/listen")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def listen(contact_id: int) -> ResponseReturnValue:
    """Hear a voicemail, which is written down; so it is no link, since whoever follows one changes nothing."""
    with db.Session.begin() as session:
        contact = contact_of(session, contact_id)
        voicemail = found(voicemails.of(session, contact))
        sound = voicemails.listen(voicemail, by=auth.actor(), now=clock.now())
        session.flush()
        return page(session, contact, sound=sound)


@console.post("/contacts/<id:contact_id>/case")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def attach_contact(contact_id: int) -> ResponseReturnValue:
    """It belongs to this case."""
    form = ForCase(request.form)
    with db.Session.begin() as session:
        session.execute(select(Contact.id).where(Contact.id == contact_id).with_for_update())
        contact = contact_of(session, contact_id)
        case = case_of(session, form.reference) if form.validate() else None
        if case is None:
            return page(session, contact, form), 422
        tasks.attach(session, contact, looking.opened(session, case), by=auth.actor(), now=clock.now())
    flash("The contact now belongs to this case.")
    return redirect(url_for("console.case", reference=case.reference))


@console.post("/contacts/<id:contact_id>/handled")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def contact_handled(contact_id: int) -> ResponseReturnValue:
    """Nothing further is needed."""
    with db.Session.begin() as session:
        found(session.get(Contact, contact_id, with_for_update=True))
        contact = contact_of(session, contact_id)
        tasks.handled(contact, by=auth.actor(), now=clock.now())
    flash("The contact is off your list.")
    return redirect(url_for("console.today"))


@console.get("/call-backs/<id:call_back_id>")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def call_back(call_back_id: int) -> ResponseReturnValue:
    """Whom to ring, and why."""
    with db.Reading() as session:
        waiting = found(session.get(CallBack, call_back_id, options=[joinedload(CallBack.person)]))
        case = _case_of_call(session, waiting)
        possible = intake.open_cases_with(session, waiting.number)
    return render_template("console/contacts/call_back.html", call_back=waiting, case=case, possible=possible)


@console.post("/call-backs/<id:call_back_id>/done")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def call_back_done(call_back_id: int) -> ResponseReturnValue:
    """Somebody has rung."""
    with db.Session.begin() as session:
        waiting = found(session.get(CallBack, call_back_id, with_for_update=True))
        _case_of_call(session, waiting)
        tasks.call_back_done(session, waiting, by=auth.actor(), now=clock.now())
    flash("The call back is off your list.")
    return redirect(url_for("console.today"))


def _case_of_call(session: Session, waiting: CallBack) -> Case | None:
    """The case about which somebody is to be rung, if it is known and the visitor may see it."""
    if waiting.case_id is None:
        return None
    return looking.opened(session, session.get_one(Case, waiting.case_id))


def page(
    session: Session,
    contact: Contact,
    form: ForCase | None = None,
    *,
    reply: ReplyByText | None = None,
    sound: Sound | None = None,
) -> str:
    """What came, what one knows of it, and what one can do; with the form that was filled in wrongly, if one was."""
    case = contact.case
    return render_template(
        "console/contacts/contact.html",
        contact=contact,
        possible=_possible(session, contact),
        form=form or ForCase(),
        reply=reply or ReplyByText(prefix="reply-"),
        refused=reply or form,
        why_no_text=None if case is None else by_hand.why_not(session, case),
        to_answer=answering.form(session, contact.assigned_to),
        to_and_fro=inbox.to_and_fro(session, contact, limit=TO_AND_FRO),
        promised=call_back_times.read_by(session, now=contact.received_at),
        asked=_last_question(session, contact),
        voicemail=voicemails.of(session, contact),
        sound="" if sound is None else f"data:{sound.media_type};base64,{b64encode(sound.content).decode()}",
        heard_by=voicemails.listeners(session, contact),
    )


def _last_question(session: Session, contact: Contact) -> str | None:
    """What our texts have last asked this number: about times that are held for it, or the menu's questions."""
    if contact.channel is ContactChannel.TEXT and contact.number is not None:
        about_times = offers_by_text.last_question(session, contact.number, received_at=clock.now())
        if about_times is not None:
            return about_times
    return contacts.last_question(session, contact)


def contact_of(session: Session, contact_id: int) -> Contact:
    """With its case, if the visitor may see that."""
    contact = found(session.scalar(select(Contact).where(Contact.id == contact_id).options(joinedload(Contact.case))))
    if contact.case is not None:
        looking.opened(session, contact.case)
    return contact


def _possible(session: Session, contact: Contact) -> list[Case]:
    return intake.open_cases_with(session, contact.number) if contact.number else []


def case_of(session: Session, typed: Field) -> Case | None:
    """The case whose reference was typed, or a sentence beside the box."""
    digits = references.parse(typed.data)
    case = session.scalar(select(Case).where(Case.reference == digits)) if digits else None
    if case is None:
        typed.errors = ["There is no case with this reference. Check each digit"]
    return case
