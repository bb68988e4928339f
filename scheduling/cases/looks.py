"""Who looks at a case, and why: a colleague's case opens after a reason, and the family may ask who has looked.

A case belongs to its adviser, and to the coordinators who work for its authority. Until it has an adviser it is every
adviser's, and while nobody works for its authority every coordinator's: no family falls between two people. A manager
has no cases of their own, so a manager always says why.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session, joinedload

from scheduling import london
from scheduling.cases import many_looks
from scheduling.models import Case, Look, Role, Staff
from scheduling.models.staff import coordinator_works_for
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

REASON_LASTS: Final = timedelta(hours=12)
"""A day's work on a colleague's case; the next day there is another reason, or it should be one's own by then."""


NOTED_EVERY: Final = timedelta(hours=1)
"""Often enough to tell a day's work from a passing look, and seldom enough for the audit to stay readable."""


class ReasonTooShort(Refused):
    """A reason that nobody could judge later."""

    def __str__(self) -> str:
        return "Enter why you need to open this case, in a few words that a manager can judge"


SHORTEST_REASON: Final = 10


@dataclass(frozen=True)
class Seen:
    """Somebody of a role has looked on a day: what a family is told."""

    day: date
    role: Role


def own(staff_id: int, role: Role) -> ColumnElement[bool]:
    """Which cases are theirs, as a condition on `Case`."""
    if role is Role.ADVISER:
        return or_(Case.adviser_id.is_(None), Case.adviser_id == staff_id)
    if role is not Role.COORDINATOR:
        return false()
    works, colleague = coordinator_works_for.c, Staff.__table__.c
    mine = exists().where(works.authority_id == Case.authority_id, works.staff_id == staff_id)
    somebodys = exists().where(
        works.authority_id == Case.authority_id,
        works.staff_id == colleague.id,
        and_(colleague.is_active, colleague.role == Role.COORDINATOR),
    )
    return or_(Case.authority_id.is_(None), mine, ~somebodys)


def is_own(session: Session, case: Case, *, staff_id: int, role: Role) -> bool:
    """Whether it is theirs."""
    return case.id in own_among(session, [case], staff_id=staff_id, role=role)


def own_among(session: Session, cases: Collection[Case], *, staff_id: int, role: Role) -> set[int]:
    """Which of these cases are theirs, by their ids."""
    return set(session.scalars(select(Case.id).where(Case.id.in_([case.id for case in cases]), own(staff_id, role))))


def needs_reason(session: Session, case: Case, *, staff_id: int, role: Role, now: datetime) -> bool:
    """Whether they have to say why before it opens: it is not theirs, and they have not said so in the last hours."""
    return case.id not in open_among(session, [case], staff_id=staff_id, role=role, now=now)


def open_among(session: Session, cases: Collection[Case], *, staff_id: int, role: Role, now: datetime) -> set[int]:
    """Which of these cases are open to them now, by their ids: their own, and those for which they have said why."""
    said = select(Look.case_id).where(
        Look.case_id.in_([case.id for case in cases]),
        Look.staff_id == staff_id,
        Look.reason.is_not(None),
        Look.at > now - REASON_LASTS,
    )
    return own_among(session, cases, staff_id=staff_id, role=role) | set(session.scalars(said))


def with_reason(session: Session, case: Case, reason: str, *, staff_id: int, role: Role, now: datetime) -> None:
    """Write down why somebody opens a case that is not theirs; from then on it is open to them for some hours."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort
    session.add(Look(staff_id=staff_id, role=role, case_id=case.id, reason=reason.strip(), at=now))
    session.flush()
    many_looks.watch(session, staff_id, now=now)
    log.info("opened another's case", extra={"staff": staff_id, "case": case.id})


def unnoted(session: Session, case_ids: Collection[int], *, staff_id: int, now: datetime) -> list[int]:
    """Of the cases that somebody has just seen, those of which it is not written down yet for this hour."""
    noted = select(Look.case_id).where(
        Look.case_id.in_(case_ids), Look.staff_id == staff_id, Look.at > now - NOTED_EVERY
    )
    return sorted(set(case_ids) - set(session.scalars(noted)))


def note(session: Session, case_ids: Collection[int], *, staff_id: int, role: Role, now: datetime) -> None:
    """Write down once an hour that somebody has seen these cases."""
    for case_id in unnoted(session, case_ids, staff_id=staff_id, now=now):
        session.add(Look(staff_id=staff_id, role=role, case_id=case_id, at=now))
    session.flush()


def for_the_family(session: Session, case: Case) -> list[Seen]:
    """Who has looked at the family's case, by role and day, the newest first. Names are not for a page."""
    looks = session.execute(select(Look.at, Look.role).where(Look.case_id == case.id)).all()
    return sorted({Seen(london.london_day(look.at), look.role) for look in looks}, key=_newest_first)


def with_reasons(session: Session, *, since: datetime) -> list[Look]:
    """Every case that was opened by somebody whose it was not, for the manager to read, the newest first."""
    said = select(Look).where(Look.reason.is_not(None), Look.at >= since).options(joinedload(Look.staff))
    return list(session.scalars(said.order_by(Look.at.desc(), Look.id.desc())))


def work_for(session: Session, staff: Staff, authority_ids: Collection[int]) -> None:
    """From now on the coordinator works for these authorities, and for no others that somebody works for."""
    table = coordinator_works_for
    session.execute(table.delete().where(table.c.staff_id == staff.id))
    if authority_ids:
        session.execute(table.insert(), [{"staff_id": staff.id, "authority_id": one} for one in sorted(authority_ids)])


def _newest_first(seen: Seen) -> tuple[int, str]:
    return -seen.day.toordinal(), seen.role.value
