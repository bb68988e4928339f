"""All who wait are placed together, proposed, and booked only when a coordinator accepts."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import mediation, offering, whole_plan
from scheduling.cases.whole_plan import Found
from scheduling.diary import attendance, bookings, movable, planning, slots
from scheduling.diary.plan import bound, checker, planner
from scheduling.models import (
    SERVICE,
    Answer,
    AnsweredBy,
    Attendance,
    Attends,
    Booking,
    BookingKind,
    Case,
    Interpreter,
    InterpreterLanguage,
    MediatorLanguage,
    Message,
    Mode,
    MovedBooking,
    Offer,
    OfferAnswer,
    OfferState,
    Party,
    Proposal,
    ProposedPlace,
    ProposedState,
    Side,
)
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:25")


@pytest.fixture
def barnet(session: Session) -> Town:
    return builders.town(session)


def waits(session: Session, town: Town, number: int, told: str = "2026-11-23 10:25") -> list[Case]:
    return [builders.case(session, town, told=told) for _ in range(number)]


def found(session: Session) -> Found:
    return whole_plan.find(whole_plan.read(session, now=NOW), seconds=0.2)


def proposed(session: Session) -> list[ProposedPlace]:
    return list(whole_plan.write(session, found(session), by=SERVICE, now=NOW).places)


def test_what_is_proposed_for_everybody_can_be_booked_for_everybody(session: Session, barnet: Town) -> None:
    waits(session, barnet, 6)

    places = proposed(session)
    booked = [whole_plan.accept(session, place.id, by=SERVICE, now=NOW) for place in places]

    assert len(places) == 6
    assert None not in booked
    assert [place.state for place in places] == [ProposedState.BOOKED] * 6
    assert mediation.waiting(session, now=NOW) == []


def test_the_plan_of_the_diary_keeps_every_rule(session: Session, barnet: Town) -> None:
    for booked in waits(session, barnet, 3):
        mediation.book_best(session, booked, by=SERVICE, now=NOW)
    waits(session, barnet, 5)

    question = whole_plan.read(session, now=NOW)

    assert question is not None
    plan = planner.plan(question.instance, seconds=0, steps=100, seed=1)
    assert checker.faults(question.instance, plan) == []
    assert len(plan.placements) == 5 <= bound.most(question.instance)


def test_a_place_alone_in_the_diary_is_one_that_the_search_would_find(session: Session, barnet: Town) -> None:
    (case,) = waits(session, barnet, 1)

    (place,) = found(session).places

    everything = slots.best(session, case, now=NOW, limit=slots.EVERY)
    assert place.starts_at in {slot.starts_at for slot in everything}


def test_a_proposal_keeps_nothing_and_tells_nobody(session: Session, barnet: Town) -> None:
    waits(session, barnet, 2)

    proposed(session)

    assert session.scalars(select(Booking)).all() == []
    assert session.scalars(select(Message)).all() == []


def test_whoever_is_left_out_is_told_of_with_the_reason(session: Session, barnet: Town) -> None:
    waits(session, barnet, 1)
    barnet.mediator.is_active = False
    session.flush()

    proposal = whole_plan.write(session, found(session), by=SERVICE, now=NOW)

    assert proposal.places == []
    assert [one.because for one in proposal.left_out] == ["No mediator who works with this authority is active."]


def test_more_than_can_be_held_are_left_out_as_others_need_the_time(session: Session, barnet: Town) -> None:
    barnet.mediator.meetings_a_week = 1
    waits(session, barnet, 6)

    proposal = whole_plan.write(session, found(session), by=SERVICE, now=NOW)

    assert len(proposal.places) == proposal.at_most < 6
    assert {one.because for one in proposal.left_out} == {whole_plan.OTHERS_NEED_IT}


def test_a_place_that_somebody_took_meanwhile_is_passed_over_with_its_reason(session: Session, barnet: Town) -> None:
    waits(session, barnet, 1)
    (place,) = proposed(session)
    other = builders.case(session, barnet, told="2026-11-23 10:25")
    taken = next(s for s in slots.best(session, other, now=NOW, limit=slots.EVERY) if s.starts_at == place.starts_at)
    bookings.book(session, other, taken, by=SERVICE, now=NOW)

    assert whole_plan.accept(session, place.id, by=SERVICE, now=NOW) is None

    assert (place.state, place.because) == (ProposedState.PASSED_OVER, whole_plan.GONE)


def test_a_case_that_has_a_time_by_now_keeps_it(session: Session, barnet: Town) -> None:
    (case,) = waits(session, barnet, 1)
    (place,) = proposed(session)
    kept = mediation.book_best(session, case, by=SERVICE, now=NOW)

    assert whole_plan.accept(session, place.id, by=SERVICE, now=NOW) is None

    assert place.because == whole_plan.BOOKED_MEANWHILE
    assert bookings.of(session, case, BookingKind.MEDIATION) == kept


def test_a_place_is_settled_once(session: Session, barnet: Town) -> None:
    waits(session, barnet, 1)
    (place,) = proposed(session)
    whole_plan.pass_over(session, place.id, because="The family is away.", now=NOW)

    with pytest.raises(whole_plan.Settled):
        whole_plan.accept(session, place.id, by=SERVICE, now=NOW)


def test_cases_whose_parties_are_choosing_are_left_to_them(session: Session, barnet: Town) -> None:
    (case,) = waits(session, barnet, 1)
    offering.offer(session, case, by=SERVICE, now=NOW)

    assert whole_plan.read(session, now=NOW) is None


def test_a_time_that_was_refused_is_not_proposed(session: Session, barnet: Town) -> None:
    (case,) = waits(session, barnet, 1)
    before = found(session).places[0]
    session.add(
        Offer(
            case=case,
            round=1,
            number=1,
            starts_at=before.starts_at,
            ends_at=before.starts_at + slots.LENGTH,
            room_id=before.room_id,
            mediator_id=before.mediator_id,
            officer_id=before.officer_id,
            reasons="The first there was.",
            state=OfferState.RELEASED,
            offered_at=NOW,
            held_until=NOW,
            closes_at=NOW,
            settled_at=NOW,
            answers=[OfferAnswer(party=Party.FAMILY, answer=Answer.NO, channel=AnsweredBy.TEXT, answered_at=NOW)],
        )
    )
    session.flush()

    after = found(session).places[0]

    assert after.starts_at != before.starts_at
    assert planning.has_a_slot(session, case, now=NOW)


def test_a_meeting_by_video_needs_no_room(session: Session, barnet: Town) -> None:
    (case,) = waits(session, barnet, 1)
    case.meets = Mode.VIDEO
    session.flush()

    (place,) = proposed(session)

    assert (place.mode, place.room_id) == (Mode.VIDEO, None)
    assert whole_plan.accept(session, place.id, by=SERVICE, now=NOW) is not None


def test_an_interpreter_comes_where_no_mediator_speaks_the_language(session: Session, barnet: Town) -> None:
    (case,) = waits(session, barnet, 1)
    case.person.interpreter = "Somali"
    hodan = Interpreter(name="Hodan", email="hodan@interpreters.example")
    session.add(hodan)
    session.flush()
    session.add(InterpreterLanguage(interpreter_id=hodan.id, language="somali"))
    session.flush()

    (place,) = proposed(session)
    booking = whole_plan.accept(session, place.id, by=SERVICE, now=NOW)

    assert booking is not None
    assert booking.interpreter is not None
    assert session.scalars(select(MediatorLanguage)).all() == []


def test_a_night_is_between_two_and_five_on_londons_clocks() -> None:
    assert whole_plan.night_of(moment("2026-07-01 02:00")) == moment("2026-07-01 02:00").date()
    assert whole_plan.night_of(moment("2026-07-01 05:00")) is None
    assert whole_plan.night_of(moment("2026-12-01 01:59")) is None


def test_days_from_today_are_kept_for_notice(session: Session, barnet: Town) -> None:
    waits(session, barnet, 4)

    notice_until = london.london_day(NOW + timedelta(days=7))

    assert all(london.london_day(place.starts_at) > notice_until for place in found(session).places)


@pytest.fixture
def in_the_way(session: Session, barnet: Town) -> Booking:
    """The one meeting that the only mediator sits in that week, which could be a week later."""
    barnet.mediator.meetings_a_week = 1
    (case,) = waits(session, barnet, 1)
    booking = mediation.book_best(session, case, by=SERVICE, now=NOW)
    assert booking is not None
    return booking


def urgent(session: Session, town: Town) -> Case:
    """Its thirty days end in the week in which somebody else is booked."""
    return waits(session, town, 1, told="2026-11-04 10:25")[0]


def found_by_moving(session: Session, now: datetime = NOW) -> Found:
    moving = movable.movable(session, now=now)
    return whole_plan.find(whole_plan.read(session, now=now, moving=moving), seconds=0.2)


def test_without_being_told_so_a_plan_moves_no_booked_meeting(
    session: Session, barnet: Town, in_the_way: Booking
) -> None:
    urgent(session, barnet)
    waits(session, barnet, 2)
    was = (in_the_way.starts_at, in_the_way.mediator_id, in_the_way.room_id, in_the_way.sequence)

    proposal = whole_plan.write(session, found(session), by=SERVICE, now=NOW)
    for place in proposal.places:
        whole_plan.accept(session, place.id, by=SERVICE, now=NOW)

    assert [one.because for one in proposal.left_out] != []
    assert not any(place.booking_id for place in proposal.places)
    assert (in_the_way.starts_at, in_the_way.mediator_id, in_the_way.room_id, in_the_way.sequence) == was


def test_told_so_it_proposes_to_move_one_that_makes_room_and_each_is_accepted_by_itself(
    session: Session, barnet: Town, in_the_way: Booking
) -> None:
    case, was_at = urgent(session, barnet), in_the_way.starts_at
    proposal = whole_plan.write(session, found_by_moving(session), by=SERVICE, now=NOW)
    (move,) = (place for place in proposal.places if place.booking_id)
    (place,) = (place for place in proposal.places if not place.booking_id)
    assert (move.case, place.case) == (in_the_way.case, case)
    assert (move.booking, move.was_at, move.was_place) == (in_the_way, was_at, in_the_way.place)
    assert (move.was_mediator, move.for_case) == (in_the_way.mediator, case)

    with pytest.raises(whole_plan.WaitsForAMove):
        whole_plan.accept(session, place.id, by=SERVICE, now=NOW)
    moved = whole_plan.accept(session, move.id, by=SERVICE, now=NOW)
    booked = whole_plan.accept(session, place.id, by=SERVICE, now=NOW)

    assert moved == in_the_way
    assert (in_the_way.starts_at, in_the_way.sequence) == (move.starts_at, 1)
    assert move.was_at == was_at
    assert booked is not None
    assert session.scalars(select(MovedBooking.caused_by)).all() == [Side.SERVICE]
    texts = [message.purpose for message in session.scalars(select(Message)) if message.booking_id == in_the_way.id]
    assert "meeting moved" in texts


def test_a_meeting_that_was_moved_meanwhile_is_left_where_it_is(
    session: Session, barnet: Town, in_the_way: Booking
) -> None:
    urgent(session, barnet)
    proposal = whole_plan.write(session, found_by_moving(session), by=SERVICE, now=NOW)
    (move,) = (place for place in proposal.places if place.booking_id)
    other = slots.best(session, in_the_way.case, now=NOW, limit=5, moving=in_the_way)[-1]
    bookings.move(session, in_the_way, other, because="The family asked.", by=SERVICE, now=NOW)

    assert whole_plan.accept(session, move.id, by=SERVICE, now=NOW) is None

    assert (move.because, in_the_way.starts_at) == (whole_plan.MOVED_MEANWHILE, other.starts_at)


def says_yes(session: Session, booking: Booking) -> None:
    for one in attendance.of(session, booking):
        session.add(
            Attendance(
                booking=booking,
                address=one.invited.address.lower(),
                label="somebody",
                answer=Attends.YES,
                sequence=booking.sequence,
                answered_at=NOW,
                channel=AnsweredBy.MAIL,
            )
        )
    session.flush()


def test_a_meeting_to_which_everybody_has_said_yes_is_not_moved(
    session: Session, barnet: Town, in_the_way: Booking
) -> None:
    urgent(session, barnet)
    proposal = whole_plan.write(session, found_by_moving(session), by=SERVICE, now=NOW)
    (move,) = (place for place in proposal.places if place.booking_id)
    says_yes(session, in_the_way)

    assert found_by_moving(session).moves == []
    assert whole_plan.accept(session, move.id, by=SERVICE, now=NOW) is None
    assert move.because == whole_plan.AGREED_MEANWHILE


def test_a_meeting_of_which_there_is_no_time_to_give_notice_anew_is_not_moved(
    session: Session, barnet: Town, in_the_way: Booking
) -> None:
    waits(session, barnet, 1)
    late = in_the_way.starts_at - timedelta(days=4)

    question = whole_plan.read(session, now=late, moving=movable.movable(session, now=late))

    assert question is not None
    assert question.booked == {}


def test_only_the_latest_proposal_is_looked_at(session: Session, barnet: Town) -> None:
    waits(session, barnet, 1)
    proposed(session)
    second = proposed(session)

    latest = whole_plan.latest(session)

    assert latest is not None
    assert latest.places == second
    assert len(session.scalars(select(Proposal)).all()) == 2
