"""Presses every key at every question, says nothing, says rubbish, and looks at each document that comes back."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import Role, Staff
from scheduling.reference import load
from telephony import callers, voice
from telephony.conversations import memory, reception
from telephony.conversations.exchange import Exchange, Heard
from telephony.line import Line
from telephony.voice import Prompt
from tests import builders
from tests.telephony.conftest import NOW, parsed

KEYS = [Heard(keys=key) for key in "012359*"]
SAID = [Heard(words=words) for words in ("yes", "no", "advice", "Barnet", "Northants", "mumble mumble")]
LONGER = [Heard(keys=keys) for keys in ("227", "07700900456", "09098790000", "10000008")]
LEFT = [Heard(left_queue=result) for result in ("bridged", "leave", "hangup", "queue-full", "system-error")]
EVERYTHING = [Heard(), *KEYS, *SAID, *LONGER, *LEFT]

LONGEST_SECONDS = 15
WORDS_A_SECOND = 150 / 60
ENDS = ("Goodbye.", "Our number will show as", "text us on")
"""A call may end once help is arranged, or with a way to it."""


@dataclass
class Crawler:
    """Walks every state of a call once; each branch is undone in the database before the next."""

    session: Session
    line: Line
    sender: str
    documents: dict[str, Prompt] = field(default_factory=dict)
    seen: dict[tuple[str, int], str] = field(default_factory=dict)

    def crawl(self) -> None:
        call = memory.new_call(f"CA{self.sender}", callers.caller(self.sender), now=NOW)
        self.session.add(call)
        self.session.flush()
        exchange = Exchange(session=self.session, call=call, line=self.line, now=NOW)
        self._look(exchange, reception.pick_up(exchange))

    def _look(self, exchange: Exchange, prompt: Prompt) -> None:
        self.documents[voice.document(self.line, prompt)] = prompt
        self.session.flush()
        call = exchange.call
        state = (call.step.partition(".")[0], call.misses)
        if prompt.step is None or state in self.seen:
            return
        self.seen[state] = call.step
        for heard in EVERYTHING:
            call.turn = 1  # as far as it goes: that long calls end is another story
            branch = self.session.begin_nested()
            self._look(exchange, reception.answer(exchange, heard))
            branch.rollback()


@pytest.fixture(
    params=["+447700900123", "anonymous", "+33612345678"],
    ids=["a mobile", "withheld", "from abroad"],
)
def crawler(session: Session, line: Line, request: pytest.FixtureRequest) -> Crawler:
    load.load(session)
    builders.staff(session, Role.ADVISER, "Alex")
    return Crawler(session=session, line=line, sender=request.param)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("is_active", "number"),
    [
        pytest.param(True, None, id="advisers with appointments"),
        pytest.param(True, "+442079460301", id="advisers at the telephone"),
        pytest.param(False, None, id="no advisers"),
    ],
)
def test_every_document_is_whole_short_and_leads_on(crawler: Crawler, is_active: bool, number: str | None) -> None:
    for adviser in crawler.session.scalars(select(Staff)):
        adviser.is_active, adviser.number = is_active, number

    crawler.crawl()

    assert len(crawler.documents) > 20
    for document, prompt in crawler.documents.items():
        _must_be_whole(document, prompt)
        _must_be_short(prompt)
    for step in set(crawler.seen.values()):
        _must_lead_to_a_person(crawler, step)


def _must_be_whole(document: str, prompt: Prompt) -> None:
    root = parsed(document)
    is_voicemail = prompt.step == "voicemail"
    assert is_voicemail or "record" not in document.lower()
    if prompt.step is None:
        assert root[-1].tag == "Hangup"
        assert any(end in prompt.words for end in ENDS), prompt.words
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


def _must_be_short(prompt: Prompt) -> None:
    seconds = len(prompt.words.split()) / WORDS_A_SECOND
    assert seconds < LONGEST_SECONDS, (round(seconds, 1), prompt.words)


def _must_lead_to_a_person(crawler: Crawler, step: str) -> None:
    question = reception.QUESTIONS[step.partition(".")[0]]
    assert question.leads_to_a_person or _after_zero(crawler, step).startswith(("call-back", "queue")), step


def _after_zero(crawler: Crawler, step: str) -> str:
    call = memory.new_call(f"CA-{step}", callers.caller(crawler.sender), now=NOW)
    crawler.session.add(call)
    call.step = step
    exchange = Exchange(session=crawler.session, call=call, line=crawler.line, now=NOW)
    return reception.answer(exchange, Heard(keys="0")).step or ""
