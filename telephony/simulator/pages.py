"""The simulator in the browser: a table with telephones, the mailbox, and the codes of the demo's staff.

Everything is a plain form that answers with a page; the script beside it only spares the reload. A request of the page
waits for the webhook that it causes, so the web process needs a second thread: it has eight.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling import clock
from scheduling.outbox import reading
from scheduling.refusals import Refused
from telephony.line import Line
from telephony.simulator import answering, mailbox, phones, twiml
from telephony.simulator.handset import Handset
from telephony.simulator.mailbox import Letter
from telephony.simulator.phones import Phone
from telephony.simulator.store import Store

KEYS = "123456789*0#"
HABITS = {
    "machine": "Let a machine answer",
    "no-machine": "Let nobody answer",
    "off": "Switch off: no text arrives (30003)",
    "unknown": "Give the number up (30005)",
    "arrive": "Let texts arrive",
}
HANDSET_OFF, UNKNOWN_NUMBER = "30003", "30005"
"""Twilio's numbers for why a text does not arrive."""
LONGEST_TEXT = 1600
MOST_LETTERS = 100
"""On the mailbox's page; the others stay in their folder."""

Codes = Callable[[], Sequence[tuple[str, str, str]]]
"""Each member of the demo's staff: name, mail address, and the code of this half minute."""


class NothingSaid(Refused):
    def __str__(self) -> str:
        return "Type what you want to say, or choose “Say nothing”."


class NothingWritten(Refused):
    def __str__(self) -> str:
        return "Write the text that you want to send."


class NoSuchKey(Refused):
    def __str__(self) -> str:
        return "Choose a key of the keypad."


class NoSuchHabit(Refused):
    def __str__(self) -> str:
        return "Choose one of the phone's habits."


def blueprint(line: Line, data_dir: Path, *, target: str, codes: Codes) -> Blueprint:
    """The simulator's pages; it exists only where these are registered."""
    pages = _Pages(line, data_dir, target, codes, Store(data_dir))
    simulator = Blueprint(
        "simulator", __name__, url_prefix="/simulator", template_folder="templates", static_folder="static"
    )
    simulator.add_url_rule("/", "table", pages.table, strict_slashes=False)
    simulator.add_url_rule("/phones/<name>", "phone", pages.phone)
    simulator.add_url_rule("/phones/<name>/<act>", "act", pages.act, methods=["POST"])
    simulator.add_url_rule("/mailbox", "mailbox", pages.mailbox)
    simulator.add_url_rule("/mailbox/<name>", "letter", pages.letter)
    simulator.add_url_rule("/mailbox/<name>/answer", "answer", pages.answer, methods=["POST"])
    simulator.add_url_rule("/mailbox/<name>/invite.ics", "invite", pages.invite)
    simulator.add_url_rule("/mailbox/<name>/letter.eml", "raw_letter", pages.raw_letter)
    simulator.add_url_rule("/codes", "codes", pages.codes)
    return simulator


@dataclass(frozen=True)
class _Pages:
    """The pages, with what they must know of the house."""

    line: Line
    data_dir: Path
    target: str
    staff_codes: Codes
    store: Store

    def table(self) -> ResponseReturnValue:
        return self._show(phones.PHONES[0])

    def phone(self, name: str) -> ResponseReturnValue:
        return self._show(_known(name))

    def act(self, name: str, act: str) -> ResponseReturnValue:
        """Do with a phone what somebody pressed, then show it."""
        phone = _known(name)
        if act not in _ACTS:
            abort(404)
        try:
            _ACTS[act](self._handset(phone), request.form.get("value", ""))
        except Refused as refusal:
            return self._show(phone, refusal=refusal, refused_act=act), 422
        return redirect(url_for("simulator.phone", name=name), code=303)

    def mailbox(self) -> ResponseReturnValue:
        letters = mailbox.letters(self.data_dir)
        shown = [(letter, _invite(letter)) for letter in letters[:MOST_LETTERS]]
        return render_template("simulator/mailbox.html", letters=shown, more=len(letters) - len(shown))

    def letter(self, name: str) -> ResponseReturnValue:
        letter = self._letter(name)
        return render_template(
            "simulator/letter.html",
            letter=letter,
            invite=_invite(letter),
            ways=answering.WAYS,
            has_answered=request.args.get("answered") in answering.WAYS,
        )

    def answer(self, name: str) -> ResponseReturnValue:
        """What the recipient's calendar sends back when they press one of its buttons."""
        letter, way = self._letter(name), request.form.get("way", "")
        invite = _invite(letter)
        if invite is None or invite.is_cancellation or way not in answering.WAYS:
            abort(404)
        now = clock.now()
        answering.Incoming(self.data_dir).put(answering.answer(letter, invite, way, now=now), now=now)
        return redirect(url_for("simulator.letter", name=name, answered=way), code=303)

    def invite(self, name: str) -> ResponseReturnValue:
        """The invite as a file that a calendar opens."""
        calendar = self._letter(name).calendar
        if calendar is None:
            abort(404)
        return _download(calendar.encode(), "text/calendar; charset=utf-8", "invite.ics")

    def raw_letter(self, name: str) -> ResponseReturnValue:
        """The mail as a file that a mail program opens."""
        return _download(self._letter(name).raw, "message/rfc822", "letter.eml")

    def codes(self) -> ResponseReturnValue:
        return render_template("simulator/codes.html", codes=self.staff_codes())

    def _show(self, phone: Phone, *, refusal: Refused | None = None, refused_act: str | None = None) -> str:
        handset = self._handset(phone)
        return render_template(
            "simulator/phone.html",
            phone=phone,
            phones=phones.PHONES,
            other_phones=phones.other_mobiles(self.store.texted_phones()),
            call=handset.call,
            rings=handset.rings,
            setting=self.store.setting(phone.caller),
            habits=HABITS,
            state=_state(handset),
            waits_for_person=isinstance(handset.waiting_for, twiml.Dial | twiml.Enqueue),
            texts=self.store.texts(phone.caller),
            keys=KEYS,
            refusal=refusal,
            refused_act=refused_act,
            line=self.line,
        )

    def _handset(self, phone: Phone) -> Handset:
        return Handset(self.line, phone.caller, target=self.target, store=self.store)

    def _letter(self, name: str) -> Letter:
        letter = mailbox.find(self.data_dir, name)
        if letter is None:
            abort(404)
        return letter


def _known(name: str) -> Phone:
    phone = phones.named(name)
    if phone is None:
        abort(404)
    return phone


def _press(handset: Handset, key: str) -> None:
    if len(key) != 1 or key not in KEYS:
        raise NoSuchKey
    handset.keys(key)


def _say(handset: Handset, words: str) -> None:
    if not words.strip():
        raise NothingSaid
    handset.says(words.strip())


def _text(handset: Handset, words: str) -> None:
    if not words.strip():
        raise NothingWritten
    handset.texts(words.strip()[:LONGEST_TEXT])


def behave(handset: Handset, how: str) -> None:
    """Set or unset one habit of the phone, and leave the other as it is."""
    now = handset.store.setting(handset.number)
    machine, fails = now.has_machine, now.texts_fail_with
    if how not in HABITS:
        raise NoSuchHabit
    if how in {"machine", "no-machine"}:
        machine = how == "machine"
    else:
        fails = {"off": HANDSET_OFF, "unknown": UNKNOWN_NUMBER}.get(how)
    handset.store.set(handset.number, has_machine=machine, texts_fail_with=fails)


_ACTS: Mapping[str, Callable[[Handset, str], object]] = {
    "dial": lambda handset, _: handset.dials(),
    "press": _press,
    "say": _say,
    "wait": lambda handset, _: handset.silent(),
    "answer": lambda handset, _: handset.is_answered(),
    "hang-up": lambda handset, _: handset.hangs_up(),
    "pick-up": lambda handset, _: handset.answers(),
    "decline": lambda handset, _: handset.declines(),
    "behave": behave,
    "text": _text,
}


def _state(handset: Handset) -> str:
    """Where the call is, in a sentence."""
    if not handset.is_in_call:
        return "The phone is ringing." if handset.rings else "Not in a call."
    if handset.call is not None and handset.call.with_sid is not None:
        return "In a call. You are talking."
    step = handset.waiting_for
    if isinstance(step, twiml.Gather):
        ways = [way for way, is_open in (("a key", step.by_keys), ("your voice", step.by_speech)) if is_open]
        return f"In a call. The line waits for {' or '.join(ways)}."
    return _AWAITED.get(type(step), "In a call.")


_AWAITED: Mapping[type, str] = {
    twiml.Record: "In a call. The line records what you say.",
    twiml.Dial: "In a call. Another phone is ringing.",
    twiml.Enqueue: "In a call. You wait for a person.",
}


def _invite(letter: Letter) -> reading.Invite | None:
    return reading.read(letter.calendar) if letter.calendar else None


def _download(content: bytes, kind: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
