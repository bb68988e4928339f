"""A week as coordinators look at it: every hour of a room and of a mediator is free, held, booked, busy or closed."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import week
from scheduling.diary.week import Day
from scheduling.models import Booking, BookingKind, Busy, Closure, Leave, Offer, ResourceKind
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-24 10:00")
MONDAY = date(2026, 11, 30)


def shown(days: list[Day], number: int) -> list[str]:
    """The first lane of a day, as `09:00-10:00 free`."""
    [lane, *_] = days[number].lanes
    return [f"{at(spell.starts_at)}-{at(spell.ends_at)} {spell.state}" for spell in lane.spells]


def at(shown_at: datetime) -> str:
    return f"{london.london(shown_at):%H:%M}"


def booked(session: Session, place: Town, starts: str) -> None:
    """Two hours of the town's room and mediator."""
    session.add(
        Booking(
            uid=starts,
            kind=BookingKind.MEDIATION,
            case=builders.case(session, place, told="2026-11-23 10:25"),
            starts_at=moment(starts),
            ends_at=moment(starts) + timedelta(hours=2),
            room=place.venue.rooms[0],
            mediator=place.mediator,
            officer=place.officer,
            booked_at=NOW,
        )
    )


def test_a_working_day_without_a_meeting_is_free_from_opening_to_closing(session: Session) -> None:
    barnet = builders.town(session)

    days = week.of_venue(session, barnet.venue, MONDAY, now=NOW)

    assert [day.day for day in days] == [MONDAY + timedelta(days=number) for number in range(5)]
    assert shown(days, 0) == ["09:00-17:00 free"]


def test_a_meeting_and_a_held_time_stand_between_free_hours(session: Session) -> None:
    barnet = builders.town(session)
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    booked(session, barnet, "2026-11-30 10:00")
    session.add(
        Offer(
            case=case,
            round=1,
            number=1,
            starts_at=moment("2026-11-30 13:00"),
            ends_at=moment("2026-11-30 15:00"),
            room=barnet.venue.rooms[0],
            mediator=barnet.mediator,
            officer=barnet.officer,
            reasons="",
            offered_at=NOW,
            held_until=NOW + timedelta(hours=24),
            closes_at=NOW + timedelta(hours=24),
        )
    )
    session.flush()
    whole = ["09:00-10:00 free", "10:00-12:00 booked", "12:00-13:00 free", "13:00-15:00 held", "15:00-17:00 free"]

    assert shown(week.of_venue(session, barnet.venue, MONDAY, now=NOW), 0) == whole
    assert shown(week.of_mediator(session, barnet.mediator, MONDAY, now=NOW), 0) == whole

    day_later = NOW + timedelta(hours=24)
    assert "13:00-15:00 held" not in shown(week.of_venue(session, barnet.venue, MONDAY, now=day_later), 0)


def test_a_closed_day_says_why_and_still_shows_the_meeting_that_is_stranded(session: Session) -> None:
    barnet = builders.town(session)
    booked(session, barnet, "2026-12-01 10:00")
    barnet.venue.closures.append(
        Closure(first_day=date(2026, 12, 1), last_day=date(2026, 12, 1), reason="Flood", closed_at=NOW)
    )
    session.flush()

    days = week.of_venue(session, barnet.venue, MONDAY, now=NOW)

    assert shown(days, 1) == ["09:00-17:00 closed", "10:00-12:00 booked"]
    assert days[1].lanes[0].spells[0].note == "Flood"


def test_a_mediators_other_appointments_are_only_busy_and_leave_is_named(session: Session) -> None:
    barnet = builders.town(session)
    for starts, ends in (("2026-11-30 09:30", "2026-11-30 10:00"), ("2026-12-01 22:00", "2026-12-02 11:00")):
        session.add(
            Busy(
                kind=ResourceKind.MEDIATOR,
                resource_id=barnet.mediator.id,
                starts_at=moment(starts),
                ends_at=moment(ends),
                noted_at=NOW,
            )
        )
    barnet.mediator.leave.append(Leave(first_day=date(2026, 12, 3), last_day=date(2026, 12, 4)))
    session.flush()

    days = week.of_mediator(session, barnet.mediator, MONDAY, now=NOW)

    assert shown(days, 0) == ["09:00-09:30 free", "09:30-10:00 busy", "10:00-17:00 free"]
    assert shown(days, 2) == ["00:00-11:00 busy", "11:00-17:00 free"]
    assert shown(days, 3) == ["09:00-17:00 closed"]
    assert days[3].lanes[0].spells[0].note == "On leave"


def test_the_hours_are_those_of_the_clock_on_either_side_of_a_change(session: Session) -> None:
    barnet = builders.town(session)

    for monday in (date(2026, 3, 23), date(2026, 3, 30)):
        days = week.of_venue(session, barnet.venue, monday, now=NOW)
        assert shown(days, 0) == ["09:00-17:00 free"]
