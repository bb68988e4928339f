"""When advisers work by the week, and on which telephone they are rung; each change is in the history of the rota."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from scheduling import london, numbers
from scheduling.models import Actor, Shift, Staff
from scheduling.reference import changes
from scheduling.refusals import Refused

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class EndsBeforeItBegins(Refused):
    """A shift is a stretch of one day."""

    def __str__(self) -> str:
        return "A shift ends later on the same day than it begins."


@dataclass(eq=False)
class Overlaps(Refused):
    """Nobody works the same hour twice."""

    shift: Shift

    def __str__(self) -> str:
        return f"There is a shift on {_words(self.shift)} already. Remove it first."


class NotToBeRung(Refused):
    """We ring no premium and no foreign numbers."""

    def __str__(self) -> str:
        return "We ring British landlines, mobiles, 03 and free numbers only. Write it as 020 7946 0301."


def add(session: Session, adviser: Staff, *, weekday: int, starts: time, ends: time, by: Actor, now: datetime) -> Shift:
    """Have an adviser take calls and appointments on this day of every week; appointments that stand stay."""
    if ends <= starts:
        raise EndsBeforeItBegins
    for known in adviser.shifts:
        if known.weekday == weekday and known.starts < ends and starts < known.ends:
            raise Overlaps(known)
    shift = Shift(staff_id=adviser.id, weekday=weekday, starts=starts, ends=ends)
    adviser.shifts.append(shift)
    changes.record(session, changes.ROTA, f"{adviser.name} works on {_words(shift)}", by=by, now=now)
    session.flush()
    return shift


def remove(session: Session, adviser: Staff, shift: Shift, *, by: Actor, now: datetime) -> None:
    """The adviser works then no more; appointments that stand stay."""
    what = f"{adviser.name} no longer works on {_words(shift)}"
    changes.record(session, changes.ROTA, what, by=by, now=now)
    session.delete(shift)


def ring(session: Session, adviser: Staff, typed: str, *, by: Actor, now: datetime) -> None:
    """Ring this adviser for whoever waits; without a number, no more."""
    number = numbers.parse(typed) if typed else None
    if typed and (number is None or not numbers.may_be_rung(number)):
        raise NotToBeRung
    if number != adviser.number:
        how = "has appointments only" if number is None else f"is rung on the number ending {number[-3:]}"
        changes.record(session, changes.ROTA, f"{adviser.name} {how}", by=by, now=now)
    adviser.number = number


def _words(shift: Shift) -> str:
    return f"{DAYS[shift.weekday]}, {london.written_time(shift.starts)} to {london.written_time(shift.ends)}"
