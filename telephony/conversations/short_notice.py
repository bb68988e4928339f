"""The answer to our text about a meeting at short notice: only a plain yes or no is one, beyond any doubt."""

from sqlalchemy.orm import Session

from scheduling.cases import short_notice
from scheduling.models import NoticeConsent, TextThread
from telephony import phrases, understanding
from telephony.conversations import text_menu
from telephony.conversations.text_menu import Text

_YES = frozenset({"1", "yes", "yes please", "yes thanks", "yes thank you", "1 yes", "yes 1", "1 for yes"})
_NO = frozenset({"2", "no", "no thanks", "no thank you", "sorry no", "no sorry", "2 no", "no 2", "2 for no"})


def answer(session: Session, thread: TextThread, text: Text) -> str | None:
    """What goes back, when the text is an answer to that question; None when it is something else."""
    said = understanding.plain(text.body)
    if said not in _YES | _NO:
        return None
    asked = short_notice.asked_by_text(session, text.sender, received_at=text.received_at)
    if asked is None:
        return _too_late(session, thread, text)
    if _answers_a_later_question(thread, asked):
        return None
    outcome = short_notice.answer_by_text(
        session,
        asked,
        agrees=said in _YES,
        words=text.body,
        received_at=text.received_at,
        now=text.received_at,
    )
    # Where no time was kept, somebody has to look for another: the contact stays to be read.
    contact = text_menu.record(session, text, is_settled=outcome.booking is not None)
    contact.case = asked.case
    if outcome.booking is not None:
        return phrases.text_notice_agreed(asked.starts_at)
    return phrases.TEXT_NOTICE_TOO_LATE if asked.answer else phrases.TEXT_NOTICE_REFUSED


def _too_late(session: Session, thread: TextThread, text: Text) -> str | None:
    """Nothing is booked on an answer to a question that is over; a person reads it."""
    asked = short_notice.asked_too_long_ago(session, text.sender, received_at=text.received_at)
    if asked is None or _answers_a_later_question(thread, asked):
        return None
    text_menu.record(session, text).case = asked.case
    return phrases.TEXT_NOTICE_TOO_LATE


def _answers_a_later_question(thread: TextThread, asked: NoticeConsent) -> bool:
    """The menu has asked something since, and a figure belongs to the last question."""
    sent_at = None if asked.message is None else asked.message.sent_at
    if thread.question is None or thread.asked_at is None or sent_at is None:
        return False
    return thread.asked_at > sent_at
