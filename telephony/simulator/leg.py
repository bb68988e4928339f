"""A call of a telephone as the provider leads it: document by document, until it waits for somebody or is over.

It remembers nothing itself; the call is in the provider's store.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from scheduling import clock
from telephony.line import Line
from telephony.simulator import forms, switchboard, transcript, twiml
from telephony.simulator.provider import Provider
from telephony.simulator.store import PhoneCall, Speaker, Store

MOST_DOCUMENTS = 25
"""So many redirects in a row are a loop."""

APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."
"""What Twilio says when it cannot go on."""


@dataclass(frozen=True)
class Leg:
    """The provider's end of the calls of one telephone."""

    line: Line
    number: str
    target: str = field(kw_only=True)
    store: Store = field(kw_only=True)

    @property
    def provider(self) -> Provider:
        """The simulated Twilio between this phone and the service."""
        return Provider(line=self.line, target=self.target)

    def at(self, number: str) -> "Leg":
        """The same of another telephone."""
        return replace(self, number=number)

    def go_to(self, sid: str, url: str, more: Mapping[str, str] | None = None, *, status: str = "in-progress") -> None:
        """Ask for a document and hear it, and those that it leads to, until the line waits or the call is over."""
        form = {**self.form(sid, status), **(more or {})}
        for _ in range(MOST_DOCUMENTS):
            answer = self.provider.document(url, form)
            onward = self._hear(sid, answer.url, answer.body, start=0)
            if onward is None:
                switchboard.begin(self, sid)
                return
            url, form = onward, self.form(sid, "in-progress")
        raise twiml.Fault("LOOP", f"{MOST_DOCUMENTS} documents in a row led on to the next.")

    def _hear(self, sid: str, url: str, document: bytes, *, start: int) -> str | None:
        """Hear a document from one of its verbs on; gives the address at which another goes on."""
        steps = twiml.read(document)
        for position, step in enumerate(steps[start:], start):
            for speaker, words in transcript.lines(step):
                self.note(sid, speaker, words)
            match step:
                case twiml.Redirect():
                    return urljoin(url, step.url)
                case twiml.Gather() | twiml.Record() | twiml.Dial() | twiml.Enqueue():
                    self.store.wait(sid, url=url, document=document, position=position)
                    return None
                case twiml.Hangup():
                    break
        self.note(sid, Speaker.SIMULATOR, "The line has hung up.")
        self.end(sid)
        return None

    def go_on(self, call: PhoneCall) -> None:
        """Nothing came: the verb after the one that waited is next."""
        with self.fault_ends(call.sid):
            onward = self._hear(call.sid, call.url, call.document, start=call.position + 1)
            if onward is not None:
                self.go_to(call.sid, onward)

    def act(self, call: PhoneCall, action: str, news: Mapping[str, str]) -> None:
        """Post to the verb's own address, or to that of its document when it names none."""
        with self.fault_ends(call.sid):
            self.go_to(call.sid, urljoin(call.url, action), news)

    def after_person(self, call: PhoneCall, action: str | None, news: Mapping[str, str]) -> None:
        """Somebody was talked with or waited for, and that is over."""
        if action:
            self.act(call, action, news)
        else:
            self.go_on(call)

    @contextmanager
    def fault_ends(self, sid: str) -> Iterator[None]:
        """A fault of ours is heard as Twilio lets it be heard, and ends the call."""
        try:
            yield
        except twiml.Fault as fault:
            self.note(sid, Speaker.SIMULATOR, f"Error {fault}")
            self.note(sid, Speaker.LINE, APPLICATION_ERROR)
            self.end(sid)

    def form(self, sid: str, status: str) -> dict[str, str]:
        """The fields with which the provider tells of this call."""
        is_ours = self.store.call(sid).token is not None
        return forms.call(self.line, self.number, sid, status, is_ours=is_ours)

    def tell(self, call: PhoneCall, status: str, path: str = "/twilio/status", **news: str) -> None:
        """Report how far a call of the service has come; whatever is answered, nobody hears it."""
        try:
            self.provider.post(f"{self.line.base_url}{path}/{call.token}", {**self.form(call.sid, status), **news})
        except twiml.Fault as fault:
            self.note(call.sid, Speaker.SIMULATOR, f"Error {fault}")

    def tell_end(self, call: PhoneCall, action: str, news: Mapping[str, str]) -> None:
        """Whatever the service answers to this, nobody hears it any more."""
        try:
            self.provider.post(urljoin(call.url, action), {**self.form(call.sid, "completed"), **news})
        except twiml.Fault as fault:
            self.note(call.sid, Speaker.SIMULATOR, f"Error {fault}")

    def end(self, sid: str) -> None:
        """The call is over; the service is told where it placed the call, or kept it waiting."""
        self.store.end_call(sid, now=clock.now())
        call = self.store.call(sid)
        if call.token is not None:
            self.tell(call, "completed")
        elif call.wait_url:
            self.tell_end(call, "/twilio/voice-ended", {})

    def note(self, sid: str, speaker: Speaker, words: str) -> None:
        """Add a line to the transcript."""
        self.store.hear(sid, speaker, words, now=clock.now())
