"""About a meeting that is booked. A reference alone proves nothing, so a person calls back and nothing is told here.

A known and an unknown reference get the same words.
"""

from scheduling import references
from scheduling.models import Said
from telephony import phrases
from telephony.conversations import memory, person
from telephony.conversations.exchange import Exchange, Heard, Question
from telephony.voice import Prompt


def begin(exchange: Exchange, words: str) -> Prompt:
    """The caller has a meeting with us."""
    person.note(exchange, Said.OTHER, words)
    return reference(exchange)


def reference(exchange: Exchange) -> Prompt:  # noqa: ARG001 - every question is asked alike
    """Ask which meeting."""
    return Prompt(says=(phrases.REFERENCE,), step="reference", keys=references.LENGTH)


def _hear(exchange: Exchange, heard: Heard) -> Prompt | None:
    keyed = references.parse(heard.keys or heard.words)
    if keyed is None:
        return None
    exchange.call.case = memory.case(exchange.session, keyed)
    return person.begin(exchange, "meeting", saying=(phrases.ABOUT_A_MEETING,))


def _without(exchange: Exchange) -> Prompt:
    return person.begin(exchange, "no-reference", saying=(phrases.ABOUT_A_MEETING,))


QUESTIONS = {"reference": Question(ask=reference, hear=_hear, lost=_without, sorry=phrases.NOT_A_REFERENCE)}
