"""What is written after a meeting. It never says what was agreed: that is between those who were in the room."""

from datetime import date

from scheduling import london, references, segments
from scheduling.outbox import identity
from scheduling.outbox.wording.case_mails import what_we_need
from scheduling.outbox.wording.mails import CODE_FIRST, Mail


def missed_by_text() -> str:
    """The family did not come; no reproach, there are many reasons."""
    return _text(f"we did not see you at your meeting. Would you still like to meet? Please call us: {_phone()}.")


def missed(*, name: str | None, reference: str) -> Mail:
    """The same by mail."""
    return Mail(
        subject=f"Your meeting (reference {references.written(reference)})",
        body=_letter(
            f"Dear {name}," if name else "Hello,",
            "We did not see you at your meeting. We hope that all is well.",
            "Would you still like to meet? Then we find another time. If you no longer want to, tell us that, and we "
            f"say what comes next. Please call us as soon as you can: {_phone()}.",
        ),
    )


def promise_is_near(*, name: str, reference: str, agreed_on: date, due_on: date, see_to_it_at: str | None) -> Mail:
    """Something that was agreed is due soon; an officer can answer by a link, a care board by telephone."""
    return Mail(
        subject=f"Due on {london.written_day(due_on)} (reference {references.written(reference)})",
        body=_letter(
            f"Dear {name},",
            f"Something that you promised in the agreement of {london.written_day(agreed_on)} is due by "
            f"{london.written_day(due_on)}. What it is stands in the agreement.",
            f"Is it done, or will it not be done in time? Please tell us: {_phone()}.",
            None if see_to_it_at is None else what_we_need(see_to_it_at),
        ),
    )


def promise_is_late(
    *, name: str, reference: str, agreed_on: date, due_on: date, is_reported: bool, see_to_it_at: str | None
) -> Mail:
    """Something that was agreed is not done, by the calendar or by what the family says."""
    said = "The family tells us that it has not been done." if is_reported else "We have not heard that it is done."
    return Mail(
        subject=f"Was due on {london.written_day(due_on)} (reference {references.written(reference)})",
        body=_letter(
            f"Dear {name},",
            f"Something that you promised in the agreement of {london.written_day(agreed_on)} was due by "
            f"{london.written_day(due_on)}. {said} What it is stands in the agreement.",
            f"Please tell us today by when it will be done: {_phone()}.",
            None if see_to_it_at is None else what_we_need(see_to_it_at),
        ),
    )


def was_it_done(*, name: str | None, reference: str, due_on: date, link: str) -> Mail:
    """Something is over its day: the family knows best whether it has happened."""
    return Mail(
        subject=f"Has it been done? (reference {references.written(reference)})",
        body=_letter(
            f"Dear {name}," if name else "Hello,",
            f"Something that you were promised was due by {london.written_day(due_on)}. What it is stands in the "
            "agreement.",
            f"If it has not been done, tell us here:\n{link}",
            CODE_FIRST,
            f"Or call us: {_phone()}.",
        ),
    )


def was_it_done_by_text(due_on: date) -> str:
    """The same by text."""
    day = f"{due_on:%a} {due_on.day} {due_on:%b}"
    return _text(
        f"something you were promised was due {day}. If it has not happened, reply NOT DONE or call {_phone()}."
    )


def _text(words: str) -> str:
    return segments.gsm7(f"{identity.current().name}: {words}")


def _phone() -> str:
    return identity.current().written_phone


def _letter(*paragraphs: str | None) -> str:
    return "\n\n".join([*filter(None, paragraphs), f"{identity.current().name}\n{_phone()}"]) + "\n"
