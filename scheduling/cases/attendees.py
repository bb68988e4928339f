"""Who comes for the authority: it names them itself, and declares of each whether they can agree on the day.

Somebody who can must be there (regulation 38). Where the authority names people and none of them can, a coordinator
asks it for another; the meeting is not held up by that. Each gets an invite of their own, which follows the meeting.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from scheduling.cases import turns
from scheduling.diary import attendance
from scheduling.models import Actor, Attendee, Case
from scheduling.outbox import invites
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

MOST = 8
"""For one side of a table; a family can feel outnumbered by far fewer."""


class Declared(Protocol):
    """Somebody of whom it is known whether they can agree on the day."""

    @property
    def may_agree(self) -> bool: ...


class TooMany(Refused):
    def __str__(self) -> str:
        return f"{MOST} people are named already. Take somebody back first."


def of(session: Session, case: Case) -> list[Attendee]:
    """Whom the authority has named and not taken back, in the order of their naming."""
    return of_each(session, [case.id]).get(case.id, [])


def of_each(session: Session, case_ids: Collection[int]) -> dict[int, list[Attendee]]:
    """The same for many cases, by their ids; those without anybody are left out."""
    found: dict[int, list[Attendee]] = {}
    named = select(Attendee).where(Attendee.case_id.in_(case_ids), Attendee.taken_back_at.is_(None))
    for attendee in session.scalars(named.order_by(Attendee.named_at, Attendee.id)):
        found.setdefault(attendee.case_id, []).append(attendee)
    return found


def name(
    session: Session, case: Case, *, called: str, position: str, email: str, may_agree: bool, by: Actor, now: datetime
) -> Attendee:
    """Somebody comes; who is named twice by one address is one person, as last described."""
    turns.wait(session, case)
    address = email.lower()
    known = session.scalar(select(Attendee).where(Attendee.case_id == case.id, Attendee.email == address))
    said = (called, position, may_agree)
    is_new = known is None or known.taken_back_at is not None
    if known is not None and known.taken_back_at is None and (known.name, known.position, known.may_agree) == said:
        return known
    if is_new and len(of(session, case)) >= MOST:
        raise TooMany
    attendee = known or Attendee(case=case, email=address, named_at=now)
    attendee.name, attendee.position, attendee.may_agree = said
    attendee.taken_back_at = None
    session.add(attendee)
    can = "can" if may_agree else "cannot"
    case.record(f"The authority named who comes: {called}, who {can} agree on the day", by=by, now=now)
    session.flush()
    if is_new:
        attendance.joins(session, case, invites.colleague(attendee), now=now)
    log.info("attendee named", extra={"case": case.id, "attendee": attendee.id})
    return attendee


def take_back(session: Session, attendee: Attendee, *, by: Actor, now: datetime) -> None:
    """They do not come after all; a second time changes nothing."""
    turns.wait(session, attendee.case)
    if attendee.taken_back_at is not None:
        return
    attendee.taken_back_at = now
    attendee.case.record(f"{attendee.name} does not come for the authority after all", by=by, now=now)
    session.flush()
    attendance.leaves(session, attendee.case, invites.colleague(attendee), now=now)


def somebody_can_agree(named: Sequence[Declared]) -> bool:
    """Whether one of those who come has been declared to have authority to decide."""
    return any(attendee.may_agree for attendee in named)


def without_authority(session: Session) -> list[Case]:
    """The open cases for which the authority has named people, and none who can agree on the day."""
    comes = (Attendee.case_id == Case.id, Attendee.taken_back_at.is_(None))
    lacking = select(Case).where(
        Case.closed_at.is_(None),
        Case.declined_at.is_(None),
        exists().where(*comes),
        ~exists().where(*comes, Attendee.may_agree),
    )
    return list(session.scalars(lacking.order_by(Case.id)))
