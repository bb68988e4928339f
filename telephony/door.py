"""The door: the same event twice has one effect and one answer, also when both come at once on two processes.

Twilio repeats a request that it thinks lost, and a captured one can be sent again with its signature. A row for each
event is written first, in the transaction of its effect; who comes second waits at its unique key and gets the first
one's answer. An operation that may be repeated is not enough: a call that went on in between would go on twice.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.db import Base
from scheduling.models import Event, EventKind
from scheduling.vault import sealed

log = logging.getLogger(__name__)

PATIENCE_SECONDS, LAST_LOOK_SECONDS = 3, 0.3
"""For one lock: somebody is on the line, and an event may meet two of them. Rather say sorry than be silent."""


_EVENTS = Base.metadata.tables[Event.__tablename__]
_THIS = (
    _EVENTS.c.kind == bindparam("of_kind"),
    _EVENTS.c.provider_id == bindparam("of_id"),
    _EVENTS.c.step == bindparam("at_step"),
)
_WRITE = insert(_EVENTS).inline()
_ANSWER = update(_EVENTS).where(*_THIS).values(answer=bindparam("given"), seal=bindparam("sealed_as"))
_KEPT = select(Event).where(*_THIS)
"""Built once, and asked of the connection, without the session's bookkeeping: somebody waits for each on the line."""


class OutOfTurn(Exception):  # noqa: N818 - what happened, not an error
    """The event belongs to no open question: it gets an answer, but no effect and no row."""

    def __init__(self, answer: str) -> None:
        super().__init__("an event out of turn")
        self.answer = answer


class _ComesSecond(Exception):  # noqa: N818 - likewise
    """Somebody else has written this event's row."""


def once(
    kind: EventKind, provider_id: str, step: str, *, received_at: datetime, effect: Callable[[Session], str]
) -> str:
    """The answer to this event: of its effect the first time, the kept one ever after."""
    try:
        return _first(kind, provider_id, step, received_at, effect)
    except (_ComesSecond, OperationalError):
        # One that waited too long behind others may have waited for its own equal, whose answer is there by now.
        kept = _kept(kind, provider_id, step)
        if kept is None:
            raise
        log.info("event came again", extra={"kind": kind.value, "provider_id": provider_id, "step": step})
        return kept
    except OutOfTurn as event:
        log.info("event out of turn", extra={"kind": kind.value, "provider_id": provider_id, "step": step})
        return event.answer


def _first(
    kind: EventKind, provider_id: str, step: str, received_at: datetime, effect: Callable[[Session], str]
) -> str:
    with db.Session.begin() as session:
        db.hurry(session, PATIENCE_SECONDS)
        events = session.connection()
        row = {"kind": kind, "provider_id": provider_id, "step": step, "received_at": received_at, "answer": ""}
        try:
            events.execute(_WRITE, row)  # the first of two passes here, the second waits and fails
        except IntegrityError:
            raise _ComesSecond from None
        answer = effect(session)
        seal = secrets.token_urlsafe(16)
        given = sealed.of_service(session, Event, "answer", answer, seal=seal)
        events.execute(_ANSWER, _this(kind, provider_id, step) | {"given": given, "sealed_as": seal})
        return answer


def _kept(kind: EventKind, provider_id: str, step: str) -> str | None:
    with db.Reading() as session:
        db.hurry(session, LAST_LOOK_SECONDS)
        kept = session.scalars(_KEPT, _this(kind, provider_id, step)).one_or_none()
        return None if kept is None else kept.answer


def _this(kind: EventKind, provider_id: str, step: str) -> dict[str, object]:
    return {"of_kind": kind, "of_id": provider_id, "at_step": step}
