"""What is written when a date comes near that nobody sees to, or changes for the worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from scheduling import london, references, segments
from scheduling.outbox import identity
from scheduling.outbox.wording.mails import Mail


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One deadline of which a manager hears."""

    reference: str
    rule: str
    due_on: date
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One deadline that is another by now."""

    rule: str
    before: date
    after: date


def passed_on(*, name: str, alarms: Sequence[Warned]) -> Mail:
    """Alarms that nobody has said that they have seen."""
    number = len(alarms)
    return Mail(
        subject=f"{number} {'alarm has' if number == 1 else 'alarms have'} not been seen by anybody",
        body=_letter(
            f"Dear {name},",
            "Nobody has said yet that they have seen this:",
            "\n".join(_line(alarm) for alarm in alarms),
            f"Please see to it, or to somebody who does: {identity.current().base_url.rstrip('/')}/console/",
        ),
    )


def many_looks(*, name: str, who: str, cases: int, at: datetime) -> Mail:
    """A colleague has opened many cases of others: which, stands in the console and in no mail."""
    return Mail(
        subject=f"{cases} cases of colleagues were opened within an hour",
        body=_letter(
            f"Dear {name},",
            f"By {london.written(at)}, {who} had opened {cases} cases within an hour that are not theirs. There may be "
            "a good reason. Please ask them.",
            f"The reasons that they gave are here: {identity.current().base_url.rstrip('/')}/who-looked",
        ),
    )


def handed_back(*, name: str, who: str, reference: str, stands_at: datetime, mediator: str | None) -> Mail:
    """A mediator cannot take a meeting; `mediator` is who takes it now, None where nobody was found."""
    found = (
        f"Nobody else is free at any lawful time. Until you have seen to it, it stands: {london.written(stands_at)}."
        if mediator is None
        else f"{mediator} takes it now: {london.written(stands_at)}. Everybody concerned is told."
    )
    return Mail(
        subject=f"A meeting was handed back (reference {references.written(reference)})",
        body=_letter(
            f"Dear {name},",
            f"{who} cannot take the meeting of case {references.written(reference)}. {found}",
            "The reason stands in the history of the case.",
        ),
    )


def dates_have_changed(*, name: str | None, reference: str, because: str, changes: Sequence[Changed]) -> Mail:
    """A bank holiday was proclaimed, or is none after all, and something in the family's case is worse for it."""
    return Mail(
        subject=f"Dates have changed (reference {references.written(reference)})",
        body=_letter(
            f"Dear {name}," if name else "Hello,",
            f"{because} This changes in your case:",
            "\n".join(_change(change) for change in changes),
            f"You do not have to do anything. If you have questions, call us: {identity.current().written_phone}.",
        ),
    )


def meeting_on_a_holiday(*, name: str | None, reference: str, holiday: date) -> Mail:
    """The day of the meeting has become a bank holiday."""
    return Mail(
        subject=f"Your meeting (reference {references.written(reference)})",
        body=_letter(
            f"Dear {name}," if name else "Hello,",
            f"{london.written_day(holiday)}, the day of your meeting, has become a bank holiday.",
            f"We will ring you about another day. If you would rather call us: {identity.current().written_phone}.",
        ),
    )


def a_date_has_changed_by_text() -> str:
    """For a family without an e-mail address."""
    identity_now = identity.current()
    words = f"a bank holiday changes a date for you. Please call us about it: {identity_now.written_phone}."
    return segments.gsm7(f"{identity_now.name}: {words}")


def _line(alarm: Warned) -> str:
    day = london.written_day(alarm.due_on)
    when = f"overdue since {day}" if alarm.is_overdue else f"due by {day}"
    return f"- Case {references.written(alarm.reference)}: {alarm.rule}; {when}"


def _change(change: Changed) -> str:
    return f"- {change.rule}: {london.written_day(change.after)}, not {london.written_day(change.before)}"


def anchored(*, number: int, day: date, digest: str) -> Mail:
    """The audit's anchor of a day: to be kept, and compared when somebody doubts the record."""
    return Mail(
        subject=f"Anchor {number} of the audit, {london.written_day(day)}",
        body=_letter(
            "Hello,",
            f"This number stands for everything that the audit had written by {london.written_day(day)}:",
            digest,
            "Please keep this mail where nobody who runs the service can change it. Whether all of it is still there, "
            f"the service answers to: ./run audit verify --anchor {digest}",
        ),
    )


def _letter(*paragraphs: str) -> str:
    return "\n\n".join([*paragraphs, f"{identity.current().name}\n{identity.current().written_phone}"]) + "\n"
