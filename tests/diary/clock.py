"""What the clock does of its own accord, in the session of a test."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.diary import reminders
from scheduling.models import Message


def reminds(session: Session, *, now: datetime) -> list[Message]:
    """The reminders of every case that are due."""
    due = reminders.due(session, now=now)
    return [message for case_id in due for message in reminders.write(session, case_id, now=now)]
