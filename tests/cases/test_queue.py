"""Who waits for a person, who comes next, and which adviser is rung for them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import calling, intake, queue, ringing, rota, worklist
from scheduling.models import (
    Booking,
    BookingKind,
    CallBack,
    CallOutcome,
    Channel,
    Contact,
    ContactChannel,
    LeftQueue,
    Message,
    MessageState,
    OnCall,
    OutgoingCall,
    QueuePlace,
    Role,
    Rung,
    Said,
    Staff,
)
from tests import builders

NOW = builders.moment("2026-12-01 10:00")
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def alex(session: Session) -> Staff:
    return an_adviser(session, "Alex", "+447700900301")


def an_adviser(session: Session, name: str, number: str) -> Staff:
    adviser = builders.staff(session, Role.ADVISER, name)
    adviser.number = number
    session.flush()
    return adviser


def caller(session: Session, sid: str, *, minutes_ago: int = 0, deadline_soon: bool = False) -> QueuePlace:
    entered = NOW - minutes_ago * A_MINUTE
    return queue.join(session, sid, deadline_soon=deadline_soon, case=None, now=entered)


def rung(session: Session) -> list[OutgoingCall]:
    return list(session.scalars(select(OutgoingCall).order_by(OutgoingCall.id)))


@pytest.mark.parametrize(
    ("when", "is_there"),
    [
        pytest.param("2026-12-01 10:00", True, id="a Tuesday morning"),
        pytest.param("2026-12-01 17:00", False, id="the shift has just ended"),
        pytest.param("2026-12-05 10:00", False, id="a Saturday"),
        pytest.param("2026-12-25 10:00", False, id="Christmas Day falls on a Friday"),
    ],
)
def test_an_adviser_takes_calls_during_the_shift(session: Session, alex: Staff, when: str, is_there: bool) -> None:
    assert rota.on_duty(session, builders.moment(when)) == ([alex] if is_there else [])


def test_an_adviser_who_is_on_call_takes_calls_at_the_weekend(session: Session, alex: Staff) -> None:
    saturday = builders.moment("2026-12-05 10:00")
    session.add(OnCall(staff_id=alex.id, starts_at=saturday, ends_at=saturday + timedelta(hours=2)))

    assert rota.on_duty(session, saturday) == [alex]
    assert rota.on_duty(session, saturday + timedelta(hours=2)) == []


def test_an_adviser_without_a_telephone_keeps_nobody_waiting(session: Session) -> None:
    builders.staff(session, Role.ADVISER, "Alex")

    assert not queue.is_open(session, NOW)


def test_a_date_that_runs_out_comes_before_a_longer_wait(session: Session) -> None:
    first = caller(session, "CA1", minutes_ago=9)
    pressing = caller(session, "CA2", minutes_ago=2, deadline_soon=True)
    last = caller(session, "CA3", minutes_ago=1)

    assert [one.place for one in queue.line(session, NOW)] == [pressing, first, last]
    assert queue.position(session, last, NOW) == 3


def test_one_call_has_one_place(session: Session) -> None:
    assert caller(session, "CA1") is caller(session, "CA1")


def test_the_adviser_who_is_free_is_rung_once(session: Session, alex: Staff) -> None:
    caller(session, "CA1")

    ringing.offer(session, now=NOW)
    ringing.offer(session, now=NOW)

    (call,) = rung(session)
    assert (call.adviser, call.message.address, call.message.channel) == (alex, alex.number, Channel.CALL)
    assert call.message.expires_at == NOW + A_MINUTE


def test_two_callers_ring_two_advisers_and_the_third_waits(session: Session, alex: Staff) -> None:
    sam = an_adviser(session, "Sam", "+447700900302")
    for number in "123":
        caller(session, f"CA{number}", minutes_ago=9 - int(number))

    ringing.offer(session, now=NOW)

    assert [(call.adviser, call.place.call_sid) for call in rung(session) if call.place] == [
        (alex, "CA1"),
        (sam, "CA2"),
    ]


def test_a_call_that_is_not_taken_goes_to_the_next_adviser(session: Session, alex: Staff) -> None:
    sam = an_adviser(session, "Sam", "+447700900302")
    caller(session, "CA1")
    ringing.offer(session, now=NOW)

    calling.end(session, rung(session)[0], CallOutcome.NOT_ANSWERED, now=NOW)

    assert [call.adviser for call in rung(session)] == [alex, sam]
    assert rung(session)[0].message.dealt_with_at == NOW


def test_who_hung_up_before_the_adviser_came_is_not_waited_for(session: Session, alex: Staff) -> None:
    place = caller(session, "CA1")
    ringing.offer(session, now=NOW)
    queue.leave(session, place, LeftQueue.HUNG_UP, now=NOW)

    assert not calling.take(session, rung(session)[0], now=NOW)


@pytest.mark.parametrize("order", [(LeftQueue.HUNG_UP, LeftQueue.TAKEN), (LeftQueue.TAKEN, LeftQueue.HUNG_UP)])
def test_who_hangs_up_was_not_served_in_whichever_order_it_is_told(
    session: Session, order: tuple[LeftQueue, LeftQueue]
) -> None:
    place = caller(session, "CA1")

    for result in order:
        queue.leave(session, place, result, now=NOW)

    assert place.result is LeftQueue.HUNG_UP


@pytest.mark.parametrize(
    ("said", "is_settled"),
    [
        pytest.param(Said.OTHER, True, id="asked for nothing, so is not rung unasked"),
        pytest.param(Said.WANTS_MEDIATION, False, id="wants mediation, which somebody must see to"),
    ],
)
def test_who_hangs_up_is_rung_only_where_they_asked_for_something(
    session: Session, said: Said, is_settled: bool
) -> None:
    contact = intake.record_contact(
        session, channel=ContactChannel.CALL, said=said, received_at=NOW, provider_id="CA1", number="+447700900123"
    )

    queue.leave(session, caller(session, "CA1"), LeftQueue.HUNG_UP, now=NOW)

    assert (session.get_one(Contact, contact.id).handled_at is not None) is is_settled


def test_nothing_is_said_of_the_wait_before_enough_calls_were_taken(session: Session, alex: Staff) -> None:
    place = caller(session, "CA0")
    assert queue.wait_minutes(session, place, NOW) is None

    for number in range(1, 6):
        ringing.offer(session, now=NOW)
        calling.take(session, rung(session)[-1], now=NOW)
        calling.end(session, rung(session)[-1], CallOutcome.TAKEN, now=NOW + 8 * A_MINUTE)
        place = caller(session, f"CA{number}")

    assert queue.wait_minutes(session, place, NOW) == 8


def test_a_call_back_keeps_its_place_and_rings_the_family_when_an_adviser_is_there(
    session: Session, alex: Staff
) -> None:
    call_back = a_call_back(session, since=NOW - 20 * A_MINUTE)
    caller(session, "CA1", minutes_ago=5)
    ringing.offer(session, now=NOW)
    (advisers,) = rung(session)
    assert advisers.call_back is call_back

    assert calling.take(session, advisers, now=NOW)

    familys = calling.family_of(session, advisers)
    assert familys is not None
    assert (familys.rung, familys.message.address) == (Rung.FAMILY, call_back.number)
    assert calling.take(session, familys, now=NOW)
    assert (call_back.done_at, call_back.done_by_id) == (NOW, alex.id)


def test_a_call_back_is_tried_three_times_and_then_left_to_a_person(session: Session, alex: Staff) -> None:
    call_back, now = a_call_back(session, since=NOW), NOW

    for _ in range(5):
        ringing.offer(session, now=now)
        for call in rung(session):
            calling.take(session, call, now=now) if call.rung is Rung.ADVISER else None
        for call in reversed(rung(session)):
            calling.end(session, call, CallOutcome.NOT_ANSWERED, now=now)
        now += calling.TRY_AGAIN

    (task,) = (item for item in worklist.items(session, now=now) if item.call_back is call_back)
    assert task.why == "07700 900123: asked for a person; rung 3 times in vain"
    assert call_back.attempts == 3
    assert sum(call.rung is Rung.FAMILY for call in rung(session)) == 3
    assert call_back.done_at is None


@pytest.mark.parametrize("hour", ["07:59", "20:00"])
def test_no_family_is_rung_before_eight_or_after_eight(session: Session, alex: Staff, hour: str) -> None:
    now = builders.moment(f"2026-12-01 {hour}")
    session.add(OnCall(staff_id=alex.id, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)))
    a_call_back(session, since=now)

    ringing.offer(session, now=now)

    assert rung(session) == []


def test_a_session_rings_the_adviser_first_then_the_family_and_tries_three_times(session: Session) -> None:
    booking, now = a_session(session), NOW

    for _ in range(5):
        ringing.ring_due_sessions(session, now=now)
        for call in rung(session):
            calling.take(session, call, now=now) if call.rung is Rung.ADVISER else None
        for call in reversed(rung(session)):
            calling.end(session, call, CallOutcome.MACHINE, now=now)
        now += 3 * A_MINUTE

    familys = [call for call in rung(session) if call.rung is Rung.FAMILY]
    assert [call.message.dealt_with_at is not None for call in familys] == [True, True, False]
    tries = [entry.why for entry in booking.case.history if entry.what == "The family was rung in vain"]
    assert tries[-1] == "Try 3 of 3: machine. It is not rung again by itself."


def test_a_session_that_has_begun_is_not_rung_again(session: Session) -> None:
    booking = a_session(session)
    ringing.ring_due_sessions(session, now=NOW)
    calling.take(session, rung(session)[0], now=NOW)
    calling.take(session, rung(session)[1], now=NOW)
    for call in rung(session):
        calling.end(session, call, CallOutcome.TAKEN, now=NOW + A_MINUTE)

    ringing.ring_due_sessions(session, now=NOW + 5 * A_MINUTE)

    assert len(rung(session)) == 2
    assert "The advice session began by telephone" in [entry.what for entry in booking.case.history]


def test_a_call_that_was_never_placed_is_offered_again_after_a_rest(session: Session, alex: Staff) -> None:
    caller(session, "CA1")
    ringing.offer(session, now=NOW)
    session.scalars(select(Message)).one().state = MessageState.DROPPED

    calling.settle(session, now=NOW)
    assert [call.outcome for call in rung(session)] == [CallOutcome.NOT_PLACED]

    ringing.offer(session, now=NOW + A_MINUTE)
    assert len(rung(session)) == 2


def a_call_back(session: Session, *, since: datetime) -> CallBack:
    call_back = intake.ask_call_back(session, number="+447700900123", because="asked for a person", now=NOW)
    call_back.in_line_since = since
    session.flush()
    return call_back


def a_session(session: Session) -> Booking:
    town = builders.town(session)
    town.adviser.number = "+447700900301"
    case = builders.case(session, town)
    case.person.number = "+447700900123"
    booking = Booking(
        uid="b-1",
        kind=BookingKind.ADVICE,
        case=case,
        adviser=town.adviser,
        starts_at=NOW,
        ends_at=NOW + 30 * A_MINUTE,
        booked_at=NOW - timedelta(days=1),
    )
    session.add(booking)
    session.flush()
    return booking
