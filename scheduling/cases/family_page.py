"""The family's own page: a link to where things stand, sent by mail, and the earlier links taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cases import links
from scheduling.models import Actor, Case, Message, Person, PersonRole, Purpose
from scheduling.outbox import messages
from scheduling.outbox.wording import family_mails
from scheduling.refusals import Refused

HAVE_PAGES = (PersonRole.PARENT, PersonRole.CARER, PersonRole.YOUNG_PERSON)
"""Who has pages: a supporter or an advocate comes along, and what is the family's own is not theirs."""

LINK_DAYS = 180
"""Longer than a case with its appeal takes; a coordinator sends another at any time."""


class NoAddress(Refused):
    def __str__(self) -> str:
        return "There is no e-mail address that we may write to. Ask the family for one."


def send(session: Session, case: Case, *, by: Actor, now: datetime, person: Person | None = None) -> Message:
    """Send whose case it is, or a second parent, a new link to their pages; earlier ones open nothing any more."""
    to = person or case.person
    if to.role not in HAVE_PAGES or to.do_not_contact or not to.email:
        raise NoAddress
    links.revoke(session, case, Purpose.FAMILY, now=now, person=to)
    token = links.make(session, Purpose.FAMILY, case, now=now, days=LINK_DAYS, person=to)
    mail = family_mails.own_page(name=to.name, reference=case.reference, link=links.address(Purpose.FAMILY, token))
    sent = messages.email(
        session,
        address=to.email,
        recipient=messages.THE_FAMILY,
        purpose="the family's page",
        subject=mail.subject,
        body=mail.body,
        key=f"family's page:{case.id}:{to.id}:{now.isoformat()}",
        now=now,
        case=case,
        person=to,
    )
    case.record(f"The {to.role} was sent a link to their pages", by=by, now=now)
    session.flush()
    return sent
