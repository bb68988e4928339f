"""What is asked of whoever keeps the mails that come to the service's own mailbox.

A mail stays there until the record holds what became of it. One that cannot be put away after that comes again, and is
known by its Message-ID.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

LARGEST: Final = 1024 * 1024
"""So much of a mail is read. The words stand at its beginning; pictures of letters may be larger than this."""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A mail that nobody has read yet."""

    name: str
    """The mailbox's own name for it."""
    raw: bytes
    """Its beginning, `LARGEST` bytes at most."""
    is_whole: bool
    arrived_at: datetime
    """When the mail server took it."""


class Mailbox(Protocol):
    """Keeps mails. Both raise the troubles of carriers."""

    def waiting(self) -> Iterator[Arrived]:
        """The mails that nobody has read, in the order in which they came, some at a time."""

    def put_away(self, mail: Arrived) -> None:
        """It need not be read again; one that is gone is put away."""
