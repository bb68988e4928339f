"""A prompt as TwiML: what is said, and where the answer goes.

Everything is said inside a <Gather>, so that a caller who knows the way need not wait for the end of a sentence. After
the <Gather> stands a <Redirect> to the same question: silence is an answer too and never ends a call. Only a voicemail
is recorded, between the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from twilio.twiml.voice_response import Enqueue, Gather, Hangup, Record, Redirect, Say, VoiceResponse

from telephony import translation
from telephony.line import Line

VOICE = "Polly.Amy-Neural"
LANGUAGE = "en-GB"

WAIT_SECONDS = 10
PATIENT_SECONDS = 20
"""A relay assistant types what we say and reads out the answer."""


@dataclass(frozen=True)
class Slowly:
    """Words that somebody may be writing down: a reference, a number."""

    words: str


@dataclass(frozen=True, kw_only=True)
class InLanguage:
    """Words in a language of their own: the choice of it."""

    words: str
    code: str


Sentence = str | Slowly | InLanguage


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What is said next, and to which question the answer belongs."""

    says: tuple[Sentence, ...]
    step: str | None = None
    """The question's name; None when the conversation is over."""
    turn: int = 0
    """How many questions were asked before: the same question twice is two addresses."""
    keys: int | None = 1
    """How many keys make an answer; None: until the hash key."""
    hints: tuple[str, ...] = ()
    """Words that the speech recognition should expect."""
    is_patient: bool = False
    """Wait longer: through Relay UK."""
    language: str | None = None
    """The one that the caller has chosen; None: English."""
    records_seconds: int | None = None
    """Keep what is said after a tone, for so long at most. Only for a voicemail: no call is recorded."""

    queue: str | None = None
    """The caller then waits in this queue; that the wait has ended is the answer."""

    @property
    def words(self) -> str:
        """All that is said, as one text."""
        return " ".join(s if isinstance(s, str) else s.words for s in self.says)


@lru_cache(maxsize=256)
def document(line: Line, prompt: Prompt) -> str:
    """The prompt as the document that Twilio plays; most are the same for every caller, so the last ones are kept."""
    response = VoiceResponse()
    if prompt.step is None:
        for say in _said(prompt):
            response.append(say)
        response.append(Hangup())
        return str(response)
    address = line.path(f"/twilio/voice/{prompt.step}/{prompt.turn}")
    if prompt.queue is not None:
        for say in _said(prompt):
            response.append(say)
        wait = {"wait_url": line.path("/twilio/queue/wait"), "wait_url_method": "POST"}
        response.append(Enqueue(prompt.queue, action=address, method="POST", **wait))
        return str(response)
    gather = Gather(**(_interrupted(address) if prompt.records_seconds else _listening(prompt, address)))
    for say in _said(prompt):
        gather.append(say)
    response.append(gather)
    if prompt.records_seconds:
        response.append(_recorded(line, prompt.records_seconds, address))
    response.append(Redirect(address, method="POST"))
    return str(response)


def _said(prompt: Prompt) -> Iterator[Say]:
    for sentence in prompt.says:
        code = sentence.code if isinstance(sentence, InLanguage) else prompt.language
        words, speaks = spoken(sentence if isinstance(sentence, str) else sentence.words, code)
        if isinstance(sentence, Slowly):
            say = Say(**speaks)
            say.prosody(words, rate="slow")
            yield say
        else:
            yield Say(words, **speaks)


def spoken(words: str, code: str | None) -> tuple[str, dict[str, str]]:
    """The words in this language, with a voice that speaks it; in English where they have not been translated."""
    theirs = None if code is None else translation.translated(words, code)
    if code is None or theirs is None:
        return words, {"voice": VOICE, "language": LANGUAGE}
    language = translation.LANGUAGES[code]
    return theirs, {"voice": language.voice, "language": language.tag}


def _interrupted(address: str) -> dict[str, Any]:
    """Before a tone: any key counts, and silence leads on to the tone at once."""
    return {"input": "dtmf", "num_digits": 1, "timeout": 1, "action": address, "method": "POST"}


def _recorded(line: Line, seconds: int, address: str) -> Record:
    news = line.path("/twilio/recording")
    return Record(
        action=address,
        method="POST",
        max_length=seconds,
        timeout=WAIT_SECONDS,
        finish_on_key="0123456789*#",
        play_beep=True,
        trim="trim-silence",
        recording_status_callback=news,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )


def _listening(prompt: Prompt, address: str) -> dict[str, Any]:
    keys = {"finish_on_key": "#"} if prompt.keys is None else {"num_digits": prompt.keys, "finish_on_key": "#"}
    return {
        "timeout": PATIENT_SECONDS if prompt.is_patient else WAIT_SECONDS,
        "action_on_empty_result": True,
        "action": address,
        "method": "POST",
        **keys,
        **(_hearing(prompt) if prompt.language is None else {"input": "dtmf"}),
    }


def _hearing(prompt: Prompt) -> dict[str, Any]:
    """Speech as well as keys, in English: what is said in another language we would not understand."""
    hints = {"hints": ", ".join(prompt.hints)} if prompt.hints else {}
    return {
        "input": "dtmf speech",
        "language": LANGUAGE,
        "speech_model": "experimental_utterances",
        "speech_timeout": 2,
        **hints,
    }
