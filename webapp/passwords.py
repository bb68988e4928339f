"""Passwords, hashed slowly on purpose, and by few at a time: a flood of tries must not take the machine's memory."""

import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from scheduling.refusals import Refused

SHORTEST = 12
LONGEST = 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two threads of their own: each thread that hashes keeps 19 MiB, and a flood of tries must not make every thread do it.
_hashing = ThreadPoolExecutor(2, thread_name_prefix="hashing")
# Nobody knows the password of this: it gives an unknown address the same work.
_nobodys = _hasher.hash(secrets.token_urlsafe())


class PasswordTooShort(Refused):
    """The password could be guessed."""

    def __str__(self) -> str:
        return f"The password must have {SHORTEST} characters or more, and at most {LONGEST}."


def hashed(password: str) -> str:
    """As it is kept; one that could be guessed is refused."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordTooShort
    return _hashing.submit(_hasher.hash, password).result()


def fits(password_hash: str | None, password: str) -> bool:
    """Whether it is this password; None, for an address that nobody has, costs the same."""
    try:
        return _hashing.submit(_hasher.verify, password_hash or _nobodys, password[: LONGEST + 1]).result()
    except (VerifyMismatchError, InvalidHashError):
        return False
