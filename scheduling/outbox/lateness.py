"""What becomes of a message that could not go in time: after an outage, the one place where that is decided.

Every message carries when it may go at the earliest (`not_before`) and after when it is of no use (`expires_at`). Its
kind says the rest: whether it goes however late, is looked at again first, or is not sent late at all, and whether it
may wake somebody. What is not sent stands in the list of messages, with the reason.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from scheduling import london
from scheduling.models import Message


class Late(StrEnum):
    """What is done with a kind of message that comes late."""

    HOWEVER_LATE = "goes however late, once"
    IF_STILL_TRUE = "is looked at again: goes if it is still true and of use"
    NEVER = "is not sent late"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one kind of message bears being late."""

    late: Late = Late.HOWEVER_LATE
    of_use_for: timedelta | None = None
    """So long after it was due it is dropped, whatever else it says of itself."""
    is_awaited: bool = False
    """Its reader has just asked for it or done what it confirms, so a fresh one may come at any hour."""


MORNING, EVENING = time(8), time(20)
"""Between these nobody is woken, where no record says otherwise."""

TOO_LATE = "too late"
"""Stands in a message that was dropped for that alone, and that somebody therefore has to hear of another way."""

FRESH = timedelta(minutes=15)
"""So long somebody still sits beside the telephone with which they asked."""

_CONFIRMS = Kind(is_awaited=True)
_TELLS = Kind()
_REMINDS = Kind(late=Late.IF_STILL_TRUE)
_NOW_OR_NEVER = Kind(late=Late.NEVER, of_use_for=timedelta(minutes=1), is_awaited=True)

KINDS = {
    # Times that are made, moved and taken back.
    "meeting booked": _CONFIRMS,
    "meeting moved": _CONFIRMS,
    "meeting cancelled": _CONFIRMS,
    "invite again": _CONFIRMS,
    "times to choose from": _REMINDS,
    "reminder to choose a time": _REMINDS,
    "times no longer held": _TELLS,
    "asked about short notice": _REMINDS,
    "other times asked for": _TELLS,
    "missed meeting": _TELLS,
    "reminder": _REMINDS,
    "a meeting handed back": _TELLS,
    # What the law wants told.
    "authority told": _TELLS,
    "authority asked again": _TELLS,
    "authority cannot": _TELLS,
    "care board told": _TELLS,
    "care board reminder": _TELLS,
    "mediation not wanted": _TELLS,
    "nothing to arrange any more": _TELLS,
    "the case is closed": _TELLS,
    "late contact": _TELLS,
    "certificate": _TELLS,
    "a new bank holiday": _TELLS,
    "alarms that nobody has seen": _TELLS,
    # What was agreed.
    "a promise is due": _TELLS,
    "a promise is late": _TELLS,
    "was it done": _TELLS,
    # What people write, and what takes another way.
    "our answer": _CONFIRMS,
    "written by hand": _CONFIRMS,
    "from the mediator": _TELLS,
    "a text as a mail": _TELLS,
    "a mail did not arrive": _TELLS,
    "the family's page": _CONFIRMS,
    "a code for the family's pages": Kind(late=Late.NEVER, of_use_for=timedelta(minutes=10), is_awaited=True),
    # Calls that we make: somebody waits on the line, or was told to expect us now.
    "a caller in the queue": _NOW_OR_NEVER,
    "a call back": _NOW_OR_NEVER,
    "an advice session": _NOW_OR_NEVER,
    "a reminder by call": Kind(late=Late.NEVER, of_use_for=timedelta(minutes=1)),
    # For those who run the service.
    "operation": _TELLS,
    "the audit's anchor": _TELLS,
    "many looks at colleagues' cases": _TELLS,
}
"""Every kind that is written anywhere, by its purpose."""


def of(message: Message) -> Kind:
    """How this message bears being late; one of an older version, whose purpose has gone, is not thrown away."""
    return KINDS.get(message.purpose, _TELLS)


def why_not(message: Message, now: datetime) -> str | None:
    """Why it must not go any more, as a sentence."""
    over = message.expires_at is not None and message.expires_at <= now
    of_use_for = of(message).of_use_for
    if over or (of_use_for is not None and now >= _due(message) + of_use_for):
        return "It was too late to be of use."
    return None


def is_missed(message: Message) -> bool:
    """Whether somebody has to hear it another way, now that it was not sent for being late.

    What is of use at once or never needs nobody: a code is asked for again, and a call in vain is the queue's business.
    """
    return of(message).late is not Late.NEVER


def at_earliest(message: Message, now: datetime) -> datetime:
    """Now, or the next morning where it would come in the night and is not just awaited."""
    if of(message).is_awaited and now < _due(message) + FRESH:
        return now
    local = london.london(now)
    if local.time() < MORNING:
        return london.at(local.date(), MORNING)
    return now if local.time() < EVENING else london.at(local.date() + timedelta(days=1), MORNING)


def is_quiet_hour(now: datetime) -> bool:
    """Whether a telephone that rings now may wake somebody."""
    return not MORNING <= london.london(now).time() < EVENING


def _due(message: Message) -> datetime:
    return max(message.written_at, message.not_before or message.written_at)


def as_markdown() -> str:
    """The table as a page of our documentation."""
    rows = "".join(f"| {purpose} | {_told(kind)} |\n" for purpose, kind in KINDS.items())
    return (
        "# Messages that come late\n\n"
        "After an outage, each message by its kind. A text to a family waits from 20:00 to 08:00, unless its record\n"
        "names safe hours, which then count alone; one that its reader has just asked for may come at any hour while\n"
        "it is fresh. Mails may come at any hour. Families are rung between 08:00 and 20:00 only. What is not sent\n"
        "is listed under Messages, Dropped, with the reason. What was only too late, and is not of a kind that is\n"
        "never sent late, also stands on the coordinator's Today until somebody says that it is dealt with. Written\n"
        "from `scheduling/outbox/lateness.py`: change that, not the page.\n\n"
        "| Kind | Late, it | Of use for | At night |\n"
        "|---|---|---|---|\n"
        f"{rows}"
    )


def _told(kind: Kind) -> str:
    minutes = (
        "as long as it says itself" if kind.of_use_for is None else f"{kind.of_use_for // timedelta(minutes=1)} min"
    )
    night = f"while fresh, {FRESH // timedelta(minutes=1)} min" if kind.is_awaited else "waits"
    return f"{kind.late} | {minutes} | {night}"
