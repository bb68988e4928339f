"""The audit's daily anchor: one hash over all chains, which goes by mail to somebody outside the machine.

Whoever could change everything here, the anchors included, cannot change a mail that has been read.
"""

import logging
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import audit, db, london
from scheduling.models import Role, Staff
from scheduling.outbox import identity, messages
from scheduling.outbox.wording import warnings

log = logging.getLogger(__name__)

THE_KEEPER = "whoever keeps the anchors"


def anchor_daily(session: Session, *, now: datetime) -> None:
    """Anchor once a day, by London's date; two clocks do it once."""
    # The database's day, by which the anchors go as well: the demo's travel in time moves neither.
    midnight = london.at(london.london_day(db.moment(session)), time(0))
    made = audit.anchor(session, since=midnight)
    if made is None:
        return
    log.info("audit anchored", extra={"anchor": made.number})
    for address in _keepers(session):
        mail = warnings.anchored(number=made.number, day=london.london_day(made.at), digest=made.hash)
        messages.email(
            session,
            address=address,
            recipient=THE_KEEPER,
            purpose="the audit's anchor",
            subject=mail.subject,
            body=mail.body,
            key=f"anchor:{made.number}:{address}",
            now=now,
        )


def _keepers(session: Session) -> list[str]:
    """The address of the settings; where there is none, every manager's."""
    if identity.current().keeper:
        return [identity.current().keeper]
    managers = select(Staff.email).where(Staff.role == Role.MANAGER, Staff.is_active).order_by(Staff.id)
    return list(session.scalars(managers))
