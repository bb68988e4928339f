"""A place is altered: what that does to meetings and offers is shown first, and then done by the same code."""

from dataclasses import dataclass, replace
from datetime import time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import mediation
from scheduling.diary import alterations, moves, offers, places, slots, venues
from scheduling.diary.alterations import Alteration
from scheduling.diary.places import NameTaken, RoomNameTaken
from scheduling.diary.venues import Days
from scheduling.models import (
    SERVICE,
    Actor,
    Booking,
    Case,
    CasePerson,
    Entry,
    Message,
    OfferState,
    Person,
    Room,
    RoomUse,
)
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
NOW = moment("2026-11-23 16:00")


@pytest.fixture
def coordinator(barnet: Town) -> Actor:
    return Actor.staff(barnet.coordinator.id)


@pytest.fixture
def booking(session: Session, case: Case) -> Booking:
    """At ten on Tuesday 1 December at Barnet Library, the family needing a building without steps."""
    case.person.needs_step_free = True
    return mediation.book_best(session, case, by=SERVICE, now=TOLD)


@dataclass(frozen=True)
class Row:
    """What somebody changes about a place, and what then stands in the way of a meeting there."""

    change: dict[str, object]
    sentence: str


TOO_SHORT = tuple((day, time(9), time(10)) for day in range(5))
CHANGES: list[object] = [
    pytest.param(Row({"hours": TOO_SHORT}, "not open"), id="fewer hours"),
    pytest.param(Row({"is_active": False}, "no longer used"), id="no longer used"),
    pytest.param(Row({"owner": "the authority"}, "not neutral"), id="the authority owns it"),
    pytest.param(Row({"serves": frozenset()}, "no longer serves"), id="serves others"),
    pytest.param(Row({"step_free": False}, "steps"), id="the lift is gone"),
]


def altered(session: Session, town: Town, row: Row) -> Alteration:
    change = {name: town.authority if value == "the authority" else value for name, value in row.change.items()}
    place = replace(places.described(town.venue), **change)  # type: ignore[arg-type]
    return places.alter(session, town.venue, place, by=SERVICE, now=NOW)


@pytest.mark.parametrize("row", CHANGES)
def test_the_preview_promises_what_the_alteration_then_does_and_changes_nothing(
    session: Session, barnet: Town, booking: Booking, row: Row
) -> None:
    library = builders.venue(session, barnet.authority, "Finchley Library")
    session.flush()
    was, known = booking.starts_at, places.described(barnet.venue)
    before = len(session.scalars(select(Message)).all())

    preview = alterations.impact(session, altered(session, barnet, row), now=NOW)
    assert places.described(barnet.venue) == known
    assert booking.sequence == 0
    done = alterations.carry_out(session, altered(session, barnet, row), by=SERVICE, now=NOW)

    assert [move.to and move.to.place for move in preview.moves] == ["Finchley Library, Room 1"]
    assert done.moved == [booking]
    assert (booking.room and booking.room.venue, booking.starts_at) == (library, was)
    assert len(session.scalars(select(Message)).all()) - before == preview.messages


@pytest.mark.parametrize("row", CHANGES)
def test_a_meeting_without_another_place_is_stranded_until_there_is_one(
    session: Session, barnet: Town, booking: Booking, row: Row
) -> None:
    outcome = alterations.carry_out(session, altered(session, barnet, row), by=SERVICE, now=NOW)

    assert [move.booking for move in outcome.stranded] == [booking]
    cause = moves.why_stranded(session, booking)
    assert cause is not None
    assert row.sentence in cause.because
    builders.venue(session, barnet.authority, "Finchley Library")
    session.flush()
    assert moves.place_stranded(session, now=NOW) == [booking]
    assert list(moves.stranded(session, now=NOW)) == []


@pytest.mark.parametrize(
    ("capacity", "used_for"),
    [
        pytest.param(8, RoomUse.NOTHING, id="out of use"),
        pytest.param(8, RoomUse.TALKS_APART, id="for talks apart only"),
        pytest.param(2, RoomUse.MEETINGS, id="too small"),
    ],
)
def test_a_meeting_goes_to_the_next_room_at_the_same_time(
    session: Session, barnet: Town, booking: Booking, capacity: int, used_for: RoomUse
) -> None:
    other = Room(name="Room 2", capacity=8)
    places.add_room(session, barnet.venue, other, by=SERVICE, now=NOW)
    session.flush()
    first, was = barnet.venue.rooms[0], booking.starts_at

    alteration = places.alter_room(
        session, first, name=first.name, capacity=capacity, used_for=used_for, by=SERVICE, now=NOW
    )
    alterations.carry_out(session, alteration, by=SERVICE, now=NOW)

    assert (booking.room, booking.starts_at) == (other, was)


def test_what_does_no_harm_moves_nothing_and_stands_in_the_history(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    known = places.described(barnet.venue)
    better = replace(known, quiet_room=True, phone="020 7946 0001", cost="£90 a day", contact="Jo at the desk")

    alteration = places.alter(session, barnet.venue, better, by=coordinator, now=NOW)
    assert alterations.impact(session, alteration, now=NOW).moves == []
    alterations.carry_out(session, alteration, by=coordinator, now=NOW)

    [entry] = session.scalars(select(Entry).where(Entry.venue_id == barnet.venue.id))
    assert entry.what == (
        "Changed. Telephone: 020 7946 0001, before that 020 7946 0000. Contact: Jo at the desk, before that none. "
        "Cost: £90 a day, before that none. Quiet room: yes, before that no"
    )
    assert (entry.by, booking.sequence) == (coordinator, 0)


def test_times_held_there_for_a_family_are_given_back(
    session: Session, barnet: Town, case: Case, coordinator: Actor
) -> None:
    held = offers.offer(session, case, by=SERVICE, now=NOW)
    gone = replace(places.described(barnet.venue), is_active=False)

    alteration = places.alter(session, barnet.venue, gone, by=coordinator, now=NOW)
    preview = alterations.impact(session, alteration, now=NOW)
    assert [offer.state for offer in held] == [OfferState.HELD] * 3
    outcome = alterations.carry_out(session, alteration, by=coordinator, now=NOW)

    assert list(preview.offers) == held == list(outcome.released)
    assert [offer.state for offer in held] == [OfferState.RELEASED] * 3
    assert not offers.is_in_hand(session, case, now=NOW)


def test_two_venues_or_two_rooms_of_one_house_never_have_one_name(
    session: Session, barnet: Town, coordinator: Actor
) -> None:
    with pytest.raises(NameTaken):
        places.add(session, places.described(barnet.venue), by=coordinator, now=NOW)
    with pytest.raises(RoomNameTaken):
        places.add_room(session, barnet.venue, Room(name="Room 1", capacity=4), by=coordinator, now=NOW)


def test_a_new_venue_with_a_room_is_searched(session: Session, barnet: Town, case: Case, coordinator: Actor) -> None:
    hall = replace(places.described(barnet.venue), name="A Hall")

    venue = places.add(session, hall, by=coordinator, now=NOW)
    places.add_room(session, venue, Room(name="Main room", capacity=8), by=coordinator, now=NOW)
    session.flush()

    [slot] = slots.best(session, case, now=NOW, limit=1)
    assert slot.place == "A Hall, Main room"


def test_a_venue_that_opens_again_leaves_meetings_where_they_went(
    session: Session, barnet: Town, booking: Booking, coordinator: Actor
) -> None:
    day = london.london_day(booking.starts_at)
    outcome = venues.close(
        session, barnet.venue, Days(first=day, last=day), reason="Burst pipe", by=coordinator, now=NOW
    )
    now_at = booking.starts_at

    venues.reopen(session, outcome.closure, by=coordinator, now=NOW)

    assert not barnet.venue.is_closed_on(day)
    assert booking.starts_at == now_at
    *_, last = session.scalars(select(Entry).where(Entry.venue_id == barnet.venue.id).order_by(Entry.id))
    assert last.what == "Open again, not closed from Tuesday 1 December 2026 to Tuesday 1 December 2026"


def test_whoever_comes_beside_the_family_needs_a_chair(session: Session, barnet: Town, booking: Booking) -> None:
    small = barnet.venue.rooms[0]
    small.capacity = 3
    assert moves.why_stranded(session, booking) is None

    friend = Person(name="Pat")
    session.add(friend)
    session.flush()
    booking.case.others.append(CasePerson(person_id=friend.id, comes_to_the_meeting=True))

    cause = moves.why_stranded(session, booking)
    assert cause is not None
    assert cause.because == "Its room holds fewer than will come."
