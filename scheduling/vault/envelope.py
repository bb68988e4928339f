"""One value, sealed with AES-256-GCM and bound to its place: table, column and row.

A value that was put into another place, or changed, does not open. Stored as `v1|key id|nonce and ciphertext`, with
the version first, so that a later cipher can live beside this one.
"""

import base64
import logging
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX = "v1|"
NONCE_BYTES = 12

log = logging.getLogger(__name__)


class TamperedWith(Exception):  # noqa: N818 - nobody is refused: somebody has written into the record
    """A sealed value stands where it was not written, or has been changed."""


@dataclass(frozen=True)
class Key:
    """A data key that is ready for use."""

    id: str
    cipher: AESGCM


def seal(content: bytes, *, key: Key, bound_to: str) -> str:
    """The value as the record keeps it."""
    sealed = base64.urlsafe_b64encode(encrypted(key.cipher, content, bound_to=bound_to)).decode()
    return f"{PREFIX}{key.id}|{sealed}"


def unseal(stored: str, *, key: Key, bound_to: str) -> bytes:
    """The value as it was written."""
    sealed = base64.urlsafe_b64decode(stored.rpartition("|")[2])
    try:
        return decrypted(key.cipher, sealed, bound_to=bound_to)
    except InvalidTag:
        log.error("a sealed value does not belong where it stands", extra={"place": bound_to, "key": key.id})  # noqa: TRY400 - ids are all that a log may hold
        raise TamperedWith(bound_to) from None


def is_sealed(stored: str) -> bool:
    """Whether this is a sealed value, and not one from before there was a vault."""
    return stored.startswith(PREFIX)


def key_id(stored: str) -> str:
    """With which key it was sealed."""
    return stored.split("|", 2)[1]


def encrypted(cipher: AESGCM, content: bytes, *, bound_to: str) -> bytes:
    """Nonce and ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, bound_to.encode())


def decrypted(cipher: AESGCM, sealed: bytes, *, bound_to: str) -> bytes:
    """The content; raises InvalidTag where key, place or content is another."""
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
