"""A telephone that can be told what to do: dial, press, speak, keep silent, text. Pages and journey tests use it.

It remembers nothing itself: the call and the texts are in the provider's store, so that every request of a browser and
every process sees the same telephone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from scheduling import clock, numbers
from scheduling.refusals import Refused
from telephony.line import Line
from telephony.simulator import forms, phones, stopping, store, switchboard, twiml
from telephony.simulator.leg import Leg
from telephony.simulator.store import PhoneCall, Speaker, Store, TextMessage


class NotInCall(Refused):
    def __str__(self) -> str:
        return "This phone is not in a call. Ring the advice line first."


class AlreadyInCall(Refused):
    def __str__(self) -> str:
        return "This phone is already in a call. Hang up first."


class NothingRings(Refused):
    def __str__(self) -> str:
        return "Nobody is ringing this phone."


class CannotText(Refused):
    def __str__(self) -> str:
        return "This phone cannot send texts. Choose one of the mobiles."


@dataclass(frozen=True)
class Handset:
    """One telephone, by the number it shows (`anonymous` when it shows none)."""

    line: Line
    number: str
    target: str = field(kw_only=True)
    store: Store = field(kw_only=True)

    @property
    def leg(self) -> Leg:
        """The provider's end of its calls."""
        return Leg(self.line, self.number, target=self.target, store=self.store)

    @property
    def call(self) -> PhoneCall | None:
        """The call that it is in, or was in last."""
        return self.store.last_call(self.number)

    @property
    def is_in_call(self) -> bool:
        """Whether the line is open."""
        return self.call is not None and self.call.is_live

    @property
    def hears(self) -> str:
        """All that the line has said since this phone last did something."""
        return self.call.last_heard if self.call else ""

    @property
    def waiting_for(self) -> twiml.Step | None:
        """What the line waits for: keys or speech (Gather), the end of a recording, a person."""
        if self.call is None or not self.call.is_live:
            return None
        return twiml.read(self.call.document)[self.call.position] if self.call.document else None

    def dials(self) -> str:
        """Ring the advice line; gives what is heard."""
        if self.is_in_call:
            raise AlreadyInCall
        sid = self.store.begin_call(self.number, now=clock.now())
        self.leg.note(sid, Speaker.CALLER, "Rings the advice line")
        with self.leg.fault_ends(sid):
            self.leg.go_to(sid, self.leg.provider.address("/twilio/voice"), status="ringing")
        return self.hears

    @property
    def rings(self) -> bool:
        """Whether the service is ringing this phone."""
        return bool(self.store.ringing(self.number))

    def answers(self) -> str:
        """Pick up the call that rings; gives what is heard."""
        if self.is_in_call:
            raise AlreadyInCall
        return self._picks_up("human")

    def machine_answers(self) -> str:
        """The answering machine picks up; gives what is left on it."""
        return self._picks_up("machine_end_beep")

    def declines(self) -> None:
        """Let the call that rings not be taken."""
        call = self._ringing()
        self.store.end_call(call.sid, now=clock.now())
        self.leg.tell(call, "busy")

    def presses(self, keys: str) -> str:
        """Press these keys and then wait; gives what is heard."""
        for key in keys:
            self.keys(key)
        if self.call and self.call.keyed:
            self.silent()
        return self.hears

    def keys(self, key: str) -> None:
        """Press one key: an answer that is complete goes off at once, another waits for more."""
        call, step = self._live()
        match step:
            case twiml.Gather(by_keys=True):
                keyed = self.store.key(call.sid, key)
                if step.is_complete(keyed):
                    self._answer_by_keys(call, step, keyed)
            case twiml.Record() if key in step.finish_on_key:
                self.leg.note(call.sid, Speaker.CALLER, f"Keyed {key}")
                self._finish_recording(call, step, key)
            case twiml.Enqueue() if call.wait_action:
                self.leg.note(call.sid, Speaker.CALLER, f"Keyed {key}")
                switchboard.press_while_waiting(self.leg, call, key)
            case _:
                self.leg.note(call.sid, Speaker.SIMULATOR, f"Key {key}: the line is not waiting for keys.")

    def says(self, words: str) -> str:
        """Say something; gives what is heard then."""
        call, step = self._live()
        self.leg.note(call.sid, Speaker.CALLER, words)
        match step:
            case _ if call.with_sid is not None:
                self.leg.note(call.with_sid, Speaker.SIMULATOR, f"The other says: {words}")
            case twiml.Gather(by_speech=True):
                spoken = {"SpeechResult": words, "Confidence": "0.93", "Language": step.language}
                self.leg.act(call, step.action, spoken)
            case twiml.Record():
                self._finish_recording(call, step, "hangup")
            case _:
                self.leg.note(call.sid, Speaker.SIMULATOR, "The line is not listening for speech.")
        return self.hears

    def silent(self) -> str:
        """Wait until the line's patience ends: what was keyed so far counts, or silence, or nobody answers."""
        call, step = self._live()
        match step:
            case twiml.Gather() if call.keyed:
                self._answer_by_keys(call, step, call.keyed)
            case twiml.Gather(on_silence_too=True):
                self.leg.note(call.sid, Speaker.CALLER, "Says nothing")
                self.leg.act(call, step.action, {"Digits": "", "msg": "Gather End"})
            case _ if call.with_sid is not None:
                self.leg.note(call.sid, Speaker.SIMULATOR, "You are talking.")
            case twiml.Enqueue() if call.wait_url:
                self.leg.note(call.sid, Speaker.CALLER, "Waits")
                switchboard.go_on_waiting(self.leg, call)
            case twiml.Dial():
                self.leg.note(call.sid, Speaker.SIMULATOR, "Nobody answers.")
                self.leg.after_person(call, step.action, {"DialCallStatus": "no-answer", "DialBridged": "false"})
            case twiml.Enqueue():
                self.leg.note(call.sid, Speaker.SIMULATOR, "Still waiting in the queue.")
            case _:
                self.leg.note(call.sid, Speaker.CALLER, "Says nothing")
                self.leg.go_on(call)
        return self.hears

    def is_answered(self) -> str:
        """A person takes the call from the queue, or answers the phone that is rung, and hangs up after a while."""
        call, step = self._live()
        match step:
            case twiml.Dial():
                self.leg.note(call.sid, Speaker.SIMULATOR, "A person answers; you talk, and they hang up.")
                bridged = {"DialCallStatus": "completed", "DialCallDuration": "60", "DialBridged": "true"}
                self.leg.after_person(call, step.action, bridged | {"DialCallSid": store.new_sid("CA")})
            case twiml.Enqueue():
                self.leg.note(call.sid, Speaker.SIMULATOR, "A person takes your call; you talk, and they hang up.")
                taken = {"QueueResult": "bridged", "QueueTime": "60", "QueueSid": store.new_sid("QU")}
                self.leg.after_person(call, step.action, taken)
            case _:
                self.leg.note(call.sid, Speaker.SIMULATOR, "No person is being rung.")
        return self.hears

    def hangs_up(self) -> None:
        """End the call; the service is told when it waits for news of a recording, a dialled phone or a queue."""
        call, step = self.call, self.waiting_for
        if call is None or not call.is_live:
            raise NotInCall
        self.leg.note(call.sid, Speaker.CALLER, "Hangs up")
        self.leg.end(call.sid)
        match step:
            case twiml.Record(action=action):
                news = forms.recording("hangup")
            case twiml.Dial(action=str(action)):
                news = {"DialCallStatus": "completed", "DialBridged": "false"}
            case twiml.Enqueue(action=str(action)):
                result = "hangup" if call.with_sid is None else "bridged"
                news = {"QueueResult": result, "QueueTime": "60", "QueueSid": store.new_sid("QU")}
            case _:
                return
        self.leg.tell_end(call, action, news)
        if call.with_sid is not None:
            switchboard.part(self.leg, call)

    def texts(self, words: str) -> str | None:
        """Send a text to the service; gives the words of the answer that came at once, if one did."""
        if not self._can_text:
            raise CannotText
        sent = self._keep(words, to_phone=False, status="received")
        if (confirmation := stopping.confirmation(words)) is not None:
            self._keep(confirmation, to_phone=True, status="delivered")
        try:
            answer = self.leg.provider.document(self.leg.provider.address("/twilio/sms"), forms.text(self.line, sent))
            replies = twiml.replies(answer.body)
        except twiml.Fault as fault:
            self.store.progress(sent.sid, "received", str(fault))
            return None
        arrived = [] if self.has_stopped else [self._keep(r, to_phone=True, status="delivered") for r in replies]
        return "\n".join(text.words for text in arrived) or None

    def inbox(self) -> Sequence[TextMessage]:
        """The texts that this phone has got, oldest first."""
        return [text for text in self.store.texts(self.number) if text.to_phone and text.status != "undelivered"]

    @property
    def has_stopped(self) -> bool:
        """Whether this number has texted STOP and not START since: then the provider carries nothing to it."""
        return stopping.has_stopped(self.store, self.number)

    @property
    def _can_text(self) -> bool:
        return self.number != phones.WITHHELD and numbers.is_uk_mobile(self.number)

    def _answer_by_keys(self, call: PhoneCall, gather: twiml.Gather, keyed: str) -> None:
        self.leg.note(call.sid, Speaker.CALLER, f"Keyed {keyed}")
        self.store.forget_keys(call.sid)
        if not gather.ends_with_finish(keyed):
            self.leg.act(call, gather.action, {"Digits": keyed})
        elif len(keyed) > 1 or gather.on_silence_too:
            self.leg.act(call, gather.action, {"Digits": keyed[:-1], "FinishedOnKey": keyed[-1]})
        else:
            self.leg.go_on(call)

    def _finish_recording(self, call: PhoneCall, record: twiml.Record, ended_by: str) -> None:
        self.leg.act(call, record.action, forms.recording(ended_by))

    def _live(self) -> tuple[PhoneCall, twiml.Step]:
        call, step = self.call, self.waiting_for
        if call is None or step is None:
            raise NotInCall
        return call, step

    def _picks_up(self, answered_by: str) -> str:
        call = self._ringing()
        if not self.store.answer(call.sid, now=clock.now()):
            raise NothingRings
        self.leg.note(
            call.sid, Speaker.CALLER, "Answers" if answered_by == "human" else "The answering machine answers"
        )
        self.leg.tell(call, "in-progress")
        url = self.leg.provider.address(f"/twilio/call/{call.token}")
        self.leg.provider.post(f"{url}/machine", {**self.leg.form(call.sid, "in-progress"), "AnsweredBy": answered_by})
        with self.leg.fault_ends(call.sid):
            self.leg.go_to(call.sid, url)
        return self.hears

    def _ringing(self) -> PhoneCall:
        ringing = self.store.ringing(self.number)
        if not ringing:
            raise NothingRings
        return ringing[0]

    def _keep(self, words: str, *, to_phone: bool, status: str) -> TextMessage:
        return self.store.keep(
            TextMessage(
                sid=store.new_sid("SM"),
                phone=self.number,
                to_phone=to_phone,
                service=self.line.sms_number,
                words=words,
                status=status,
                at=clock.now(),
            )
        )
