"""A fortnight of the service's life, told through the same functions that real events use.

Each event happens at its own moment and in its own transaction, as it would have; between two of them the clock's
sweep books the cases that wait, and the outbox is emptied, as the worker would.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import (
    advice,
    agreements,
    authority,
    certificates,
    decline,
    intake,
    mediation,
    meeting,
    people,
    routes,
)
from scheduling.diary import bookings, venues
from scheduling.diary.venues import Days
from scheduling.law.agreements import Action
from scheduling.law.certificates import Information, Kind
from scheduling.law.routes import Decision
from scheduling.models import (
    FAMILY,
    Actor,
    ActorKind,
    Authority,
    BookingKind,
    Case,
    Channel,
    ContactChannel,
    Ending,
    Extent,
    Leave,
    Mediator,
    Person,
    Role,
    Said,
    Side,
    Staff,
    Venue,
)
from scheduling.outbox import delivery
from scheduling.outbox.carriers import Carrier
from scheduling.reference import calendar
from webapp.demo.households import HOUSEHOLDS, STILL_TO_BE_ADVISED, Household

Happening = Callable[[Session, datetime], None]

WANT_MEDIATION = ((7, "Okafor"), (8, "Reyes"), (6, "Begum"), (6, "Clarke"), (4, "Ahmed"), (2, "Evans"), (7, "White"))
"""How many working days ago, and who."""


def is_told(session: Session) -> bool:
    """Whether there is any case already: a story is told once."""
    return session.scalar(select(Case.id).limit(1)) is not None


def tell(carriers: Mapping[Channel, Carrier], *, until: datetime, days: int) -> None:
    """Let everything happen that happened in these days, up to this moment, and send what was written then."""
    for moment, happening in sorted(_fortnight(until, days), key=lambda told: told[0]):
        if moment > until:
            continue
        _travel_to(moment)
        with db.Session.begin() as session:
            happening(session, moment)
        soon = moment + timedelta(seconds=10)
        with db.Session.begin() as session:
            mediation.book_waiting(session, now=soon)
        delivery.deliver_due(carriers, soon)
    _travel_to(until)


def _travel_to(moment: datetime) -> None:
    """Let the clock show this moment, for what asks it at the far end: the phone's screen."""
    clock.shift(timedelta())
    clock.shift(moment - clock.now())


def _fortnight(until: datetime, days: int) -> Iterator[tuple[datetime, Happening]]:
    """What happened, by moment. Day 0 is the last working day that has begun, day 1 the one before."""
    with db.Reading() as session:
        working = calendar.working_days(session)
    span = (london.london_day(until) - timedelta(days=n) for n in range(days + 7))
    back = [day for day in span if working.is_working_day(day)]

    def at(days_ago: int, clock_time: str) -> datetime:
        return london.at(back[days_ago], time.fromisoformat(clock_time))

    yield at(1, "16:20"), _rings(STILL_TO_BE_ADVISED)
    rings = zip((9, 9, 8, 4, 7, 6, 3, 8), HOUSEHOLDS, strict=True)
    for minute, (days_ago, home) in enumerate(rings):
        yield at(days_ago, f"09:{10 + 4 * minute}"), _rings(home)
        yield at(days_ago - 1, f"10:{10 + 4 * minute}"), _is_advised(home, back[0])
    for days_ago, name in WANT_MEDIATION:
        yield at(days_ago, "14:05"), _wants_mediation(name)
        if name != "Evans":  # her council has not answered yet
            yield at(days_ago, "16:30"), _authority_acknowledges(name)
    yield at(8, "08:30"), _mediator_is_away("Ian Robson")
    yield at(3, "11:20"), _authority_cannot_come("Clarke")
    yield at(2, "11:45"), _wants_no_mediation("Novak")
    yield at(1, "15:40"), _place_closes_for("Evans")
    yield at(1, "16:10"), _has_met("Reyes")
    yield at(0, "08:15"), _asks_for_a_call_back("+447700900255")
    yield london.at(back[0] - timedelta(days=1), time(22, 58)), _texts_at_night("+447700900277")


def _rings(home: Household) -> Happening:
    def happen(session: Session, now: datetime) -> None:
        council = session.scalars(select(Authority).where(Authority.name == home.council)).one()
        case = intake.open_case(session, number=home.number, authority=council, deadline_soon=False, now=now)
        intake.record_contact(
            session,
            channel=ContactChannel.CALL,
            said=Said.ASKS_FOR_ADVICE,
            received_at=now,
            number=home.number,
            case=case,
        )
        intake.allow_texts(session, case, allowed=True, by=FAMILY, now=now)
        advice.book(session, case, by=FAMILY, now=now)

    return happen


def _is_advised(home: Household, today: date) -> Happening:
    """An adviser tells the family everything and writes down what it says."""

    def happen(session: Session, now: datetime) -> None:
        adviser, case = _first(session, Role.ADVISER), _case_of(session, home.name)
        advice.inform(session, case, list(Information), by=adviser, now=now)
        advice.record(
            session,
            case,
            name=home.name,
            email=home.email,
            letter_date=today - timedelta(days=home.letter_days_ago),
            issues=home.issues,
            consent_to_share=True,
            needs_step_free=home.needs_step_free,
            outcode=home.outcode,
            by=adviser,
            now=now,
        )
        people.record_child(
            session, case, name=home.child, born=home.born, by=adviser, now=now, today=london.london_day(now)
        )
        routes.answer(
            session,
            case,
            decision=home.decision,
            about_education=home.decision in {Decision.PLAN, Decision.NOT_TO_AMEND},
            about_school=False,
            health=False,
            social_care=False,
            discrimination=False,
            by=adviser,
            now=now,
        )

    return happen


def _wants_mediation(surname: str) -> Happening:
    def happen(session: Session, now: datetime) -> None:
        mediation.want(session, _case_of(session, surname), by=FAMILY, now=now, said_at=now)

    return happen


def _authority_acknowledges(surname: str) -> Happening:
    def happen(session: Session, now: datetime) -> None:
        for telling in _case_of(session, surname).tellings:
            authority.acknowledge(session, telling, by=Actor(ActorKind.AUTHORITY), now=now)

    return happen


def _wants_no_mediation(surname: str) -> Happening:
    """The family declines, and its certificate goes out within the hour."""

    def happen(session: Session, now: datetime) -> None:
        case = _case_of(session, surname)
        decline.say_no(session, case, by=FAMILY, said_at=now, now=now)
        adviser = _first(session, Role.ADVISER)
        certificates.issue(session, case, Kind.NOT_WANTED, reason=None, by=adviser, now=now + timedelta(minutes=20))

    return happen


def _has_met(surname: str) -> Happening:
    """What became of the meeting is recorded, what was agreed is kept apart, and the certificate is issued."""

    def happen(session: Session, now: datetime) -> None:
        case, adviser = _case_of(session, surname), _first(session, Role.ADVISER)
        booking = bookings.of(session, case, BookingKind.MEDIATION)
        if booking is None or booking.ends_at > now:
            return
        meeting.record(
            session,
            booking,
            ending=Ending.CONCLUDED,
            family_came=True,
            authority_came=True,
            could_decide=True,
            childs_views_sought=True,
            expenses=None,
            ended_at=booking.ends_at,
            by=adviser,
            now=now,
        )
        agreements.record(
            session,
            case,
            extent=Extent.PARTIAL,
            agreed_on=london.london_day(booking.ends_at),
            actions=[(Action.ASSESSMENT, "The council will assess.", None)],
            by=adviser,
            now=now,
        )
        certificates.issue(session, case, Kind.TOOK_PART, reason=None, by=adviser, now=now)

    return happen


def _mediator_is_away(name: str) -> Happening:
    """The only mediator of a region takes leave, so that one case has no slot and the console says why."""

    def happen(session: Session, now: datetime) -> None:
        mediator = session.scalars(select(Mediator).where(Mediator.name == name)).one()
        first = london.london_day(now)
        mediator.leave.append(Leave(first_day=first, last_day=first + timedelta(days=45)))

    return happen


def _authority_cannot_come(surname: str) -> Happening:
    def happen(session: Session, now: datetime) -> None:
        booking = bookings.of(session, _case_of(session, surname), BookingKind.MEDIATION)
        if booking is not None:
            bookings.cancel(
                session,
                booking,
                caused_by=Side.AUTHORITY,
                because="The authority's officer cannot come",
                by=_first(session, Role.COORDINATOR),
                now=now,
            )

    return happen


def _place_closes_for(surname: str) -> Happening:
    """The venue of the family's meeting closes for that week, and everything booked there moves."""

    def happen(session: Session, now: datetime) -> None:
        booking = bookings.of(session, _case_of(session, surname), BookingKind.MEDIATION)
        if booking is None or booking.room is None:
            return
        monday = london.london_day(booking.starts_at) - timedelta(days=london.london(booking.starts_at).weekday())
        venues.close(
            session,
            session.get_one(Venue, booking.room.venue_id),
            Days(first=monday, last=monday + timedelta(days=4)),
            reason="The heating has failed",
            by=_first(session, Role.COORDINATOR),
            now=now,
        )

    return happen


def _asks_for_a_call_back(number: str) -> Happening:
    def happen(session: Session, now: datetime) -> None:
        intake.record_contact(
            session,
            channel=ContactChannel.CALL,
            said=Said.OTHER,
            received_at=now,
            number=number,
            words="asked for a person",
        )
        intake.ask_call_back(session, number=number, because="asked for a person", now=now)

    return happen


def _texts_at_night(number: str) -> Happening:
    def happen(session: Session, now: datetime) -> None:
        mediation.want_by_text(
            session,
            number=number,
            words="I want mediation please",
            received_at=now,
            provider_id=f"SM{number.removeprefix('+')}",
            now=now,
        )

    return happen


def _case_of(session: Session, name: str) -> Case:
    """The case of a household, by its number: when it rang we did not know the name yet."""
    number = next(home.number for home in HOUSEHOLDS if home.name.endswith(name))
    return session.scalars(select(Case).join(Case.person).where(Person.number == number)).one()


def _first(session: Session, role: Role) -> Actor:
    person = session.scalars(select(Staff).where(Staff.role == role).order_by(Staff.id).limit(1)).one()
    return Actor.staff(person.id)
