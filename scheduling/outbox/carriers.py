"""What the outbox asks of whoever carries texts or mail, and what they may answer.

A carrier knows the outside world; the outbox knows what has been promised. A carrier never tries twice by itself:
whether a message that may have gone is sent again is decided where its history is known, in `delivery`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from scheduling.models import MessageState

CALL_TIMEOUT = timedelta(seconds=10)
"""How long a carrier may wait for the outside world."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A document that goes with a mail."""

    name: str
    """As the recipient's machine will call the file."""
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A message on its way, and no longer a row: the database is let go before the network is asked."""

    message_id: int
    token: str
    """Names the message to the outside world: in the address for callbacks, in a mail's Message-ID."""
    address: str
    subject: str | None
    body: str
    calendar: str | None
    calendar_method: str | None
    dated: datetime
    """The same at every try, so that a second copy is the first one's equal."""
    valid_for: timedelta | None
    """After so long it is of no use any more."""
    attempted_at: datetime
    """By the database's clock, when this try began."""
    lease_until: datetime
    """By the database's clock: until then the message is this worker's alone."""
    attachment: Attachment | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The carrier has the message."""

    provider_id: str
    state: MessageState = MessageState.SENT


class Carrier(Protocol):
    """Carries one kind of message to the outside world, within `CALL_TIMEOUT`."""

    def carry(self, parcel: Parcel) -> Receipt:
        """Hand the message over; raises one of the troubles below."""

    def find(self, parcel: Parcel) -> Receipt | None:
        """The message in the carrier's own list, when an earlier try did hand it over."""


class Trouble(Exception):  # noqa: N818 - these are the carrier's answers, not our errors
    """The message was not, or not surely, handed over. The code is the carrier's; no number and no words in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TryLater(Trouble):
    """Not taken now, and surely not sent: worth another try."""


class ChannelBusy(TryLater):
    """Not taken now, whoever it is for: the carrier cannot be reached, or has too much to do."""


class NotCarried(Trouble):
    """Refused for good: another try would be refused as well."""

    def __init__(self, code: str, *, opted_out: bool = False, cannot_be_texted: bool = False) -> None:
        super().__init__(code)
        self.opted_out = opted_out
        """The recipient has told the carrier to send nothing more."""
        self.cannot_be_texted = cannot_be_texted
        """No text will ever reach this number."""


class InDoubt(Trouble):
    """Nobody can say whether it was taken: sending again might send it twice."""


class ChannelDown(Trouble):
    """Nothing can be sent by this carrier until somebody mends it: a wrong password, a number that is not ours."""
