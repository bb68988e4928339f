"""One request of a call: what was heard, what we know, and what a question is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.models import Call
from telephony import phrases, understanding
from telephony.line import Line
from telephony.voice import Prompt

YES_OR_NO = ("yes", "no", "not sure")


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What the caller left on the tape, by the provider's name of it."""

    sid: str
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What the caller keyed or said; neither is silence."""

    keys: str = ""
    words: str = ""
    left_queue: str = ""
    """How a wait in the queue has ended, in the provider's word."""
    recording: Recording | None = None

    @property
    def is_silence(self) -> bool:
        """Whether nothing came at all."""
        return not self.keys and not self.words and self.recording is None

    @property
    def figure(self) -> str | None:
        """The one key that was pressed or said."""
        return self.keys if len(self.keys) == 1 else understanding.figure(self.words)

    @property
    def agrees(self) -> bool | None:
        """1 or yes, 2 or no, or neither."""
        by_key = {"1": True, "2": False}.get(self.figure or "")
        return understanding.yes_or_no(self.words) if by_key is None else by_key

    @property
    def wants_a_person(self) -> bool:
        """Whether it was 0, or the word for it, at whatever question.

        Where many keys make an answer, the provider waits after a lone 0 for the next: 0 again and again, or 0 and the
        hash key, is heard at once.
        """
        return (
            set(self.keys) == {"0"}
            or self.figure == "0"
            or understanding.purpose(self.words) is understanding.Purpose.PERSON
        )

    @property
    def wants_it_again(self) -> bool:
        """Whether it was *, or the word for it."""
        return self.keys == "*" or understanding.plain(self.words) in {"again", "repeat", "say it again", "pardon"}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A call at the moment when something was heard."""

    session: Session
    call: Call
    line: Line
    now: datetime

    @property
    def arguments(self) -> list[str]:
        """What the question last asked was about: `which.302.303` asks about two councils."""
        return self.call.step.split(".")[1:]


Answer = Callable[[Exchange, Heard], Prompt | None]
Ask = Callable[[Exchange], Prompt]


@dataclass(frozen=True, kw_only=True)
class Question:
    """How something is asked, and what is made of the answer: the next prompt, or None when it makes no sense."""

    ask: Ask
    hear: Answer
    lost: Ask
    """What follows when the caller cannot be understood. Never nothing."""
    patience: int = 3
    """How many silences and misunderstandings in a row are enough."""
    sorry: str = phrases.NOT_CAUGHT
    """What is said before it is asked again; nothing where the question is long already."""
    leads_to_a_person: bool = False
    """The caller is on the way to a person already."""
