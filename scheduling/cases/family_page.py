"""The family's own page: a link to its dates and steps, sent by mail, and the earlier links taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cases import links
from scheduling.models import Actor, Case, Message, Purpose
from scheduling.outbox import messages
from scheduling.outbox.wording import family_mails
from scheduling.refusals import Refused

LINK_DAYS = 180
"""Longer than a case with its appeal takes; a coordinator sends another at any time."""


class NoAddress(Refused):
    def __str__(self) -> str:
        return "There is no e-mail address that we may write to. Ask the family for one."


def send(session: Session, case: Case, *, by: Actor, now: datetime) -> Message:
    """Send the family a new link to its page; those that it had open nothing any more."""
    links.revoke(session, case, Purpose.FAMILY, now=now)
    token = links.make(session, Purpose.FAMILY, case, now=now, days=LINK_DAYS)
    mail = family_mails.own_page(
        name=case.person.name, reference=case.reference, link=links.address(Purpose.FAMILY, token)
    )
    key = f"family's page:{case.id}:{now.isoformat()}"
    sent = messages.email_the_family(session, case, purpose="the family's page", mail=mail, key=key, now=now)
    if sent is None:
        raise NoAddress
    case.record("The family was sent a link to its page", by=by, now=now)
    session.flush()
    return sent
