"""Somebody allows something, and a case without a time gets one: what changes, what is written, what is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import leeway, officer_links
from scheduling.diary import bookings, constraints, explanation, moves, relaxations, slots, why
from scheduling.diary.relaxations import Change
from scheduling.models import (
    Actor,
    Booking,
    BookingKind,
    Busy,
    Case,
    Closure,
    Entry,
    Leave,
    MediatorHours,
    Message,
    Mode,
    ResourceKind,
)
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:25")
FIRST, LAST = date(2026, 11, 20), date(2026, 12, 31)


@dataclass(frozen=True)
class Closed:
    """A way in which a town has no time for a case, and what opens one."""

    change: Change
    shut: Callable[[Session, Town, Case], None]
    line: str


def mediator_is_away(_session: Session, town: Town, _case: Case) -> None:
    town.mediator.leave.append(Leave(first_day=FIRST, last_day=LAST))


def officer_is_busy(session: Session, town: Town, _case: Case) -> None:
    busy(session, town.officer.id, moment("2026-11-20 00:00"), moment("2026-12-31 00:00"))


def busy(session: Session, officer_id: int, begins: datetime, ends: datetime) -> None:
    whose = {"kind": ResourceKind.OFFICER, "resource_id": officer_id}
    session.add(Busy(**whose, starts_at=begins, ends_at=ends, noted_at=NOW))


def venue_is_closed(session: Session, town: Town, _case: Case) -> None:
    closure = {"reason": "Heating", "closed_at": NOW}
    session.add(Closure(venue=town.venue, first_day=FIRST, last_day=LAST, **closure))


def venue_is_far(_session: Session, town: Town, case: Case) -> None:
    case.person.outcode, case.person.travels_km = "CT1", 20


def mediator_sits_only_on_mondays_with_others(session: Session, town: Town, _case: Case) -> None:
    """The one who works on one day a week is with another family on each."""
    town.mediator.hours = [one for one in town.mediator.hours if one.weekday == 0]
    town.mediator.meetings_a_day = 1
    for number, day in enumerate((7, 14, 21)):
        other = builders.case(session, town, told="2026-11-23 09:00", number=f"+44770090020{number}")
        session.flush()
        found = slots.best(session, other, now=NOW, limit=slots.EVERY)
        slot = next(one for one in found if one.starts_at == moment(f"2026-12-{day:02} 10:00"))
        bookings.book(session, other, slot, by=Actor.staff(town.coordinator.id), now=NOW)


CLOSED = [
    pytest.param(
        Closed(Change.LEAVE, mediator_is_away, "in spite of leave"), id="the mediator comes on a day of leave"
    ),
    pytest.param(Closed(Change.OFFICER, officer_is_busy, "after all"), id="the officer puts something else off"),
    pytest.param(Closed(Change.VIDEO, venue_is_closed, "meets by video"), id="nobody needs the closed venue"),
    pytest.param(Closed(Change.TELEPHONE, venue_is_closed, "meets by telephone"), id="or by telephone"),
    pytest.param(Closed(Change.FARTHER, venue_is_far, "comes up to"), id="the family comes farther"),
    pytest.param(
        Closed(Change.A_DAY, mediator_sits_only_on_mondays_with_others, "up to 2 times a day"),
        id="the mediator sits once more on a day",
    ),
]


@pytest.fixture
def town(session: Session) -> Town:
    return builders.town(session)


@pytest.fixture
def case(session: Session, town: Town) -> Case:
    return builders.case(session, town, told="2026-11-23 10:25")


@pytest.fixture
def coordinator(town: Town) -> Actor:
    return Actor.staff(town.coordinator.id)


@pytest.mark.parametrize("closed", CLOSED)
def test_what_somebody_allows_opens_a_time_and_stands_in_the_history(
    session: Session, town: Town, case: Case, coordinator: Actor, closed: Closed
) -> None:
    closed.shut(session, town, case)
    session.flush()
    assert slots.best(session, case, now=NOW, limit=1) == []

    opens = relaxations.by(session, case, closed.change, now=NOW)
    assert opens is not None
    leeway.give(
        session, case, closed.change, opens.slots[0].starts_at, because="Said so by telephone", by=coordinator, now=NOW
    )

    assert slots.best(session, case, now=NOW, limit=1)
    entry = next(one for one in case.history if one.what.startswith("So that there is a time"))
    assert closed.line in entry.what
    assert (entry.why, entry.by) == ("Said so by telephone", coordinator)
    assert bookings.of(session, case, BookingKind.MEDIATION) is None


def test_a_saturday_is_opened_for_one_meeting_which_then_stands(
    session: Session, town: Town, case: Case, coordinator: Actor
) -> None:
    closure = {"reason": "Heating", "closed_at": NOW}
    weeks = [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14), date(2026, 12, 21)]
    for monday in weeks:
        session.add(Closure(venue=town.venue, first_day=monday, last_day=monday, **closure))
    town.mediator.hours = [MediatorHours(weekday=0, starts=builders.OPENS, ends=builders.CLOSES)]
    session.flush()
    opens = relaxations.by(session, case, Change.SATURDAY, now=NOW)
    assert opens is not None

    booking = leeway.give(
        session, case, Change.SATURDAY, opens.slots[0].starts_at, because="All agreed", by=coordinator, now=NOW
    )

    assert booking is not None
    assert booking.starts_at.weekday() == 5
    assert moves.stranded(session, now=NOW) == {}
    assert slots.best(session, builders.case(session, town, told="2026-11-23 10:25"), now=NOW) == []


def test_a_meeting_of_the_officer_s_own_is_never_booked_over(
    session: Session, town: Town, case: Case, coordinator: Actor
) -> None:
    for number in range(30):
        other = builders.case(session, town, told="2026-11-23 09:00", number=f"+4477009003{number:02}")
        found = slots.best(session, other, now=NOW, limit=1)
        if found:
            bookings.book(session, other, found[0], by=coordinator, now=NOW)
    builders.venue(session, town.authority, "A second library")
    builders.mediator(session, town.authority, "A second mediator")
    officer_is_busy(session, town, case)
    session.flush()
    opens = relaxations.by(session, case, Change.OFFICER, now=NOW)
    assert opens is not None
    with_others = {one.starts_at for one in session.query(Booking) if one.starts_at.hour == 10}
    chosen = next(slot.starts_at for slot in opens.slots if slot.starts_at in with_others)

    with pytest.raises(leeway.StillNoTime), session.begin_nested():
        leeway.give(session, case, Change.OFFICER, chosen, because="Said so", by=coordinator, now=NOW)

    assert session.query(Busy).count() == 1
    assert not any(entry.what.startswith("So that") for entry in session.query(Entry))


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param((Change.NOTICE, "Said so", leeway.OpensNothing), id="the law's notice is nobody's to give here"),
        pytest.param((Change.SATURDAY, " ", leeway.ReasonMissing), id="nobody is named who allowed it"),
        pytest.param((Change.FARTHER, "Said so", leeway.OpensNothing), id="it would open nothing"),
    ],
)
def test_what_opens_nothing_or_is_not_explained_changes_nothing(
    session: Session, case: Case, coordinator: Actor, asked: tuple[Change, str, type[Exception]]
) -> None:
    change, because, refusal = asked

    with pytest.raises(refusal):
        leeway.give(session, case, change, moment("2026-12-05 10:00"), because=because, by=coordinator, now=NOW)

    assert len(case.history) == 1


def test_the_officer_is_asked_for_the_times_at_which_everybody_else_can_come(
    session: Session, town: Town, case: Case, coordinator: Actor
) -> None:
    officer_is_busy(session, town, case)
    session.flush()

    leeway.ask_the_officer(session, case, by=coordinator, now=NOW)

    mail = session.query(Message).filter_by(purpose=leeway.ASKED).one()
    assert mail.address == town.officer.email
    assert "Tuesday 1 December 2026, 10am to midday" in mail.body
    assert f"/{officer_links.PATH}/" in mail.body
    assert "Sam" not in mail.body
    assert "Speech" not in mail.body
    assert [entry.what for entry in case.history][-1] == "Olu was asked for other times"


def test_every_time_is_counted_by_what_takes_it_away(session: Session, town: Town, case: Case) -> None:
    officer_is_busy(session, town, case)
    session.add(
        Closure(venue=town.venue, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2), reason="x", closed_at=NOW)
    )
    session.flush()
    assert why.explain(session, case, now=NOW).counts == "17 of 17 times: the authority's officer cannot come."

    session.query(Busy).delete()
    town.mediator.leave.append(Leave(first_day=FIRST, last_day=LAST))
    session.flush()

    told = why.explain(session, case, now=NOW)
    assert told.counts == "15 of 17 times: the mediator is away or does not work then; 2: the venue is closed."
    assert {one.change for one in told.relaxations} >= {Change.LEAVE}
    assert case.meets is Mode.IN_PERSON


def test_a_family_too_far_from_every_venue_hears_of_venues_at_hand_alone(
    session: Session, town: Town, case: Case
) -> None:
    builders.town(session, "Camden", "202")
    venue_is_far(session, town, case)
    session.flush()

    assert why.explain(session, case, now=NOW).counts == "60 of 60 times: the venue is too far from the family."


def test_every_constraint_on_a_place_or_a_mediator_has_words() -> None:
    of_places = {one.name for one in constraints.OF_A_VENUE} | {one.name for one in constraints.OF_A_ROOM}

    assert of_places | {one.name for one in constraints.OF_A_MEDIATOR} == set(explanation.NEVER_IN_WORDS)
