"""Forgetting in time: what the line keeps only for as long as it can still be of use.

Messages that have become too late are not swept here: the worker drops them when it comes to them.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from scheduling.models import Call, DiaryChange, Event, TextThread

WEBHOOKS_KEPT = timedelta(days=30)
"""Twilio repeats an event within minutes; a month is for whoever looks into a complaint."""
CHANGES_KEPT = timedelta(days=7)
"""Every search reads them; a process that has not searched for a week reads the whole diary again."""
QUESTIONS_KEPT = timedelta(hours=24)
"""An answer that comes later no longer belongs to the question."""


def forget_webhooks(session: Session, *, now: datetime) -> None:
    """Forget the events and calls of a month ago; the contacts that came of them stay for ever."""
    session.execute(delete(Event).where(Event.received_at < now - WEBHOOKS_KEPT))
    session.execute(delete(Call).where(Call.started_at < now - WEBHOOKS_KEPT))


def forget_questions(session: Session, *, now: datetime) -> None:
    """Close the questions of text conversations that nobody has answered."""
    unanswered = TextThread.asked_at < now - QUESTIONS_KEPT
    session.execute(update(TextThread).where(unanswered).values(question=None, asked_at=None))


def forget_changes(session: Session, *, now: datetime) -> None:
    """Forget what changed in the diary a week ago, but the last line: from it a reader knows what it has missed."""
    last = select(func.max(DiaryChange.id)).scalar_subquery()
    session.execute(delete(DiaryChange).where(DiaryChange.at < now - CHANGES_KEPT, DiaryChange.id < last))
