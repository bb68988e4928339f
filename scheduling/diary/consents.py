"""What families have answered about short notice: to one time with its room and people, never to another."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling.diary.slots import Slot
from scheduling.models import Case, NoticeConsent, Room


def given(session: Session, case: Case, slot: Slot) -> NoticeConsent | None:
    """The family's yes to this very slot; None where it was not asked, has not answered, or said no at last."""
    answers = select(NoticeConsent).where(
        NoticeConsent.case_id == case.id,
        NoticeConsent.starts_at == slot.starts_at,
        NoticeConsent.ends_at == slot.ends_at,
        NoticeConsent.mode == slot.mode,
        NoticeConsent.room_id == (None if slot.room is None else slot.room.id),
        NoticeConsent.mediator_id == slot.mediator.id,
        NoticeConsent.officer_id == slot.officer.id,
        NoticeConsent.answered_at.is_not(None),
    )
    last = session.scalar(answers.order_by(NoticeConsent.answered_at.desc(), NoticeConsent.id.desc()).limit(1))
    return last if last is not None and last.answer else None


def waiting(session: Session, case: Case, *, now: datetime) -> NoticeConsent | None:
    """The question that the family has not answered yet, while its time is still to come."""
    unanswered = select(NoticeConsent).where(
        NoticeConsent.case_id == case.id,
        NoticeConsent.answered_at.is_(None),
        NoticeConsent.withdrawn_at.is_(None),
        NoticeConsent.starts_at > now,
    )
    return session.scalar(unanswered.order_by(NoticeConsent.id.desc()).limit(1))


def of(session: Session, case: Case) -> list[NoticeConsent]:
    """Everything that the family was asked about notice, the newest first."""
    asked = select(NoticeConsent).where(NoticeConsent.case_id == case.id).order_by(NoticeConsent.id.desc())
    return list(session.scalars(asked.options(selectinload(NoticeConsent.room).selectinload(Room.venue))))


def slot_of(consent: NoticeConsent) -> Slot:
    """The slot to which it is a consent."""
    return Slot(
        starts_at=consent.starts_at,
        ends_at=consent.ends_at,
        mode=consent.mode,
        room=consent.room,
        mediator=consent.mediator,
        officer=consent.officer,
        reasons=("The family agreed to shorter notice.",),
    )
