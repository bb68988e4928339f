"""Links for officers: each opens what is asked of its officer's authority, for a time, and only who got it knows it.

Not about one case, as other links are, since an officer sees to many; so what they open shows references and dates, and
no family's name.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import tokens
from scheduling.models import Officer, OfficerLink
from scheduling.outbox import identity

DAYS = 60
"""For which such a link opens: longer than there is anything to arrange."""
PATH = "officer"
"""The first part of its path; the token is the second."""


def make(session: Session, officer: Officer, *, now: datetime) -> str:
    """The address of a new link, as it goes into a mail: its token is known now and never again."""
    token = tokens.new()
    session.add(
        OfficerLink(
            token_hash=tokens.hashed(token),
            officer_id=officer.id,
            made_at=now,
            expires_at=now + timedelta(days=DAYS),
        )
    )
    session.flush()
    return f"{identity.current().base_url.rstrip('/')}/{PATH}/{token}"


def open(session: Session, token: str, *, now: datetime) -> Officer | None:  # noqa: A001 - officer_links.open
    """Whose link it is; None for one that is not ours, is over, was taken back, or whose officer has left."""
    link = session.get(OfficerLink, tokens.hashed(token))
    if link is None or link.revoked_at is not None or link.expires_at <= now or link.officer.left_on is not None:
        return None
    return link.officer


def revoke(session: Session, officer: Officer, *, now: datetime) -> None:
    """Take back every link of this officer: an address has changed, or a mail went astray."""
    for link in session.scalars(select(OfficerLink).where(OfficerLink.officer_id == officer.id)):
        link.revoked_at = link.revoked_at or now
