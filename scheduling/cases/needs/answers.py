"""What families and others have said that needs somebody: an answer moves nothing by itself."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import feedback
from scheduling.cases.item import Item, answer_by
from scheduling.diary import attendance
from scheduling.law.working_days import Calendar
from scheduling.models import Attendance, BookingKind, Role


def to_invites(session: Session, working_days: Calendar, now: datetime) -> Iterator[Item]:
    """Somebody cannot come, or would rather come at another time."""
    for said in attendance.waiting(session, now=now):
        is_meeting = said.booking.kind is BookingKind.MEDIATION
        yield Item(
            what=f"Speak with {said.label} about another time" if said.proposes else f"Speak with {said.label}",
            why=f"{_large(said.label)} {_says(said)} {'the meeting' if is_meeting else 'the call'} at "
            f"{london.written(said.booking.starts_at)}",
            who=Role.COORDINATOR if is_meeting else Role.ADVISER,
            by=answer_by(said.answered_at, working_days, at_once=True),
            case=said.booking.case,
            booking=said.booking,
        )


def to_feedback(session: Session, working_days: Calendar) -> Iterator[Item]:
    """A family has told us how it found us, and wants a reply."""
    for said in feedback.unanswered(session):
        yield Item(
            what="Reply to what a family says of us",
            why="It wants a reply",
            who=Role.COORDINATOR,
            by=answer_by(said.said_at, working_days),
            case=said.case,
            feedback=said,
        )


def _says(said: Attendance) -> str:
    if not said.proposes:
        return "answered the invite that they cannot come to"
    better = f"{london.written(said.proposes_at)}" if said.proposes_at is not None else "another time"
    return f"proposes {better} instead of"


def _large(label: str) -> str:
    return label[0].upper() + label[1:]
