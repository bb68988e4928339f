"""When somebody is reminded, asked again or warned. Our own practice and no law: nothing is lost on these days.

Every answer is a pure function of days, so that a sweep that was down for three days raises what it missed, and one
that runs twice finds nothing new.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from scheduling.law import periods
from scheduling.law.working_days import Calendar

_DAY = timedelta(days=1)

_ASKED_AGAIN_AFTER = 1, 3
"""Working days: overnight, and again in the same week; each time the officer and the named manager."""

_NO_SLOT_AFTER, _DRAFT_AFTER = 15, 20
"""Days of the 30. Half way another place or mediator can still be found with notice in time; ten days before the end
the certificate that mediation could not be arranged is prepared, so that no weekend delays it."""


class Threshold(IntEnum):
    """How near a deadline has come, in working days. Overdue is the day after it, be it a working day or not."""

    TEN = 10
    FIVE = 5
    THREE = 3
    ONE = 1
    OVERDUE = -1


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """The day on which a threshold is reached."""

    threshold: Threshold
    day: date


def thresholds(deadline: date, calendar: Calendar) -> tuple[Alarm, ...]:
    """Every alarm of a deadline, the earliest first."""
    before = [threshold for threshold in Threshold if threshold is not Threshold.OVERDUE]
    return (
        *(Alarm(threshold=threshold, day=calendar.before(deadline, threshold)) for threshold in before),
        Alarm(threshold=Threshold.OVERDUE, day=deadline + _DAY),
    )


def due(deadline: date, today: date, calendar: Calendar) -> list[Threshold]:
    """The thresholds that have been reached, the earliest first: whoever raises alarms leaves out those raised."""
    return [alarm.threshold for alarm in thresholds(deadline, calendar) if alarm.day <= today]


def asked_again_on(authority_told: date, calendar: Calendar) -> tuple[date, ...]:
    """When an authority that has not acknowledged is asked again, and its manager with it."""
    return tuple(calendar.after(authority_told, number) for number in _ASKED_AGAIN_AFTER)


def no_slot_warning_on(authority_told: date) -> date:
    """When a case without a meeting is put before a coordinator: another room, mediator or way of meeting."""
    return periods.days_after(authority_told, _NO_SLOT_AFTER)


def draft_certificate_on(authority_told: date) -> date:
    """When the certificate that mediation could not be arranged is drafted, to be ready if the 30 days run out."""
    return periods.days_after(authority_told, _DRAFT_AFTER)
