"""The provider's switchboard: who waits in a queue, what they hear meanwhile, and who is put through to whom."""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urljoin

from telephony.simulator import store, transcript, twiml
from telephony.simulator.provider import Provider
from telephony.simulator.store import PhoneCall, Speaker, Store


class Telephone(Protocol):
    """What the switchboard must know of a handset."""

    @property
    def store(self) -> Store: ...

    @property
    def provider(self) -> Provider: ...

    def at(self, number: str) -> "Telephone": ...

    def form(self, sid: str, status: str) -> dict[str, str]: ...

    def note(self, sid: str, speaker: Speaker, words: str) -> None: ...

    def after_person(self, call: PhoneCall, action: str | None, news: Mapping[str, str]) -> None: ...


def begin(phone: Telephone, sid: str) -> None:
    """A call has come to a verb that waits: if that is a queue, the waiting begins, or somebody is met there."""
    call = phone.store.call(sid)
    match _step(call):
        case twiml.Enqueue(wait_url=wait_url) if wait_url and call.is_live:
            _hear(phone, call, urljoin(call.url, wait_url), {})
        case twiml.Dial(queue=str(queue), action=action):
            _meet(phone, call, queue, action)
        case _:
            return


def go_on_waiting(phone: Telephone, call: PhoneCall) -> None:
    """Some time has gone by in the queue."""
    _hear(phone, call, call.wait_url, {})


def press_while_waiting(phone: Telephone, call: PhoneCall, key: str) -> None:
    """A key is pressed in the queue."""
    _hear(phone, call, call.wait_action, {"Digits": key})


def part(phone: Telephone, call: PhoneCall) -> None:
    """One of two who talked has hung up: for the other the verb ends at which they were put through."""
    other = phone.store.call(call.with_sid or "")
    phone.store.connect(call.sid, None)
    phone.store.connect(other.sid, None)
    theirs = phone.at(other.caller)
    theirs.note(other.sid, Speaker.SIMULATOR, "The other has hung up.")
    match _step(other):
        case twiml.Enqueue(action=action):
            theirs.after_person(other, action, {"QueueResult": "bridged", "QueueTime": "60", "QueueSid": _queue()})
        case twiml.Dial(action=action):
            theirs.after_person(other, action, {"DialCallStatus": "completed", "DialBridged": "true"})
        case _:
            return


def _meet(phone: Telephone, call: PhoneCall, queue: str, action: str | None) -> None:
    waiting = phone.store.waiting_in(queue)
    if not waiting:
        phone.note(call.sid, Speaker.SIMULATOR, "Nobody is in the queue any more.")
        phone.after_person(call, action, {"DialCallStatus": "no-answer", "DialBridged": "false"})
        return
    phone.store.connect(call.sid, waiting[0].sid)
    for sid in (call.sid, waiting[0].sid):
        phone.note(sid, Speaker.SIMULATOR, "You are put through, and can talk.")


def _hear(phone: Telephone, call: PhoneCall, url: str, news: Mapping[str, str]) -> None:
    """The words of the wait, up to where it is quiet; silence asks for them again."""
    waiting = {**phone.form(call.sid, "in-progress"), "QueueSid": _queue(), "QueuePosition": "1", **news}
    answer = phone.provider.document(url, waiting)
    again, action = answer.url, ""
    for step in twiml.read(answer.body):
        for speaker, words in transcript.lines(step):
            phone.note(call.sid, speaker, words)
        match step:
            case twiml.Gather():
                action = urljoin(answer.url, step.action)
            case twiml.Redirect():
                again = urljoin(answer.url, step.url)
            case twiml.Leave():
                _leave(phone, call)
                return
            case _:
                continue
    phone.store.wait_on(call.sid, url=again, action=action)


def _leave(phone: Telephone, call: PhoneCall) -> None:
    phone.store.wait_on(call.sid, url="", action="")
    step = _step(call)
    if isinstance(step, twiml.Enqueue):
        left = {"QueueResult": "leave", "QueueTime": "60", "QueueSid": _queue()}
        phone.after_person(call, step.action, left)


def _step(call: PhoneCall) -> twiml.Step | None:
    return twiml.read(call.document)[call.position] if call.document else None


def _queue() -> str:
    return store.new_sid("QU")
