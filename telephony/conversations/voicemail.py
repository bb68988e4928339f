"""A message on the tape, for whoever has no number that we can ring: a name and a safe number, and nothing else.

The only place where anything is recorded. 0 leads to a person before the tone and ends the tape after it.
"""

from scheduling.cases import voicemails
from telephony import phrases
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
    return Prompt(says=(phrases.VOICEMAIL_LEFT,))


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
