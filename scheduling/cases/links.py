"""Links for people who have no account: each opens one thing, for a time, and only who got it knows it.

We keep the hash of what stands in the address, so neither a copy of the database nor a log opens anything. A link is no
proof of who holds it: a page that it opens shows, and acts only when a button is pressed.
"""

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import tokens
from scheduling.cases import officer_links
from scheduling.models import AgreedAction, Case, Link, Person, Purpose, Telling
from scheduling.outbox import identity

ACKNOWLEDGED_WITHIN = 60
"""Days for which such a link opens: longer than there is anything to arrange."""

PATHS = {
    Purpose.FAMILY: "family",
    Purpose.ACKNOWLEDGE: "acknowledge",
    Purpose.ACTION: "action",
    Purpose.FAMILY_CHOOSES: "times",
    Purpose.AUTHORITY_CHOOSES: "times-for-the-authority",
    Purpose.BOARD_CHOOSES: "times-for-the-care-board",
}
"""The first part of each link's path; the token is the second."""

FAMILYS = frozenset({Purpose.FAMILY, Purpose.ACTION, Purpose.FAMILY_CHOOSES})
"""What is for somebody of the family, who is sent a code before anything is shown."""

_CODE = re.compile(r"(code is )\d{6}")
_WRITTEN = re.compile(rf"(/(?:{'|'.join((*PATHS.values(), officer_links.PATH))})/)[A-Za-z0-9_-]+")


def make(
    session: Session,
    purpose: Purpose,
    case: Case,
    *,
    now: datetime,
    days: int,
    telling: Telling | None = None,
    action: AgreedAction | None = None,
    person: Person | None = None,
) -> str:
    """A new link's token: it is known now and never again. A family's is for `person`, or for whose case it is."""
    token = tokens.new()
    session.add(
        Link(
            token_hash=tokens.hashed(token),
            purpose=purpose,
            case=case,
            person_id=None if purpose not in FAMILYS else (person or case.person).id,
            telling_id=None if telling is None else telling.id,
            action_id=None if action is None else action.id,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    session.flush()
    return token


def to_acknowledge(session: Session, telling: Telling, *, now: datetime) -> str:
    """The address at which the authority says that it has read a notice; every mail has one of its own."""
    token = make(session, Purpose.ACKNOWLEDGE, telling.case, now=now, days=ACKNOWLEDGED_WITHIN, telling=telling)
    return address(Purpose.ACKNOWLEDGE, token)


def address(purpose: Purpose, token: str) -> str:
    """The whole address, as it goes into a mail."""
    return f"{identity.current().base_url.rstrip('/')}/{PATHS[purpose]}/{token}"


def masked(words: str) -> str:
    """A stored mail as staff may read it: whoever sees the whole address of a link could act in another's name."""
    return _CODE.sub(r"\1…", _WRITTEN.sub(r"\1…", words))


def open(session: Session, token: str, purpose: Purpose, *, now: datetime) -> Link | None:  # noqa: A001 - links.open
    """What the link opens; None for one that is not ours, is for something else, is over, or was taken back."""
    link = session.get(Link, tokens.hashed(token))
    if link is None or link.purpose is not purpose or link.revoked_at is not None or link.expires_at <= now:
        return None
    return link


def person_of(link: Link) -> Person | None:
    """Whom of the family a link is for; None where they do not belong to the case any more."""
    case, person = link.case, link.person or link.case.person
    beside = (one.person_id for one in case.others)
    return person if person.id == case.person_id or person.id in beside else None


def revoke(session: Session, case: Case, purpose: Purpose, *, now: datetime, person: Person | None = None) -> None:
    """Take back the case's links of this kind, or one person's: an address has changed, or a mail went astray."""
    for link in session.scalars(select(Link).where(Link.case_id == case.id, Link.purpose == purpose)):
        if person is None or person_of(link) in {person, None}:
            link.revoked_at = link.revoked_at or now
