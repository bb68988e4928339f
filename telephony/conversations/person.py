"""A person: as long as nobody sits at the line, one calls back, on a number that the caller says is right and safe.

Reached by 0 from every question, and by everybody whom the machine cannot understand.
"""

from scheduling.cases import intake
from scheduling.models import ContactChannel, Said
from telephony import phrases
from telephony.conversations import memory, number
from telephony.conversations.exchange import YES_OR_NO, Exchange, Heard, Question
from telephony.voice import Prompt, Sentence, Slowly

REASONS = {
    "asked": "asked for a person",
    "language": "another language, or help with the phone",
    "meeting": "about a meeting; the reference was keyed, which proves nothing",
    "no-reference": "about a meeting, without its reference",
    "council": "asked for advice; the council was not understood",
    "full": "asked for advice; no time was free",
    "lost": "could not be understood",
    "fault": "our line had a fault",
}
"""Why somebody is to be called, in a coordinator's words, by its name in an address."""

NOT_CONFIRMED = "nobody has said that this number is safe"


def begin(exchange: Exchange, why: str, *, saying: tuple[Sentence, ...] = ()) -> Prompt:
    """The way to a person, from wherever the caller was."""
    note(exchange, Said.OTHER)
    exchange.call.misses = 0
    exchange.call.step = f"call-back.{why}"
    asked = _this_number(exchange) if number.to_ring(exchange) else KEYING.ask(exchange)
    return Prompt(says=(*saying, *asked.says), step=asked.step, keys=asked.keys, hints=asked.hints)


def note(exchange: Exchange, said: Said, words: str | None = None) -> None:
    """Record that somebody reached us and for what, once a call; the moment that counts is when it was answered."""
    if memory.contact(exchange.session, exchange.call) is None:
        intake.record_contact(
            exchange.session,
            channel=ContactChannel.CALL,
            said=said,
            received_at=exchange.call.started_at,
            number=exchange.call.number,
            provider_id=exchange.call.sid,
            words=words or None,
        )


def lost(exchange: Exchange) -> Prompt:
    """The way of a caller whom the machine does not understand."""
    return begin(exchange, "lost", saying=(phrases.A_PERSON_WILL_CALL,))


def farewell(exchange: Exchange) -> Prompt:  # noqa: ARG001 - the last of all answers, asked for like every other
    """The end of a call that found what it came for."""
    return Prompt(says=(phrases.GOODBYE,))


def _this_number(exchange: Exchange) -> Prompt:
    shown = number.to_ring(exchange)
    if shown is None:
        return KEYING.ask(exchange)
    step = ".".join(["call-back", *exchange.arguments])
    return Prompt(says=(phrases.this_number(shown),), step=step, hints=YES_OR_NO)


def _is_it_right(exchange: Exchange, heard: Heard) -> Prompt | None:
    match heard.agrees:
        case True:
            exchange.call.call_back_number = number.to_ring(exchange)
            return _message(exchange)
        case False:
            exchange.call.call_back_number = None
            return KEYING.ask(exchange)
        case None:
            return None


def _message(exchange: Exchange) -> Prompt:
    step = ".".join(["call-back-message", *exchange.arguments])
    return Prompt(says=(phrases.LEAVE_A_MESSAGE,), step=step, hints=YES_OR_NO)


def _may_we(exchange: Exchange, heard: Heard) -> Prompt | None:
    return None if heard.agrees is None else _promise(exchange, may_leave_message=heard.agrees)


def _no_message(exchange: Exchange) -> Prompt:
    return _promise(exchange, may_leave_message=False)


def _promise(exchange: Exchange, *, may_leave_message: bool, warning: str | None = None) -> Prompt:
    call, to_ring = exchange.call, number.to_ring(exchange)
    if to_ring is None:
        return _no_number(exchange)
    relay = "through Relay UK" if call.is_relay else None
    because = "; ".join(filter(None, [REASONS[exchange.arguments[0]], relay, warning]))
    intake.ask_call_back(
        exchange.session,
        number=to_ring,
        because=because,
        now=exchange.now,
        deadline_soon=bool(call.deadline_soon),
        case=call.case,
        may_leave_message=may_leave_message,
    )
    return Prompt(says=(Slowly(phrases.will_call(exchange.line.voice_number)),))


def _stayed_on_the_line(exchange: Exchange) -> Prompt:
    """Silence at the last question: who stays wants help, but whoever rings must know that nobody said it is safe."""
    return _promise(exchange, may_leave_message=False, warning=NOT_CONFIRMED)


def _no_number(exchange: Exchange) -> Prompt:
    return Prompt(says=(Slowly(phrases.no_number(exchange.line.sms_number)),))


KEYING = number.Keying(
    "call-back-number", then=_message, lost=_no_number, unsure=_stayed_on_the_line, is_for_a_person=True
)

QUESTIONS = {
    "call-back": Question(ask=_this_number, hear=_is_it_right, lost=_stayed_on_the_line, leads_to_a_person=True),
    "call-back-message": Question(ask=_message, hear=_may_we, lost=_no_message, leads_to_a_person=True),
    **KEYING.questions(),
}
