"""The keys that come from outside the record: they wrap the keys in it, and make its numbers findable.

Several may be known while one replaces another; the first is the newest and wraps whatever is made from now on.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scheduling.refusals import Refused
from scheduling.vault import envelope

LENGTH = 32
"""Bytes of a key: AES-256."""
HINT = "Make one with `./run keys make`."

_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(eq=False)
class KeyWrong(Refused):
    """A key from outside is missing or is not the one with which the record was written."""

    because: str

    def __str__(self) -> str:
        return self.because


@dataclass(frozen=True)
class Masters:
    """The master keys by their ids, the newest first, and the key of the index."""

    keys: Mapping[str, bytes]
    index_key: bytes

    @property
    def newest(self) -> str:
        """The id of the one that wraps from now on."""
        return next(iter(self.keys))


def made(key_id: str) -> str:
    """A new master key as the setting wants it."""
    return f"{key_id}:{new_secret()}"


def new_secret() -> str:
    """Random bytes enough for a key, in base64."""
    return base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def parse(keys: str, index_key: str) -> Masters:
    """The keys as settings have them: `id:base64,id:base64`, the newest first; refuses with a sentence."""
    found: dict[str, bytes] = {}
    for part in filter(None, (part.strip() for part in keys.split(","))):
        key_id, colon, secret = part.partition(":")
        if not colon or _ID.fullmatch(key_id) is None:
            raise KeyWrong(f"VAULT_KEYS: write it as id:base64, several separated by commas. {HINT}")
        if key_id in found:
            raise KeyWrong(f"VAULT_KEYS: two keys are called {key_id}. Give each an id of its own.")
        found[key_id] = _bytes("VAULT_KEYS", secret)
    if not found:
        raise KeyWrong(f"VAULT_KEYS: there is no key in it. {HINT}")
    return Masters(found, _bytes("VAULT_INDEX_KEY", index_key))


def use(masters: Masters) -> None:
    """Seal and open with these from now on; until told, with some that nobody knows."""
    global _masters  # noqa: PLW0603 - one process serves one service
    _masters = masters


def in_use() -> Masters:
    """What `use` was told last."""
    return _masters


def newest() -> str:
    """The id of the master key that wraps from now on."""
    return _masters.newest


def wrap(key_id: str, key: bytes) -> tuple[str, str]:
    """A data key as the record keeps it: the master's id, and the key wrapped by it."""
    master_id = _masters.newest
    sealed = envelope.encrypted(AESGCM(_masters.keys[master_id]), key, bound_to=f"data key|{key_id}")
    return master_id, base64.b64encode(sealed).decode()


def unwrap(key_id: str, master_id: str, wrapped: str) -> bytes:
    """The data key itself; refuses where the master key is not the one that wrapped it."""
    master = _masters.keys.get(master_id)
    if master is None:
        because = f"VAULT_KEYS: the record was written with the master key {master_id}, which is not in it. Add it."
        raise KeyWrong(because)
    try:
        return envelope.decrypted(AESGCM(master), base64.b64decode(wrapped), bound_to=f"data key|{key_id}")
    except InvalidTag:
        because = f"VAULT_KEYS: the master key {master_id} is not the one with which the record was written."
        raise KeyWrong(because) from None


def index(words: str) -> str:
    """What a number or mail address is found by: equal for equal ones, and nothing to anybody without the key."""
    return hmac.new(_masters.index_key, words.strip().casefold().encode(), hashlib.sha256).hexdigest()


def _bytes(setting: str, secret: str) -> bytes:
    try:
        found = base64.b64decode(secret, validate=True)
    except binascii.Error:
        found = b""
    if len(found) != LENGTH:
        raise KeyWrong(f"{setting}: a key is {LENGTH} random bytes in base64. {HINT}")
    return found


_masters = Masters({"none": secrets.token_bytes(LENGTH)}, secrets.token_bytes(LENGTH))
