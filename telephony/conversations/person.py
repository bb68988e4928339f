"""A person: whoever is there takes the call; else one calls back, on a number that the caller says is right and safe.

Reached by 0 from every question, and by everybody whom the machine cannot understand.
"""

from dataclasses import replace

from scheduling.cases import call_back_times, intake
from scheduling.cases.call_back_times import Window
from scheduling.models import ContactChannel, LeftQueue, Said
from telephony import phrases, understanding
from telephony.conversations import memory, number, voicemail, waiting
from telephony.conversations.exchange import YES_OR_NO, Exchange, Heard, Question
from telephony.translation import LANGUAGES
from telephony.voice import Prompt, Sentence, Slowly

REASONS = {
    "asked": "asked for a person",
    "language": "another language, or help with the phone",
    "meeting": "about a meeting; the reference was keyed, which proves nothing",
    "no-reference": "about a meeting, without its reference or PIN",
    "no-meeting": "about a meeting; reference and PIN were right, and nothing is booked",
    "change": "wants another time; reference and PIN were right",
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
    why = "language" if why == "asked" and exchange.call.language else why
    exchange.call.misses = 0
    if waiting.is_possible(exchange, why):
        return waiting.enter(exchange, why, saying)
    return _call_back(exchange, why, saying or _nobody_now(exchange, why))


def before_waiting(exchange: Exchange) -> Prompt:
    """A person is asked for first thing: one question decides how soon, where there is a line to wait in."""
    if exchange.call.deadline_soon is None and waiting.is_possible(exchange, "asked"):
        return _hurry(exchange)
    return begin(exchange, "asked")


def _hurry(exchange: Exchange) -> Prompt:  # noqa: ARG001 - every question is asked alike
    return Prompt(says=(phrases.DEADLINE,), step="hurry", hints=YES_OR_NO)


def _hear_hurry(exchange: Exchange, heard: Heard) -> Prompt | None:
    exchange.call.deadline_soon = heard.agrees
    return None if heard.agrees is None else begin(exchange, "asked")


def _hurry_or_not(exchange: Exchange) -> Prompt:
    return begin(exchange, "asked")


def _nobody_now(exchange: Exchange, why: str) -> tuple[Sentence, ...]:
    """Why the caller is not put through."""
    if not call_back_times.are_we_open(exchange.session, now=exchange.now):
        return (phrases.CLOSED,)
    return (phrases.NOBODY_FREE,) if why in waiting.FOR_ANY_ADVISER else ()


def _call_back(exchange: Exchange, why: str, saying: tuple[Sentence, ...]) -> Prompt:
    exchange.call.step = f"call-back.{why}"
    asked = _this_number(exchange) if number.to_ring(exchange) else KEYING.ask(exchange)
    return replace(asked, says=(*saying, *asked.says))


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


def _after_waiting(exchange: Exchange, heard: Heard) -> Prompt:
    """An adviser took the call, or the caller would rather be rung, or the queue would not have them."""
    why = exchange.arguments[0]
    match waiting.leave(exchange, heard.left_queue):
        case LeftQueue.CALL_BACK:
            return _call_back(exchange, why, (phrases.KEEPS_PLACE,))
        case LeftQueue.FAILED:
            return _call_back(exchange, why, (phrases.A_PERSON_WILL_CALL,))
        case _:
            return farewell(exchange)


def _never_lost(exchange: Exchange) -> Prompt:
    return _call_back(exchange, exchange.arguments[0], ())


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
    """1 or yes: this number; 2: a message; 3 or no: another number."""
    if heard.figure == "2" or "message" in understanding.plain(heard.words).split():
        return voicemail.ask(exchange)
    if heard.figure == "3" or heard.agrees is False:
        exchange.call.call_back_number = None
        return KEYING.ask(exchange)
    if heard.agrees is None:
        return None
    exchange.call.call_back_number = number.to_ring(exchange)
    return _when(exchange)


def _when(exchange: Exchange) -> Prompt:
    windows = [window.words for window in _windows(exchange)]
    step = ".".join(["call-back-when", *exchange.arguments[:1]])
    return Prompt(says=phrases.when(windows), step=step, hints=tuple(windows))


def _hear_when(exchange: Exchange, heard: Heard) -> Prompt | None:
    windows = dict(zip("123", _windows(exchange), strict=False))
    if heard.figure is not None:
        return _message(exchange, windows[heard.figure]) if heard.figure in windows else None
    said = understanding.plain(heard.words)
    named = [window for window in windows.values() if said and said in understanding.plain(window.words)]
    return _message(exchange, named[0]) if len(named) == 1 else None


def _windows(exchange: Exchange) -> list[Window]:
    return call_back_times.offered(exchange.session, now=exchange.now)


def _at_any_time(exchange: Exchange) -> Prompt:
    return _message(exchange, None)


def _message(exchange: Exchange, window: Window | None) -> Prompt:
    chosen = [] if window is None else [window.name]
    step = ".".join(["call-back-message", *exchange.arguments[:1], *chosen])
    return Prompt(says=(phrases.LEAVE_A_MESSAGE,), step=step, hints=YES_OR_NO)


def _ask_message(exchange: Exchange) -> Prompt:
    return _message(exchange, _chosen(exchange))


def _chosen(exchange: Exchange) -> Window | None:
    return next((window for window in _windows(exchange) if window.name in exchange.arguments[1:]), None)


def _may_we(exchange: Exchange, heard: Heard) -> Prompt | None:
    return None if heard.agrees is None else _promise(exchange, may_leave_message=heard.agrees)


def _no_message(exchange: Exchange) -> Prompt:
    return _promise(exchange, may_leave_message=False)


def _promise(exchange: Exchange, *, may_leave_message: bool, warning: str | None = None) -> Prompt:
    call, to_ring, window = exchange.call, number.to_ring(exchange), _chosen(exchange)
    if to_ring is None:
        return voicemail.ask(exchange)
    relay = "through Relay UK" if call.is_relay else None
    language = LANGUAGES[call.language].name if call.language else None
    because = "; ".join(filter(None, [REASONS[exchange.arguments[0]], language, relay, warning]))
    promised = intake.ask_call_back(
        exchange.session,
        number=to_ring,
        because=because,
        now=exchange.now,
        deadline_soon=bool(call.deadline_soon),
        case=call.case,
        may_leave_message=may_leave_message,
        window=window,
    )
    if promised.person is not None and call.language is not None:
        promised.person.language, promised.person.interpreter = call.language, promised.person.interpreter or language
    if warning is None:
        waiting.keep_place(exchange, exchange.arguments[0], promised)
    when = phrases.WHEN_ONE_IS_FREE if window is None else window.words
    return Prompt(says=(Slowly(phrases.will_call(exchange.line.voice_number, when)),))


def _stayed_on_the_line(exchange: Exchange) -> Prompt:
    """Silence at the last question: who stays wants help, but whoever rings must know that nobody said it is safe."""
    return _promise(exchange, may_leave_message=False, warning=NOT_CONFIRMED)


KEYING = number.Keying(
    "call-back-number", then=_when, lost=voicemail.ask, unsure=_stayed_on_the_line, instead=voicemail.ask
)

QUESTIONS = {
    waiting.STEP: Question(ask=waiting.ask, hear=_after_waiting, lost=_never_lost, leads_to_a_person=True),
    "hurry": Question(ask=_hurry, hear=_hear_hurry, lost=_hurry_or_not, patience=1),
    "call-back": Question(ask=_this_number, hear=_is_it_right, lost=_stayed_on_the_line, leads_to_a_person=True),
    "call-back-when": Question(ask=_when, hear=_hear_when, lost=_at_any_time, leads_to_a_person=True),
    "call-back-message": Question(ask=_ask_message, hear=_may_we, lost=_no_message, leads_to_a_person=True),
    **KEYING.questions(),
    **voicemail.QUESTIONS,
}
