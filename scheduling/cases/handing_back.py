"""A mediator hands a meeting back: somebody else takes it at the same time where they can, else it moves.

The coordinators of the case hear of it by mail, whatever came of it: they know the family, and the next mediator may
have questions.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import looks
from scheduling.diary import absences, attendance
from scheduling.diary.moves import Move
from scheduling.models import Actor, AnsweredBy, Attends, Booking, Case, Role, Side, Staff
from scheduling.outbox import invites, messages
from scheduling.outbox.wording import warnings
from scheduling.refusals import Refused

PURPOSE = "a meeting handed back"
THE_COORDINATOR = "the coordinator"


class HandedBackAlready(Refused):
    def __str__(self) -> str:
        return "You have handed this meeting back already. A coordinator looks for somebody else; until then it stands."


def is_handed_back(session: Session, booking: Booking) -> bool:
    """Whether its mediator has said no to it, and it stands all the same because nobody else was free."""
    said = (place for place in attendance.of(session, booking) if place.invited.label == messages.THE_MEDIATOR)
    return any(place.answer is not None and place.answer.answer is Attends.NO for place in said)


def hand_back(session: Session, booking: Booking, because: str, *, by: Actor, now: datetime) -> Move:
    """The mediator cannot take it; gives where it went, or why it stays."""
    if is_handed_back(session, booking):
        raise HandedBackAlready
    who = "The mediator" if booking.mediator is None else booking.mediator.name
    absence = absences.cannot_come(session, booking, Side.MEDIATOR, because, now=now)
    [move] = absences.record(session, absence, by=by, now=now)
    if move.to is None:
        invited = next(one for one in invites.recipients(booking) if one.label == messages.THE_MEDIATOR)
        attendance.answer(session, booking, invited, Attends.NO, channel=AnsweredBy.LINK, now=now)
    for coordinator in coordinators(session, booking.case):
        mail = warnings.handed_back(
            name=coordinator.name,
            who=who,
            reference=booking.case.reference,
            stands_at=booking.starts_at,
            mediator=None if move.to is None or booking.mediator is None else booking.mediator.name,
        )
        messages.email(
            session,
            address=coordinator.email,
            recipient=THE_COORDINATOR,
            purpose=PURPOSE,
            subject=mail.subject,
            body=mail.body,
            key=f"handed back:{booking.id}:{booking.sequence}:{coordinator.id}",
            now=now,
            case=booking.case,
        )
    return move


def coordinators(session: Session, case: Case) -> Sequence[Staff]:
    """Whose case it is, among those who coordinate."""
    active = select(Staff).where(Staff.role == Role.COORDINATOR, Staff.is_active).order_by(Staff.id)
    return [one for one in session.scalars(active) if looks.is_own(session, case, staff_id=one.id, role=one.role)]
