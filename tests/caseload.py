"""A caseload in which something waits for somebody in every way there is, the same in every run.

towns = caseload.towns(session, 3)
caseload.fill(session, towns, 24)
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import agreements, alarms, intake, mediation, resolution
from scheduling.law.agreements import Action
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Booking,
    BookingKind,
    Case,
    Channel,
    Closure,
    Contact,
    ContactChannel,
    Ending,
    Extent,
    Meeting,
    Message,
    MessageState,
    Party,
    Said,
    Venue,
)
from tests import builders
from tests.builders import Town

NOW = builders.moment("2026-11-23 10:25")


def towns(session: Session, number: int) -> list[Town]:
    """Authorities with everything that a mediation needs."""
    return [builders.town(session, f"Town {code}", f"{code:03}") for code in range(1, number + 1)]


def fill(session: Session, places: Sequence[Town], cases: range) -> None:
    """Open a case for each of these numbers, in the states in turn, and in the towns."""
    for number in cases:
        STATES[number % len(STATES)](session, places[number // len(STATES) % len(places)], number)
    session.flush()


def raise_alarms(session: Session) -> None:
    """Whatever alarm is due waits for somebody."""
    for case_id in alarms.watched(session, now=NOW):
        alarms.raise_due(session, case_id, now=NOW)
    session.flush()


def _opened(session: Session, town: Town, number: int, *, letter: date, told: datetime | None = None) -> Case:
    """A case whose family has rung and texted."""
    opened_at = (told or NOW - timedelta(days=3)) - timedelta(hours=1)
    case = builders.case(session, town, opened=f"{opened_at:%Y-%m-%d %H:%M}", number=f"+447700{number:06}")
    case.letter_date = letter
    case.contacts = [
        Contact(channel=channel, said=Said.ASKS_FOR_ADVICE, received_at=opened_at, handled_at=opened_at)
        for channel in (ContactChannel.CALL, ContactChannel.TEXT)
    ]
    if told is not None:
        builders.tell(case, town.officer, f"{told:%Y-%m-%d %H:%M}")
    session.flush()
    return case


def _new(session: Session, town: Town, number: int) -> None:
    _opened(session, town, number, letter=date(2026, 11, 2))


def _near_its_appeal(session: Session, town: Town, number: int) -> None:
    _opened(session, town, number, letter=date(2026, 9, 25))


def _wanting(session: Session, town: Town, number: int) -> None:
    case = _opened(session, town, number, letter=date(2026, 11, 2))
    case.mediation_wanted_at, case.consent_to_share_at = NOW, None


def _declined(session: Session, town: Town, number: int) -> None:
    _opened(session, town, number, letter=date(2026, 10, 20)).declined_at = NOW - timedelta(days=1)


def _unplaced(session: Session, town: Town, number: int) -> None:
    case = _opened(session, town, number, letter=date(2026, 10, 20), told=NOW - timedelta(days=24))
    case.record(mediation.UNPLACED, why="No mediator is free.", by=SERVICE, now=NOW)


def _booked(session: Session, town: Town, number: int) -> None:
    case = _opened(session, town, number, letter=date(2026, 10, 20), told=NOW - timedelta(days=10))
    session.add(_booking(town, case, NOW + timedelta(days=10)))


def _late(session: Session, town: Town, number: int) -> None:
    _opened(session, town, number, letter=date(2026, 9, 28), told=NOW - timedelta(days=33))


def _agreed(session: Session, town: Town, number: int) -> None:
    case = _opened(session, town, number, letter=date(2026, 9, 28), told=NOW - timedelta(days=30))
    booking, by = _booking(town, case, NOW - timedelta(days=6)), Actor.staff(town.coordinator.id)
    session.add(
        Meeting(
            booking=booking,
            ending=Ending.CONCLUDED,
            family_came=True,
            authority_came=True,
            could_decide=True,
            childs_views_sought=True,
            ended_at=booking.ends_at,
            recorded_at=booking.ends_at,
            recorded_by_id=town.coordinator.id,
        )
    )
    promise = (Action.PLAN_FINAL, "The final plan", date(2026, 11, 26))
    day = london.london_day(booking.ends_at)
    agreements.record(session, case, extent=Extent.FULL, agreed_on=day, actions=[promise], by=by, now=NOW)


def _unanswered(session: Session, town: Town, number: int) -> None:
    """A text to read, a call to make, and a message that did not arrive."""
    case = _opened(session, town, number, letter=date(2026, 11, 2))
    case.contacts.append(Contact(channel=ContactChannel.TEXT, said=Said.OTHER, received_at=NOW))
    case.closed_at = NOW if number % 2 else None
    asked = f"+447701{number:06}"
    intake.ask_call_back(session, number=asked, because="asked for a person", now=NOW, case=case)
    session.add(
        Message(
            key=f"caseload:{number}",
            token=f"{number:032}",
            channel=Channel.SMS,
            purpose="advice booked",
            case_id=case.id,
            address=asked,
            recipient="the family",
            body="...",
            state=MessageState.FAILED,
            written_at=NOW,
        )
    )


def _in_dispute(session: Session, town: Town, number: int) -> None:
    case = _opened(session, town, number, letter=date(2026, 11, 2))
    resolution.open_for(session, case, [Party.AUTHORITY], by=FAMILY, now=NOW)


def _over(session: Session, town: Town, number: int) -> None:
    case = _opened(session, town, number, letter=date(2026, 10, 20), told=NOW - timedelta(days=20))
    session.add(_booking(town, case, NOW - timedelta(hours=3)))


def _stranded(session: Session, town: Town, number: int) -> None:
    case = _opened(session, town, number, letter=date(2026, 10, 20), told=NOW - timedelta(days=10))
    hall = builders.venue(session, town.authority, f"Hall {number}")
    day = london.london_day(NOW + timedelta(days=10))
    session.add(Closure(venue=hall, first_day=day, last_day=day, reason="Flood", closed_at=NOW))
    session.add(_booking(town, case, NOW + timedelta(days=10), at=hall))


STATES = (
    _new,
    _near_its_appeal,
    _wanting,
    _declined,
    _unplaced,
    _booked,
    _late,
    _agreed,
    _unanswered,
    _in_dispute,
    _over,
    _stranded,
)


def _booking(town: Town, case: Case, starts_at: datetime, at: Venue | None = None) -> Booking:
    return Booking(
        uid=f"b-{case.id}@caseload.example",
        kind=BookingKind.MEDIATION,
        case=case,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        room=(at or town.venue).rooms[0],
        mediator=town.mediator,
        officer=town.officer,
        booked_at=starts_at - timedelta(days=9),
    )
