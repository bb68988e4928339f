"""How a certificate reaches the family: by mail when it is issued, or as soon as there is an address.

A text says only that a document has gone. Until a mail can go, the paper is for a person to print and post.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from scheduling.cases import turns
from scheduling.models import Case, Certificate, Message, Person
from scheduling.outbox import identity, messages
from scheduling.outbox.wording import case_mails, texts

PURPOSE = "certificate"
"""Of the mail and of the text that says that it has gone."""

WAITS_FOR_AN_ADDRESS = timedelta(days=62)
"""After two months the time for the appeal is over, and with it the use of the paper."""


def send(session: Session, issued: Certificate, *, now: datetime) -> Message | None:
    """Write the mail that carries the document, once, and tell by text that it has gone; None without an address."""
    case, key = issued.case, f"certificate:{issued.number}"
    mail = case_mails.certificate_issued(
        name=case.person.name,
        reference=case.reference,
        number=issued.number,
        code=issued.code,
        issued_on=issued.issued_on,
        appeal_by=issued.appeal_by,
        last_lawful=issued.appeal_last_lawful,
        check_at=check_at(issued.number),
    )
    sent = messages.email_the_family(session, case, purpose=PURPOSE, mail=mail, key=key, now=now, certificate=issued)
    if sent is not None:
        words = texts.document_sent()
        messages.text(session, case.person, purpose=PURPOSE, body=words, key=f"{key}:text", now=now, case=case)
    return sent


def unsent(session: Session, *, now: datetime) -> list[int]:
    """The cases, by their ids, whose certificate has gone nowhere and which have an address by now."""
    waiting = (
        select(Case.id)
        .join(Case.person)
        .join(Certificate, Certificate.case_id == Case.id)
        .where(
            Certificate.issued_at > now - WAITS_FOR_AN_ADDRESS,
            ~exists().where(Message.certificate_id == Certificate.id),
            Person.email.is_not(None),
            ~Person.do_not_contact,
        )
    )
    return list(session.scalars(waiting.order_by(Case.id)))


def send_late(session: Session, case_id: int, *, now: datetime) -> Message | None:
    """There is an address now."""
    case = turns.take(session, case_id)
    if case is None:
        return None
    issued = session.scalars(select(Certificate).where(Certificate.case_id == case_id)).one()
    return send(session, issued, now=now)


def check_at(number: str) -> str:
    """Where anybody can ask whether the certificate with this number is genuine; the code is typed there."""
    return f"{identity.current().base_url.rstrip('/')}/certificate/{number}"
