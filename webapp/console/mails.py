"""A mail that somebody wrote to us: read it, find its case, say who answers, answer, or put it aside."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import inbox
from scheduling.models import InboundMail
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import answering, contacts, looking
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found
from webapp.console.case_forms import ReplyByMail, said_beside
from webapp.console.forms import ForCase


@console.get("/mails/<id:mail_id>")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def mail(mail_id: int) -> ResponseReturnValue:
    """What it says, and what can be done about it."""
    with db.Reading() as session:
        return _page(session, mail_id)


@console.post("/mails/<id:mail_id>/case")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def attach_mail(mail_id: int) -> ResponseReturnValue:
    """It is about this case."""
    form = ForCase(request.form)
    with db.Session.begin() as session:
        case = contacts.case_of(session, form.reference) if form.validate() else None
        if case is None:
            return _page(session, mail_id, form=form), 422
        inbox.attach_mail(_locked(session, mail_id), looking.opened(session, case), by=auth.actor(), now=clock.now())
    flash("The mail now belongs to this case.")
    return redirect(url_for("console.mail", mail_id=mail_id))


@console.post("/mails/<id:mail_id>/assign")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def assign_mail(mail_id: int) -> ResponseReturnValue:
    """Say who answers it."""
    with db.Session.begin() as session:
        to = answering.chosen(session)
        inbox.assign(session, _locked(session, mail_id), to, by=auth.actor(), now=clock.now())
        name = "Nobody" if to is None else to.name
    flash(f"{name} answers it.")
    return redirect(url_for("console.mail", mail_id=mail_id))


@console.post("/mails/<id:mail_id>/not-ours")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def mail_not_ours(mail_id: int) -> ResponseReturnValue:
    """It was meant for somebody else."""
    with db.Session.begin() as session:
        inbox.not_ours(_locked(session, mail_id), by=auth.actor(), now=clock.now())
    flash("It is off the list, as not meant for us.")
    return redirect(url_for("console.inbox"))


@console.post("/mails/<id:mail_id>/handled")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def mail_handled(mail_id: int) -> ResponseReturnValue:
    """Nothing further is needed."""
    with db.Session.begin() as session:
        inbox.mail_handled(_locked(session, mail_id), by=auth.actor(), now=clock.now())
    flash("The mail is off the list.")
    return redirect(url_for("console.inbox"))


@console.post("/mails/<id:mail_id>/reply")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def reply_by_mail(mail_id: int) -> ResponseReturnValue:
    """Answer to the address that wrote, unless the record forbids it."""
    reply, message = ReplyByMail(request.form, prefix="reply-"), None
    with db.Session.begin() as session:
        written = _locked(session, mail_id)
        if reply.validate():
            with said_beside(reply, session):
                message = inbox.answer_by_mail(session, written, reply.words.data, by=auth.actor(), now=clock.now())
    if message is None:
        with db.Reading() as session:
            return _page(session, mail_id, reply=reply), 422
    flash("The answer is on its way.")
    return redirect(url_for("console.message", message_id=message.id))


def _page(session: Session, mail_id: int, *, form: ForCase | None = None, reply: ReplyByMail | None = None) -> str:
    mail = _opened(session, found(session.get(InboundMail, mail_id)))
    return render_template(
        "console/messages/mail.html",
        mail=mail,
        form=form or ForCase(reference=inbox.suggested(mail)),
        reply=reply or ReplyByMail(prefix="reply-"),
        refused=reply or form,
        to_answer=answering.form(session, mail.assigned_to),
    )


def _locked(session: Session, mail_id: int) -> InboundMail:
    """The mail, while nobody else changes it, and if the visitor may see whose it is."""
    return _opened(session, found(session.get(InboundMail, mail_id, with_for_update=True)))


def _opened(session: Session, mail: InboundMail) -> InboundMail:
    if mail.case is not None:
        looking.opened(session, mail.case)
    return mail
