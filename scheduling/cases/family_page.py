"""The family's own page: a link to where things stand, sent by mail or text, and the earlier links taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import links
from scheduling.models import SERVICE, Actor, Case, Link, Message, Person, PersonRole, Purpose, Telling
from scheduling.outbox import messages
from scheduling.outbox.wording import family_mails, texts
from scheduling.refusals import Refused

HAVE_PAGES = (PersonRole.PARENT, PersonRole.CARER, PersonRole.YOUNG_PERSON)
"""Who has pages: a supporter or an advocate comes along, and what is the family's own is not theirs."""

LINK_DAYS = 180
"""Longer than a case with its appeal takes; a coordinator sends another at any time."""


PURPOSE = "the family's page"


class NoAddress(Refused):
    def __str__(self) -> str:
        return "There is no e-mail address or mobile that we may write to. Ask the family for one."


def without(session: Session, *, now: datetime) -> Sequence[int]:  # noqa: ARG001 - asked for like every search of a sweep
    """The open cases, by their ids, of which an authority was told and whose family never had a link to its pages."""
    had = select(Link.token_hash).where(Link.case_id == Case.id, Link.purpose == Purpose.FAMILY).exists()
    told = select(Telling.id).where(Telling.case_id == Case.id).exists()
    is_open = (Case.closed_at.is_(None), Case.declined_at.is_(None))
    return list(session.scalars(select(Case.id).where(*is_open, told, ~had).order_by(Case.id)))


def send_first(session: Session, case_id: int, *, now: datetime) -> None:
    """Send the family its link without being asked; a family that we may not write to has a coordinator's call."""
    case = session.get_one(Case, case_id)
    if _can_be_mailed(case.person) or messages.why_not_text(session, case.person) is None:
        send(session, case, by=SERVICE, now=now)


def send(session: Session, case: Case, *, by: Actor, now: datetime, person: Person | None = None) -> Message:
    """Send whose case it is, or a second parent, a new link to their pages; earlier ones open nothing any more."""
    to = person or case.person
    if to.role not in HAVE_PAGES or not (_can_be_mailed(to) or messages.why_not_text(session, to) is None):
        raise NoAddress
    links.revoke(session, case, Purpose.FAMILY, now=now, person=to)
    token = links.make(session, Purpose.FAMILY, case, now=now, days=LINK_DAYS, person=to)
    sent = _write(session, case, to, links.address(Purpose.FAMILY, token), now=now)
    case.record(f"The {to.role} was sent a link to their pages", by=by, now=now)
    session.flush()
    return sent


def _can_be_mailed(person: Person) -> bool:
    return bool(person.email) and not person.do_not_contact


def _write(session: Session, case: Case, to: Person, link: str, *, now: datetime) -> Message:
    """By mail where there is an address, else as a text: the link alone opens nothing private."""
    key = f"family's page:{case.id}:{to.id}:{now.isoformat()}"
    if not to.email:
        body = texts.own_page(link)
        written = messages.text(session, to, purpose=PURPOSE, body=body, key=key, now=now, case=case)
        if written is None:
            raise NoAddress
        return written
    mail = family_mails.own_page(name=to.name, reference=case.reference, link=link)
    return messages.email(
        session,
        address=to.email,
        recipient=messages.THE_FAMILY,
        purpose=PURPOSE,
        subject=mail.subject,
        body=mail.body,
        key=key,
        now=now,
        case=case,
        person=to,
    )
