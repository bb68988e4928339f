"""A text that a member of staff writes to a family: the same record decides as for every other, and says why not."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling import london, segments
from scheduling.models import Actor, Case, Message
from scheduling.outbox import identity, messages
from scheduling.refusals import Refused

PURPOSE = "written by hand"
MOST_SEGMENTS = 3


@dataclass(eq=False)
class NotWelcome(Refused):
    """The person's record forbids a text."""

    because: str

    def __str__(self) -> str:
        return f"No text was sent. {self.because}"


class TooLong(Refused):
    def __str__(self) -> str:
        return f"No text was sent. It is longer than {MOST_SEGMENTS} segments: say it shorter, or write an e-mail."


def why_not(session: Session, case: Case) -> str | None:
    """Why the family may not be texted, for whoever is about to; None when it may."""
    return messages.why_not_text(session, case.person)


def worded(session: Session, case: Case, words: str) -> str:
    """The text as the family will read it, if it may go at all."""
    body = messages.in_our_name(case.person, segments.gsm7(f"{identity.current().name}: {words}"))
    if segments.count(body).segments > MOST_SEGMENTS:
        raise TooLong
    if (because := why_not(session, case)) is not None:
        raise NotWelcome(because)
    return body


def text(session: Session, case: Case, words: str, *, by: Actor, now: datetime) -> Message:
    """Write it; the same words on the same day are one text, however often the button is pressed."""
    body = worded(session, case, words)
    key = f"by hand:{case.id}:{london.london_day(now)}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    is_new = messages.written_already(session, key) is None
    message = messages.text(session, case.person, purpose=PURPOSE, body=body, key=key, now=now, case=case)
    if message is None:
        raise NotWelcome("Somebody has just changed the contact record.")
    if is_new:
        case.record("A text was written to the family by hand", by=by, now=now)
    return message
