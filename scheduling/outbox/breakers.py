"""The breaker of each channel: when its carrier fails us several times in a row, the whole channel rests.

Once a minute one message then asks whether the carrier is back, and the first that is answered closes the breaker. What
is refused for good, or for this one recipient, is an answer too: the carrier works.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Breaker, Channel, Message, MessageState
from scheduling.outbox.carriers import ChannelBusy, ChannelDown, InDoubt, Trouble

OPENS_AFTER: Final = 5
"""Failures in a row; a wrong password opens it at once."""
REST: Final = timedelta(seconds=60)

_INSERT: Final[dict[str, Callable[..., Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

log = logging.getLogger(__name__)


def failed(session: Session, channel: Channel, trouble: Trouble) -> None:
    """Count it when the carrier did not answer or cannot work for us, and let an open channel rest."""
    if not isinstance(trouble, ChannelBusy | ChannelDown | InDoubt):
        return  # about one message
    _count(session, channel, OPENS_AFTER if isinstance(trouble, ChannelDown) else 1, trouble.code)
    if is_open(session, channel):
        log.error("channel is down", extra={"channel": channel.value, "code": trouble.code})
        _rest(session, channel)


def answered(session: Session, channel: Channel) -> None:
    """The carrier works."""
    if is_open(session, channel):
        log.info("channel is back", extra={"channel": channel.value})
    session.execute(delete(Breaker).where(Breaker.channel == channel))


def is_open(session: Session, channel: Channel) -> bool:
    """Whether the channel rests."""
    faults = session.scalar(select(Breaker.faults).where(Breaker.channel == channel))
    return faults is not None and faults >= OPENS_AFTER


def _count(session: Session, channel: Channel, faults: int, code: str) -> None:
    """Two workers may meet the first failure at the same moment."""
    first = _INSERT[session.get_bind().dialect.name](Breaker).values(
        channel=channel, faults=faults, since=db.moment(session), code=code
    )
    again = {"faults": Breaker.faults + faults, "code": code}
    session.execute(first.on_conflict_do_update(index_elements=[Breaker.channel], set_=again))


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
