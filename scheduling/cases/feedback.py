"""How families found us: for us alone. It stands in no certificate, no figure of a case and no page of an authority."""

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scheduling.cases.tasks import AlreadyDealtWith
from scheduling.models import FAMILY, Actor, Case, Feedback, Person

log = logging.getLogger(__name__)

SHOWN = 100


def give(
    session: Session,
    case: Case,
    person: Person,
    *,
    key: str,
    score: int,
    words: str | None,
    wants_reply: bool,
    now: datetime,
) -> None:
    """Keep it once; history says that it came, and nothing of what was said."""
    if session.scalar(select(Feedback.id).where(Feedback.key == key)) is not None:
        return
    said = Feedback(key=key, case=case, person=person, score=score, words=words, wants_reply=wants_reply, said_at=now)
    session.add(said)
    case.record(f"The {person.role} told us how they found us", by=FAMILY, now=now)
    session.flush()
    log.info("feedback came", extra={"case": case.id, "feedback": said.id})


def newest(session: Session) -> list[Feedback]:
    """What came last, with its case and who said it."""
    came = select(Feedback).options(joinedload(Feedback.case), joinedload(Feedback.person))
    return list(session.scalars(came.order_by(Feedback.id.desc()).limit(SHOWN)))


def unanswered(session: Session) -> list[Feedback]:
    """Who wants a reply and has had none."""
    waiting = select(Feedback).where(Feedback.wants_reply, Feedback.dealt_with_at.is_(None))
    return list(session.scalars(waiting.options(joinedload(Feedback.case)).order_by(Feedback.id)))


def dealt_with(session: Session, said: Feedback, *, by: Actor, now: datetime) -> None:
    """Somebody has answered, or has seen that no answer is needed."""
    if said.dealt_with_at is not None:
        raise AlreadyDealtWith
    said.dealt_with_at, said.dealt_with_by_id = now, by.staff_id
    said.case.record("What the family said of us was answered", by=by, now=now)
    session.flush()
