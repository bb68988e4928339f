"""A number to call: keyed by the caller, read back, and one that we may ring at an ordinary price."""

from collections.abc import Callable
from dataclasses import dataclass

from scheduling import numbers
from telephony import phrases
from telephony.conversations.exchange import YES_OR_NO, Exchange, Heard, Question
from telephony.voice import Prompt, Slowly


def to_ring(exchange: Exchange) -> str | None:
    """The number we may call: the one that was keyed, else the one that shows, if it is one of those that we ring."""
    chosen = exchange.call.call_back_number or exchange.call.number
    return chosen if chosen is not None and numbers.may_be_rung(chosen) else None


@dataclass(frozen=True)
class Keying:
    """The two questions about a number, on the way to somewhere."""

    name: str
    then: Callable[[Exchange], Prompt]
    """What follows a right number."""
    lost: Callable[[Exchange], Prompt]
    """What follows when no number can be had."""
    unsure: Callable[[Exchange], Prompt]
    """What follows when nobody says whether the number is right."""
    instead: Callable[[Exchange], Prompt] | None = None
    """A message on the tape, for whoever would rather leave one: the caller is on the way to a person."""

    def questions(self) -> dict[str, Question]:
        """Which number, and is it right."""
        return {
            self.name: Question(
                ask=self.ask,
                hear=self._keyed,
                lost=self.lost,
                sorry=phrases.NOT_A_NUMBER_TO_RING,
                leads_to_a_person=self.instead is not None,
            ),
            f"{self.name}-right": Question(
                ask=self._read_back,
                hear=self._confirmed,
                lost=self.unsure,
                leads_to_a_person=self.instead is not None,
            ),
        }

    def ask(self, exchange: Exchange) -> Prompt:
        """Ask for a number."""
        is_hidden = exchange.call.number is None
        words = phrases.HIDDEN_NUMBER if is_hidden else phrases.OTHER_NUMBER
        or_else = () if self.instead is None else (phrases.OR_A_MESSAGE,)
        return Prompt(says=(words, *or_else), step=_about(exchange, self.name), keys=None)

    def _keyed(self, exchange: Exchange, heard: Heard) -> Prompt | None:
        if self.instead is not None and heard.figure == "2":
            return self.instead(exchange)
        number = numbers.parse(heard.keys or heard.words)
        if number is None or not numbers.may_be_rung(number):
            return None
        exchange.call.call_back_number = number
        return self._read_back(exchange)

    def _read_back(self, exchange: Exchange) -> Prompt:
        number = exchange.call.call_back_number
        if number is None:
            return self.ask(exchange)
        says = Slowly(phrases.keyed_number(number))
        return Prompt(says=(says,), step=_about(exchange, f"{self.name}-right"), hints=YES_OR_NO)

    def _confirmed(self, exchange: Exchange, heard: Heard) -> Prompt | None:
        match heard.agrees:
            case True:
                return self.then(exchange)
            case False:
                exchange.call.call_back_number = None
                return self.ask(exchange)
            case None:
                return None


def _about(exchange: Exchange, name: str) -> str:
    """The next question with what the last one was about."""
    return ".".join([name, *exchange.arguments])
