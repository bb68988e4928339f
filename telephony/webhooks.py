"""Twilio's addresses at our door: calls, texts, and how far our texts have come.

Whoever cannot sign as Twilio changes nothing here. Whatever fails on our side, a caller hears where to find a person.
"""

import hmac
import logging
import re
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from twilio.twiml.messaging_response import MessagingResponse
from werkzeug.exceptions import HTTPException

from scheduling import clock, db
from scheduling.cases import voicemails
from scheduling.models import Call, EventKind
from scheduling.outbox import delivery, opt_outs
from telephony import answers, callers, door, fields, our_calls, signature, statuses, voice
from telephony.conversations import memory, reception, texts
from telephony.conversations.exchange import Exchange, Heard, Recording
from telephony.conversations.text_menu import Text
from telephony.line import Line

log = logging.getLogger(__name__)

_RECORDING_SID = re.compile(r"RE[0-9a-f]{32}")
"""A recording is asked for by this name at the provider, never at an address that a request brings."""

LARGEST_BODY = 64 * 1024
MOST_DIGITS = 9
"""A longer number is none that we could keep."""

LEAST_CONFIDENCE = 0.6
"""What speech recognition is less sure of counts as not heard."""


def blueprint(line: Line) -> Blueprint:
    """The addresses of this line. They guard themselves by Twilio's signature and need no other guard."""
    twilio = Blueprint("twilio", __name__, url_prefix="/twilio")

    @twilio.before_request
    def let_in() -> ResponseReturnValue | None:
        g.received_at = clock.now()  # before anything else: this moment counts in law
        g.line, g.fields = line, {}
        return _refusal(line)

    twilio.register_error_handler(Exception, _fault)
    for path, view in ADDRESSES.items():
        twilio.add_url_rule(path, view_func=view, methods=["POST"], strict_slashes=False)
    return twilio


def ring() -> ResponseReturnValue:
    """Somebody rings: a call of which we know nothing, or this event would have come before."""
    return _call("start", 0, _pick_up)


def go_on(step: str, turn: int) -> ResponseReturnValue:
    """A caller has answered a question, or not."""
    step = fields.clean(step)
    return _call(step, turn, lambda session, sid: _go_on(session, sid, step, turn))


def text() -> ResponseReturnValue:
    """Somebody texts us; the answer, if any, goes back in this very response and nowhere else."""
    sid, sender = answers.field("MessageSid"), answers.field("From")
    if not sid or not sender:
        return answers.sentence("A text needs MessageSid and From.", HTTPStatus.BAD_REQUEST)
    if not callers.may_be_answered(sender, g.line):
        return answers.xml(str(MessagingResponse()))
    came = Text(
        sid=sid,
        sender=sender,
        to=answers.field("To") or g.line.sms_number,
        body=answers.field("Body"),
        received_at=g.received_at,
        pictures=_number("NumMedia"),
    )
    answer = door.once(
        EventKind.SMS,
        sid,
        "",
        received_at=g.received_at,
        effect=lambda session: _message(texts.answer(session, g.line, came)),
    )
    return answers.xml(answer)


def status(token: str) -> ResponseReturnValue:
    """Twilio tells how far a text or a call of ours has come."""
    if answers.field("CallStatus"):
        return our_calls.status(token)
    state = statuses.state(answers.field("MessageStatus") or answers.field("SmsStatus"))
    code = answers.field("ErrorCode") or None
    with db.Session.begin() as session:
        db.hurry(session, door.PATIENCE_SECONDS)
        message = delivery.report(
            session,
            token=fields.clean(token),
            status=state,
            provider_id=answers.field("MessageSid"),
            error_code=code,
            now=g.received_at,
            again_after=statuses.again_after(code),
            cannot_be_texted=code in statuses.NO_TEXTS_TO,
        )
        if message is not None and code == statuses.OPTED_OUT:
            opt_outs.stop(session, message.address, now=g.received_at)
    if message is None:
        return answers.sentence("There is no such text of ours.", HTTPStatus.NOT_FOUND)
    return "", HTTPStatus.NO_CONTENT


def recording() -> ResponseReturnValue:
    """Twilio has the sound of a voicemail, or finds that there is none."""
    heard, state = _recording(), answers.field("RecordingStatus")
    if heard is None or state not in {"completed", "absent", "failed"}:
        return answers.sentence(
            "The news of a recording needs RecordingSid and RecordingStatus.", HTTPStatus.BAD_REQUEST
        )
    with db.Session.begin() as session:
        db.hurry(session, door.PATIENCE_SECONDS)
        call = memory.call(session, answers.field("CallSid"))
        if call is None:
            return answers.sentence("There is no such call of ours.", HTTPStatus.NOT_FOUND)
        left = voicemails.left(
            session, recording_id=heard.sid, number=call.number, seconds=heard.seconds, now=g.received_at
        )
        settle = voicemails.is_ready if state == "completed" else voicemails.is_empty
        settle(left, now=g.received_at)
    return "", HTTPStatus.NO_CONTENT


ADDRESSES: dict[str, Callable[..., ResponseReturnValue]] = {
    "/voice": ring,
    "/voice/<step>/<int:turn>": go_on,
    "/sms": text,
    "/recording": recording,
    "/status/<token>": status,
    **our_calls.ADDRESSES,
}


def _refusal(line: Line) -> ResponseReturnValue | None:
    """Why the request may not come in, or None. Nothing of it is used before its signature has been checked."""
    request.max_content_length = LARGEST_BODY
    form = request.form  # raises 413 when it is too large
    url = signature.requested_url(line, request.environ)
    if not signature.is_genuine(line, url, form, request.headers.get(signature.HEADER)):
        log.warning("request without a right signature", extra={"endpoint": request.endpoint})
        return answers.sentence("The signature is missing or wrong.", HTTPStatus.FORBIDDEN)
    g.fields = fields.cleaned(form)
    if line.account_sid and not hmac.compare_digest(answers.field("AccountSid").encode(), line.account_sid.encode()):
        log.warning("request of another account", extra={"endpoint": request.endpoint})
        return answers.sentence("This is another account's line.", HTTPStatus.FORBIDDEN)
    return None


def _call(step: str, turn: int, effect: Callable[[Session, str], str]) -> ResponseReturnValue:
    sid = answers.field("CallSid")
    if not sid:
        return answers.sentence("A call needs a CallSid.", HTTPStatus.BAD_REQUEST)
    document = door.once(
        EventKind.VOICE,
        sid,
        f"{step}/{turn}",
        received_at=g.received_at,
        effect=lambda session: effect(session, sid),
    )
    return answers.xml(document)


def _pick_up(session: Session, sid: str) -> str:
    call = _new_call(sid)
    prompt = reception.pick_up(_exchange(session, call))
    memory.keep(session, call)
    return voice.document(g.line, prompt)


def _go_on(session: Session, sid: str, step: str, turn: int) -> str:
    call = memory.call(session, sid)
    if step == reception.FAULT:
        call = call or _new_call(sid)
        session.add(call)
        return voice.document(g.line, reception.after_a_fault(_exchange(session, call)))
    if call is None:
        return _pick_up(session, sid)
    exchange = _exchange(session, call)
    if (call.step, call.turn) != (step, turn):
        raise door.OutOfTurn(voice.document(g.line, reception.ask_again(exchange)))
    return voice.document(g.line, reception.answer(exchange, _heard()))


def _new_call(sid: str) -> Call:
    return memory.new_call(sid, callers.caller(answers.field("From")), now=g.received_at)


def _exchange(session: Session, call: Call) -> Exchange:
    return Exchange(session=session, call=call, line=g.line, now=g.received_at)


def _heard() -> Heard:
    keys = "".join(key for key in answers.field("Digits") if key in "0123456789*#")
    confidence = answers.field("Confidence")
    is_sure = not confidence or _share(confidence) >= LEAST_CONFIDENCE
    words = answers.field("SpeechResult") if is_sure else ""
    return Heard(keys=keys.rstrip("#"), words=words, recording=_recording(), left_queue=answers.field("QueueResult"))


def _recording() -> Recording | None:
    sid, seconds = answers.field("RecordingSid"), _number("RecordingDuration")
    return Recording(sid=sid, seconds=seconds or None) if _RECORDING_SID.fullmatch(sid) else None


def _fault(error: Exception) -> ResponseReturnValue:
    """Something failed on our side: the family hears where to find a person, and we read it in the log."""
    if isinstance(error, HTTPException):
        return answers.sentence(error.description or error.name, HTTPStatus(error.code or 500))
    log.error("a webhook failed", exc_info=error, extra={"endpoint": request.endpoint})
    if request.endpoint in {"twilio.text", "twilio.status", "twilio.recording"}:
        # Only an answer that is no success makes Twilio try again, or ask the fallback.
        return answers.sentence("Try again later.", HTTPStatus.SERVICE_UNAVAILABLE)
    view = (request.endpoint or "").removeprefix("twilio.")
    if (kept := our_calls.on_fault(view)) is not None:
        return kept
    asked = request.view_args or {}
    before = int(asked["turn"]) if asked.get("step") == reception.FAULT else 0
    return answers.xml(voice.document(g.line, reception.fault(g.line, before)))


def _message(words: str | None) -> str:
    response = MessagingResponse()
    if words is not None:
        response.message(words)
    return str(response)


def _number(name: str) -> int:
    value = answers.field(name)
    return int(value) if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS else 0


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
