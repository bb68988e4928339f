"""Which council: said or keyed, always read back, and asked again at most once.

A name that may mean several councils becomes a choice. What we do not know twice is a person's work: a family that is
led to the wrong council loses weeks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scheduling import london
from scheduling.models import Authority
from scheduling.reference import directory
from telephony import phrases, understanding
from telephony.conversations import person
from telephony.conversations.exchange import YES_OR_NO, Exchange, Heard, Question
from telephony.understanding import Meant
from telephony.voice import Prompt

NONE_OF_THESE = "9"
_NONE_SAID = frozenset({"none", "neither", "no", "nope", "other", "another", "different"})


@dataclass(frozen=True)
class Naming:
    """One round of the question: ask, offer what may be meant, take the caller's word."""

    suffix: str
    chosen: Callable[[Exchange, Authority], Prompt]
    """What follows the right council."""
    rejected: Callable[[Exchange], Prompt]
    """What follows when it is none that we heard."""
    patience: int

    def questions(self) -> dict[str, Question]:
        """Which council; is it this one; is it one of these."""
        lost = not_understood
        return {
            f"council{self.suffix}": Question(
                ask=self.ask, hear=self._hear, lost=lost, patience=self.patience, sorry=phrases.UNKNOWN_COUNCIL
            ),
            f"council-right{self.suffix}": Question(ask=self._ask_back, hear=self._hear_back, lost=lost),
            f"which-council{self.suffix}": Question(ask=self._ask_which, hear=self._hear_which, lost=lost),
        }

    def ask(self, exchange: Exchange) -> Prompt:
        """Ask for the name."""
        names = tuple(directory.names(exchange.session))
        step = f"council{self.suffix}"
        return Prompt(says=(phrases.COUNCIL,), step=step, keys=understanding.LETTERS_KEYED, hints=names)

    def _hear(self, exchange: Exchange, heard: Heard) -> Prompt | None:
        known, today = directory.everyone(exchange.session), london.london_day(exchange.now)
        if heard.keys:
            return self._offer(understanding.council_keyed(heard.keys, known, today))
        return self._offer(understanding.council_said(heard.words, known, today))

    def _offer(self, meant: Meant) -> Prompt | None:
        if not meant.can_be_offered:
            return None
        return self._read_back(meant.authorities[0]) if meant.is_plain else self._which(meant.authorities)

    def _read_back(self, authority: Authority) -> Prompt:
        says = (phrases.read_back(authority.official_name),)
        return Prompt(says=says, step=f"council-right{self.suffix}.{authority.code}", hints=YES_OR_NO)

    def _ask_back(self, exchange: Exchange) -> Prompt:
        return self._read_back(offered(exchange)[0])

    def _hear_back(self, exchange: Exchange, heard: Heard) -> Prompt | None:
        match heard.agrees:
            case True:
                return self.chosen(exchange, offered(exchange)[0])
            case False:
                return self.rejected(exchange)
            case None:
                return None

    def _which(self, authorities: Sequence[Authority]) -> Prompt:
        names = tuple(authority.name for authority in authorities)
        step = ".".join([f"which-council{self.suffix}", *(authority.code for authority in authorities)])
        return Prompt(says=phrases.which(names), step=step, hints=(*names, "none of these"))

    def _ask_which(self, exchange: Exchange) -> Prompt:
        return self._which(offered(exchange))

    def _hear_which(self, exchange: Exchange, heard: Heard) -> Prompt | None:
        choices = dict(zip("1234", offered(exchange), strict=False))
        if heard.figure == NONE_OF_THESE or _NONE_SAID & set(understanding.plain(heard.words).split()):
            return self.rejected(exchange)
        if heard.figure is not None:
            return self.chosen(exchange, choices[heard.figure]) if heard.figure in choices else None
        named = understanding.council_said(heard.words, list(choices.values()), london.london_day(exchange.now))
        return self._read_back(named.authorities[0]) if len(named.authorities) == 1 else None


def offered(exchange: Exchange) -> list[Authority]:
    """The councils that the question last asked was about."""
    return directory.these(exchange.session, exchange.arguments)


def not_understood(exchange: Exchange) -> Prompt:
    """Twice is enough."""
    return person.begin(exchange, "council", saying=(phrases.A_PERSON_WILL_CALL,))
