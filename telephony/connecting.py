"""Two people are put through to each other: the documents of a wait in the queue, and of the calls that we make.

The provider's queue is only where a call is kept: each waits in one of its own, so that we decide who comes next. Its
name tells nothing about anybody. Nothing here is recorded.
"""

from dataclasses import dataclass
from enum import Enum, auto

from twilio.twiml.voice_response import Dial, Enqueue, Gather, Hangup, Leave, Pause, Queue, Redirect, Say, VoiceResponse

from telephony import voice
from telephony.line import Line

ANSWER_SECONDS = 8
NOBODY_THERE_SECONDS = 15
"""How long an adviser waits at a queue from which the caller has just gone."""
LONGEST_TALK_SECONDS = 2 * 60 * 60


class Then(Enum):
    """What follows the words."""

    A_KEY = auto()
    """A key is waited for; none leads on to the same address."""
    ON = auto()
    """A moment of quiet, and on to the next document."""
    MEET = auto()
    """Be put through to whoever waits in this queue."""
    WAIT = auto()
    """Wait in this queue."""
    LEAVE = auto()
    """Leave the queue: the document that follows is asked for where the queue was entered."""
    END = auto()


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What somebody hears, and what follows."""

    says: tuple[str, ...] = ()
    then: Then = Then.END
    seconds: int = 0
    """How long it is quiet after the words."""
    queue: str = ""
    language: str | None = None
    """Of whoever is rung; None: English."""

    @property
    def words(self) -> str:
        """All that is said, as one text."""
        return " ".join(self.says)


def document(line: Line, turn: Turn, *, on: str, wait: str = "") -> str:
    """The turn as TwiML; `on` is where it goes on, `wait` where the words of a wait are asked for."""
    response = VoiceResponse()
    code = turn.language if turn.language in line.languages else None
    spoken = [Say(words, **speaks) for words, speaks in (voice.spoken(words, code) for words in turn.says)]
    quiet = [Pause(length=turn.seconds)] if turn.seconds else []
    on, wait = line.path(on), line.path(wait)
    match turn.then:
        case Then.A_KEY:
            key = Gather(input="dtmf", num_digits=1, timeout=1 if quiet else ANSWER_SECONDS, action=on, method="POST")
            for verb in [*spoken, *quiet]:
                key.append(verb)
            following = [key, Redirect(on, method="POST")]
        case Then.ON:
            following = [*spoken, *quiet, Redirect(on, method="POST")]
        case Then.MEET:
            dial = Dial(action=on, method="POST", timeout=NOBODY_THERE_SECONDS, time_limit=LONGEST_TALK_SECONDS)
            dial.append(Queue(turn.queue))
            following = [*spoken, dial]
        case Then.WAIT:
            kept = Enqueue(turn.queue, action=on, method="POST", wait_url=wait, wait_url_method="POST")
            following = [*spoken, kept]
        case Then.LEAVE:
            following = [*spoken, Leave()]
        case _:
            following = [*spoken, Hangup()]
    for verb in following:
        response.append(verb)
    return str(response)
