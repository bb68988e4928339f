"""The inbox: texts, voicemails and mails that wait for somebody; who answers them, the answer, and what is not for us.

What stands on the page of a text or a voicemail is in contacts.py, a mail's in mails.py; here is the list, and what one
does with a text.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import inbox as arrivals
from scheduling.models import Contact, Message
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import answering, contacts, looking
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found
from webapp.console.case_forms import ReplyByText, said_beside

SHOWN = 100


@console.get("/inbox")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASES)
def inbox() -> ResponseReturnValue:
    """What waits, the most urgent first; `?show=mine` or `?show=settled` for the rest."""
    show, me = request.args.get("show", ""), auth.current_staff().id
    with db.Reading() as session:
        waiting = arrivals.waiting(session)
        mine = [one for one in waiting if one.assigned_to is not None and one.assigned_to.id == me]
        shown = arrivals.settled(session, limit=SHOWN) if show == "settled" else mine if show == "mine" else waiting
        return render_template(
            "console/messages/inbox.html",
            arrivals=shown,
            open_cases=looking.open_cases(session, [one.case for one in shown]),
            show=show,
            waiting=len(waiting),
            mine=len(mine),
        )


@console.post("/contacts/<id:contact_id>/assign")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def assign_contact(contact_id: int) -> ResponseReturnValue:
    """Say who answers it."""
    with db.Session.begin() as session:
        to = answering.chosen(session)
        arrivals.assign(session, _locked(session, contact_id), to, by=auth.actor(), now=clock.now())
        name = "Nobody" if to is None else to.name
    flash(f"{name} answers it.")
    return redirect(url_for("console.contact", contact_id=contact_id))


@console.post("/contacts/<id:contact_id>/not-ours")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def contact_not_ours(contact_id: int) -> ResponseReturnValue:
    """It was meant for somebody else."""
    with db.Session.begin() as session:
        arrivals.not_ours(_locked(session, contact_id), by=auth.actor(), now=clock.now())
    flash("It is off the list, as not meant for us.")
    return redirect(url_for("console.inbox"))


@console.post("/contacts/<id:contact_id>/reply")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def reply_by_text(contact_id: int) -> ResponseReturnValue:
    """Answer by text, unless the record forbids it."""
    reply = ReplyByText(request.form, prefix="reply-")
    with db.Session.begin() as session:
        contact = _locked(session, contact_id)
        message = _answered(session, contact, reply)
    if message is None:
        with db.Reading() as session:
            return contacts.page(session, contacts.contact_of(session, contact_id), reply=reply), 422
    flash("The answer is on its way.")
    return redirect(url_for("console.message", message_id=message.id))


def _answered(session: Session, contact: Contact, reply: ReplyByText) -> Message | None:
    """The text, or None with what is wrong beside the form."""
    is_right, message = reply.validate(), None
    case = contact.case or contacts.case_of(session, reply.reference)
    if is_right and case is not None:
        looking.opened(session, case)
        with said_beside(reply, session):
            message = arrivals.answer_by_text(
                session, contact, case, reply.words.data, by=auth.actor(), now=clock.now()
            )
    return message


def _locked(session: Session, contact_id: int) -> Contact:
    """The contact, while nobody else changes it, and if the visitor may see whose it is."""
    found(session.get(Contact, contact_id, with_for_update=True))
    return contacts.contact_of(session, contact_id)
