"""Forgetting in time: what the line keeps only for as long as it can still be of use.

Messages that have become too late are not swept here: the worker drops them when it comes to them.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from scheduling.models import Call, Event, TextThread

WEBHOOKS_KEPT = timedelta(days=30)
"""Twilio repeats an event within minutes; a month is for whoever looks into a complaint."""
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
