"""The days on which a meeting may lawfully be, and what is said of them when a time is offered.

Many cases share a telling's day, so what the law makes of it is remembered by the diary.
"""

from dataclasses import replace
from datetime import date, timedelta

from scheduling import london
from scheduling.diary.working_set import Diary
from scheduling.law import deadlines, window
from scheduling.law.window import Notice, Window
from scheduling.law.working_days import Calendar
from scheduling.models import Case

LATE = timedelta(days=30)


def window_of(case: Case, told: date, calendar: Calendar, *, today: date, notice: Notice) -> Window:
    """The 30 days; once they are missed, as many more for a family that would rather wait, with the same notice."""
    if notice is not Notice.CLEAR:
        return window.by_agreement(told, calendar, notice_on=today)
    lawful = window.of_mediation(told, calendar, notice_on=today)
    is_missed = today > lawful.closes or case.authority_cannot_at is not None
    return replace(lawful, closes=lawful.opens + LATE) if lawful.is_empty and is_missed else lawful


def known_window(diary: Diary, case: Case, told: date, *, today: date, notice: Notice) -> Window:
    """The same, as the diary remembers it."""
    key = ("window", told, today, notice, case.authority_cannot_at is None)
    return diary.remembered(key, lambda: window_of(case, told, diary.working_days, today=today, notice=notice))


def working_days(diary: Diary, lawful: Window) -> tuple[date, ...]:
    """The days of the window on which people work, as far as the diary reaches."""

    def days() -> tuple[date, ...]:
        return tuple(day for day in lawful.working_days(diary.working_days) if day < diary.grid.end)

    return diary.remembered(("working days", lawful), days)


def leaves_time_again(diary: Diary, told: date, day: date) -> bool:
    """If the meeting fell through on the very day, notice could still be given of another in the window."""

    def leaves_room() -> bool:
        return bool(window.of_mediation(told, diary.working_days, notice_on=day).working_days(diary.working_days))

    return diary.remembered(("again", told, day), leaves_room)


def said_of(diary: Diary, told: date, lawful: Window, day: date) -> tuple[str, str]:
    """How a day lies in the 30 days, and of the notice that it leaves."""

    def said() -> tuple[str, str]:
        return _in_time(diary, told, day), _notice(diary, lawful, day)

    return diary.remembered(("said", told, lawful.notice, day), said)


def _notice(diary: Diary, lawful: Window, day: date) -> str:
    if lawful.notice is Notice.CLEAR:
        return "The family has five clear working days' notice."
    latest = deadlines.notice_latest(day, diary.working_days)
    return (
        f"Notice had to be given by {london.written_day(latest.clear.day)}, or by "
        f"{london.written_day(latest.ordinary.day)} counted the ordinary way: the family has to agree."
    )


def _in_time(diary: Diary, told: date, day: date) -> str:
    ends = deadlines.mediation_window(told, diary.working_days).last_date.day
    if day > ends:
        return f"The 30 days ended on {london.written_day(ends)} without a meeting, and the family waits for one."
    again = "there would be time to book once more" if leaves_time_again(diary, told, day) else "the last chance"
    return f"Within the 30 days, which end on {london.written_day(ends)}: {again}."
