"""A fortnight of the service's life, told through the same functions that real events use.

Each event happens at its own moment and in its own transaction, as it would have; between two of them the clock's
sweep books the cases that wait. What was written to anybody lies in the outbox, and the worker sends it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db, london
from scheduling.cases import advice, intake, mediation
from scheduling.diary import bookings, venues
from scheduling.models import (
    FAMILY,
    Actor,
    Authority,
    BookingKind,
    Case,
    ContactChannel,
    Leave,
    Mediator,
    Role,
    Said,
    Staff,
    Venue,
)
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
        number="+447700900101",
        email="ngozi@family.example",
        outcode="N3",
        issues="The plan gives no hours for speech and language therapy.",
        letter_days_ago=21,
    ),
    Household(
        name="Daniel Reyes",
        council="Camden",
        number="+447700900102",
        email="daniel@family.example",
        outcode="NW5",
        issues="The council will not assess.",
        letter_days_ago=30,
    ),
    Household(
        name="Shabana Begum",
        council="Birmingham",
        number="+447700900103",
        email=None,
        outcode="B5",
        issues="The support named in section F stopped in September.",
        letter_days_ago=40,
    ),
    Household(
        name="Carys Hughes",
        council="York",
        number="+447700900104",
        email="carys@family.example",
        outcode="YO1",
        issues="The plan ends although nothing has changed.",
        letter_days_ago=10,
    ),
    Household(
        name="Petra Novak",
        council="Derbyshire",
        number="+447700900105",
        email="petra@family.example",
        outcode="DE4",
        issues="No plan was made after the assessment.",
        letter_days_ago=18,
    ),
    Household(
        name="Marcus Clarke",
        council="Manchester",
        number="+447700900106",
        email="marcus@family.example",
        outcode="M14",
        issues="Occupational therapy is missing.",
        letter_days_ago=25,
    ),
    Household(
        name="Yusuf Ahmed",
        council="Stoke-on-Trent",
        number="+447700900107",
        email="yusuf@family.example",
        outcode="ST4",
        issues="The council will not reassess.",
        letter_days_ago=16,
        needs_step_free=True,
    ),
    Household(
        name="Bronwen Evans",
        council="Lincolnshire",
        number="+447700900108",
        email="bronwen@family.example",
        outcode="LN2",
        issues="The school cannot give what section F says.",
        letter_days_ago=28,
    ),
    Household(
        name="Kate White",
        council="Hartlepool",
        number="+447700900109",
        email="kate@family.example",
        outcode="TS24",
        issues="The council will not assess.",
        letter_days_ago=33,
    ),
)
"""In the order in which they rang."""

Happening = Callable[[Session, datetime], None]
