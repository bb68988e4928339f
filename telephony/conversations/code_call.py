"""The code to a family's own pages by call, once the right person has pressed the key: said twice, and kept nowhere.

Another press draws another code, so that nothing has to be remembered between two steps of a call.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cases import calling, codes
from scheduling.models import OutgoingCall
from telephony import phrases
from telephony.connecting import Then, Turn

MOST_TURNS = 20
"""A key that is stuck hears a goodbye at last."""


def turn(session: Session, call: OutgoingCall, number: int, keys: str, *, now: datetime) -> Turn:
    """What is said after this key; none, once the code was heard, is enough for a goodbye."""
    is_heard = call.taken_at is not None
    calling.take(session, call, now=now)
    person = calling.person_of(call)
    language = None if person is None else person.language
    is_over = (is_heard and keys != "1") or number > MOST_TURNS
    if call.code is None or is_over or not codes.may_be_said(call.code, now=now):
        return Turn(says=(phrases.OUR_GOODBYE,), language=language)
    said = phrases.your_code(codes.drawn(call.code, now=now))
    return Turn(says=(said, phrases.CODE_KEYS), then=Then.A_KEY, language=language)
