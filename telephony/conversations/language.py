"""Another language, or help with the phone: the languages that are switched on, each in its own words, and a person.

Whoever chooses one hears the way to a call-back in it, and whoever calls back knows that an interpreter is needed. None
is offered before somebody who grew up with it has read its sentences.
"""

from telephony import phrases, understanding
from telephony.conversations import person
from telephony.conversations.exchange import Exchange, Heard, Question
from telephony.translation import LANGUAGES
from telephony.voice import InLanguage, Prompt

ANOTHER = "9"
_ANOTHER_SAID = frozenset({"another", "other", "help", "phone", "none"})


def begin(exchange: Exchange) -> Prompt:
    """The caller asks for another language, or for help."""
    return _which(exchange) if exchange.line.languages else _person(exchange)


def _which(exchange: Exchange) -> Prompt:
    offered = [InLanguage(words=phrases.this_language(key), code=code) for key, code in _choices(exchange).items()]
    names = tuple(LANGUAGES[code].name for code in exchange.line.languages)
    return Prompt(says=(*offered, phrases.OTHER_LANGUAGE), step="language", hints=names)


def _choices(exchange: Exchange) -> dict[str, str]:
    return {str(key): code for key, code in enumerate(exchange.line.languages, start=1)}


def _hear(exchange: Exchange, heard: Heard) -> Prompt | None:
    said = set(understanding.plain(heard.words).split())
    if heard.figure == ANOTHER or _ANOTHER_SAID & said:
        return _person(exchange)
    named = [code for code in exchange.line.languages if LANGUAGES[code].name.casefold() in said]
    chosen = _choices(exchange).get(heard.figure or "") or (named[0] if len(named) == 1 else None)
    if chosen is None:
        return None
    exchange.call.language = chosen
    return _person(exchange)


def _person(exchange: Exchange) -> Prompt:
    return person.begin(exchange, "language")


QUESTIONS = {"language": Question(ask=_which, hear=_hear, lost=_person)}
