"""The line: the numbers people ring and text, the address at which Twilio finds us, and what signs its requests."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the telephone side must be told once, when the parts are put together."""

    base_url: str
    """The public address, without a slash at its end. Signatures are made over it, so it is never guessed."""
    secrets: tuple[str, ...] = field(repr=False)
    """Any of these may sign a webhook, so that one can be replaced meanwhile; the first is the simulator's."""
    voice_number: str
    sms_number: str
    account_sid: str = ""
    """The account that every webhook must name; empty: not compared."""
    languages: tuple[str, ...] = ()
    """Those beside English that a caller may choose, by their codes: each was read aloud by somebody who speaks it."""

    def __post_init__(self) -> None:
        if not self.secrets or not all(self.secrets):
            raise ValueError("an empty secret would let anybody sign as Twilio")

    def path(self, address: str) -> str:
        """A root-relative address of ours, also where the service lives under a path of its host."""
        return f"{urlsplit(self.base_url).path}{address}"
