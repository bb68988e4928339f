"""A town with everything a mediation needs, and a case in it, in one line each.

barnet = builders.town(session)
case = builders.case(session, barnet, told="2026-11-23 10:25")
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import intake
from scheduling.models import (
    FAMILY,
    Authority,
    CareBoard,
    CareTelling,
    Case,
    Contract,
    Mediator,
    MediatorHours,
    Officer,
    Person,
    Role,
    Room,
    Shift,
    Staff,
    Telling,
    Venue,
    VenueHours,
)

WORKING_WEEK = range(5)
OPENS, CLOSES = time(9), time(17)
LETTER = date(2026, 11, 2)


@dataclass(frozen=True, kw_only=True)
class Town:
    """An authority that we serve, with an officer, a venue of one room, a mediator, an adviser and a coordinator."""

    authority: Authority
    officer: Officer
    venue: Venue
    mediator: Mediator
    adviser: Staff
    coordinator: Staff


def moment(text: str) -> datetime:
    """`2026-11-23 10:25` on London's clocks."""
    shown = datetime.fromisoformat(text)
    return london.at(shown.date(), shown.time())


def town(session: Session, name: str = "Barnet", code: str = "302") -> Town:
    """Everything a mediation needs, in working order from nine to five, Monday to Friday."""
    council = authority(session, name, code)
    built = Town(
        authority=council,
        officer=officer(session, council),
        venue=venue(session, council, f"{name} Library"),
        mediator=mediator(session, council, f"Morgan of {name}"),
        adviser=staff(session, Role.ADVISER, f"Alex of {name}"),
        coordinator=staff(session, Role.COORDINATOR, f"Chris of {name}"),
    )
    session.flush()
    return built


def authority(session: Session, name: str, code: str) -> Authority:
    """An authority with a contract."""
    built = Authority(
        code=code,
        name=name,
        official_name=f"{name} Council",
        ons_code=f"E{code}",
        region="London",
        contracts=[Contract(starts_on=date(2014, 9, 1))],
    )
    session.add(built)
    return built


def officer(session: Session, council: Authority, name: str = "Olu") -> Officer:
    """Somebody at the authority who may decide."""
    built = Officer(authority=council, name=name, email=f"{name}@{council.name}.example".lower(), may_decide=True)
    session.add(built)
    return built


def venue(session: Session, council: Authority, name: str) -> Venue:
    """A neutral, step-free venue of one room that serves the authority."""
    built = Venue(
        name=name,
        address=f"1 High Street, {council.name}",
        postcode="N3 1AA",
        phone="020 7946 0000",
        step_free=True,
        serves=[council],
        rooms=[Room(name="Room 1", capacity=8)],
        hours=[VenueHours(weekday=day, opens=OPENS, closes=CLOSES) for day in WORKING_WEEK],
    )
    session.add(built)
    return built


def mediator(session: Session, council: Authority, name: str) -> Mediator:
    """A mediator who works with the authority."""
    built = Mediator(
        name=name,
        email=f"{name}@mediators.example".lower().replace(" ", "."),
        works_with=[council],
        hours=[MediatorHours(weekday=day, starts=OPENS, ends=CLOSES) for day in WORKING_WEEK],
    )
    session.add(built)
    return built


def staff(session: Session, role: Role, name: str) -> Staff:
    """A member of staff, on shift from nine to five."""
    built = Staff(
        name=name,
        email=f"{name}@common-ground.example".lower().replace(" ", "."),
        role=role,
        shifts=[Shift(weekday=day, starts=OPENS, ends=CLOSES) for day in WORKING_WEEK],
    )
    session.add(built)
    return built


def case(
    session: Session,
    place: Town,
    *,
    told: str | None = None,
    opened: str = "2026-11-23 10:05",
    number: str | None = "+447700900123",
    email: str | None = "sam@family.example",
) -> Case:
    """A family's case with everything recorded; `told` is when the authority was told, if it was."""
    person = Person(name="Sam", number=number, email=email, may_text=number is not None)
    built = Case(
        reference=intake.new_reference(session),
        person=person,
        authority=place.authority,
        adviser=place.adviser,
        opened_at=moment(opened),
        letter_date=LETTER,
        issues="Speech therapy in section F",
        consent_to_share_at=moment(opened),
    )
    session.add(built)
    built.record("The case was opened", by=FAMILY, now=moment(opened))
    if told is not None:
        tell(built, place.officer, told)
    session.flush()
    return built


def care_board(session: Session, case: Case, *, told: str = "2026-11-23 10:25") -> CareBoard:
    """Health care is in issue, and the integrated care board was told of it."""
    built = CareBoard(name="North London", email="send@board.example")
    case.health_in_issue = True
    session.add(CareTelling(case=case, board=built, told_at=moment(told)))
    session.flush()
    return built


def tell(case: Case, officer: Officer, told: str) -> None:
    """The authority was told that the family wants mediation."""
    case.mediation_wanted_at = moment(told)
    case.tellings.append(Telling(officer=officer, issues=case.issues, told_at=moment(told)))
