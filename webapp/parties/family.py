"""The family's page: where its case is, every date that counts with what it does not forgive, and what is next.

A list of what may be shown, not of what may not: a deadline that would tell of health care, or of what was agreed, is
not on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import certificates, deadlines, looks
from scheduling.cases.deadlines import Line
from scheduling.diary import bookings
from scheduling.law import rules
from scheduling.models import BookingKind, Case, Certificate, Purpose
from webapp.auth import by_link
from webapp.compartments import Compartment
from webapp.console import clocks
from webapp.console.clocks import Tone
from webapp.parties.blueprint import opened, parties, phone

SHOWN = frozenset(
    rule.key
    for rule in (
        rules.CONTACT_THE_ADVISER,
        rules.APPEAL_AFTER_DECISION,
        rules.APPEAL_AFTER_CERTIFICATE,
        rules.MEDIATION_WITHIN_THIRTY_DAYS,
        rules.NOTICE_IN_CLEAR_DAYS,
        rules.CERTIFICATE_WHEN_DECLINED,
        rules.CERTIFICATE_WHEN_MIND_CHANGED,
        rules.CERTIFICATE_WHEN_CONCLUDED,
        rules.CERTIFICATE_WHEN_NOT_ARRANGED,
    )
)

LOOKS_SHOWN = 30


@dataclass(frozen=True)
class Limit:
    """A line of the deadline card, and the colour of its nearness."""

    line: Line
    tone: Tone


@parties.get("/family/<token>")
@by_link(Compartment.SHARED)
def family(token: str) -> ResponseReturnValue:
    """Dates and steps, and nothing about the child, the need or the council's decision."""
    now = clock.now()
    today = london.london_day(now)
    with db.Reading() as session:
        case = opened(session, token, Purpose.FAMILY).case
        return render_template(
            "parties/family.html",
            reference=case.reference,
            limits=_limits(session, case, today),
            steps=list(_steps(session, case, now)),
            is_closed=case.closed_at is not None,
            looks=looks.for_the_family(session, case)[:LOOKS_SHOWN],
            phone=phone(),
        )


def _limits(session: Session, case: Case, today: date) -> list[Limit]:
    card = deadlines.for_everybody(deadlines.of(session, case, today=today))
    return [Limit(line, clocks.tone(line.day, today=today)) for line in card if line.deadline.rule.key in SHOWN]


def _steps(session: Session, case: Case, now: datetime) -> Iterator[str]:
    """Where the case is and what comes next, as somebody would say it on the telephone."""
    issued = certificates.of(session, case)
    if issued is not None:
        yield _about_the_certificate(issued)
    if case.declined_at is not None:
        yield "You have told us that you do not want mediation. You can change your mind: call us."
    elif case.told_at is not None:
        yield from _about_the_meeting(session, case, now)
    elif case.mediation_wanted_at is not None:
        yield "You have told us that you want mediation. We tell the council as soon as we know all that it must hear."
    else:
        yield from _about_the_advice(session, case, now)


def _about_the_certificate(issued: Certificate) -> str:
    day = london.written_day(issued.issued_on)
    return f"Your certificate was issued on {day}. If you appeal, send a copy of it with your appeal."


def _about_the_meeting(session: Session, case: Case, now: datetime) -> Iterator[str]:
    booking = bookings.of(session, case, BookingKind.MEDIATION)
    if booking is not None and booking.ends_at > now:
        yield f"Your meeting is booked: {london.written(booking.starts_at)}. The place stands in your invitation."
        yield "Somebody may come with you. If the time does not suit you, call us."
    elif booking is not None:
        yield "Your meeting has been. We write to you about what is next."
    elif case.authority_cannot_at is not None:
        yield "The council cannot arrange mediation in its 30 days. You can appeal now, or wait for a later meeting."
    else:
        yield "The council has been told that you want mediation. We look for a day within its 30 days."


def _about_the_advice(session: Session, case: Case, now: datetime) -> Iterator[str]:
    booking = bookings.of(session, case, BookingKind.ADVICE)
    if booking is not None and booking.ends_at > now:
        yield f"An adviser rings you at {london.written(booking.starts_at)}."
    yield "Our adviser explains what mediation is, and you decide whether you want it."
