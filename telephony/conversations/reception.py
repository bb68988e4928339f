"""Picks up, asks what the call is about, and keeps the rules that hold at every question.

0 or the word for it leads to a person, * is heard again, and neither silence nor rubbish ends a call: after three of
them a person takes over.
"""

import logging
from dataclasses import replace

from telephony import phrases, understanding
from telephony.conversations import advice_call, language, meeting_call, person, voicemail
from telephony.conversations.exchange import Exchange, Heard, Question
from telephony.line import Line
from telephony.understanding import Purpose
from telephony.voice import Prompt, Slowly

log = logging.getLogger(__name__)

ENOUGH_TURNS = 18
"""A call that has gone on so long without an end is led to a person,"""
MOST_TURNS = 25
"""and one that goes on even so is ended: a machine at the other end would never tire."""

FAULT = "fault"
MOST_FAULTS = 3

PURPOSES = ("advice", "mediation", "meeting", "language", "person", "call back")


def pick_up(exchange: Exchange) -> Prompt:
    """Greet, and ask what the call is about."""
    return _asked(exchange, _menu(exchange, phrases.GREETING))


def answer(exchange: Exchange, heard: Heard) -> Prompt:
    """What is said next."""
    if exchange.call.ended_at is not None:
        return _to(exchange, person.farewell(exchange))
    return _asked(exchange, _next(exchange, heard))


def ask_again(exchange: Exchange) -> Prompt:
    """The question that is open, for a request that belongs to none: nothing is changed by it."""
    call = exchange.call
    if call.ended_at is not None:
        return _to(exchange, person.farewell(exchange))
    return _to(exchange, _question(exchange).ask(exchange))


def after_a_fault(exchange: Exchange) -> Prompt:
    """Something went wrong on our side; whatever the caller wanted, a person will see to it."""
    return _asked(exchange, person.begin(exchange, "fault"))


def fault(line: Line, before: int) -> Prompt:
    """What is said when something fails on our side, so often before in this call; asks nothing of the database.

    Whatever the caller presses leads to a person; only if that fails time and again does the call end.
    """
    if before >= MOST_FAULTS:
        return Prompt(says=(Slowly(phrases.fault_remains(line.sms_number)),))
    words = phrases.FAULT_AGAIN if before else phrases.FAULT
    return Prompt(says=(words,), step=FAULT, turn=before + 1, hints=("person",))


def _asked(exchange: Exchange, prompt: Prompt) -> Prompt:
    call = exchange.call
    call.turn += 1
    call.step = prompt.step or "ended"
    call.ended_at = None if prompt.step else exchange.now
    log.info("call goes on", extra={"call_sid": call.sid, "step": call.step.partition(".")[0], "turn": call.turn})
    return _to(exchange, prompt)


def _to(exchange: Exchange, prompt: Prompt) -> Prompt:
    """The prompt as this caller needs it."""
    call = exchange.call
    chosen = call.language if call.language in exchange.line.languages else None
    return replace(prompt, turn=call.turn, is_patient=call.is_relay, language=chosen)


def _next(exchange: Exchange, heard: Heard) -> Prompt:
    call, question = exchange.call, _question(exchange)
    voicemail.keep(exchange, heard)
    if call.turn >= MOST_TURNS:
        return Prompt(says=(phrases.long_call(exchange.line.sms_number),))
    if heard.wants_it_again:
        return question.ask(exchange)
    if not question.leads_to_a_person:
        if heard.wants_a_person:
            return person.before_waiting(exchange) if question is MENU else person.begin(exchange, "asked")
        if call.turn >= ENOUGH_TURNS:
            return person.lost(exchange)
    following = None if heard.wants_a_person else question.hear(exchange, heard)
    if following is None:
        return _missed(exchange, question, heard)
    call.misses = 0
    return following


def _missed(exchange: Exchange, question: Question, heard: Heard) -> Prompt:
    exchange.call.misses += 1
    if exchange.call.misses >= question.patience:
        exchange.call.misses = 0
        return question.lost(exchange)
    again = question.ask(exchange)
    return replace(again, says=tuple(filter(None, [_sorry(question, heard), *again.says])))


def _sorry(question: Question, heard: Heard) -> str:
    if heard.is_silence:
        return phrases.TAKE_YOUR_TIME if question.sorry else ""
    return phrases.A_PERSON_WILL_CALL if heard.wants_a_person else question.sorry


def _question(exchange: Exchange) -> Question:
    return QUESTIONS[exchange.call.step.partition(".")[0]]


def _menu(exchange: Exchange, *greeting: str) -> Prompt:  # noqa: ARG001 - every question is asked alike
    return Prompt(says=(*greeting, phrases.MENU), step="menu", hints=PURPOSES)


def _hear_menu(exchange: Exchange, heard: Heard) -> Prompt | None:
    by_key = {kind.value: kind for kind in Purpose}.get(heard.figure or "")
    match by_key or understanding.purpose(heard.words):
        case Purpose.ADVICE:
            return advice_call.begin(exchange, heard.words)
        case Purpose.MEETING:
            return meeting_call.begin(exchange, heard.words)
        case Purpose.LANGUAGE:
            return language.begin(exchange)
        case _:
            return None


MENU = Question(ask=_menu, hear=_hear_menu, lost=person.lost)
QUESTIONS = {
    "menu": MENU,
    **advice_call.QUESTIONS,
    **language.QUESTIONS,
    **meeting_call.QUESTIONS,
    **person.QUESTIONS,
}
