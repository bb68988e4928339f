"""When a case is offered times and when the best is booked at once; when a party is reminded; who has to ring whom."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import mediation, offering, offers_by_text, worklist
from scheduling.diary import bookings, holds, offers
from scheduling.models import SERVICE, Actor, Booking, BookingKind, Case, Channel, Closure, Message
from scheduling.reference import policies
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")


@pytest.fixture
def told(session: Session, barnet: Town) -> Case:
    return builders.case(session, barnet, told="2026-11-23 10:25")


def a_day_to_choose(session: Session, hours: int = 24) -> None:
    policies.choose(session, policies.OFFER_HOURS, hours, by_staff_id=None, now=TOLD)


def asked(session: Session) -> list[str]:
    return list(session.scalars(select(Message.purpose).where(Message.purpose.in_((holds.OFFERED, holds.REMINDED)))))


def test_without_time_to_choose_the_best_is_booked_at_once(session: Session, told: Case) -> None:
    placed = offering.place_if_waiting(session, told.id, now=TOLD)

    assert isinstance(placed, Booking)
    assert asked(session) == []


def test_with_time_to_choose_times_are_held_and_asked_about_once(session: Session, told: Case) -> None:
    a_day_to_choose(session)

    for _ in range(3):
        offering.place_if_waiting(session, told.id, now=TOLD)

    assert len(holds.of(session, told)) == 3
    assert asked(session) == ["times to choose from"] * 3
    assert bookings.of(session, told, BookingKind.MEDIATION) is None


@pytest.mark.parametrize(
    ("now", "asks"),
    [
        pytest.param("2026-12-07 09:00", True, id="the round ends on the fifteenth day"),
        pytest.param("2026-12-08 09:00", False, id="it would end on the sixteenth"),
    ],
)
def test_after_the_fifteenth_day_nobody_is_asked_any_more(session: Session, told: Case, now: str, asks: bool) -> None:
    a_day_to_choose(session)

    placed = offering.place_if_waiting(session, told.id, now=moment(now))

    assert isinstance(placed, list) is asks
    assert isinstance(placed, Booking) is not asks


def test_where_no_time_would_outlast_the_choosing_the_best_is_booked_at_once(session: Session, barnet: Town) -> None:
    a_day_to_choose(session, hours=72)
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    # Open on Tuesday 1 December alone, of which notice can be given today and not when three days are over.
    for first, last in (("2026-12-02", "2026-12-23"),):
        barnet.venue.closures.append(
            Closure(
                first_day=moment(f"{first} 09:00").date(),
                last_day=moment(f"{last} 09:00").date(),
                reason="Works",
                closed_at=TOLD,
                closed_by_id=barnet.coordinator.id,
            )
        )
    session.flush()

    placed = offering.place_if_waiting(session, case.id, now=TOLD)

    assert isinstance(placed, Booking)
    assert placed.starts_at == moment("2026-12-01 10:00")


@pytest.mark.parametrize(
    ("offered", "hours", "reminded"),
    [
        pytest.param("2026-11-23 10:25", 24, "2026-11-24 09:00", id="in the morning"),
        pytest.param("2026-11-23 15:00", 24, "2026-11-24 12:00", id="three hours before the end"),
        pytest.param("2026-11-23 09:30", 24, "2026-11-23 21:30", id="never before half of the time has gone"),
        pytest.param("2026-11-23 08:00", 48, "2026-11-24 18:00", id="the evening before an early end"),
        pytest.param("2026-11-23 23:30", 24, "2026-11-24 18:00", id="not at night"),
        pytest.param("2026-11-23 10:00", 6, "2026-11-23 13:00", id="a short round"),
    ],
)
def test_a_silent_party_is_reminded_by_day_and_in_time(offered: str, hours: int, reminded: str) -> None:
    closes_at = moment(offered) + timedelta(hours=hours)

    assert offering.remind_at(moment(offered), closes_at) == moment(reminded)


def test_a_reminder_is_written_once(session: Session, told: Case) -> None:
    a_day_to_choose(session)
    offering.place_if_waiting(session, told.id, now=TOLD)

    for minutes in range(3):
        now = moment("2026-11-24 09:00") + timedelta(minutes=minutes)
        for case_id in offering.unanswered(session, now=now):
            offering.remind(session, case_id, now=now)

    assert asked(session).count("reminder to choose a time") == 3


def names(session: Session, now: datetime) -> list[str]:
    return [item.what for item in worklist.items(session, now=now)]


def test_a_family_that_gets_neither_texts_nor_mail_is_to_be_rung(session: Session, barnet: Town) -> None:
    a_day_to_choose(session)
    silent = builders.case(session, barnet, told="2026-11-23 10:25", number=None, email=None)
    reached = builders.case(session, barnet, told="2026-11-23 10:25")
    for case in (silent, reached):
        offering.place_if_waiting(session, case.id, now=TOLD)

    items = [item for item in worklist.items(session, now=TOLD) if item.what.startswith("Ring the family about")]

    assert [item.case for item in items] == [silent]
    assert items[0].why == ("It gets neither texts nor mail, and can choose until 10:25am on Tuesday 24 November 2026")


def test_a_case_whose_parties_choose_is_not_one_without_a_time(session: Session, told: Case) -> None:
    mediation.explain_once(session, told, "No room is free.", now=TOLD)
    assert "Find a time for the meeting" in names(session, TOLD)
    a_day_to_choose(session)

    offering.place_if_waiting(session, told.id, now=TOLD)

    assert "Find a time for the meeting" not in names(session, TOLD)


def test_staff_see_what_a_number_was_asked(session: Session, told: Case) -> None:
    a_day_to_choose(session)
    offering.place_if_waiting(session, told.id, now=TOLD)
    [text] = session.scalars(select(Message).where(Message.purpose == holds.OFFERED, Message.channel == Channel.SMS))
    later = TOLD + timedelta(minutes=5)
    assert offers_by_text.last_question(session, text.address, received_at=later) is None  # it has not gone out yet

    text.sent_at = TOLD
    session.flush()

    question = offers_by_text.last_question(session, text.address, received_at=later) or ""
    assert question.startswith("which time suits: 1 for Wednesday 2 December 2026, 10am to midday, 2 for ")


def test_nothing_is_offered_again_while_somebody_has_it_in_hand(session: Session, barnet: Town, told: Case) -> None:
    a_day_to_choose(session)
    offering.place_if_waiting(session, told.id, now=TOLD)
    by = Actor.staff(barnet.coordinator.id)
    offering.take_back(session, told, because="I ring both", by=by, now=TOLD)

    assert offering.place_if_waiting(session, told.id, now=TOLD + timedelta(hours=23)) is None
    assert offering.place_if_waiting(session, told.id, now=TOLD + timedelta(hours=24)) is not None


def test_a_declining_family_gives_back_what_is_held_at_once(session: Session, told: Case) -> None:
    a_day_to_choose(session)
    held = offering.offer(session, told, by=SERVICE, now=TOLD)
    told.declined_at = TOLD
    session.flush()

    offering.settle(session, told, now=TOLD)

    assert offers.of_last_round(session, told) == held
    assert holds.of(session, told) == []
