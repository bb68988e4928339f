"""The second factor: a code from an authenticator app, or from the paper that stands in for a lost telephone.

A code of either kind works once; the database decides, so that two who use it at the same moment cannot both be let in.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Staff
from webapp.accounts import Account, RecoveryCode

HALF_MINUTE = 30
"""A code is good for so many seconds, and one before and one after are taken too, for phones whose clock is out."""

RECOVERY_CODES = 10
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without what looks alike on paper."""
_LENGTH = 16
"""About 78 bits: nobody finds one by trying, not even with a copy of the database."""

_nobodys_secret = pyotp.random_base32()


def new_secret() -> str:
    """What the service and the authenticator app share."""
    return pyotp.random_base32()


def otpauth_uri(staff: Staff, secret: str) -> str:
    """The secret as authenticator apps read it."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.email, issuer_name="Common Ground")


def current_code(session: Session, account: Account) -> str:
    """The code that an authenticator would show, or the next one where that has been used: the demo has no phone."""
    current = _counter(db.moment(session))
    return pyotp.TOTP(account.totp_secret).generate_otp(max(current, min(account.totp_counter, current) + 1))


def new_recovery_codes(session: Session, staff_id: int) -> list[str]:
    """A sheet of codes, shown this once; those of an older sheet open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=_digest(code)) for code in codes)
    session.flush()
    return ["-".join(re.findall("....", code)) for code in codes]


def recovery_codes_left(session: Session, staff_id: int) -> int:
    """How many of somebody's sheet have not been used."""
    unused = select(func.count()).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def use_up(session: Session, account: Account | None, code: str) -> bool:
    """Whether the code is good, for the last time; an account that is not there takes the same work."""
    moment = db.moment(session)
    counter = _counter_of(code, account.totp_secret if account else _nobodys_secret, moment)
    if account is None:
        return False
    if counter is not None:
        newer = update(Account).where(Account.staff_id == account.staff_id, Account.totp_counter < counter)
        used = session.execute(newer.values(totp_counter=counter).returning(Account.staff_id))
    else:
        kept = "".join(character for character in code.upper() if character in _ALPHABET)
        unused = update(RecoveryCode).where(
            RecoveryCode.staff_id == account.staff_id,
            RecoveryCode.code_hash == _digest(kept),
            RecoveryCode.used_at.is_(None),
        )
        used = session.execute(unused.values(used_at=moment).returning(RecoveryCode.id))
    return used.first() is not None


def _counter_of(code: str, secret: str, moment: datetime) -> int | None:
    digits = "".join(code.split()).encode(errors="replace")
    totp, now = pyotp.TOTP(secret), _counter(moment)
    fitting = [c for c in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(c).encode(), digits)]
    return fitting[0] if fitting else None


def _counter(moment: datetime) -> int:
    return int(moment.timestamp()) // HALF_MINUTE


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
