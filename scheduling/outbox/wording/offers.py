"""Words about offered times. A text names days and hours alone; a mail to those who would come names the place, too.

Each recipient gets a link of their own. Whoever does not like links answers by telephone, and a text by a figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduling import london, references, segments
from scheduling.outbox import identity
from scheduling.outbox.wording.mails import CODE_FIRST, Mail

NONE_OF_THEM = "0"


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A time as the parties read of it."""

    number: int
    starts_at: datetime
    ends_at: datetime
    where: str
    """The place, or that nobody travels."""
    held_until: datetime


def by_text(times: Sequence[Offered], *, closes_at: datetime) -> str:
    """Which time suits? Answered by one figure."""
    return _asked("can we meet", times, closes_at)


def by_text_once_more(times: Sequence[Offered], *, closes_at: datetime) -> str:
    """Nobody has answered, and the offer ends soon."""
    return _asked("please choose:", times, closes_at)


def by_text_instead(times: Sequence[Offered], *, closes_at: datetime) -> str:
    """The time that was chosen was no longer held, and is not free any more; here are the next."""
    return _asked("that time ran out:", times, closes_at)


def taken_back_by_text() -> str:
    """Nobody can choose any more; a figure that comes now is read by a person."""
    return _text(f"the times that we offered are no longer held. We will be in touch. Questions? Call {_phone()}.")


def to_the_family(
    *, name: str | None, reference: str, times: Sequence[Offered], closes_at: datetime, link: str, again: bool = False
) -> Mail:
    """The family chooses."""
    return Mail(
        subject=_subject("Please choose: times for your meeting" if again else "Times for your meeting", reference),
        body=_letter(
            f"Dear {name}," if name else "Hello,",
            "We have not heard from you yet. These times are held for your meeting."
            if again
            else "These times are held for your meeting.",
            _listed(times),
            f"Say which of them suit you, by this link: {link}",
            CODE_FIRST,
            f"You can change your answer until a time is booked. If we do not hear from you by "
            f"{london.written(closes_at)}, we book the best of these times, so that no day of your 30 is lost.",
            f"If none of them suits you, say so by the same link or call us on {_phone()}. It has no bad effect.",
        ),
    )


def to_whoever_comes(
    *, name: str, reference: str, times: Sequence[Offered], closes_at: datetime, link: str, again: bool = False
) -> Mail:
    """The authority's officer chooses, or the integrated care board."""
    return Mail(
        subject=_subject("Please choose: times for a meeting" if again else "Times for a meeting", reference),
        body=_letter(
            f"Dear {name},",
            "We have not heard from you yet. These times are held for the mediation meeting."
            if again
            else "These times are held for the mediation meeting, with you, the mediator and the place.",
            _listed(times),
            f"Say which of them suit you, by this link: {link}",
            f"If we do not hear from you by {london.written(closes_at)}, we book the best of them, because the 30 days "
            "run on while people choose.",
            f"If you cannot come at any of them, say so by the same link or call us on {_phone()}.",
        ),
    )


def taken_back(*, name: str | None, reference: str) -> Mail:
    """Nobody can choose any more."""
    return Mail(
        subject=_subject("Times no longer held", reference),
        body=_letter(
            f"Dear {name}," if name else "Hello,",
            "The times that we offered for the meeting are no longer held. You do not need to answer. "
            "We will be in touch.",
        ),
    )


def _asked(question: str, times: Sequence[Offered], closes_at: datetime) -> str:
    numbered = ", ".join(f"{time.number} {_short(time.starts_at)}" for time in times)
    figures = ", ".join(str(time.number) for time in times)
    ends = london.london(closes_at)
    return _text(
        f"{question} {numbered}? Reply {figures} or {NONE_OF_THEM} for none by "
        f"{ends:%a} {london.written_time(ends.time())}. Call {_phone()}."
    )


def _short(moment: datetime) -> str:
    """Thu 10 Dec 10am."""
    local = london.london(moment)
    return f"{local:%a} {local.day} {local:%b} {london.written_time(local.time())}"


def _listed(times: Sequence[Offered]) -> str:
    return "\n".join(
        f"{time.number}. {london.written_day(london.london_day(time.starts_at))}, "
        f"{london.written_hours(time.starts_at, time.ends_at)}, {time.where}. "
        f"Held until {london.written(time.held_until)}."
        for time in times
    )


def _subject(what: str, reference: str) -> str:
    return f"{what} (reference {references.written(reference)})"


def _text(words: str) -> str:
    return segments.gsm7(f"{identity.current().name}: {words}")


def _phone() -> str:
    return identity.current().written_phone


def _letter(*paragraphs: str | None) -> str:
    return "\n\n".join([*filter(None, paragraphs), f"{identity.current().name}\n{_phone()}"]) + "\n"
