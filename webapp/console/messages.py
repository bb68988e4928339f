"""Messages: the outbox with its states, and one message with its exact words and every attempt."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from scheduling import clock, db, segments
from scheduling.cases import tasks
from scheduling.models import Case, Channel, Message, MessageState, Staff
from telephony import statuses
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import looking
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found

SHOWN = 100


@console.get("/messages")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASES)
def message_list() -> ResponseReturnValue:
    """The newest messages, of one state or of all."""
    asked = request.args.get("state", "")
    state = MessageState(asked) if asked in {known.value for known in MessageState} else None
    with db.Reading() as session:
        wanted = select(Message, Case.reference).outerjoin(Case, Case.id == Message.case_id)
        if state is not None:
            wanted = wanted.where(Message.state == state)
        rows = session.execute(wanted.order_by(Message.written_at.desc(), Message.id.desc()).limit(SHOWN)).all()
        counted = session.execute(select(Message.state, func.count().label("number")).group_by(Message.state))
        counts = {row.state: row.number for row in counted}
    return render_template(
        "console/messages/list.html", rows=rows, state=state, counts=counts, states=list(MessageState), shown=SHOWN
    )


@console.get("/messages/<id:message_id>")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def message(message_id: int) -> ResponseReturnValue:
    """One message as its reader sees it, and how it fared."""
    with db.Reading() as session:
        wanted = select(Message).where(Message.id == message_id).options(selectinload(Message.log))
        message = found(session.scalar(wanted))
        case = session.get(Case, message.case_id) if message.case_id is not None else None
        if case is not None:
            looking.opened(session, case)
        seen_by = session.get(Staff, message.dealt_with_by_id) if message.dealt_with_by_id is not None else None
    instead = statuses.instead(message.error_code) if message.channel is Channel.SMS else None
    is_troubled = message.state in tasks.TROUBLED and message.dealt_with_at is None
    return render_template(
        "console/messages/message.html",
        message=message,
        case=case,
        seen_by=seen_by,
        is_troubled=is_troubled,
        instead=instead,
        segments=segments.count(message.body).segments if message.channel is Channel.SMS else None,
    )


@console.post("/messages/<id:message_id>/dealt-with")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def message_dealt_with(message_id: int) -> ResponseReturnValue:
    """Another way was found."""
    with db.Session.begin() as session:
        message = found(session.get(Message, message_id, with_for_update=True))
        tasks.message_dealt_with(session, message, by=auth.actor(), now=clock.now())
    flash("The message is off your list.")
    return redirect(url_for("console.message", message_id=message_id))
