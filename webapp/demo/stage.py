"""The places and people of the demonstration: venues and mediators in every region, officers at every authority."""

import csv
from dataclasses import dataclass
from datetime import time
from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import numbers
from scheduling.models import (
    Authority,
    Conflict,
    Mediator,
    MediatorHours,
    Officer,
    Role,
    Room,
    Shift,
    Staff,
    Venue,
    VenueHours,
)
from telephony.simulator import phones
from webapp import enrolment

WORKING_WEEK = range(5)

OFFICERS = ("Olu Bassey", "Hannah Reid", "Marek Nowak", "Grace Mensah", "Dev Patel", "Sian Howells", "Lucy Tran")
MANAGERS = ("Ruth Ellery", "Colin Baptiste", "Farah Aziz", "Jo Lindqvist", "Peter Okafor")

MEDIATORS = {
    "London": ("Sam Grant", "Nadia Rahman", "Leo Fischer", "Bridget Kane"),
    "Yorkshire and The Humber": ("Ellen Thwaite",),
    "North East": ("Ian Robson",),
    "North West": ("Maya Holt", "Joseph Adeyemi"),
    "West Midlands": ("Kiran Bains", "Wendy Archer", "Paul Sedgwick"),
    "East Midlands": ("Rosa Marchetti", "Alan Frost"),
    "East of England": ("Beth Goodwin",),
}

STAFF = (
    ("Priya Shah", Role.COORDINATOR),
    ("Amara Cole", Role.ADVISER),
    ("Tom Reed", Role.ADVISER),
    ("Ines Walker", Role.MANAGER),
    ("Dana Whitfield", Role.ADMINISTRATOR),
)
MEDIATOR_WHO_SIGNS_IN = "Kiran Bains"
"""So that a mediator's own pages can be looked at; the other mediators get by with their mail."""
AUTHORITY_WHOSE_OFFICER_SIGNS_IN = "Stoke-on-Trent"
ADVISER_WITH_A_TELEPHONE = "Amara Cole"
"""Takes calls from the queue; the other adviser has appointments only."""


@dataclass(frozen=True)
class SignIn:
    """How a member of the demonstration's staff signs in."""

    name: str
    role: Role
    email: str
    secret: str


def is_set(session: Session) -> bool:
    """Whether the places and people are there already."""
    return session.scalar(select(Venue.id).limit(1)) is not None


def put_up(session: Session, password: str) -> None:
    """Put the places and people there, and let the staff sign in with the password."""
    authorities = list(session.scalars(select(Authority).order_by(Authority.name)))
    _venues(session, authorities)
    _mediators(session, authorities)
    for number, authority in enumerate(a for a in authorities if a.contracts):
        _officers(session, authority, number)
    for name, role in STAFF:
        telephone = phones.ADVISER if name == ADVISER_WITH_A_TELEPHONE else None
        person = Staff(name=name, email=_mail(name, "common-ground"), role=role, number=telephone)
        if role is Role.ADVISER:
            person.shifts = [Shift(weekday=day, starts=time(9), ends=time(17)) for day in WORKING_WEEK]
        session.add(person)
        session.flush()
        enrolment.open_account(session, person, password)
    _outsiders(session, password)


def sign_ins(session: Session) -> list[SignIn]:
    """Everybody who may sign in, with the secret for an authenticator app."""
    return [SignIn(a.staff.name, a.staff.role, a.staff.email, a.totp_secret) for a in enrolment.accounts(session)]


def _venues(session: Session, authorities: list[Authority]) -> None:
    text = resources.files(__package__).joinpath("venues.csv").read_text(encoding="utf-8")
    owners = {authority.code: authority for authority in authorities}
    for row in csv.DictReader(text.splitlines()):
        session.add(
            Venue(
                name=row["name"],
                address=row["address"],
                postcode=row["postcode"],
                phone=numbers.parse(row["phone"]),
                owner=owners.get(row["owner"]),
                serves=_of(authorities, row["region"]),
                rooms=[Room(name=room, capacity=10) for room in row["rooms"].split("|")],
                hours=[VenueHours(weekday=day, opens=time(9), closes=time(18)) for day in WORKING_WEEK],
                directions=row["directions"],
                **{
                    feature: row[feature] == "yes" for feature in ("step_free", "hearing_loop", "quiet_room", "parking")
                },
            )
        )


def _mediators(session: Session, authorities: list[Authority]) -> None:
    for region, names in MEDIATORS.items():
        for number, name in enumerate(names):
            mediator = Mediator(
                name=name,
                email=_mail(name, "mediators"),
                works_with=_of(authorities, region),
                # Not everybody sits every day, or the diary would look like nobody's life.
                hours=[
                    MediatorHours(weekday=day, starts=time(9), ends=time(17))
                    for day in WORKING_WEEK
                    if day % 4 != number or len(names) == 1
                ],
            )
            session.add(mediator)
            if number == 1:
                mediator.conflicts = [
                    Conflict(authority_id=_of(authorities, region)[0].id, because="Worked there until 2024")
                ]


def _officers(session: Session, authority: Authority, number: int) -> None:
    house = authority.name.lower().replace(" ", "-")
    officer, manager = OFFICERS[number % len(OFFICERS)], MANAGERS[number % len(MANAGERS)]
    session.add(Officer(authority=authority, name=officer, email=_mail(officer, house), may_decide=True))
    session.add(
        Officer(authority=authority, name=manager, email=_mail(manager, house), may_decide=True, is_manager=True)
    )


def _outsiders(session: Session, password: str) -> None:
    """A mediator and an officer sign in as well, each to their own pages."""
    mediator = session.scalars(select(Mediator).where(Mediator.name == MEDIATOR_WHO_SIGNS_IN)).one()
    authority = select(Authority).where(Authority.name == AUTHORITY_WHOSE_OFFICER_SIGNS_IN)
    officer = next(one for one in session.scalars(authority).one().officers if not one.is_manager)
    for one, role in ((mediator, Role.MEDIATOR), (officer, Role.OFFICER)):
        person = enrolment.add(session, role=role, email=one.email, name=one.name)
        enrolment.open_account(session, person, password)


def _of(authorities: list[Authority], region: str) -> list[Authority]:
    return [authority for authority in authorities if authority.region == region and authority.contracts]


def _mail(name: str, house: str) -> str:
    plain = name.lower().replace(" ", ".")
    return f"{plain}@{house}.example"
