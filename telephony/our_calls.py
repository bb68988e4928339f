"""Twilio's addresses for those who wait in the queue and for the calls that we make.

Each call of ours is known by its message's token, which nobody can guess; and, like every address here, only to whoever
signs as Twilio.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from scheduling import db
from scheduling.cases import calling, queue
from scheduling.models import CallOutcome, EventKind, LeftQueue, MessageState, OutgoingCall
from scheduling.outbox import delivery
from telephony import answers, connecting, door, fields, statuses
from telephony.connecting import Then, Turn
from telephony.conversations import our_call, waiting

WAIT, PRESSED = "/twilio/queue/wait", "/twilio/queue/pressed"
QUIET_SECONDS = 10


def wait() -> ResponseReturnValue:
    """Somebody waits in the queue: what they hear now. Asked for again and again, and harmless twice."""
    return _in_the_queue(lambda session, sid: waiting.turn(session, sid, now=g.received_at))


def pressed() -> ResponseReturnValue:
    """Somebody who waits has pressed a key, or none."""
    keys = answers.field("Digits")
    return _in_the_queue(lambda session, sid: waiting.pressed(session, sid, keys, now=g.received_at))


def ended() -> ResponseReturnValue:
    """A call to us is over, which may be told before or after what became of its place in the queue."""
    with db.Session.begin() as session:
        db.hurry(session, door.PATIENCE_SECONDS)
        place = queue.of(session, answers.field("CallSid"))
        if place is not None and place.left_at is None and answers.field("CallStatus") in statuses.ENDED:
            queue.leave(session, place, LeftQueue.HUNG_UP, now=g.received_at)
    return "", HTTPStatus.NO_CONTENT


def answered(token: str, turn: int = 0) -> ResponseReturnValue:
    """Somebody has picked up a call of ours, or has pressed a key or none."""
    keys, token = answers.field("Digits"), fields.clean(token)
    sid = answers.field("CallSid")
    if not sid:
        return answers.sentence("A call needs a CallSid.", HTTPStatus.BAD_REQUEST)

    def effect(session: Session) -> str:
        call = _known(session, token)
        heard = our_call.answered(session, call, turn, keys, now=g.received_at)
        after = f"/twilio/call/{token}/after" if heard.queue else f"/twilio/call/{token}/{turn + 1}"
        return connecting.document(g.line, heard, on=after, wait=f"/twilio/call/{token}/wait/0")

    return answers.xml(_once(sid, f"call/{turn}", effect))


def keep_waiting(token: str, turn: int) -> ResponseReturnValue:
    """An adviser waits while the family is rung."""
    token = fields.clean(token)
    with db.Session.begin() as session:
        db.hurry(session, door.PATIENCE_SECONDS)
        heard = our_call.waits(session, _known(session, token), turn)
    return answers.xml(connecting.document(g.line, heard, on=f"/twilio/call/{token}/wait/{turn + 1}"))


def after(token: str) -> ResponseReturnValue:
    """Two have spoken, or one waited in vain."""
    with db.Session.begin() as session:
        db.hurry(session, door.PATIENCE_SECONDS)
        heard = our_call.afterwards(session, _known(session, fields.clean(token)))
    return answers.xml(connecting.document(g.line, heard, on=""))


def machine(token: str) -> ResponseReturnValue:
    """The provider has listened, and says whether a person or a machine has answered."""
    with db.Session.begin() as session:
        db.hurry(session, door.PATIENCE_SECONDS)
        call = _known(session, fields.clean(token))
        call.answered_by = call.answered_by or answers.field("AnsweredBy") or None
    return "", HTTPStatus.NO_CONTENT


def status(token: str) -> ResponseReturnValue:
    """The provider tells how far a call of ours has come."""
    word = answers.field("CallStatus")
    if word not in statuses.CALLS:
        return answers.sentence("A status needs a CallStatus that we know.", HTTPStatus.BAD_REQUEST)
    with db.Session.begin() as session:
        db.hurry(session, door.PATIENCE_SECONDS)
        call = _known(session, fields.clean(token))
        is_over = word in statuses.ENDED
        in_vain = is_over and call.taken_at is None
        delivery.report(
            session,
            token=call.message.token,
            status=MessageState.FAILED if in_vain else statuses.CALLS[word],
            provider_id=answers.field("CallSid"),
            error_code=word if in_vain else None,
            now=g.received_at,
        )
        if is_over:
            calling.end(session, call, _outcome(word), now=g.received_at)
    return "", HTTPStatus.NO_CONTENT


ADDRESSES: dict[str, Callable[..., ResponseReturnValue]] = {
    "/queue/wait": wait,
    "/queue/pressed": pressed,
    "/voice-ended": ended,
    "/call/<token>": answered,
    "/call/<token>/<int:turn>": answered,
    "/call/<token>/wait/<int:turn>": keep_waiting,
    "/call/<token>/after": after,
    "/call/<token>/machine": machine,
}


def on_fault(view: str) -> ResponseReturnValue | None:
    """What is answered when one of these fails: who waits goes on waiting, and who was rung is told nothing."""
    if view in {"wait", "pressed"}:
        return _quiet(WAIT)
    if view == "keep_waiting":
        return _quiet(request.path)
    if view in {"answered", "after"}:
        return answers.xml(connecting.document(g.line, Turn(), on=""))
    if view in {"machine", "ended"}:
        return answers.sentence("Try again later.", HTTPStatus.SERVICE_UNAVAILABLE)
    return None


def _quiet(on: str) -> ResponseReturnValue:
    return answers.xml(connecting.document(g.line, Turn(then=Then.ON, seconds=QUIET_SECONDS), on=on))


def _in_the_queue(hear: Callable[[Session, str], Turn]) -> ResponseReturnValue:
    with db.Session.begin() as session:
        db.hurry(session, door.PATIENCE_SECONDS)
        heard = hear(session, answers.field("CallSid"))
    return answers.xml(connecting.document(g.line, heard, on=PRESSED))


def _once(sid: str, step: str, effect: Callable[[Session], str]) -> str:
    return door.once(EventKind.VOICE, sid, step, received_at=g.received_at, effect=effect)


def _known(session: Session, token: str) -> OutgoingCall:
    call = calling.of(session, token)
    if call is None:
        raise NotFound(description="There is no such call of ours.")
    return call


def _outcome(word: str) -> CallOutcome:
    return CallOutcome.NOT_TAKEN if word == "completed" else CallOutcome.NOT_ANSWERED
