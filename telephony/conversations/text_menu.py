"""The questions we ask by text: what it is about, and whether a call is safe. Answered by a figure.

Everything else is for a person to read: it is kept, the question is asked once more, and then left to the person.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy.orm import Session

from scheduling.cases import call_back_times, intake
from scheduling.models import Contact, ContactChannel, Said, TextThread
from telephony import phrases, understanding
from telephony.conversations import memory
from telephony.line import Line

ANSWER_WITHIN = timedelta(hours=24)
"""After a day a figure no longer belongs to the question."""

ABOUT = {"1": "advice", "2": "meeting", "3": "language"}
BECAUSE = {
    "advice": "asked for a call back by text",
    "meeting": "about a meeting, by text; the number proves nothing",
    "language": "another language, by text",
}
_GREETINGS = frozenset({"", "hi", "hello", "hey", "hello there", "good morning", "good afternoon", "test"})
_FEW_WORDS = 3
_A_PICTURE = "(a picture, which was not fetched)"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text that came in."""

    sid: str
    sender: str
    to: str
    body: str
    received_at: datetime
    pictures: int = 0
    """How many came with it; we never fetch them."""

    @property
    def keyword(self) -> str:
        """The text as the provider compares it with its one-word commands: whole, but for spaces and capitals."""
        return self.body.strip().upper()

    @property
    def word(self) -> str:
        """The same without a full stop: "Stop." asks for what STOP does, whatever the provider makes of it."""
        return self.keyword.strip(".,;:!\"' ")

    @property
    def figure(self) -> str | None:
        """The figure that answers a question of ours."""
        return understanding.figure(self.body)

    @property
    def is_only_pictures(self) -> bool:
        """Whether there is nothing to read."""
        return self.pictures > 0 and not self.body


@dataclass(frozen=True)
class Open:
    """The question that is open, as the thread keeps it: `safe advice again`."""

    name: str
    about: str = ""
    is_repeated: bool = False

    @classmethod
    def of(cls, thread: TextThread, now: datetime) -> Self:
        """What the next text may answer; `nothing` before the first question and a day after the last."""
        if thread.asked_at is None or now - thread.asked_at > ANSWER_WITHIN:
            return cls("nothing")
        name, *rest = (thread.question or "passed-on").split()
        return cls(name, about=" ".join(w for w in rest if w != "again"), is_repeated="again" in rest)

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.about, "again" if self.is_repeated else ""]))


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A text as the answer to a question."""

    session: Session
    line: Line
    thread: TextThread
    text: Text
    question: Open

    def ask(self, question: Open | None, words: str) -> str:
        """Answer with these words, after which this question is open."""
        self.thread.question = None if question is None else str(question)
        self.thread.asked_at = self.text.received_at
        return words


def answer(session: Session, line: Line, thread: TextThread, text: Text) -> str:
    """What goes back."""
    turn = Turn(session=session, line=line, thread=thread, text=text, question=Open.of(thread, text.received_at))
    if text.is_only_pictures:
        record(session, text)
        return turn.ask(Open("menu"), phrases.TEXT_NO_PICTURES)
    return ANSWERS[turn.question.name](turn)


def record(session: Session, text: Text, *, said: Said = Said.OTHER, is_settled: bool = False) -> Contact:
    """Write down what came; what our answer settles needs nobody."""
    contact = intake.record_contact(
        session,
        channel=ContactChannel.TEXT,
        said=said,
        received_at=text.received_at,
        number=text.sender,
        provider_id=text.sid,
        words=_A_PICTURE if text.is_only_pictures else text.body,
        may_mean_danger=understanding.sounds_in_danger(text.body),
    )
    if is_settled:
        contact.handled_at = text.received_at
    return contact


def _first(turn: Turn) -> str:
    """Nothing is open: say who we are and what can be asked; what was written is for a person."""
    says_nothing = understanding.plain(turn.text.body) in _GREETINGS or turn.text.figure is not None
    record(turn.session, turn.text, is_settled=says_nothing)
    return turn.ask(Open("menu"), phrases.TEXT_MENU)


def _menu(turn: Turn) -> str:
    about = ABOUT.get(turn.text.figure or "")
    if about is None:
        return _something_else(turn)
    record(turn.session, turn.text, said=Said.ASKS_FOR_ADVICE if about == "advice" else Said.OTHER)
    return turn.ask(Open("safe", about), phrases.TEXT_SAFE)


def _safe(turn: Turn) -> str:
    by_figure = {"1": True, "2": False}.get(turn.text.figure or "")
    agrees = understanding.yes_or_no(turn.text.body) if by_figure is None else by_figure
    if agrees is None:
        return _something_else(turn)
    contact = record(turn.session, turn.text, is_settled=agrees)
    if not agrees:
        return turn.ask(None, phrases.text_will_not_call(turn.line.voice_number))
    now, because = turn.text.received_at, BECAUSE[turn.question.about]
    intake.ask_call_back(turn.session, number=turn.text.sender, because=because, now=now)
    memory.settle_figures(turn.session, contact, since=now - ANSWER_WITHIN)
    return turn.ask(None, phrases.text_will_call(turn.line.voice_number))


def _passed_on(turn: Turn) -> str:
    if turn.text.figure in ABOUT:
        return _menu(turn)
    record(turn.session, turn.text)
    return turn.ask(None, phrases.text_passed_on(_read_by(turn)))


def _read_by(turn: Turn) -> datetime | None:
    return call_back_times.read_by(turn.session, now=turn.text.received_at)


def _something_else(turn: Turn) -> str:
    record(turn.session, turn.text)
    if turn.question.is_repeated:
        return turn.ask(None, phrases.text_passed_on(_read_by(turn)))
    again = replace(turn.question, is_repeated=True)
    if turn.question.name == "safe":
        return turn.ask(again, phrases.TEXT_SAFE)
    is_a_story = len(turn.text.body.split()) > _FEW_WORDS
    if is_a_story:
        return turn.ask(again, phrases.text_kept(_read_by(turn)))
    return turn.ask(again, phrases.text_not_understood(turn.line.voice_number))


ANSWERS: dict[str, Callable[[Turn], str]] = {
    "nothing": _first,
    "menu": _menu,
    "safe": _safe,
    "passed-on": _passed_on,
}
"""What a text means, by the question that is open."""
