"""Messages: the outbox with its states, one message with its exact words and every attempt, and what to do about it."""

from enum import StrEnum
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling import clock, db, segments
from scheduling.cases import another_way, tasks
from scheduling.models import Case, Channel, Message, MessageState, Staff
from telephony import statuses
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import looking
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found

SHOWN = 100

Word = TypeVar("Word", bound=StrEnum)


@console.get("/messages")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASES)
def message_list() -> ResponseReturnValue:
    """The newest messages: all, those of one state or channel, or those that did not arrive and wait for somebody."""
    state, channel = _one_of(MessageState, "state"), _one_of(Channel, "channel")
    only_waiting = request.args.get("waiting") == "yes"
    wanted = select(Message, Case).outerjoin(Case, Case.id == Message.case_id).options(joinedload(Case.person))
    if state is not None:
        wanted = wanted.where(Message.state == state)
    if channel is not None:
        wanted = wanted.where(Message.channel == channel)
    if only_waiting:
        wanted = wanted.where(tasks.reached_nobody())
    with db.Reading() as session:
        rows = session.execute(wanted.order_by(Message.written_at.desc(), Message.id.desc()).limit(SHOWN)).all()
        counted = session.execute(select(Message.state, func.count().label("number")).group_by(Message.state))
        counts = {row.state: row.number for row in counted}
        may_see = looking.open_cases(session, [row.Case for row in rows])
        lost = session.scalar(select(func.count()).select_from(Message).where(tasks.reached_nobody()))
    return render_template(
        "console/messages/list.html",
        rows=rows,
        open_cases=may_see,
        state=state,
        channel=channel,
        only_waiting=only_waiting,
        counts=counts,
        lost=lost,
        states=list(MessageState),
        channels=list(Channel),
        shown=SHOWN,
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
        is_troubled = tasks.is_in_vain(message) and message.dealt_with_at is None
        not_again = another_way.why_not_again(session, message, now=clock.now()) if is_troubled else None
        not_instead = another_way.why_not_instead(session, message) if is_troubled else None
    instead = statuses.instead(message.error_code) if message.channel is Channel.SMS else None
    return render_template(
        "console/messages/message.html",
        message=message,
        case=case,
        seen_by=seen_by,
        is_troubled=is_troubled,
        not_again=not_again,
        not_instead=not_instead,
        other=another_way.other(message),
        instead=instead,
        segments=segments.count(message.body).segments if message.channel is Channel.SMS else None,
    )


@console.post("/messages/<id:message_id>/dealt-with")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def message_dealt_with(message_id: int) -> ResponseReturnValue:
    """Another way was found."""
    with db.Session.begin() as session:
        message = _opened(session, found(session.get(Message, message_id, with_for_update=True)))
        tasks.message_dealt_with(session, message, by=auth.actor(), now=clock.now())
    flash("The message is off your list.")
    return redirect(url_for("console.message", message_id=message_id))


@console.post("/messages/<id:message_id>/again")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def send_again(message_id: int) -> ResponseReturnValue:
    """The same words once more."""
    with db.Session.begin() as session:
        message = _opened(session, found(session.get(Message, message_id, with_for_update=True)))
        sent = another_way.send_again(session, message, by=auth.actor(), now=clock.now())
    flash("It is on its way again.")
    return redirect(url_for("console.message", message_id=sent.id))


@console.post("/messages/<id:message_id>/instead")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def send_instead(message_id: int) -> ResponseReturnValue:
    """By the channel that was not tried."""
    with db.Session.begin() as session:
        message = _opened(session, found(session.get(Message, message_id, with_for_update=True)))
        sent = another_way.send_instead(session, message, by=auth.actor(), now=clock.now())
    flash("It goes by another channel.")
    return redirect(url_for("console.message", message_id=sent.id))


def _opened(session: Session, message: Message) -> Message:
    """The message, if the visitor may see the case that it is about."""
    if message.case_id is not None:
        looking.opened(session, session.get_one(Case, message.case_id))
    return message


def _one_of(words: type[Word], name: str) -> Word | None:
    """What the address asks for, if it is a word that we know."""
    asked = request.args.get(name, "")
    return words(asked) if asked in {known.value for known in words} else None
