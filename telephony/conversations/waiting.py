"""Waiting on the line for a person: a place in the queue, the position when it changes, and a call-back that keeps it.

Only while an adviser takes calls; otherwise a call-back is promised, as it is to whoever presses 1 while they wait.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cases import queue, ringing
from scheduling.models import CallBack, LeftQueue
from telephony import phrases
from telephony.connecting import Then, Turn
from telephony.conversations.exchange import Exchange
from telephony.voice import Prompt, Sentence

STEP = "queue"
FOR_ANY_ADVISER = frozenset({"asked", "council", "full", "lost", "no-reference", "no-meeting", "change"})
"""Why somebody may be put through to whoever is there; another language needs somebody who speaks it."""
QUIET_SECONDS = 20
"""Between two offers of a call-back."""


def is_possible(exchange: Exchange, why: str) -> bool:
    """Whether there is somebody to wait for."""
    return why in FOR_ANY_ADVISER and queue.is_open(exchange.session, exchange.now)


def enter(exchange: Exchange, why: str, saying: tuple[Sentence, ...] = ()) -> Prompt:
    """Take a place in the queue; an adviser is rung at once when one is free."""
    call = exchange.call
    place = queue.join(
        exchange.session, call.sid, deadline_soon=bool(call.deadline_soon), case=call.case, now=exchange.now
    )
    ringing.offer(exchange.session, now=exchange.now)
    said = tuple(words for words in saying if words != phrases.A_PERSON_WILL_CALL)
    return Prompt(says=(*said, phrases.PLEASE_WAIT), step=f"{STEP}.{why}", queue=place.call_sid)


def ask(exchange: Exchange) -> Prompt:
    """The wait once more, for a request that came out of turn."""
    return Prompt(says=(), step=exchange.call.step, queue=exchange.call.sid)


def leave(exchange: Exchange, result: str) -> LeftQueue:
    """The wait is over, by the provider's word for how."""
    left = _RESULTS.get(result, LeftQueue.FAILED)
    place = queue.of(exchange.session, exchange.call.sid)
    if place is not None:
        queue.leave(exchange.session, place, left, now=exchange.now)
    return left


def keep_place(exchange: Exchange, why: str, call_back: CallBack) -> None:
    """A call-back that any adviser may make stands in the line from when the caller began to wait."""
    if why not in FOR_ANY_ADVISER or exchange.call.is_relay:
        return
    place = queue.of(exchange.session, exchange.call.sid)
    call_back.in_line_since = call_back.in_line_since or (exchange.now if place is None else place.entered_at)


def turn(session: Session, call_sid: str, *, now: datetime) -> Turn:
    """What a waiting caller hears: where they stand when that is news, and always the way to a call-back."""
    place = queue.of(session, call_sid)
    if place is None or place.left_at is not None:
        return Turn(then=Then.LEAVE)
    position = queue.position(session, place, now)
    is_news = position != place.said_position
    place.said_position = position
    stands = phrases.your_place(position, queue.wait_minutes(session, place, now)) if is_news else ()
    says = (*(stands or (phrases.STILL_WAITING,)), phrases.CALL_BACK_INSTEAD)
    return Turn(says=says, then=Then.A_KEY, seconds=QUIET_SECONDS)


def pressed(session: Session, call_sid: str, keys: str, *, now: datetime) -> Turn:
    """A key while waiting: 1 leads to a call-back, * is heard again, and any other changes nothing."""
    if keys == "1":
        return Turn(then=Then.LEAVE)
    place = queue.of(session, call_sid)
    if place is not None and keys == "*":
        place.said_position = None
    return turn(session, call_sid, now=now)


_RESULTS = {"bridged": LeftQueue.TAKEN, "leave": LeftQueue.CALL_BACK, "hangup": LeftQueue.HUNG_UP}
