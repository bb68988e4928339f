"""The answer to our text about times for a meeting: one figure, and only one of those that the text has offered.

Everything else that comes while somebody may choose is for a person, and the figures are named once more: those of
the menu would mean something different.
"""

from sqlalchemy.orm import Session

from scheduling.cases import call_back_times, offers_by_text, short_notice
from scheduling.cases.offers_by_text import Asked
from scheduling.diary.offers import Became, Gone
from scheduling.models import TextThread
from telephony import phrases, understanding
from telephony.conversations import text_menu
from telephony.conversations.text_menu import Text

SILENCE = ""
"""Nothing goes back: a text that is on its way already says it all."""

NONE = "0"
_NONE_IN_WORDS = frozenset({"none", "none of them", "none of these", "none of those", "none thanks", "0 for none"})
_ONLY_SPOKEN = frozenset({"won", "to", "too", "for", "oh", "nought"})
"""What speech recognition makes of figures; whoever writes "to" has written something else."""


def answer(session: Session, thread: TextThread, text: Text) -> str | None:
    """What goes back, when the text chooses a time or refuses all; None when it is something else."""
    figure = _figure(text)
    asked = None if figure is None else _asked(session, thread, text)
    if figure is None or asked is None:
        return None if figure is None else _in_which(session, text)
    if not asked.is_open:
        return _late(session, asked, text, figure)
    if figure == NONE:
        return _none(session, asked, text)
    return _choose(session, asked, text, figure) if figure in asked.figures else None


def pass_on(session: Session, thread: TextThread, text: Text) -> str | None:
    """Words that choose nothing while times are offered are for a person; None when no times are."""
    asked = _asked(session, thread, text)
    if asked is None or not asked.is_open:
        return None
    _record(session, asked, text, is_settled=False)
    read_by = call_back_times.read_by(session, now=text.received_at)
    return phrases.text_choose(asked.figures, read_by)


def _in_which(session: Session, text: Text) -> str | None:
    """A number with two cases that choose at once: a person finds out which is meant."""
    if not offers_by_text.is_about_several(session, text.sender, received_at=text.received_at):
        return None
    text_menu.record(session, text)
    return phrases.text_passed_on(call_back_times.read_by(session, now=text.received_at))


def _figure(text: Text) -> str | None:
    said = understanding.plain(text.body)
    if said in _NONE_IN_WORDS:
        return NONE
    return None if _ONLY_SPOKEN & set(said.split()) else text.figure


def _asked(session: Session, thread: TextThread, text: Text) -> Asked | None:
    """What a figure answers, unless something else was asked since: a figure belongs to the last question."""
    asked = offers_by_text.asked(session, text.sender, received_at=text.received_at)
    if asked is None:
        return None
    if thread.question is not None and thread.asked_at is not None and thread.asked_at > asked.sent_at:
        return None
    about_notice = short_notice.asked_by_text(session, text.sender, received_at=text.received_at)
    sent_at = None if about_notice is None or about_notice.message is None else about_notice.message.sent_at
    return None if sent_at is not None and sent_at > asked.sent_at else asked


def _choose(session: Session, asked: Asked, text: Text, figure: str) -> str:
    starts_at = next(one.starts_at for one in asked.times if str(one.number) == figure)
    try:
        settled = offers_by_text.choose(session, asked, int(figure), received_at=text.received_at)
    except Gone:
        offers_by_text.instead_of(session, asked, int(figure), received_at=text.received_at)
        return _said_by_the_next(session, asked, text)
    _record(session, asked, text, is_settled=True)
    if settled.booking is not None:
        return phrases.text_time_booked(settled.booking.starts_at)
    return phrases.text_time_chosen(starts_at)


def _none(session: Session, asked: Asked, text: Text) -> str:
    _record(session, asked, text, is_settled=True)
    settled = offers_by_text.refuse_all(session, asked, received_at=text.received_at)
    if settled.became is Became.BOOKED and settled.booking is not None:
        return phrases.text_time_booked(settled.booking.starts_at)
    return phrases.TEXT_TIMES_REFUSED


def _late(session: Session, asked: Asked, text: Text, figure: str) -> str | None:
    """The times are settled: what is booked stays booked, and what has come to nothing may still be free."""
    if figure == NONE or figure not in {str(one.number) for one in asked.times}:
        return None
    booking = offers_by_text.booked(session, asked)
    if booking is not None:
        _record(session, asked, text, is_settled=False)
        return phrases.text_booked_already(booking.starts_at)
    in_hand = offers_by_text.is_in_hand(session, asked, received_at=text.received_at)
    if in_hand or offers_by_text.is_asked_anew(session, asked):
        _record(session, asked, text, is_settled=False)
        return phrases.TEXT_TIMES_OVER
    settled = offers_by_text.choose_late(session, asked, int(figure), received_at=text.received_at)
    if settled is None:
        return _said_by_the_next(session, asked, text)
    _record(session, asked, text, is_settled=True)
    if settled.booking is not None:
        return phrases.text_time_booked(settled.booking.starts_at)
    return phrases.text_time_chosen(next(one.starts_at for one in asked.times if str(one.number) == figure))


def _said_by_the_next(session: Session, asked: Asked, text: Text) -> str:
    """Whoever gets other times reads in that text that this one has gone; where there are none, a person rings."""
    is_told = offers_by_text.is_asked_anew(session, asked)
    _record(session, asked, text, is_settled=is_told)
    return SILENCE if is_told else phrases.TEXT_TIMES_OVER


def _record(session: Session, asked: Asked, text: Text, *, is_settled: bool) -> None:
    text_menu.record(session, text, is_settled=is_settled).case = asked.case
