"""The breaker of each channel: when its carrier fails us several times in a row, the whole channel rests.

Once a minute one message then asks whether the carrier is back, and the first that is answered closes the breaker. What
is refused for good, or for this one recipient, is an answer too: the carrier works.
"""

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Breaker, Channel, Message, MessageState
from scheduling.outbox.carriers import ChannelBusy, ChannelDown, InDoubt, Trouble

OPENS_AFTER: Final = 5
"""Failures in a row; a wrong password opens it at once."""
REST: Final = timedelta(seconds=60)

log = logging.getLogger(__name__)


def failed(session: Session, channel: Channel, trouble: Trouble) -> None:
    """Count it when the carrier did not answer or cannot work for us, and let an open channel rest."""
    if not isinstance(trouble, ChannelBusy | ChannelDown | InDoubt):
        return  # about one message
    at = db.moment(session)
    breaker = session.get_one(Breaker, channel, with_for_update=True)
    breaker.faults = max(breaker.faults + 1, OPENS_AFTER if isinstance(trouble, ChannelDown) else 0)
    breaker.since, breaker.code = breaker.since or at, trouble.code
    if breaker.faults >= OPENS_AFTER:
        log.error("channel is down", extra={"channel": channel.value, "code": trouble.code})
        _rest(session, channel)


def answered(session: Session, channel: Channel) -> None:
    """The carrier works."""
    failing = (Breaker.channel == channel, Breaker.faults > 0)
    if session.scalar(select(Breaker.channel).where(*failing)) is None:
        return  # nothing to write, and no turn to wait for
    breaker = session.get_one(Breaker, channel, with_for_update=True)
    if breaker.faults >= OPENS_AFTER:
        log.info("channel is back", extra={"channel": channel.value})
    breaker.faults, breaker.since, breaker.code = 0, None, None


def is_open(session: Session, channel: Channel) -> bool:
    """Whether the channel rests."""
    return session.get_one(Breaker, channel).faults >= OPENS_AFTER


def _rest(session: Session, channel: Channel) -> None:
    until = db.moment(session) + REST
    waiting = (
        select(Message.id)
        .where(
            Message.channel == channel,
            Message.state == MessageState.QUEUED,
            or_(Message.next_try_at.is_(None), Message.next_try_at < until),
        )
        .order_by(Message.id)
        .with_for_update(skip_locked=True)
    )
    session.execute(update(Message).where(Message.id.in_(waiting)).values(next_try_at=until))
