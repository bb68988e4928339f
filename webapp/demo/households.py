"""The invented families of the demonstration, in the order in which they ring."""

from dataclasses import dataclass
from datetime import date

from scheduling.law.routes import Decision


@dataclass(frozen=True, kw_only=True)
class Household:
    """An invented family and what they are worried about."""

    name: str
    child: str
    born: date
    decision: Decision
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
        child="Ada Okafor",
        born=date(2017, 3, 9),
        decision=Decision.PLAN,
        council="Barnet",
        number="+447700900201",
        email="ngozi@family.example",
        outcode="N3",
        issues="The plan gives no hours for speech and language therapy.",
        letter_days_ago=21,
    ),
    Household(
        name="Daniel Reyes",
        child="Mateo Reyes",
        born=date(2019, 6, 21),
        decision=Decision.NOT_TO_ASSESS,
        council="Camden",
        number="+447700900202",
        email="daniel@family.example",
        outcode="NW5",
        issues="The council will not assess.",
        letter_days_ago=30,
    ),
    Household(
        name="Shabana Begum",
        child="Imran Begum",
        born=date(2014, 11, 2),
        decision=Decision.NOT_TO_AMEND,
        council="Birmingham",
        number="+447700900203",
        email=None,
        outcode="B5",
        issues="The support named in section F stopped in September.",
        letter_days_ago=40,
    ),
    Household(
        name="Petra Novak",
        child="Jan Novak",
        born=date(2018, 4, 17),
        decision=Decision.NOT_TO_MAKE_A_PLAN,
        council="Derbyshire",
        number="+447700900205",
        email="petra@family.example",
        outcode="DE4",
        issues="No plan was made after the assessment.",
        letter_days_ago=18,
    ),
    Household(
        name="Marcus Clarke",
        child="Leah Clarke",
        born=date(2015, 8, 5),
        decision=Decision.PLAN,
        council="Manchester",
        number="+447700900206",
        email="marcus@family.example",
        outcode="M14",
        issues="Occupational therapy is missing.",
        letter_days_ago=25,
    ),
    Household(
        name="Yusuf Ahmed",
        child="Sara Ahmed",
        born=date(2013, 12, 12),
        decision=Decision.NOT_TO_REASSESS,
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
        child="Owen Evans",
        born=date(2016, 2, 29),
        decision=Decision.PLAN,
        council="Lincolnshire",
        number="+447700900208",
        email="bronwen@family.example",
        outcode="LN2",
        issues="The school cannot give what section F says.",
        letter_days_ago=28,
    ),
    Household(
        name="Kate White",
        child="Ben White",
        born=date(2020, 5, 8),
        decision=Decision.NOT_TO_ASSESS,
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
    child="Gwen Hughes",
    born=date(2011, 1, 30),
    decision=Decision.TO_END_THE_PLAN,
    council="York",
    number="+447700900204",
    email="carys@family.example",
    outcode="YO1",
    issues="The plan ends although nothing has changed.",
    letter_days_ago=10,
)
