"""A call that we make: an adviser is told what it is about, a family only whom it is for, until a key is pressed.

Whoever picks up may be anybody, and may be a machine. A machine, or what may be one, gets nothing, unless the family's
record allows one neutral sentence.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduling.cases import calling
from scheduling.models import CallOutcome, LeftQueue, OutgoingCall, Person, QueuePlace, Rung
from scheduling.outbox import calls
from telephony import phrases
from telephony.connecting import Then, Turn
from telephony.conversations import code_call, reminder_call

HUMAN = "human"
MOST_ASKED = 2
LISTENS_SECONDS = 3
MOST_PAUSES = 4
"""So often we wait for the provider to tell a person from a machine; then we ask for the right person all the same."""
RINGING_SECONDS = 5


def answered(session: Session, call: OutgoingCall, turn: int, keys: str, *, now: datetime) -> Turn:
    """What is said to whoever picked up, at the first document and at each that follows."""
    if call.ended_at is not None:
        return Turn(says=(phrases.OUR_GOODBYE,))
    if call.rung is Rung.REMINDER and (keys == "1" or call.taken_at is not None):
        return reminder_call.turn(session, call, turn, keys, now=now)
    if call.rung is Rung.CODE and (keys == "1" or call.taken_at is not None):
        return code_call.turn(session, call, turn, keys, now=now)
    if keys == "1":
        return _put_through(session, call, now)
    return _ASK[call.rung](session, call, turn, now)


def waits(session: Session, call: OutgoingCall, turn: int) -> Turn:
    """What an adviser hears while the family is rung."""
    familys = calling.family_of(session, call)
    if familys is None or familys.ended_at is not None:
        return Turn(then=Then.LEAVE)
    return Turn(says=() if turn else (phrases.RINGING_THE_FAMILY,), then=Then.ON, seconds=RINGING_SECONDS)


def afterwards(session: Session, call: OutgoingCall) -> Turn:
    """What is said when the other has gone, or never came."""
    familys = calling.family_of(session, call)
    if familys is not None and familys.taken_at is None:
        return Turn(says=(phrases.FAMILY_NOT_REACHED,))
    return Turn(says=(phrases.OUR_GOODBYE,))


def _put_through(session: Session, call: OutgoingCall, now: datetime) -> Turn:
    if not calling.take(session, call, now=now):
        return Turn(says=(phrases.NOBODY_THERE,))
    if call.place is not None:
        return Turn(says=(phrases.CONNECTING,), then=Then.MEET, queue=call.place.call_sid)
    if call.waits is not None:
        return Turn(says=(phrases.CONNECTING,), then=Then.MEET, queue=_queue_of(call.waits))
    return Turn(then=Then.WAIT, queue=_queue_of(call))


def _queue_of(adviser_s: OutgoingCall) -> str:
    return f"adviser-call-{adviser_s.id}"


def _ask_adviser(session: Session, call: OutgoingCall, turn: int, now: datetime) -> Turn:
    if turn >= MOST_ASKED:
        calling.end(session, call, CallOutcome.NOT_TAKEN, now=now)
        return Turn(says=(phrases.OUR_GOODBYE,))
    if call.place is not None and call.place.result not in {None, LeftQueue.TAKEN}:
        calling.end(session, call, CallOutcome.NOT_TAKEN, now=now)
        return Turn(says=(phrases.NOBODY_THERE,))
    return Turn(says=whisper(call, now), then=Then.A_KEY)


def whisper(call: OutgoingCall, now: datetime) -> tuple[str, ...]:
    """What an adviser must know before they take the call; staff may hear the council, nobody else's voicemail may."""
    if call.place is not None:
        council, since = _council(call.place), call.place.entered_at
        return phrases.whisper(council, _minutes(now - since), deadline_soon=call.place.deadline_soon)
    if call.call_back is not None:
        since = call.call_back.in_line_since or call.call_back.asked_at
        return phrases.whisper_call_back(_minutes(now - since), deadline_soon=call.call_back.deadline_soon)
    return (phrases.WHISPER_SESSION,)


def _council(place: QueuePlace) -> str | None:
    return None if place.case is None or place.case.authority is None else place.case.authority.name


def _minutes(waited: timedelta) -> int:
    return max(0, math.floor(waited / timedelta(minutes=1)))


def _ask_family(session: Session, call: OutgoingCall, turn: int, now: datetime) -> Turn:
    """First a hello, while the provider listens to what answers; then, of a person, whether it is the right one."""
    if call.answered_by is None and turn < MOST_PAUSES:
        return Turn(says=() if turn else (phrases.HELLO,), then=Then.ON, seconds=LISTENS_SECONDS)
    if call.answered_by not in {None, HUMAN}:
        return _machine(session, call, now)
    if turn >= MOST_PAUSES + MOST_ASKED:
        calling.end(session, call, CallOutcome.NOT_TAKEN, now=now)
        return Turn(says=(phrases.OUR_GOODBYE,))
    person = calling.person_of(call)
    return Turn(says=screening(person), then=Then.A_KEY, language=None if person is None else person.language)


def screening(person: Person | None) -> tuple[str, ...]:
    """Whom the call is for, by the record; not why, and not who calls, but for a word that only the family knows."""
    if person is None:
        return (phrases.SCREENING_NOBODY,)
    word = () if person.code_word is None else (phrases.code_word(person.code_word),)
    return (*word, phrases.screening(person.name) if person.name else phrases.SCREENING_NOBODY)


def _machine(session: Session, call: OutgoingCall, now: datetime) -> Turn:
    person = calling.person_of(call)
    may_leave = person is not None and person.may_leave_message and (call.answered_by or "").startswith("machine_end")
    calling.end(session, call, CallOutcome.MESSAGE_LEFT if may_leave else CallOutcome.MACHINE, now=now)
    return Turn(says=(calls.NEUTRAL,)) if may_leave else Turn()


_ASK: dict[Rung, Callable[[Session, OutgoingCall, int, datetime], Turn]] = {
    Rung.ADVISER: _ask_adviser,
    Rung.FAMILY: _ask_family,
    Rung.REMINDER: _ask_family,
    Rung.CODE: _ask_family,
}
