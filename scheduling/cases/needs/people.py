"""People who wait for us: to be rung, to be answered, to be reached another way, to be heard in their own right."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scheduling import numbers
from scheduling.cases import many_looks, people, queue, tasks
from scheduling.cases.item import Item, answer_by
from scheduling.cases.known import Known
from scheduling.law import rules
from scheduling.law.working_days import Calendar
from scheduling.models import (
    CallBack,
    Case,
    Contact,
    ContactChannel,
    InboundMail,
    MailKind,
    Message,
    MessageState,
    Role,
    Said,
)

TO_ANSWER = {
    ContactChannel.CALL: "Ring somebody whose call was not finished",
    ContactChannel.TEXT: "Read a text and answer it",
    ContactChannel.VOICEMAIL: "Listen to a voicemail and answer it",
    ContactChannel.PAGE: "Read what came by our page and answer it",
    ContactChannel.EMAIL: "Read an e-mail and answer it",
    ContactChannel.IN_PERSON: "Follow up a visit",
}
CAME_AS = {
    ContactChannel.CALL: "A call",
    ContactChannel.TEXT: "A text",
    ContactChannel.VOICEMAIL: "A voicemail",
    ContactChannel.PAGE: "A message by our page",
    ContactChannel.EMAIL: "An e-mail",
    ContactChannel.IN_PERSON: "A visitor",
}
SAID = {
    Said.WANTS_MEDIATION: "wants mediation",
    Said.NO_MEDIATION: "does not want mediation",
    Said.WISHES_TO_APPEAL: "wishes to appeal",
    Said.ASKS_FOR_ADVICE: "asks for advice",
}

WAITS = {
    ContactChannel.CALL: "broke off",
    ContactChannel.VOICEMAIL: "waits to be listened to",
    ContactChannel.IN_PERSON: "waits to hear from us",
}

IN_VAIN = {
    MessageState.FAILED: "A message did not arrive",
    MessageState.IN_DOUBT: "A message may not have arrived",
    MessageState.DROPPED: "A message was too late to be sent",
}


def call_backs(session: Session, working_days: Calendar) -> Iterator[Item]:
    """Somebody was promised a call."""
    waiting = select(CallBack).where(CallBack.done_at.is_(None)).options(joinedload(CallBack.person))
    for call_back in session.scalars(waiting):
        soon = "; a date on the letter runs out soon" if call_back.deadline_soon else ""
        in_vain = f"; rung {call_back.attempts} times in vain" if call_back.attempts >= queue.MOST_TRIES else ""
        yield Item(
            what="Ring back",
            why=f"{numbers.written(call_back.number)}: {call_back.because}{soon}{in_vain}",
            who=Role.ADVISER,
            by=answer_by(call_back.asked_at, working_days, at_once=call_back.deadline_soon),
            case=session.get(Case, call_back.case_id) if call_back.case_id is not None else None,
            call_back=call_back,
        )


def often_looked(session: Session, working_days: Calendar) -> Iterator[Item]:
    """Somebody has opened many cases that are not theirs, and no manager has asked them about it."""
    for alarm in many_looks.waiting(session):
        yield Item(
            what="Ask about many looks",
            why=f"{alarm.staff.name} opened {alarm.cases} cases within an hour that are not theirs",
            who=Role.MANAGER,
            by=answer_by(alarm.raised_at, working_days),
            look_alarm=alarm,
        )


def unread(session: Session, working_days: Calendar) -> Iterator[Item]:
    """Something came that no answer of ours has settled."""
    for contact in session.scalars(select(Contact).where(Contact.handled_at.is_(None))):
        danger = "; its words may mean danger, and nothing was answered" if contact.may_mean_danger else ""
        yield Item(
            what=TO_ANSWER[contact.channel],
            why=f"{says(contact)}{danger}",
            who=Role.ADVISER,
            by=answer_by(contact.received_at, working_days, at_once=contact.may_mean_danger),
            case=contact.case,
            contact=contact,
        )


def mails(session: Session, working_days: Calendar) -> Iterator[Item]:
    """Somebody wrote a mail, or a calendar answered what needs a person."""
    waiting = select(InboundMail).where(InboundMail.handled_at.is_(None)).options(joinedload(InboundMail.case))
    for mail in session.scalars(waiting):
        unknown = "" if mail.case is not None else "; whose case it is is not known"
        yield Item(
            what="Read an e-mail and answer it",
            why=f"{CAME_AS[ContactChannel.EMAIL]} from {mail.sender} waits to be read{unknown}",
            who=Role.COORDINATOR if mail.kind is MailKind.CALENDAR else Role.ADVISER,
            by=answer_by(mail.received_at, working_days),
            case=mail.case,
            mail=mail,
        )


def says(contact: Contact) -> str:
    """What came, from where and what it says, in a sentence."""
    who = "the family" if contact.case is not None else "somebody"
    sender = f" from {numbers.written(contact.number)}" if contact.number is not None else ""
    unknown = "" if contact.case is not None else "; whose case it is is not known"
    if contact.said is Said.OTHER:
        waits = WAITS.get(contact.channel, "waits to be read")
        return f"{CAME_AS[contact.channel]}{sender} {waits}{unknown}"
    return f"{CAME_AS[contact.channel]}{sender} says that {who} {SAID[contact.said]}{unknown}"


def undelivered(session: Session, today: date) -> Iterator[Item]:
    """A message has not arrived, was too late to be sent, or nobody can tell."""
    for message in session.scalars(select(Message).where(tasks.reached_nobody()).order_by(Message.id)):
        yield Item(
            what=f"Reach {message.recipient} another way",
            why=f"{IN_VAIN[message.state]}: {message.purpose}",
            who=Role.COORDINATOR,
            by=today,
            case=session.get(Case, message.case_id) if message.case_id is not None else None,
            message=message,
        )


def young_people(cases: Iterable[Known], today: date) -> Iterator[Item]:
    """The right has become a young person's own, and we still deal with somebody else as if it were theirs."""
    for case in (about.case for about in cases if about.case.closed_at is None):
        whose = people.holder(case, on=today)
        if whose is not None and people.must_hear_young_person(case, on=today):
            yield Item(
                what="Speak with the young person, and ask whose case it shall be",
                why=whose.reason,
                who=Role.ADVISER,
                case=case,
                rule=rules.RIGHT_HOLDER.key,
            )
