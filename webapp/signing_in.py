"""Signing in: a password, a code that works once, and a session that the database remembers.

Nobody outside may learn from us who works here: an unknown address, a wrong password and a wrong code get the same
answer after the same work. Tries are counted before anything is hashed, as hashing is what costs us memory and time.
All of it goes by the database's real clock, which the demo's travel in time does not move.
"""

import hashlib
import hmac
import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from scheduling import db
from scheduling.models import Role, Staff
from scheduling.refusals import Refused
from webapp.accounts import Account, SignedIn, SignInFailure

log = logging.getLogger(__name__)

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly we remember when a browser was last seen: a write for every page would be too many."""

COUNTED = timedelta(minutes=15)
FAILURES_OF_AN_ADDRESS = 5
FAILURES_FROM_A_PLACE = 20
"""More than of one address: a whole office, or a proxy, shares a place on the internet."""

HALF_MINUTE = 30
"""A code is good for so many seconds, and one before and one after are taken too, for phones whose clock is out."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two threads of their own: each thread that hashes keeps 19 MiB, and a flood of tries must not make every thread do it.
_hashing = ThreadPoolExecutor(2, thread_name_prefix="hashing")
# Nobody knows the password of this: it gives an unknown address the same work.
_nobodys_hash = _hasher.hash(secrets.token_urlsafe())
_nobodys_secret = pyotp.random_base32()


class NotLetIn(Refused):
    """The address, the password or the code is wrong, and which of them is not said."""

    def __str__(self) -> str:
        return "Check your email address, password and code, then try again. Use a new code: each works only once."


class TooManyTries(Refused):
    """So many tries have failed that we wait before we look at another."""

    def __str__(self) -> str:
        return "There have been too many tries to sign in. Wait 15 minutes, then try again."


class PasswordTooShort(Refused):
    """The password could be guessed."""

    def __str__(self) -> str:
        return f"The password must have {SHORTEST_PASSWORD} characters or more, and at most {LONGEST_PASSWORD}."


@dataclass(frozen=True, kw_only=True)
class Try:
    """What somebody typed at the door, and from where."""

    email: str
    password: str
    code: str
    place: str
    """The remote address."""


@dataclass(frozen=True)
class Visitor:
    """A member of staff who has signed in, as a page needs to know them."""

    id: int
    name: str
    email: str
    role: Role


def open_account(session: Session, staff: Staff, password: str) -> str:
    """Give a member of staff the means to sign in; the answer is the second factor's secret, shown this once."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordTooShort
    secret = pyotp.random_base32()
    session.add(Account(staff=staff, password_hash=_hashed(password), totp_secret=secret))
    return secret


def accounts(session: Session) -> list[Account]:
    """Everybody who may sign in: the demo shows them, as nobody real stands behind them."""
    return list(session.scalars(select(Account).options(joinedload(Account.staff)).order_by(Account.staff_id)))


def otpauth_uri(staff: Staff, secret: str) -> str:
    """The secret as authenticator apps read it."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.email, issuer_name="Common Ground")


def current_code(session: Session, account: Account) -> str:
    """The code that an authenticator would show, or the next one where that has been used: the demo has no phone."""
    current = _counter(db.moment(session))
    return pyotp.TOTP(account.totp_secret).generate_otp(max(current, min(account.totp_counter, current) + 1))


def count(session: Session, attempt: Try, *, key: str) -> list[int]:
    """Note a try as failed before it is looked at, or refuse to look; a good try is taken off the count again.

    Counted first, so that a hundred tries at once are not all looked at because none has failed yet.
    """
    moment = db.moment(session)
    limits = ((f"address:{attempt.email}", FAILURES_OF_AN_ADDRESS), (f"place:{attempt.place}", FAILURES_FROM_A_PLACE))
    for who, limit in limits:
        if _failures(session, _masked(who, key), since=moment - COUNTED) >= limit:
            raise TooManyTries
    rows = [SignInFailure(who=_masked(who, key), at=moment) for who, _ in limits]
    session.add_all(rows)
    session.flush()  # the rows' numbers are needed to take them off again
    return [row.id for row in rows]


def recognise(session: Session, attempt: Try) -> tuple[Account | None, bool]:
    """Whose address it is, and whether the password fits. Slow on purpose: hold no writer's lock meanwhile."""
    account = session.scalar(
        select(Account)
        .join(Account.staff)
        .where(Staff.email == attempt.email, Staff.is_active)
        .options(joinedload(Account.staff))
    )
    return account, _fits(account.password_hash if account else _nobodys_hash, attempt.password)


def let_in(session: Session, attempt: Try, account: Account | None, *, password_fits: bool, counted: list[int]) -> str:
    """Use the code up and begin a session; the answer is the cookie's value, which only the browser keeps."""
    moment = db.moment(session)
    counter = _counter_of(attempt.code, account.totp_secret if account else _nobodys_secret, moment)
    if account is None or not password_fits or counter is None or not _use_up(session, account, counter):
        raise NotLetIn
    session.execute(delete(SignInFailure).where(SignInFailure.id.in_(counted)))
    token = secrets.token_urlsafe(32)
    session.add(SignedIn(token_hash=_digest(token), staff_id=account.staff_id, since=moment, seen_at=moment))
    log.info("signed in", extra={"staff": account.staff_id})
    return token


def visitor(session: Session, token: str) -> tuple[Visitor, bool] | None:
    """Who has signed in with this cookie, and whether it is time to note that they were seen."""
    found = session.get(SignedIn, _digest(token), options=[joinedload(SignedIn.staff)])
    if found is None or not found.staff.is_active:
        return None
    moment = db.moment(session)
    if moment - found.seen_at > IDLE or moment - found.since > ABSOLUTE:
        return None
    staff = found.staff
    return Visitor(staff.id, staff.name, staff.email, staff.role), moment - found.seen_at > SEEN_EVERY


def note_seen(session: Session, token: str) -> None:
    """The half hour without a page begins anew."""
    here = SignedIn.token_hash == _digest(token)
    session.execute(update(SignedIn).where(here).values(seen_at=db.moment(session)))


def sign_out(session: Session, token: str) -> None:
    """End this browser's session."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == _digest(token)))


def sign_out_everywhere(session: Session, staff_id: int) -> None:
    """End every session of a member of staff."""
    session.execute(delete(SignedIn).where(SignedIn.staff_id == staff_id))


def forget_old(session: Session) -> None:
    """Remove what no longer counts: failures past their quarter of an hour, sessions past their end."""
    moment = db.moment(session)
    session.execute(delete(SignInFailure).where(SignInFailure.at < moment - COUNTED))
    session.execute(delete(SignedIn).where((SignedIn.since < moment - ABSOLUTE) | (SignedIn.seen_at < moment - IDLE)))


def _failures(session: Session, who: str, *, since: datetime) -> int:
    counted = select(func.count()).where(SignInFailure.who == who, SignInFailure.at > since)
    return session.scalar(counted) or 0


def _use_up(session: Session, account: Account, counter: int) -> bool:
    """Whether this code is newer than the last one used. The database decides, so that two at once cannot both be."""
    newer = update(Account).where(Account.staff_id == account.staff_id, Account.totp_counter < counter)
    used = session.execute(newer.values(totp_counter=counter).returning(Account.staff_id))
    return used.first() is not None


def _counter_of(code: str, secret: str, moment: datetime) -> int | None:
    digits = "".join(code.split()).encode(errors="replace")
    totp, now = pyotp.TOTP(secret), _counter(moment)
    fitting = [c for c in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(c).encode(), digits)]
    return fitting[0] if fitting else None


def _counter(moment: datetime) -> int:
    return int(moment.timestamp()) // HALF_MINUTE


def _hashed(password: str) -> str:
    return _hashing.submit(_hasher.hash, password).result()


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hashing.submit(_hasher.verify, password_hash, password[: LONGEST_PASSWORD + 1]).result()
    except (VerifyMismatchError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _masked(who: str, key: str) -> str:
    return hmac.new(key.encode(), who.encode(), hashlib.sha256).hexdigest()
