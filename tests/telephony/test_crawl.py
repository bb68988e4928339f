"""Presses every key at every question, says nothing, says rubbish, and looks at each document that comes back.

At whatever hour, with advisers or without, with a meeting or without, in English or not: every question must lead on,
be short enough to remember, and be a key or two from a person.
"""

import dataclasses
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import pins
from scheduling.diary import bookings, reminder_calls, slots
from scheduling.models import SERVICE, Booking, OutgoingCall, Person, RemindedBy, Role
from scheduling.reference import load
from telephony import callers, connecting, phrases, voice
from telephony.conversations import memory, our_call, reception
from telephony.conversations.exchange import Exchange, Heard, Recording
from telephony.line import Line
from telephony.voice import Prompt
from tests import builders
from tests.telephony.conftest import NOW, parsed

NIGHT = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)

KEYS = [Heard(keys=key) for key in "0123459*"]
SAID = [Heard(words=words) for words in ("yes", "no", "advice", "Barnet", "Northants", "Yorkshire", "mumble mumble")]
LONGER = [Heard(keys=keys) for keys in ("227", "07700900456", "09098790000", "10000008", "000")]
LEFT = [Heard(left_queue=result) for result in ("bridged", "leave", "hangup", "queue-full", "system-error")]
TAPE = [Heard(keys=key, recording=Recording(sid="RE" + "0" * 32, seconds=5)) for key in "#0"]
AT_A_LOSS = [Heard(), Heard(keys="0"), Heard(keys="8"), Heard(words="mumble mumble")]
"""What is tried once more after a silence or a misunderstanding: a right answer then is a right answer before."""
EVERYTHING = [Heard(), *KEYS, *SAID, *LONGER, *LEFT, *TAPE]

LONGEST_SECONDS = 15
WORDS_A_SECOND = 150 / 60
MOST_OPTIONS = 4
ENDS = ("Goodbye.", "Our number will show as", "text us on", "Wyświetli się nasz numer", "Numărul nostru va apărea")
ENDS_ELSEWHERE = ("Do widzenia.", "La revedere.", "wysłać SMS", "SMS la")
"""A call may end once help is arranged, or with a way to it."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a caller meets with."""

    at: datetime = NOW
    advisers: bool = True
    telephone: str | None = None
    languages: tuple[str, ...] = ()
    has_meeting: bool = False


@dataclass
class Crawler:
    """Walks every state of a call once; each branch is undone in the database before the next."""

    session: Session
    line: Line
    sender: str
    now: datetime
    answers: list[Heard]
    documents: dict[str, Prompt] = field(default_factory=dict)
    seen: dict[tuple[object, ...], str] = field(default_factory=dict)

    def crawl(self) -> None:
        exchange = self.rings("CA1")
        self._look(exchange, reception.pick_up(exchange))

    def rings(self, sid: str) -> Exchange:
        call = memory.new_call(sid, callers.caller(self.sender), now=self.now)
        self.session.add(call)
        self.session.flush()
        return Exchange(session=self.session, call=call, line=self.line, now=self.now)

    def _look(self, exchange: Exchange, prompt: Prompt) -> None:
        self.documents[voice.document(self.line, prompt)] = prompt
        self.session.flush()
        call = exchange.call
        state = (call.step.partition(".")[0], call.misses, call.language, call.proved_at is None)
        if prompt.step is None or state in self.seen:
            return
        self.seen[state] = call.step
        for heard in AT_A_LOSS if call.misses else self.answers:
            call.turn = 1  # as far as it goes: that long calls end is another story
            branch = self.session.begin_nested()
            self._look(exchange, reception.answer(exchange, heard))
            branch.rollback()


MOBILE, WITHHELD, ABROAD = "+447700900123", "anonymous", "+33612345678"
AT_THE_TELEPHONE = "+442079460301"
POLYGLOT = ("pl", "ro")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("sender", "met"),
    [
        pytest.param(MOBILE, Circumstances(), id="advisers with appointments"),
        pytest.param(WITHHELD, Circumstances(), id="a number that is hidden"),
        pytest.param(ABROAD, Circumstances(), id="a number from abroad"),
        pytest.param(MOBILE, Circumstances(telephone=AT_THE_TELEPHONE), id="advisers at the telephone"),
        pytest.param(WITHHELD, Circumstances(telephone=AT_THE_TELEPHONE), id="hidden, with advisers at the telephone"),
        pytest.param(MOBILE, Circumstances(advisers=False), id="no advisers"),
        pytest.param(MOBILE, Circumstances(at=NIGHT, telephone=AT_THE_TELEPHONE), id="closed"),
        pytest.param(WITHHELD, Circumstances(at=NIGHT), id="hidden, and closed"),
        pytest.param(MOBILE, Circumstances(at=NIGHT, languages=POLYGLOT), id="other languages, and closed"),
        pytest.param(WITHHELD, Circumstances(languages=POLYGLOT), id="other languages, and hidden"),
        pytest.param(MOBILE, Circumstances(has_meeting=True), id="a meeting"),
    ],
)
def test_every_document_is_whole_short_and_leads_on(
    session: Session, line: Line, sender: str, met: Circumstances
) -> None:
    load.load(session)
    if met.advisers:
        builders.staff(session, Role.ADVISER, "Alex").number = met.telephone
    secrets = meeting(session) if met.has_meeting else []
    line = dataclasses.replace(line, languages=met.languages)
    crawler = Crawler(session=session, line=line, sender=sender, now=met.at, answers=[*EVERYTHING, *secrets])

    crawler.crawl()

    assert len(crawler.documents) > 20
    assert ("meeting-place" in {step for step, *_ in crawler.seen}) is met.has_meeting
    assert bool({language for _, _, language, _ in crawler.seen} - {None}) is bool(met.languages)
    for document, prompt in crawler.documents.items():
        _must_be_whole(document, prompt)
        _must_be_short_and_few(parsed(document))
    for step in set(crawler.seen.values()):
        _must_lead_to_a_person(crawler, step)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("may_say_place", [False, True])
def test_a_reminder_of_ours_is_whole_and_short_and_ends_with_a_goodbye(
    session: Session, line: Line, may_say_place: bool
) -> None:
    meeting(session)
    person = session.scalars(select(Person)).one()
    person.may_say_place, person.reminded_by, person.code_word = may_say_place, RemindedBy.CALL, "Bluebell"
    booking = session.scalars(select(Booking)).one()
    reminder_calls.ring(session, booking, now=NOW)
    call = session.scalars(select(OutgoingCall)).one()
    seen: set[tuple[int | None, str]] = set()

    def look(turn: int, keys: str) -> None:
        """Every key at every document, each branch undone before the next."""
        branch = session.begin_nested()
        document = connecting.document(line, our_call.answered(session, call, turn, keys, now=NOW), on="/on")
        state = (turn if call.taken_at is None else None, document)
        if state not in seen and turn <= our_call.MOST_PAUSES + our_call.MOST_ASKED + 1:
            seen.add(state)
            for key in ("", *"0123456789*#"):
                look(turn + 1, key)
        branch.rollback()

    look(0, "")
    call.answered_by = our_call.HUMAN
    look(1, "")

    documents = {document for _, document in seen}
    said = [_words(parsed(document)) for document in documents]
    assert any(phrases.REMINDER in words for words in said)
    assert any("It is at" in words for words in said) is may_say_place
    for document in documents:
        root = parsed(document)
        _must_be_short_and_few(root)
        assert root[-1].tag in {"Redirect", "Hangup"}
        if root[-1].tag == "Hangup":
            assert _words(root).endswith("Goodbye.")
        elif _words(root) not in {"", phrases.HELLO}:
            assert [verb.tag for verb in root] == ["Gather", "Redirect"]


def meeting(session: Session) -> list[Heard]:
    """A meeting that is booked, and what the family keys to hear of it."""
    case = builders.case(session, builders.town(session, "Testford", "999"), told="2026-11-30 10:00")
    bookings.book(session, case, slots.best(session, case, now=NOW)[0], by=SERVICE, now=NOW)
    case.person.may_say_place = True
    pin = pins.issue(session, case, by=SERVICE, now=NOW)
    session.flush()
    return [Heard(keys=case.reference), Heard(keys=pin), Heard(keys=pin[::-1])]


def _must_be_whole(document: str, prompt: Prompt) -> None:
    root = parsed(document)
    is_voicemail = prompt.step == "voicemail"
    assert is_voicemail or "record" not in document.lower()
    if prompt.step is None:
        assert root[-1].tag == "Hangup"
        assert any(end in _words(root) for end in ENDS + ENDS_ELSEWHERE), _words(root)
        return
    if prompt.queue is not None:
        assert root[-1].tag == "Enqueue"
        assert root[-1].attrib["action"] == f"/twilio/voice/{prompt.step}/{prompt.turn}"
        return
    gather, redirect = root[0], root[-1]
    assert [verb.tag for verb in root[1:-1]] == (["Record"] if is_voicemail else [])
    assert gather.tag == "Gather"
    assert redirect.tag == "Redirect"
    assert gather.attrib["action"] == redirect.text == f"/twilio/voice/{prompt.step}/{prompt.turn}"


def _must_be_short_and_few(root: ET.Element) -> None:
    words = _words(root)
    seconds = len(words.split()) / WORDS_A_SECOND
    assert seconds < LONGEST_SECONDS, (round(seconds, 1), words)
    offered = set(re.findall(r"(?:press|nacisnąć|apăsați) (\d)", words, re.IGNORECASE))
    assert len(offered) <= MOST_OPTIONS, words


def _words(root: ET.Element) -> str:
    return " ".join("".join(say.itertext()) for say in root.iter("Say"))


def _must_lead_to_a_person(crawler: Crawler, step: str) -> None:
    """0 is enough at every question; at the first, 0 once more where there is a line to wait in."""
    question = reception.QUESTIONS[step.partition(".")[0]]
    if question.leads_to_a_person:
        return
    branch = crawler.session.begin_nested()
    exchange = crawler.rings(f"CA-{step}")
    exchange.call.step = step
    steps = [reception.answer(exchange, Heard(keys="0")).step or "" for _ in range(2)]
    branch.rollback()
    assert steps[0 if steps[0] != "hurry" else 1].startswith(("call-back", "queue")), (step, steps)
