"""A text comes in: what is the provider's, what is better not answered, and what the conversation makes of the rest.

A telephone lies about, and a robot may be at the other end. So nothing is told by text that was not asked in this very
conversation, some texts are left unanswered, and after a few answers in an hour there are no more. Whatever comes is
recorded with the moment of its receipt, answered or not.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from scheduling.cases import agreements, decline, mediation
from scheduling.models import Said, TextThread
from scheduling.outbox import opt_outs
from telephony import phrases, understanding
from telephony.conversations import choosing, memory, short_notice, text_menu
from telephony.conversations.text_menu import Text, record
from telephony.line import Line

log = logging.getLogger(__name__)

MOST_ANSWERS_AN_HOUR = 10

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "UNSTOP"})
START_ONCE_STOPPED = START | {"YES"}
HELP = frozenset({"HELP", "INFO"})
"""Texts of this one word are answered by the provider itself; a second answer from us would be one too many."""


def answer(session: Session, line: Line, text: Text) -> str | None:
    """The one answer that goes back with this very request, or None for none."""
    thread = memory.thread(session, ours=text.to, theirs=text.sender)
    if _is_for_the_provider(session, text):
        return None
    if understanding.sounds_in_danger(text.body):
        record(session, text)
        return None
    if _must_get_nothing(session, text):
        (_statement(session, text) or partial(record, session, text))()
        return None
    words = _reply(session, line, thread, text)
    return words if words != choosing.SILENCE and _may_answer_again(thread, text.received_at) else None


def _must_get_nothing(session: Session, text: Text) -> bool:
    """Whether no answer may go back, by the sender's own word; what the text says counts all the same."""
    return opt_outs.has_stopped(session, text.sender) or opt_outs.must_get_nothing(session, text.sender)


def _is_for_the_provider(session: Session, text: Text) -> bool:
    """Mirror the provider's own commands. HELP and CANCEL may be meant for us as well, so a person reads them."""
    stopped = opt_outs.has_stopped(session, text.sender)
    if text.word in STOP:
        opt_outs.stop(session, text.sender, now=text.received_at)
        record(session, text, is_settled=text.word != "CANCEL")
    elif text.keyword in (START_ONCE_STOPPED if stopped else START):
        opt_outs.start(session, text.sender)
        record(session, text, is_settled=True)
    elif text.keyword in HELP:
        record(session, text)
    else:
        return False
    return True


def _reply(session: Session, line: Line, thread: TextThread, text: Text) -> str:
    chosen = choosing.answer(session, thread, text)
    if chosen is not None:
        return chosen
    about_notice = short_notice.answer(session, thread, text)
    if about_notice is not None:
        return about_notice
    write_down = _statement(session, text)
    if write_down is None:
        return choosing.pass_on(session, thread, text) or text_menu.answer(session, line, thread, text)
    write_down()
    return phrases.text_received(text.received_at)


def _statement(session: Session, text: Text) -> Callable[[], object] | None:
    """What the text says beyond doubt, as what is to be done about it; None where it is for a person to read."""
    if understanding.wants_mediation(text.body):
        return lambda: _by_text(mediation.want_by_text, session, text)
    takes_back = understanding.takes_it_back(text.body) and decline.wanting(session, text.sender) is not None
    if understanding.declines_mediation(text.body) or takes_back:
        return lambda: _by_text(decline.by_text, session, text)
    if understanding.wishes_to_appeal(text.body):
        return lambda: record(session, text, said=Said.WISHES_TO_APPEAL)
    if understanding.says_not_done(text.body):
        return lambda: _by_text(agreements.not_done_by_text, session, text)
    return None


def _by_text(operation: Callable[..., object], session: Session, text: Text) -> None:
    operation(
        session,
        number=text.sender,
        words=text.body,
        received_at=text.received_at,
        provider_id=text.sid,
        now=text.received_at,
    )


def _may_answer_again(thread: TextThread, now: datetime) -> bool:
    if thread.counted_from is None or now - thread.counted_from >= timedelta(hours=1):
        thread.counted_from, thread.answered_automatically = now, 0
    thread.answered_automatically += 1
    if thread.answered_automatically > MOST_ANSWERS_AN_HOUR:
        log.warning("no more answers in this hour", extra={"text_thread": thread.id})
        return False
    return True
