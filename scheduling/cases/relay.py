"""A mediator writes to the family through us: neither learns the other's number or address.

It goes as a text where the record allows one, else by mail; where it allows neither, the mediator is told to call us.
"""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import by_hand
from scheduling.models import Actor, Booking, Message
from scheduling.outbox import messages
from scheduling.outbox.wording import case_mails
from scheduling.refusals import Refused

PURPOSE = "from the mediator"


class NotReached(Refused):
    def __str__(self) -> str:
        return "We may not write to this family. Call us, and a coordinator sees how to reach it."


def pass_on(session: Session, booking: Booking, words: str, *, by: Actor, now: datetime) -> Message:
    """Write it as ours, with the mediator's words in it; pressed twice on one day it is one message."""
    case = booking.case
    said = f"from your mediator: {words}"
    if by_hand.why_not(session, case) is None:
        return by_hand.text(session, case, said, by=by, now=now)
    key = f"relay:{booking.id}:{london.london_day(now)}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    is_new = messages.written_already(session, key) is None
    mail = case_mails.from_the_mediator(reference=case.reference, words=words)
    message = messages.email_the_family(session, case, purpose=PURPOSE, mail=mail, key=key, now=now)
    if message is None:
        raise NotReached
    if is_new:
        case.record("Words of the mediator were passed on to the family", by=by, now=now)
    return message
