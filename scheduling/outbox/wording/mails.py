"""Mails. Subjects are seen on locked screens and in shared inboxes, so they carry the reference and the day, no more.

Parties never learn each other's address, and what the family is worried about is told to the authority alone, by
`authority_told`, after the family has agreed to it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from scheduling import london, references
from scheduling.outbox import identity

CODE_FIRST = "When you open it, we first send a code to your telephone, so that nobody else can read what is there."
"""Beside every link of a family's."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """The words of a mail."""

    subject: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Health:
    """What follows for the authority where health care is in issue."""

    told_by: date
    """By when it tells each integrated care board."""
    is_all: bool
    """Nothing but health care is: then the board arranges the mediation, in 30 days of its own."""


def authority_told(
    *,
    officer: str,
    reference: str,
    family: str | None,
    letter_date: date | None,
    issues: str,
    told_at: datetime,
    mediation_by: date,
    health: Health | None,
    acknowledge_at: str,
    see_to_it_at: str,
) -> Mail:
    """The notice that a family wants mediation, and what we ask: from its moment the 30 days run."""
    for_health_alone = health is not None and health.is_all
    return Mail(
        subject=f"Mediation requested (reference {references.written(reference)})",
        body=_letter(
            f"Dear {officer},",
            f"A family has asked us for mediation about {_letter_of(letter_date)}. "
            f"You were told by this mail at {london.written(told_at)}.",
            f"Reference: {references.written(reference)}\nFamily: {family or 'name to follow'}",
            f"What the disagreement is about, in the family's words:\n{issues}",
            _about_health(health),
            None if for_health_alone else _about_the_meeting(mediation_by),
            f"Please say that you have read this, by this link: {acknowledge_at}",
            f"Say when you can come and who can decide, or that it cannot be arranged, by this link: {see_to_it_at}",
            f"If you cannot arrange mediation in time, tell us as soon as you know: {_phone()}.",
        ),
    )


def _about_health(health: Health | None) -> str | None:
    if health is None:
        return None
    told_by = london.written_day(health.told_by)
    if health.is_all:
        return (
            "The disagreement is about health care alone. Tell each integrated care board (health commissioner) "
            f"concerned by {told_by}, with the issues and the provision that the family wants. The board arranges the "
            "mediation, within 30 days of the day on which you tell it. Then tell us which board it is."
        )
    return (
        "The disagreement includes health care in the plan. Tell each integrated care board (health commissioner) "
        f"concerned by {told_by}: it must take part. Then tell us which board it is."
    )


def _about_the_meeting(mediation_by: date) -> str:
    return (
        f"The meeting must be held by {london.written_day(mediation_by)}. We will find a time, a neutral place and an "
        "independent mediator, and send you an invite. Whoever comes for you must be able to settle these issues."
    )


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What somebody is invited to, as their mail says it."""

    to: str
    """A "meeting", or a "call" with an adviser."""
    name: str | None
    reference: str
    starts_at: datetime
    ends_at: datetime
    place: str
    notes: str | None
    """How to get there, or how to join, a line each."""


def invited(invitation: Invitation) -> Mail:
    """The time is fixed; the invite comes with this mail."""
    return _about(invitation, f"Your {invitation.to}", f"Your {invitation.to} is booked.")


def changed(invitation: Invitation) -> Mail:
    """Time, place or who leads it have changed; the new invite comes with this mail."""
    is_now = f"Your {invitation.to} has changed. This is how it is now."
    return _about(invitation, f"Your {invitation.to} has changed", is_now)


def invited_again(invitation: Invitation) -> Mail:
    """The same invite once more, for somebody who cannot find it."""
    same = "Here is your invite once more. Nothing has changed since the last one."
    return _about(invitation, f"Your {invitation.to}", same)


def cancelled(invitation: Invitation) -> Mail:
    """It will not take place, or not with this person."""
    when = london.written(invitation.starts_at)
    needless = "Nobody will ring." if invitation.to == "call" else "You do not need to come."
    return Mail(
        subject=_subject(f"Cancelled: your {invitation.to}", invitation),
        body=_letter(
            _greeting(invitation.name),
            f"Your {invitation.to} at {when} is cancelled. {needless}",
            f"Questions? Call us: {_phone()}.",
            "Opening the attached calendar entry takes it out of your calendar.",
        ),
    )


def _about(invitation: Invitation, subject: str, opening: str) -> Mail:
    return Mail(
        subject=_subject(subject, invitation),
        body=_letter(
            _greeting(invitation.name),
            opening,
            _facts(invitation),
            f"If you cannot come, tell us as soon as you can: {_phone()}.",
            "The attached calendar entry puts it into your calendar.",
        ),
    )


def _letter_of(letter_date: date | None) -> str:
    return f"your decision letter of {london.written_day(letter_date)}" if letter_date else "a decision of yours"


def _subject(what: str, invitation: Invitation) -> str:
    day = london.written_day(london.london_day(invitation.starts_at))
    return f"{what}: {day} (reference {references.written(invitation.reference)})"


def _greeting(name: str | None) -> str:
    return f"Dear {name}," if name else "Hello,"


def _facts(invitation: Invitation) -> str:
    day = london.written_day(london.london_day(invitation.starts_at))
    lines = [
        f"When: {day}, {london.written_hours(invitation.starts_at, invitation.ends_at)}",
        f"Where: {invitation.place}",
        invitation.notes,
    ]
    return "\n".join(line for line in lines if line)


def _phone() -> str:
    return identity.current().written_phone


def _letter(*paragraphs: str | None) -> str:
    return "\n\n".join([*filter(None, paragraphs), f"{identity.current().name}\n{_phone()}"]) + "\n"
