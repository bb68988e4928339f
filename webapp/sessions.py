"""Who has signed in, in which browser, and until when. The database remembers, so that anybody's session can be ended.

All of it goes by the database's real clock, which the demo's travel in time does not move.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from scheduling import audit, db, tokens
from scheduling.audit import Action, Fact
from scheduling.models import ActorKind, Role, Staff
from webapp.accounts import SignedIn

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly we remember when a browser was last seen: a write for every page would be too many."""

PROOF_OPENS = timedelta(minutes=5)
"""For so long after a password and a code, what needs them is open."""
PROOF_SENDS = timedelta(minutes=15)
"""A form that was opened in that time may be filled in without haste."""

_BROWSERS = ("Edg", "OPR", "Firefox", "SamsungBrowser", "Chrome", "Safari")
"""In this order: most of them also call themselves Chrome or Safari."""
_CALLED = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac": "a Mac"}


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody who has signed in, as a page needs to know them."""

    id: int
    name: str
    email: str
    role: Role
    session_id: int
    proved_ago: timedelta
    """How long ago they gave their password and a code."""


def begin(session: Session, staff_id: int, *, browser: str, is_proof: bool = True) -> str:
    """A new session; the answer is the cookie's value, which only the browser keeps.

    Where somebody's organisation let them through without asking, it is no proof of who sits before the screen now.
    """
    moment, token = db.moment(session), tokens.new()
    note(session, Action.SIGNED_IN, staff_id)
    session.add(
        SignedIn(
            token_hash=tokens.hashed(token),
            staff_id=staff_id,
            since=moment,
            seen_at=moment,
            proved_at=moment if is_proof else moment - ABSOLUTE,
            browser=described(browser),
        )
    )
    return token


def renew(session: Session, session_id: int) -> str | None:
    """The same session under another cookie, as its owner has just proved anew who they are; None if it has ended."""
    token = tokens.new()
    here = update(SignedIn).where(SignedIn.id == session_id)
    renewed = session.execute(
        here.values(token_hash=tokens.hashed(token), proved_at=db.moment(session)).returning(SignedIn.staff_id)
    )
    staff_id = renewed.scalar()
    if staff_id is None:
        return None
    note(session, Action.PROVED, staff_id)
    return token


def visitor(session: Session, token: str) -> tuple[Visitor, bool] | None:
    """Who has signed in with this cookie, and whether it is time to note that they were seen."""
    found = session.scalar(
        select(SignedIn).where(SignedIn.token_hash == tokens.hashed(token)).options(joinedload(SignedIn.staff))
    )
    if found is None or not found.staff.is_active:
        return None
    moment = db.moment(session)
    if moment - found.seen_at > IDLE or moment - found.since > ABSOLUTE:
        return None
    staff = found.staff
    who = Visitor(
        id=staff.id,
        name=staff.name,
        email=staff.email,
        role=staff.role,
        session_id=found.id,
        proved_ago=moment - found.proved_at,
    )
    return who, moment - found.seen_at > SEEN_EVERY


def of(session: Session, staff_id: int) -> list[SignedIn]:
    """The browsers in which somebody is signed in, the one seen last in front."""
    moment = db.moment(session)
    live = select(SignedIn).where(
        SignedIn.staff_id == staff_id, SignedIn.seen_at >= moment - IDLE, SignedIn.since >= moment - ABSOLUTE
    )
    return list(session.scalars(live.order_by(SignedIn.seen_at.desc(), SignedIn.id)))


def note_seen(session: Session, token: str) -> None:
    """The half hour without a page begins anew."""
    here = SignedIn.token_hash == tokens.hashed(token)
    session.execute(update(SignedIn).where(here).values(seen_at=db.moment(session)))


def sign_out(session: Session, token: str) -> None:
    """End this browser's session."""
    here = delete(SignedIn).where(SignedIn.token_hash == tokens.hashed(token))
    staff_id = session.execute(here.returning(SignedIn.staff_id)).scalar()
    if staff_id is not None:
        note(session, Action.SIGNED_OUT, staff_id)


def end(session: Session, session_id: int, *, staff_id: int) -> bool:
    """End one session of a person; whether it was theirs and still there."""
    theirs = delete(SignedIn).where(SignedIn.id == session_id, SignedIn.staff_id == staff_id)
    if session.execute(theirs.returning(SignedIn.id)).first() is None:
        return False
    note(session, Action.SIGNED_OUT, staff_id)
    return True


def end_all(session: Session, staff_id: int) -> None:
    """End every session of a person, by whoever may: their history says who it was."""
    session.execute(delete(SignedIn).where(SignedIn.staff_id == staff_id))
    audit.record(
        session,
        Fact(
            action=Action.SIGNED_OUT,
            actor_kind=ActorKind.SERVICE.value,
            object_kind=Staff.__tablename__,
            object_id=staff_id,
        ),
    )


def note(session: Session, action: Action, staff_id: int) -> None:
    """Something about signing in that somebody did themselves, for the audit."""
    audit.record(
        session,
        Fact(
            action=action,
            actor_kind=ActorKind.STAFF.value,
            actor_id=staff_id,
            object_kind=Staff.__tablename__,
            object_id=staff_id,
        ),
    )


def note_failure(session: Session, staff_id: int | None) -> None:
    """A try that failed: nobody knows who it was, only whose address was tried."""
    audit.record(
        session,
        Fact(
            action=Action.NOT_SIGNED_IN,
            actor_kind="nobody",
            object_kind=None if staff_id is None else Staff.__tablename__,
            object_id=staff_id,
        ),
    )


def forget_ended(session: Session) -> None:
    """Remove those that are past their end."""
    moment = db.moment(session)
    session.execute(delete(SignedIn).where((SignedIn.since < moment - ABSOLUTE) | (SignedIn.seen_at < moment - IDLE)))


def described(user_agent: str) -> str:
    """A browser as its owner would know it; nothing else of what it says about itself is kept."""
    name = next((name for name in _BROWSERS if re.search(rf"{name}\w*/", user_agent)), None)
    system = next((called for sign, called in _SYSTEMS.items() if sign in user_agent), None)
    shown = _CALLED.get(name, name) if name else "A browser"
    return f"{shown} on {system}" if system else shown
