"""Words that only one person knows: what stands in a link, a feed's address or a cookie, and what we keep of it.

We keep the hash alone, so neither a copy of the database nor a log opens anything. Such a word is random and long, so
a plain hash serves: there is nothing to guess that would be worth a slow one.
"""

import hashlib
import secrets
from typing import Final

RANDOM_BYTES: Final = 32


def new() -> str:
    """A word that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def hashed(word: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(word.encode()).hexdigest()
