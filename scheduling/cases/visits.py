"""Somebody of a family at its own pages: from when its link and code were given until they leave, or are idle."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from scheduling import tokens
from scheduling.cases import links
from scheduling.models import Answered, Case, Link, Person, Question, Visit

LASTS = timedelta(minutes=30)
IDLE = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly we remember when somebody was last seen: a write for every page would be too many."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who is at the pages of which case."""

    case_id: int
    person_id: int
    is_due: bool
    """Whether it is time to note that they were seen."""


def begin(session: Session, link: Link, *, now: datetime, instead_of: str = "") -> str:
    """A new visit to whom the link is for; the answer is the cookie's value. An earlier one in this browser ends."""
    end(session, instead_of)
    person = links.person_of(link)
    if person is None:
        raise AssertionError
    token = tokens.new()
    visit = Visit(
        token_hash=tokens.hashed(token),
        link_hash=link.token_hash,
        case_id=link.case_id,
        person_id=person.id,
        since=now,
        seen_at=now,
    )
    session.add(visit)
    session.flush()
    return token


def visitor(session: Session, token: str, *, now: datetime) -> Visitor | None:
    """Who came with this cookie; None when it is over, or when their link was taken back meanwhile."""
    found = session.scalar(
        select(Visit).where(Visit.token_hash == tokens.hashed(token)).options(joinedload(Visit.link))
    )
    if found is None or now - found.seen_at > IDLE or now - found.since > LASTS:
        return None
    person = links.person_of(found.link)
    if found.link.revoked_at is not None or person is None or person.id != found.person_id:
        return None
    return Visitor(case_id=found.case_id, person_id=found.person_id, is_due=now - found.seen_at > SEEN_EVERY)


def note_seen(session: Session, token: str, *, now: datetime) -> None:
    """The quarter of an hour without a page begins anew."""
    session.execute(update(Visit).where(Visit.token_hash == tokens.hashed(token)).values(seen_at=now))


def end(session: Session, token: str) -> None:
    """They have left."""
    session.execute(delete(Visit).where(Visit.token_hash == tokens.hashed(token)))


def answered(session: Session, case: Case, person: Person) -> set[Question]:
    """Which of our questions this person has been through."""
    theirs = select(Answered.question).where(Answered.case_id == case.id, Answered.person_id == person.id)
    return set(session.scalars(theirs))


def note_answered(session: Session, case: Case, person: Person, question: Question, *, now: datetime) -> None:
    """They have been through this question, now or again."""
    session.merge(Answered(case_id=case.id, person_id=person.id, question=question, at=now))
    session.flush()
