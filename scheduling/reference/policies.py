"""Policies: what a provider may decide where the law leaves room, each with its default and its legal note.

A policy is a whole number. Coordinators change it in the console; what they have chosen stands in the record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from scheduling.models import Actor, PolicyValue
from scheduling.reference import changes
from scheduling.refusals import Refused


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One thing that may be decided, in the unit that its name says."""

    name: str
    title: str
    default: int
    lowest: int
    highest: int
    note: str
    """What the law or good practice says about it."""


OFFER_HOURS: Final = Policy(
    name="offer_hours",
    title="Hours for which the parties may choose between offered times",
    default=0,
    lowest=0,
    highest=72,
    note="With 0 the best lawful time is booked at once. The 30 days run on while people choose (regulation 36).",
)
HOLD_HOURS: Final = Policy(
    name="hold_hours",
    title="Hours for which an offered time is held",
    default=24,
    lowest=1,
    highest=72,
    note="Never past the moment from which five clear working days' notice could not be given (regulation 37).",
)
TRAVEL_KM: Final = Policy(
    name="travel_km",
    title="Kilometres that a family can be asked to travel",
    default=60,
    lowest=5,
    highest=300,
    note="As the crow flies. A family's own limit on its record comes first.",
)
UNDO_MINUTES: Final = Policy(
    name="undo_minutes",
    title="Minutes for which the messages about a closed venue wait, so that it can be undone",
    default=0,
    lowest=0,
    highest=30,
    note="Notice of the new time counts from when the family hears of it (regulation 37), so nothing waits into the "
    "next day. With 0 everybody is told at once, and a closure can be undone only while nothing has gone yet.",
)
VOICEMAIL_DAYS: Final = Policy(
    name="voicemail_days",
    title="Days for which the sound of a voicemail is kept",
    default=90,
    lowest=1,
    highest=365,
    note="No longer than is needed to ring back (UK GDPR, article 5(1)(e)); that somebody called is kept.",
)

LOOKS_AN_HOUR: Final = Policy(
    name="looks_an_hour",
    title="Cases of colleagues that one person may open in an hour before a manager is told",
    default=30,
    lowest=1,
    highest=500,
    note="Only what is needed for the work may be looked at (UK GDPR, article 5(1)(c) and (f)). Nothing is locked by "
    "it.",
)

SILENCE_IS_AN_ANSWER: Final = Policy(
    name="silence_is_an_answer",
    title="Whether an authority's silence at the end of its 30 days counts as an answer: 1 for yes, 0 for no",
    default=1,
    lowest=0,
    highest=1,
    note="The Regulations wait for the authority's word (36 and 39). With 1 an adviser may certify, with a reason, "
    "that an authority silent for 30 days arranged nothing, so that no family loses its appeal to a silence.",
)

CASE_YEARS: Final = Policy(
    name="case_years",
    title="Years for which a case is kept after it was closed",
    default=6,
    lowest=1,
    highest=25,
    note="A claim about it can be brought for six years (Limitation Act 1980, section 5). No longer than is needed "
    "(UK GDPR, article 5(1)(e)).",
)
CERTIFICATE_YEARS: Final = Policy(
    name="certificate_years",
    title="Years for which a certificate is kept word for word after it was issued",
    default=6,
    lowest=1,
    highest=25,
    note="Its case is kept as long. Number and code stay for good, so that it can be verified; they tell of nobody.",
)
ENQUIRY_DAYS: Final = Policy(
    name="enquiry_days",
    title="Days for which calls and texts that belong to no case are kept",
    default=180,
    lowest=60,
    highest=1095,
    note="The two months for contacting us (regulation 33) must be over: it may be a family's first contact.",
)
MAIL_DAYS: Final = Policy(
    name="mail_days",
    title="Days for which mails to us that belong to no case are kept",
    default=180,
    lowest=60,
    highest=1095,
    note="As long as calls and texts of no case, for the same reason.",
)
MESSAGE_DAYS: Final = Policy(
    name="message_days",
    title="Days for which the words of our messages that belong to no case are kept",
    default=365,
    lowest=30,
    highest=1095,
    note="Those of a case are kept with it. That a message went, and when, stays.",
)
PROVIDER_DAYS: Final = Policy(
    name="provider_days",
    title="Days after which the telephone provider deletes its copies of texts",
    default=30,
    lowest=2,
    highest=365,
    note="We keep them; a second copy elsewhere serves nobody (UK GDPR, article 5(1)(c) and (e)).",
)
LINK_DAYS: Final = Policy(
    name="link_days",
    title="Days for which we remember a link, and visits by it, after it has ended",
    default=30,
    lowest=1,
    highest=365,
    note="Long enough to tell somebody why their link no longer opens.",
)

ALL: Final = (
    OFFER_HOURS,
    HOLD_HOURS,
    TRAVEL_KM,
    UNDO_MINUTES,
    VOICEMAIL_DAYS,
    LOOKS_AN_HOUR,
    SILENCE_IS_AN_ANSWER,
    CASE_YEARS,
    CERTIFICATE_YEARS,
    ENQUIRY_DAYS,
    MAIL_DAYS,
    MESSAGE_DAYS,
    PROVIDER_DAYS,
    LINK_DAYS,
)


@dataclass(eq=False)
class OutOfRange(Refused):
    """Nobody may choose this."""

    policy: Policy

    def __str__(self) -> str:
        return f"{self.policy.title}: choose a whole number from {self.policy.lowest} to {self.policy.highest}."


def value(session: Session, policy: Policy) -> int:
    """What holds now."""
    chosen = session.get(PolicyValue, policy.name)
    return policy.default if chosen is None else chosen.value


def choose(session: Session, policy: Policy, number: int, *, by_staff_id: int | None, now: datetime) -> None:
    """Let another value hold from now on; raises OutOfRange."""
    if not policy.lowest <= number <= policy.highest:
        raise OutOfRange(policy)
    session.merge(PolicyValue(name=policy.name, value=number, changed_at=now, changed_by_id=by_staff_id))
    session.flush()


def decide(session: Session, policy: Policy, number: int, *, because: str, by: Actor, now: datetime) -> None:
    """The same with its reason, for whoever asks later why it is so."""
    if not because.strip():
        raise changes.WithoutReason
    before = value(session, policy)
    choose(session, policy, number, by_staff_id=by.staff_id, now=now)
    what = f"{policy.title}: now {number}, before {before}"
    changes.record(session, changes.POLICIES, what, by=by, now=now, why=because.strip())
