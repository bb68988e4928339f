"""The provider's own time of a call or a text, asked for afterwards by the worker.

It may be earlier than our receipt, and the earlier counts: a webhook that came late must not cost a family its day.
"""

import logging
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import or_, select

from scheduling import db
from scheduling.cases import contacts
from scheduling.models import Contact, ContactChannel
from scheduling.outbox.carriers import Trouble

log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(days=1)
"""The provider answers within minutes or not at all; our receipt counts then."""


class Records(Protocol):
    """The provider's record of what came to us."""

    def made_at(self, channel: ContactChannel, provider_id: str) -> datetime:
        """When the provider took the call or text; raises the troubles of carriers."""


def fetch_next(records: Records, now: datetime) -> bool:
    """Ask for the time of one contact that has none yet; says whether there was one.

    One a round, so that whatever has to go out waits for no more than that. No transaction is open meanwhile.
    """
    contact = _claim(now)
    if contact is None or contact.provider_id is None:
        return False
    try:
        made_at = records.made_at(contact.channel, contact.provider_id)
    except Trouble as trouble:
        log.info("the provider's time must wait", extra={"contact": contact.id, "code": trouble.code})
        return True
    with db.Session.begin() as session:
        contacts.made_at(session.get_one(Contact, contact.id), made_at)
    return True


def _claim(now: datetime) -> Contact | None:
    due = (
        select(Contact)
        .where(
            Contact.channel.in_([ContactChannel.CALL, ContactChannel.TEXT]),
            Contact.provider_id.is_not(None),
            Contact.provider_made_at.is_(None),
            Contact.received_at > now - GIVEN_UP_AFTER,
            or_(Contact.provider_asked_at.is_(None), Contact.provider_asked_at <= now - ASK_AGAIN),
        )
        .order_by(Contact.id)
        .limit(1)
    )
    with db.Reading() as session:  # a writer's turn would hold up whoever is on the line
        if session.scalar(due) is None:
            return None
    with db.Session.begin() as session:
        contact = session.scalar(due.with_for_update(skip_locked=True))
        if contact is not None:
            contact.provider_asked_at = now
        return contact
