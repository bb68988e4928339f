"""One mail, as far as it is of use to us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class CalendarAnswer:
    """What a calendar says to an invite of ours."""

    method: str
    """REPLY, or COUNTER for one who would rather have another time."""
    uid: str
    sequence: int
    answers: Mapping[str, str]
    """PARTSTAT by the address of the attendee; some calendars send the whole list back."""
    proposes_at: str | None
    """The beginning that a COUNTER proposes, in ISO's form; None where there is none that can be read."""
    comment: str = ""
    """What they have written beside their answer."""

    @property
    def is_counter(self) -> bool:
        """Whether another time is proposed."""
        return self.method == "COUNTER"

    @property
    def proposed(self) -> datetime | None:
        """The beginning that is proposed."""
        return None if self.proposes_at is None else datetime.fromisoformat(self.proposes_at)


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a mail server says of a mail (RFC 3464)."""

    action: str
    """"failed", "delayed", "delivered", "relayed" or "expanded"."""
    code: str | None
    """Its status: 5.1.1 is a mailbox that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Everything that we take from a mail."""

    mail_id: str
    sender: str
    """The one address that it says it is from, in small letters; empty where there is none, or more than one."""
    subject: str
    words: str
    tokens: tuple[str, ...]
    """What may be tokens of our own messages, in the Message-IDs that it names."""
    is_automatic: bool
    """It says that no person wrote it."""
    is_disowned: bool
    """The sender's own domain says that it did not send this (DMARC), as the mail server that took it in found."""
    answer: CalendarAnswer | None
    bounce: Bounce | None

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """As the confined process gives it."""
        answer, bounce = given["answer"], given["bounce"]
        return cls(
            **given
            | {
                "tokens": tuple(given["tokens"]),
                "answer": None if answer is None else CalendarAnswer(**answer),
                "bounce": None if bounce is None else Bounce(**bounce),
            }
        )
