"""TwiML as Twilio reads it: a document becomes the steps that a caller goes through.

Stricter than Twilio on purpose. Twilio passes over an attribute that it does not know and writes a warning which nobody
reads; here a misspelling ends the call in front of the developer who made it.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

LARGEST = 64 * 1024
LONGEST_SAY = 4096


@dataclass(eq=False)
class Fault(Exception):  # noqa: N818 - Twilio's own word, with Twilio's own number
    """Twilio could not go on, by the number in its list of errors and in a sentence."""

    code: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


@dataclass(frozen=True)
class Say:
    """The line speaks."""

    words: str


@dataclass(frozen=True)
class Play:
    """The line plays a recording."""

    url: str


@dataclass(frozen=True)
class Pause:
    """The line is quiet for a moment."""

    seconds: int


Heard = Say | Play | Pause


@dataclass(frozen=True, kw_only=True)
class Gather:
    """The line speaks, may be interrupted, and waits for keys or speech."""

    prompts: tuple[Heard, ...]
    action: str
    by_keys: bool
    by_speech: bool
    digits_wanted: int | None
    finish_on_key: str
    timeout: int
    language: str
    on_silence_too: bool
    """Whether silence is posted as an answer (actionOnEmptyResult); if not, the next verb follows."""

    def is_complete(self, keyed: str) -> bool:
        """Whether these keys end the waiting at once, without a pause after the last."""
        return self.ends_with_finish(keyed) or len(keyed) == self.digits_wanted

    def ends_with_finish(self, keyed: str) -> bool:
        """Whether the last key is the one that says "done"."""
        return bool(keyed) and keyed[-1] in self.finish_on_key


@dataclass(frozen=True, kw_only=True)
class Record:
    """The line records what is said after the tone."""

    action: str
    finish_on_key: str


@dataclass(frozen=True, kw_only=True)
class Dial:
    """Another telephone is rung."""

    whom: str
    action: str | None
    queue: str | None = None
    """Whoever waits in this queue is met, and no telephone rung."""


@dataclass(frozen=True, kw_only=True)
class Enqueue:
    """The caller waits in a queue for a person."""

    queue: str
    action: str | None
    wait_url: str = ""


@dataclass(frozen=True)
class Leave:
    """The wait in the queue ends."""


@dataclass(frozen=True)
class Redirect:
    """Another document goes on."""

    url: str


@dataclass(frozen=True)
class Hangup:
    """The line ends the call; also when it refuses to answer it."""


Step = Heard | Gather | Record | Dial | Enqueue | Leave | Redirect | Hangup

_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    verb: frozenset(names.split())
    for verb, names in {
        "Response": "",
        "Say": "voice loop language",
        "Play": "loop digits",
        "Pause": "length",
        "Gather": "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits "
        "partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult "
        "speechModel enhanced",
        "Record": "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback "
        "recordingStatusCallbackMethod recordingStatusCallbackEvent transcribe transcribeCallback",
        "Dial": "action method timeout hangupOnStar timeLimit callerId record trim answerOnBridge ringTone sequential",
        "Number": "sendDigits url method statusCallbackEvent statusCallback statusCallbackMethod machineDetection",
        "Conference": "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record",
        "Queue": "url method",
        "Enqueue": "action method waitUrl waitUrlMethod maxQueueSize workflowSid",
        "Redirect": "method",
        "Hangup": "",
        "Leave": "",
        "Reject": "reason",
        "Message": "to from action method statusCallback",
        "Body": "",
    }.items()
}

_SPOKEN_MARKUP = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
_DIALLED = frozenset({"Number", "Conference", "Queue"})


def read(document: bytes) -> tuple[Step, ...]:
    """The steps of a document that answers a call; raises `Fault` where Twilio would stop or complain."""
    return tuple(_voice_step(verb) for verb in _verbs(document))


def replies(document: bytes) -> tuple[str, ...]:
    """The words of every message in a document that answers a text; raises `Fault` likewise."""
    return tuple(_message(verb) for verb in _verbs(document))


def _verbs(document: bytes) -> list[Element]:
    if len(document) > LARGEST:
        raise Fault("11750", f"The document has {len(document)} bytes; Twilio reads at most {LARGEST}.")
    if document[:1].isspace():
        raise Fault("12100", "There is white space before the XML declaration.")
    try:
        root = ET.fromstring(document)  # noqa: S314 - our own documents, over the loopback
    except ET.ParseError as error:
        raise Fault("12100", f"The document is not well-formed XML: {error}.") from error
    if root.tag != "Response":
        raise Fault("12100", f"The document begins with <{root.tag}>, not with <Response>.")
    _check_attributes(root)
    return list(root)


def _voice_step(verb: Element) -> Step:
    if verb.tag not in _VOICE:
        raise Fault("12200", f"<{verb.tag}> is not a verb that can answer a call.")
    _check_attributes(verb)
    return _VOICE[verb.tag](verb)


def _check_attributes(verb: Element) -> None:
    for name in verb.attrib.keys() - _ATTRIBUTES[verb.tag]:
        raise Fault("12200", f"<{verb.tag}> has no attribute {name}.")
    if verb.get("method", "POST") != "POST":
        raise Fault("12200", f"<{verb.tag}> asks for method {verb.get('method')}; this line answers only POST.")


def _say(verb: Element) -> Say:
    for markup in verb.iter():
        if markup is not verb and markup.tag not in _SPOKEN_MARKUP:
            raise Fault("13520", f"<{markup.tag}> cannot be spoken inside <Say>.")
    words = " ".join(" ".join(verb.itertext()).split())
    if not words:
        raise Fault("13520", "<Say> has nothing to say.")
    if len(words) > LONGEST_SAY:
        raise Fault("13520", f"<Say> has {len(words)} characters; Twilio speaks at most {LONGEST_SAY}.")
    return Say(words)


def _gather(verb: Element) -> Gather:
    listens_for = verb.get("input", "dtmf").split()
    return Gather(
        prompts=tuple(_prompts(verb)),
        action=verb.get("action", ""),
        by_keys="dtmf" in listens_for,
        by_speech="speech" in listens_for,
        digits_wanted=_number(verb, "numDigits"),
        finish_on_key=verb.get("finishOnKey", "#"),
        timeout=_number(verb, "timeout") or 5,
        language=verb.get("language", "en-US"),
        on_silence_too=_is_true(verb, "actionOnEmptyResult"),
    )


def _prompts(verb: Element) -> Iterator[Heard]:
    for prompt in verb:
        step = _voice_step(prompt)
        if not isinstance(step, Say | Play | Pause):
            raise Fault("12200", f"<{prompt.tag}> cannot stand inside <Gather>.")
        yield step


def _record(verb: Element) -> Record:
    if not verb.get("action"):
        raise Fault("13600", "<Record> without an action asks for this same document again, without end.")
    return Record(action=verb.get("action", ""), finish_on_key=verb.get("finishOnKey", "1234567890*#"))


def _dial(verb: Element) -> Dial:
    for noun in verb:
        if noun.tag not in _DIALLED:
            raise Fault("12200", f"<{noun.tag}> cannot be dialled in this simulator.")
        _check_attributes(noun)
    whom, queue = " ".join(" ".join(verb.itertext()).split()), verb.find("Queue")
    return Dial(whom=whom, action=verb.get("action"), queue=None if queue is None else _words(queue))


def _enqueue(verb: Element) -> Enqueue:
    if verb.get("waitUrlMethod", "POST") != "POST":
        raise Fault("12200", "<Enqueue> asks for its waiting words by GET; this line answers only POST.")
    return Enqueue(queue=_words(verb), action=verb.get("action"), wait_url=verb.get("waitUrl", ""))


def _message(verb: Element) -> str:
    if verb.tag != "Message":
        raise Fault("12200", f"<{verb.tag}> is not a verb that can answer a text.")
    _check_attributes(verb)
    for part in verb:
        if part.tag != "Body":
            raise Fault("12200", f"<{part.tag}> cannot be shown in this simulator.")
    return "".join(verb.itertext()).strip()


def _words(verb: Element) -> str:
    return (verb.text or "").strip()


def _number(verb: Element, name: str) -> int | None:
    value = verb.get(name)
    if value is None or value == "auto":
        return None
    if not value.isdecimal():
        raise Fault("12200", f"<{verb.tag}> has {name}={value!r}, which is not a number.")
    return int(value)


def _is_true(verb: Element, name: str) -> bool:
    value = verb.get(name, "false")
    if value not in {"true", "false"}:
        raise Fault("12200", f"<{verb.tag}> has {name}={value!r}, which is neither true nor false.")
    return value == "true"


_VOICE: Mapping[str, Callable[[Element], Step]] = {
    "Say": _say,
    "Play": lambda verb: Play(_words(verb)),
    "Pause": lambda verb: Pause(_number(verb, "length") or 1),
    "Gather": _gather,
    "Record": _record,
    "Dial": _dial,
    "Enqueue": _enqueue,
    "Leave": lambda _verb: Leave(),
    "Redirect": lambda verb: Redirect(_words(verb)),
    "Hangup": lambda _verb: Hangup(),
    "Reject": lambda _verb: Hangup(),
}
