"""Cases: the list with its search, and one case with all that is known of it."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from scheduling import clock, db, london, references
from scheduling.cases import alarms, deadlines, decisions, looks, mediation, routes
from scheduling.diary import attendance
from scheduling.models import (
    ActorKind,
    Booking,
    BookingKind,
    Case,
    Entry,
    Message,
    Room,
    Staff,
    Telling,
)
from scheduling.reference import calendar
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import clocks, compartments, looking
from webapp.console.blueprint import READS_CASES, console, found
from webapp.console.clocks import DayClock, Tone

A_PAGE = 50

WITH_PEOPLE: tuple[ORMOption, ...] = (
    joinedload(Case.person),
    joinedload(Case.authority),
    joinedload(Case.adviser),
    # Not by a join: whoever acknowledges a telling reads it again with a lock, and PostgreSQL locks no outer join.
    selectinload(Case.tellings).selectinload(Telling.officer),
)
WITH_PLACE: tuple[ORMOption, ...] = (
    # Not by joins: whoever moves a booking reads it again with a lock, and PostgreSQL locks no outer join.
    selectinload(Booking.room).selectinload(Room.venue),
    selectinload(Booking.mediator),
    selectinload(Booking.officer),
    selectinload(Booking.adviser),
    selectinload(Booking.interpreter),
    selectinload(Booking.board),
)

SIDES = {
    ActorKind.FAMILY: "the family",
    ActorKind.AUTHORITY: "the authority",
    ActorKind.MEDIATOR: "the mediator",
    ActorKind.SERVICE: "the service, by itself",
}


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    case: Case
    stage: str
    clock: DayClock | None
    is_own: bool
    """Whether the visitor needs no reason to open it; of others the list shows initials."""


@dataclass(frozen=True)
class Line:
    """One line of history, with the name of the one who did it."""

    id: int
    at: datetime
    what: str
    why: str | None
    by: str
    is_automatic: bool
    """Whether the service or the law decided it: then it says why, whatever was written down."""
    is_open: bool
    """Whether it can still be decided otherwise."""
    otherwise: str
    """Who decided it otherwise, and when; empty where nobody did."""


@dataclass(frozen=True)
class Limit:
    """A line of the deadline card, and the colour of its nearness."""

    line: deadlines.Line
    tone: Tone


@console.get("/cases")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASES)
def cases() -> ResponseReturnValue:
    """Every case, the newest first, or the one whose reference was typed."""
    asked = request.args.get("reference", "").strip()
    reference = references.parse(asked)
    page = page_number(request.args.get("page", ""))
    with db.Reading() as session:
        if reference is not None and session.scalar(select(Case.id).where(Case.reference == reference)):
            return redirect(url_for("console.case", reference=reference))
        rows = _rows(session, page)
    return render_template(
        "console/cases/list.html",
        rows=rows[:A_PAGE],
        asked=asked[:20],
        problem=_why_not(asked, reference),
        page=page,
        has_more=len(rows) > A_PAGE,
    )


@console.get("/cases/<reference>")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def case(reference: str) -> ResponseReturnValue:
    """Everything about one case: people, deadlines, bookings, messages, history."""
    now = clock.now()
    with db.Reading() as session:
        case = with_reference(session, reference, selectinload(Case.history), selectinload(Case.contacts))
        bookings = _bookings(session, case)
        facts = {
            "case": case,
            "limits": limits(session, case, today=london.london_day(now)),
            "alarms": alarms.unseen(session, case, today=london.london_day(now)),
            "clock": clocks.of(case, calendar.working_days(session), today=london.london_day(now)),
            "bookings": bookings,
            "live": {b.kind.value: b for b in bookings if b.is_live and b.ends_at > now},
            "is_over": any(b.is_live and b.kind is BookingKind.MEDIATION and b.ends_at <= now for b in bookings),
            "places": attendance.of_each(session, [booking for booking in bookings if booking.is_live]),
            "messages": _messages(session, case),
            "missing": mediation.missing(case),
            "history": _history(session, case, now=now),
            "stage": stage(case, bookings, now=now),
            "route": routes.of(case),
            "may_read_agreement": compartments.may_read_agreement(case, auth.current_staff()),
            "now": now,
        }
    return render_template("console/cases/case.html", **facts)


def with_reference(session: Session, reference: str, *options: ORMOption) -> Case:
    """The case of an address, with its people; no such case answers as no such page, a colleague's asks why."""
    digits = references.parse(reference)
    wanted = select(Case).where(Case.reference == digits).options(*WITH_PEOPLE, *options)
    return looking.opened(session, found(session.scalar(wanted) if digits else None))


def for_action(session: Session, reference: str) -> Case:
    """The case of an address on which something is about to be done: two who press at once go one after the other."""
    digits = references.parse(reference)
    # The weaker lock lets others go on writing history of the case, which would otherwise wait for us and we for them.
    session.execute(select(Case.id).where(Case.reference == digits).with_for_update(key_share=True))
    return with_reference(session, reference)


def limits(session: Session, case: Case, *, today: date) -> list[Limit]:
    """The case's deadlines, the nearest first; what was agreed only for those who may read the agreement."""
    card = deadlines.of(session, case, today=today)
    if not compartments.may_read_agreement(case, auth.current_staff()):
        card = deadlines.for_everybody(card)
    return [Limit(line, clocks.tone(line.day, today=today)) for line in card]


def stage(case: Case, bookings: list[Booking], *, now: datetime) -> str:
    """How far a case has come, in two or three words."""
    live = {booking.kind: booking for booking in bookings if booking.is_live}
    if case.closed_at is not None:
        return "Closed"
    if BookingKind.MEDIATION in live:
        return "Meeting booked" if live[BookingKind.MEDIATION].ends_at > now else "Meeting held"
    if case.told_at is not None:
        return "Needs a slot"
    if case.mediation_wanted_at is not None:
        return "Authority not told"
    advice = live.get(BookingKind.ADVICE)
    return "Advice booked" if advice is not None and advice.ends_at > now else "Open"


def page_number(asked: str) -> int:
    """Which page of a list is asked for; the first where that is no number."""
    is_number = asked.isascii() and asked.isdigit() and len(asked) < len("10000")
    return max(1, int(asked)) if is_number else 1


def _rows(session: Session, page: int) -> list[Row]:
    now = clock.now()
    wanted = select(Case).order_by(Case.opened_at.desc(), Case.id.desc()).options(*WITH_PEOPLE)
    cases = list(session.scalars(wanted.offset((page - 1) * A_PAGE).limit(A_PAGE + 1)))
    booked = session.scalars(select(Booking).where(Booking.case_id.in_([case.id for case in cases])))
    by_case: dict[int, list[Booking]] = {}
    for booking in booked:
        by_case.setdefault(booking.case_id, []).append(booking)
    days, visitor = calendar.working_days(session), auth.current_staff()
    own = looks.own_among(session, cases, staff_id=visitor.id, role=visitor.role)
    return [
        Row(
            case,
            stage(case, by_case.get(case.id, []), now=now),
            clocks.of(case, days, today=london.london_day(now)) if case.closed_at is None else None,
            case.id in own,
        )
        for case in cases
    ]


def _bookings(session: Session, case: Case) -> list[Booking]:
    wanted = select(Booking).where(Booking.case_id == case.id).order_by(Booking.starts_at.desc()).options(*WITH_PLACE)
    return list(session.scalars(wanted))


def _messages(session: Session, case: Case) -> list[Message]:
    wanted = select(Message).where(Message.case_id == case.id).order_by(Message.written_at.desc(), Message.id.desc())
    return list(session.scalars(wanted.options(selectinload(Message.log))))


def _history(session: Session, case: Case, *, now: datetime) -> list[Line]:
    """The newest first."""
    ids = {entry.by.staff_id for entry in case.history if entry.by.staff_id is not None}
    names = {person.id: person.name for person in session.scalars(select(Staff).where(Staff.id.in_(ids)))}
    known = decisions.lines(session, case, now=now)
    return [_shown(line, names) for line in reversed(known)]


def _shown(line: decisions.Line, names: dict[int, str]) -> Line:
    entry, other = line.entry, line.overridden
    return Line(
        id=entry.id,
        at=entry.at,
        what=entry.what,
        why=entry.why,
        by=_who(entry, names),
        is_automatic=line.decision is not None or entry.by.kind is ActorKind.SERVICE,
        is_open=line.is_open and line.decision is not None,
        otherwise="" if other is None else f"{_who(other, names)}, {london.written(other.at)}",
    )


def _who(entry: Entry, names: dict[int, str]) -> str:
    if entry.by.staff_id is not None:
        return names[entry.by.staff_id]
    return SIDES.get(entry.by.kind, "a member of staff")


def _why_not(asked: str, reference: str | None) -> str:
    if not asked:
        return ""
    if reference is None:
        return "Enter the 8 digits of a case reference. Check each digit: this is not one of ours"
    return "There is no case with this reference"
