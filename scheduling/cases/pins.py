"""The PIN by which a family is known on the telephone: issued by us, sealed, and tried only so often.

A number that shows proves nothing, and a birth date is known to the other parent. So a PIN is drawn at random; it is
shown once, to the member of staff who issues it, and goes to the family on paper or by word of mouth to somebody whom
the adviser knows. It is in no text and no mail: both lie about, and both are kept word for word in our outbox.

Half a million PINs: any digest of them without a secret is undone in a minute, however slow, and a slow one would
also hold up a caller. So it is sealed with a key that is not in the record (HMAC-SHA256). A stolen record alone tells
nothing, and whoever has the key as well could issue PINs of their own anyway.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.models import Actor, Case, Pin, WrongPin

LENGTH = 6
TRIES_A_CALL = 3
TRIES_AN_HOUR = 10
"""For one reference, from whatever numbers."""

_NOBODYS = "0" * 64
"""Compared where there is no PIN, so that an unknown reference takes as long as a wrong PIN."""

_key = secrets.token_bytes(32)


def use(secret: str) -> None:
    """Seal with a key made of this secret from now on; until told, with one that nobody knows."""
    global _key  # noqa: PLW0603 - one process serves one service
    _key = hashlib.sha256(b"pin\0" + secret.encode()).digest()


def issue(session: Session, case: Case, *, by: Actor, now: datetime) -> str:
    """Draw a new PIN; the one before it is worth nothing any more. Only this answer ever shows it."""
    digits = "".join(secrets.choice("123456789") for _ in range(LENGTH))  # 0 leads to a person
    sealed = seal(case.reference, digits)
    session.merge(Pin(case_id=case.id, sealed=sealed, issued_at=now, issued_by_id=by.staff_id))
    case.record("A PIN for the telephone was issued", why="Earlier ones are worth nothing any more.", by=by, now=now)
    session.flush()
    return digits


def may_try(session: Session, reference: str, *, call_sid: str, now: datetime) -> bool:
    """Whether one more PIN may be keyed, in this call and for this reference."""
    in_this_call = _count(session, WrongPin.call_sid == call_sid)
    lately = _count(session, WrongPin.reference == reference, WrongPin.at > now - timedelta(hours=1))
    return in_this_call < TRIES_A_CALL and lately < TRIES_AN_HOUR


def opens(session: Session, reference: str, digits: str, *, call_sid: str, now: datetime) -> Case | None:
    """The case that reference and PIN belong to; otherwise None, whichever of the two was wrong, and one try less.

    Everything is asked and compared in any case: neither words nor time tell whether such a case exists.
    """
    known = select(Case, Pin).outerjoin(Pin, Pin.case_id == Case.id).where(Case.reference == reference)
    row = session.execute(known).one_or_none()
    case, pin = (None, None) if row is None else row
    may = may_try(session, reference, call_sid=call_sid, now=now)
    is_right = hmac.compare_digest(seal(reference, digits), _NOBODYS if pin is None else pin.sealed)
    if case is not None and may and is_right:
        return case
    if may:  # beyond the limit nothing is counted, or a stranger could keep the family out for ever
        session.add(WrongPin(reference=reference, call_sid=call_sid, at=now))
        session.flush()
    return None


def issued_at(session: Session, case: Case) -> datetime | None:
    """When the case's PIN was issued, if it has one."""
    return session.scalar(select(Pin.issued_at).where(Pin.case_id == case.id))


def seal(about: str, digits: str) -> str:
    """A digest of what proves something about a case or a link; nobody makes it without the key."""
    return hmac.new(_key, f"{about} {digits}".encode(), hashlib.sha256).hexdigest()


def _count(session: Session, *which: object) -> int:
    return session.scalars(select(func.count()).select_from(WrongPin).where(*which)).one()  # type: ignore[arg-type]
