"""The family's page, once it has entered its code: where its case is, what is booked, what it can tell us, every date.

A list of what may be shown, not of what may not: a deadline that would tell of health care, or of what was agreed, is
not on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import access, agreements, certificates, company, deadlines, looks, visits
from scheduling.cases.deadlines import Line
from scheduling.diary import bookings, consents, holds, preferences
from scheduling.law import rules
from scheduling.models import Booking, BookingKind, Case, Certificate, Party, Question
from scheduling.outbox import entry, whereabouts
from scheduling.reference import calendar
from webapp import visiting
from webapp.auth import by_code
from webapp.compartments import Compartment
from webapp.console import clocks
from webapp.console.clocks import Tone
from webapp.parties.blueprint import parties, phone
from webapp.parties.plain_dates import PLAIN, Plain
from webapp.visiting import Mine

APPEAL = {rules.APPEAL_AFTER_DECISION.key, rules.APPEAL_AFTER_CERTIFICATE.key}

LOOKS_SHOWN = 30


@dataclass(frozen=True)
class Limit:
    """A line of the deadline card, and the colour of its nearness."""

    line: Line
    tone: Tone
    plain: Plain


@dataclass(frozen=True, kw_only=True)
class Task:
    """One of our questions, where it is answered, and whether it has been."""

    words: str
    href: str
    is_done: bool


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A meeting that is to come, as those who come to it need to know it."""

    booking: Booking
    place: str
    notes: list[str]
    who: list[str]
    """By role: who sits there by name is told by themselves."""
    unmet: list[str]
    map_link: str | None


@parties.get("/my-case")
@by_code(Compartment.SHARED)
def status() -> ResponseReturnValue:
    """Where things stand, for whoever stands beside the family as far as it is theirs."""
    now = clock.now()
    today = london.london_day(now)
    with db.Reading() as session:
        mine = visiting.mine(session)
        case = mine.case
        limits = _limits(session, case, today)
        return render_template(
            "parties/status.html",
            mine=mine,
            case=case,
            clock=clocks.of(case, calendar.working_days(session), today=today),
            meeting=_meeting(session, mine, now),
            tasks=_tasks(session, mine, now),
            limits=limits,
            appeals=[
                limit.line for limit in limits if limit.line.deadline.rule.key in APPEAL and not limit.line.is_met
            ],
            steps=list(_steps(session, case, now)),
            certificate=certificates.of(session, case) if mine.may_decide else None,
            has_agreed=mine.may_decide and bool(agreements.of(session, case)),
            looks=looks.for_the_family(session, case)[:LOOKS_SHOWN],
            phone=phone(),
        )


@parties.get("/my-case/meeting.ics")
@by_code(Compartment.SHARED)
def calendar_entry() -> ResponseReturnValue:
    """The meeting for one's own calendar, without a name in it."""
    now = clock.now()
    with db.Reading() as session:
        meeting = _meeting(session, visiting.mine(session), now)
        if meeting is None:
            abort(404)
        text = entry.to_keep(meeting.booking, stamp=now)
    saved = {"Content-Disposition": "attachment; filename=meeting.ics"}
    return Response(text, mimetype="text/calendar", headers=saved)


@parties.get("/my-case/certificate")
@by_code(Compartment.SHARED)
def certificate() -> ResponseReturnValue:
    """The certificate as it was issued, for whose case it is."""
    with db.Reading() as session:
        issued = certificates.of(session, visiting.deciding(session).case)
        if issued is None:
            abort(404)
        saved = {"Content-Disposition": "attachment; filename=certificate.pdf"}
        return Response(issued.document, mimetype="application/pdf", headers=saved)


def _meeting(session: Session, mine: Mine, now: datetime) -> Meeting | None:
    """The meeting to come; where it is, is for those who come to it."""
    booking = bookings.of(session, mine.case, BookingKind.MEDIATION)
    comes = mine.may_decide or any(
        one.person_id == mine.person.id and one.comes_to_the_meeting for one in mine.case.others
    )
    if booking is None or booking.ends_at <= now or not comes:
        return None
    return Meeting(
        booking=booking,
        place=whereabouts.place(booking),
        notes=whereabouts.directions(booking),
        who=list(_who(booking, mine)),
        unmet=access.unmet(booking),
        map_link=None if booking.room is None else whereabouts.map_link(booking.room.venue.postcode),
    )


def _who(booking: Booking, mine: Mine) -> Iterator[str]:
    yield "a mediator, who takes no side"
    yield "you"
    parents = [one for one in booking.case.others if one.person.role not in company.COMPANIONS]
    if not mine.may_decide or any(one.comes_to_the_meeting for one in parents):
        yield "another parent, carer or young person of your case"
    yield "somebody from the council who may decide"
    if booking.board is not None:
        yield "somebody from the health service"
    if booking.interpreter is not None:
        yield "an interpreter"
    for beside in company.of(booking.case):
        if beside.comes_to_the_meeting and mine.may_decide:
            yield f"{beside.person.name}, who comes with you"


def _tasks(session: Session, mine: Mine, now: datetime) -> list[Task]:
    case = mine.case
    if case.closed_at is not None:
        return []
    answered = visits.answered(session, case, mine.person)
    needs = Task(
        words="Tell us what would make the meeting easier",
        href=url_for("parties.needs"),
        is_done=Question.NEEDS in answered,
    )
    if not mine.may_decide:
        return [needs]
    has_agreed = case.consent_to_share_at is not None or Question.CONSENT in answered
    return [
        *_choosing(session, case),
        *_short_notice(session, case, now),
        needs,
        Task(
            words="Say who is coming with you",
            href=url_for("parties.people_coming"),
            is_done=Question.COMPANY in answered,
        ),
        Task(words="Say when you cannot come", href=url_for("parties.not_then"), is_done=Question.TIMES in answered),
        Task(words="Say what we may tell the council", href=url_for("parties.consent"), is_done=has_agreed),
    ]


def _choosing(session: Session, case: Case) -> Iterator[Task]:
    held = holds.of(session, case)
    is_booked = bookings.of(session, case, BookingKind.MEDIATION) is not None
    if held or is_booked:
        is_done = is_booked or preferences.has_answered(held, Party.FAMILY)
        yield Task(words="Choose a time for the meeting", href=url_for("parties.own_times"), is_done=is_done)


def _short_notice(session: Session, case: Case, now: datetime) -> Iterator[Task]:
    if consents.waiting(session, case, now=now) is not None:
        words = "Say whether you agree to a meeting at short notice"
        yield Task(words=words, href=url_for("parties.consent", _anchor="short-notice"), is_done=False)


def _limits(session: Session, case: Case, today: date) -> list[Limit]:
    card = deadlines.for_everybody(deadlines.of(session, case, today=today))
    return [
        Limit(line, clocks.tone(line.day, today=today), PLAIN[line.deadline.rule.key])
        for line in card
        if line.deadline.rule.key in PLAIN
    ]


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
        yield f"Your meeting is booked: {london.written(booking.starts_at)}."
        yield "Somebody may come with you. If the time does not suit you, it can be changed."
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
