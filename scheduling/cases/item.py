"""One thing that somebody has to do, as the worklist shows it."""

from dataclasses import dataclass
from datetime import date, datetime

from scheduling import london
from scheduling.law import deadlines
from scheduling.law.working_days import Calendar
from scheduling.models import (
    AccessRequest,
    AgreedAction,
    Alarm,
    Booking,
    CallBack,
    Case,
    Contact,
    ErasureBatch,
    Feedback,
    InboundMail,
    LookAlarm,
    Message,
    Role,
)


@dataclass(frozen=True, kw_only=True)
class Item:
    """What, why, by when and whose work it is; and what it is about."""

    what: str
    why: str
    who: Role
    by: date | None = None
    case: Case | None = None
    call_back: CallBack | None = None
    message: Message | None = None
    contact: Contact | None = None
    mail: InboundMail | None = None
    booking: Booking | None = None
    action: AgreedAction | None = None
    feedback: Feedback | None = None
    look_alarm: LookAlarm | None = None
    """Somebody's many looks at colleagues' cases: a manager's business alone."""
    access: AccessRequest | None = None
    batch: ErasureBatch | None = None
    alarm: Alarm | None = None
    """The alarm about the same deadline that nobody has seen yet."""
    rule: str | None = None
    """The key of the rule behind it, by which its alarm is found."""


def answer_by(asked_at: datetime, working_days: Calendar, *, at_once: bool = False) -> date:
    """Answered within a working day; at once when a date runs out."""
    day = london.london_day(asked_at)
    return working_days.on_or_after(day) if at_once else working_days.after(day, 1)


def notice_by(case: Case, working_days: Calendar) -> date | None:
    """The last day on which notice could still be given of a meeting within the thirty days."""
    if case.told_at is None:
        return None
    ends = deadlines.mediation_window(london.london_day(case.told_at), working_days).last_working_day
    return deadlines.notice_latest(ends, working_days).clear.day
