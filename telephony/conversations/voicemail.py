"""A message on the tape, for whoever would rather, or has no number to ring: a name, a safe number, and nothing else.

The only place where anything is recorded. 0 leads to a person before the tone and ends the tape after it.
"""

from scheduling.cases import voicemails
from scheduling.models import Said
from telephony import phrases
from telephony.conversations import memory
from telephony.conversations.exchange import Exchange, Heard, Question
from telephony.voice import Prompt, Slowly

STEP = "voicemail"
LONGEST_SECONDS = 60


def ask(exchange: Exchange) -> Prompt:  # noqa: ARG001 - every question is asked alike
    """Ask for a name and a number, and record them."""
    return Prompt(says=(phrases.VOICEMAIL,), step=STEP, records_seconds=LONGEST_SECONDS)


def _left(exchange: Exchange, heard: Heard) -> Prompt | None:
    if heard.recording is None:
        return None
    keep(exchange, heard)
    _is_for_whoever_listens(exchange)
    return Prompt(says=(phrases.VOICEMAIL_LEFT,))


def _is_for_whoever_listens(exchange: Exchange) -> None:
    """The call that led to the tape and asked for nothing else is answered by whoever answers the tape."""
    contact = memory.contact(exchange.session, exchange.call)
    if contact is not None and contact.said is Said.OTHER:
        contact.handled_at = contact.handled_at or exchange.now


def keep(exchange: Exchange, heard: Heard) -> None:
    """Write down what was recorded, whatever the caller wants next."""
    if heard.recording is not None:
        voicemails.left(
            exchange.session,
            recording_id=heard.recording.sid,
            number=exchange.call.number,
            seconds=heard.recording.seconds,
            now=exchange.now,
        )


def _nothing(exchange: Exchange) -> Prompt:
    return Prompt(says=(Slowly(phrases.no_number(exchange.line.sms_number)),))


QUESTIONS = {STEP: Question(ask=ask, hear=_left, lost=_nothing, patience=2, sorry="")}
