"""A fortnight of the service's life, told through the same functions that real events use.

Each event happens at its own moment and in its own transaction, as it would have; between two of them the clock's
sweep books the cases that wait, and the outbox is emptied, as the worker would.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import advice, intake, mediation
from scheduling.diary import bookings, venues
from scheduling.models import (
    FAMILY,
    Actor,
    Authority,
    BookingKind,
    Case,
    Channel,
    ContactChannel,
    Leave,
    Mediator,
    Person,
    Role,
    Said,
    Staff,
    Venue,
)
from scheduling.outbox import delivery
from scheduling.outbox.carriers import Carrier
from scheduling.reference import calendar


@dataclass(frozen=True, kw_only=True)
class Household:
    """An invented family and what they are worried about."""

    name: str
    council: str
    number: str
    email: str | None
    outcode: str
    issues: str
    letter_days_ago: int
    needs_step_free: bool = False


HOUSEHOLDS = (
    Household(
        name="Ngozi Okafor",
        council="Barnet",
        number="+447700900201",
        email="ngozi@family.example",
        outcode="N3",
        issues="The plan gives no hours for speech and language therapy.",
        letter_days_ago=21,
    ),
    Household(
        name="Daniel Reyes",
        council="Camden",
        number="+447700900202",
        email="daniel@family.example",
        outcode="NW5",
        issues="The council will not assess.",
        letter_days_ago=30,
    ),
    Household(
        name="Shabana Begum",
        council="Birmingham",
        number="+447700900203",
        email=None,
        outcode="B5",
        issues="The support named in section F stopped in September.",
        letter_days_ago=40,
    ),
    Household(
        name="Petra Novak",
        council="Derbyshire",
        number="+447700900205",
        email="petra@family.example",
        outcode="DE4",
        issues="No plan was made after the assessment.",
        letter_days_ago=18,
    ),
    Household(
        name="Marcus Clarke",
        council="Manchester",
        number="+447700900206",
        email="marcus@family.example",
        outcode="M14",
        issues="Occupational therapy is missing.",
        letter_days_ago=25,
    ),
    Household(
        name="Yusuf Ahmed",
        council="Stoke-on-Trent",
        number="+447700900207",
        email="yusuf@family.example",
        outcode="ST4",
        issues="The council will not reassess.",
        letter_days_ago=16,
        needs_step_free=True,
    ),
    Household(
        name="Bronwen Evans",
        council="Lincolnshire",
        number="+447700900208",
        email="bronwen@family.example",
        outcode="LN2",
        issues="The school cannot give what section F says.",
        letter_days_ago=28,
    ),
    Household(
        name="Kate White",
        council="Hartlepool",
        number="+447700900209",
        email="kate@family.example",
        outcode="TS24",
        issues="The council will not assess.",
        letter_days_ago=33,
    ),
)

STILL_TO_BE_ADVISED = Household(
    name="Carys Hughes",
    council="York",
    number="+447700900204",
    email="carys@family.example",
    outcode="YO1",
    issues="The plan ends although nothing has changed.",
    letter_days_ago=10,
)

Happening = Callable[[Session, datetime], None]


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
    for days_ago, name in (
        (7, "Okafor"),
        (8, "Reyes"),
        (6, "Begum"),
        (6, "Clarke"),
        (4, "Ahmed"),
        (2, "Evans"),
        (7, "White"),
    ):
        yield at(days_ago, "14:05"), _wants_mediation(name)
    yield at(8, "08:30"), _mediator_is_away("Ian Robson")
    yield at(3, "11:20"), _authority_cannot_come("Clarke")
    yield at(1, "15:40"), _place_closes_for("Okafor")
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
    def happen(session: Session, now: datetime) -> None:
        advice.record(
            session,
            _case_of(session, home.name),
            name=home.name,
            email=home.email,
            letter_date=today - timedelta(days=home.letter_days_ago),
            issues=home.issues,
            consent_to_share=True,
            needs_step_free=home.needs_step_free,
            outcode=home.outcode,
            by=_first(session, Role.ADVISER),
            now=now,
        )

    return happen


def _wants_mediation(surname: str) -> Happening:
    def happen(session: Session, now: datetime) -> None:
        mediation.want(session, _case_of(session, surname), by=FAMILY, now=now, said_at=now)

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
            monday,
            monday + timedelta(days=4),
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
