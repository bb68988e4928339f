"""Who we say we are in everything that we send: name, mailbox, telephone, address of the pages.

Told once by whoever puts the parts together; until then the demo's.
"""

from dataclasses import dataclass
from email.utils import parseaddr

from scheduling import numbers


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The service as families, authorities and mediators see it."""

    name: str = "Common Ground"
    mailbox: str = "Common Ground <meetings@common-ground.example>"
    """Sends every mail and organises every meeting; with or without a name before the address."""
    phone: str = "+443001234567"
    """The advice line, E.164."""
    base_url: str = "http://127.0.0.1:8000"
    keeper: str = ""
    """Who gets the audit's anchors by mail; empty: every manager."""

    @property
    def address(self) -> str:
        """The mailbox alone: meetings@common-ground.example."""
        return parseaddr(self.mailbox)[1]

    @property
    def domain(self) -> str:
        """The part after the @, for names that must be ours alone in the world."""
        return self.address.rpartition("@")[2]

    @property
    def written_phone(self) -> str:
        """The advice line as a person writes it: 0300 123 4567."""
        return numbers.written(self.phone)


_current = Identity()


def use(identity: Identity) -> None:
    """Send as this service from now on."""
    global _current  # noqa: PLW0603 - one process speaks for one service
    _current = identity


def current() -> Identity:
    """The service that we send as."""
    return _current
