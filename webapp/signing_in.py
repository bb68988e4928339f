"""Signing in: a password and a code that works once, counted before they are looked at.

Counted first, so that a hundred tries at once are not all looked at because none has failed yet, and before any
password is hashed, as hashing is what costs us memory and time.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scheduling import db
from scheduling.models import Staff
from scheduling.refusals import Refused
from webapp import passwords, second_factor, sessions, tries
from webapp.accounts import Account
from webapp.sessions import Visitor

log = logging.getLogger(__name__)

FAILURES_OF_AN_ADDRESS = 5
FAILURES_FROM_A_PLACE = 20
"""More than of one address: a whole office, or a proxy, shares a place on the internet."""


class NotLetIn(Refused):
    """The address, the password or the code is wrong, and which of them is not said."""

    def __str__(self) -> str:
        return "Check your email address, password and code, then try again. Use a new code: each works only once."


class TooManyTries(Refused):
    """So many tries have failed that we wait before we look at another."""

    def __str__(self) -> str:
        return "There have been too many tries to sign in. Wait 15 minutes, then try again."


@dataclass(frozen=True, kw_only=True)
class Try:
    """What somebody typed at the door, and from where."""

    email: str
    password: str
    code: str
    place: str
    """The remote address."""
    browser: str = ""
    """What it says of itself."""


def sign_in(attempt: Try, *, key: str) -> str:
    """Begin a session; the answer is the cookie's value. In short pieces, so that hashing keeps nobody from writing."""
    counted = _count(attempt, key=key)
    with db.Reading() as session:
        account, fits = recognise(session, attempt)
    with _failures_noted(account), db.Session.begin() as session:
        return let_in(session, attempt, account, password_fits=fits, counted=counted)


def prove_again(attempt: Try, visitor: Visitor, *, key: str) -> str:
    """Somebody who has signed in shows once more that it is them; their session goes on under another cookie."""
    counted = _count(attempt, key=key)
    with db.Reading() as session:
        account, fits = recognise(session, attempt)
    with _failures_noted(account), db.Session.begin() as session:
        _use_up(session, attempt, account, password_fits=fits, counted=counted)
        token = sessions.renew(session, visitor.session_id)
        if token is None:
            raise NotLetIn
        log.info("proved again", extra={"staff": visitor.id})
        return token


def recognise(session: Session, attempt: Try) -> tuple[Account | None, bool]:
    """Whose address it is, and whether the password fits. Slow on purpose: hold no writer's lock meanwhile."""
    account = session.scalar(
        select(Account)
        .join(Account.staff)
        .where(Staff.email == attempt.email, Staff.is_active)
        .options(joinedload(Account.staff))
    )
    return account, passwords.fits(account.password_hash if account else None, attempt.password)


def let_in(session: Session, attempt: Try, account: Account | None, *, password_fits: bool, counted: list[int]) -> str:
    """Use the code up and begin a session; the answer is the cookie's value, which only the browser keeps."""
    staff_id = _use_up(session, attempt, account, password_fits=password_fits, counted=counted)
    log.info("signed in", extra={"staff": staff_id})
    return sessions.begin(session, staff_id, browser=attempt.browser)


@contextmanager
def _failures_noted(account: Account | None) -> Iterator[None]:
    """A try that fails is written down by itself, as everything else of it is taken back."""
    try:
        yield
    except NotLetIn:
        with db.Session.begin() as session:
            sessions.note_failure(session, None if account is None else account.staff_id)
        raise


def _count(attempt: Try, *, key: str) -> list[int]:
    """Note a try as failed before it is looked at, or refuse to look; a good try is taken off the count again."""
    limits = {f"address:{attempt.email}": FAILURES_OF_AN_ADDRESS, f"place:{attempt.place}": FAILURES_FROM_A_PLACE}
    with db.Session.begin() as session:
        tries.forget_old(session)
        sessions.forget_ended(session)
        counted = tries.count(session, limits, key=key)
    if counted is None:
        raise TooManyTries
    return counted


def _use_up(session: Session, attempt: Try, account: Account | None, *, password_fits: bool, counted: list[int]) -> int:
    """The code, and then the count of this try; the answer is whose they were."""
    known = account if password_fits else None
    if not second_factor.use_up(session, known, attempt.code) or known is None:
        raise NotLetIn
    tries.forgive(session, counted)
    return known.staff_id
