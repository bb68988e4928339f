"""Who is reminded by call, and when their telephone may ring for it."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling.cases import calling, ringing
from scheduling.diary import bookings, reminder_calls, reminders, slots
from scheduling.models import (
    SERVICE,
    Booking,
    BookingKind,
    CallBack,
    CallOutcome,
    Case,
    Channel,
    Message,
    MessageState,
    OutgoingCall,
    Person,
    RemindedBy,
    Role,
    Rung,
    Side,
)
from tests import builders
from tests.builders import moment
from tests.diary import clock

TOLD = moment("2026-11-23 10:25")
DUE = moment("2026-11-29 10:00")


@pytest.fixture
def person(case: Case) -> Person:
    """Somebody who would rather be rung than texted."""
    case.person.reminded_by = RemindedBy.CALL
    return case.person


@pytest.fixture
def meeting(session: Session, case: Case) -> Booking:
    """At ten on Tuesday 1 December."""
    slot = slots.best(session, case, now=TOLD, limit=1)[0]
    return bookings.book(session, case, slot, by=SERVICE, now=TOLD)


def reminded(session: Session, now: datetime = DUE) -> list[Channel]:
    return [message.channel for message in clock.reminds(session, now=now)]


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize(
    ("record", "by"),
    [
        pytest.param({}, [Channel.SMS], id="nobody has asked, and texts are welcome"),
        pytest.param({"reminded_by": RemindedBy.TEXT}, [Channel.SMS], id="by text"),
        pytest.param({"reminded_by": RemindedBy.CALL}, [Channel.CALL], id="by call"),
        pytest.param({"may_text": False}, [], id="no texts, and nobody knows that a call is safe"),
        pytest.param({"reminded_by": RemindedBy.TEXT, "may_text": False}, [], id="by text, which is not allowed"),
        pytest.param({"reminded_by": RemindedBy.CALL, "do_not_contact": True}, [], id="not at all"),
        pytest.param({"reminded_by": RemindedBy.CALL, "number": None}, [], id="without a number"),
        pytest.param({"reminded_by": RemindedBy.CALL, "number": "+447044000000"}, [], id="at pounds a minute"),
    ],
)
def test_a_family_is_reminded_as_its_record_says(
    session: Session, case: Case, record: dict[str, object], by: list[Channel]
) -> None:
    for name, value in record.items():
        setattr(case.person, name, value)

    assert reminded(session) == by


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize(
    ("in_line_since", "by"),
    [
        pytest.param(TOLD, [Channel.CALL], id="who asked to be rung on it"),
        pytest.param(None, [], id="where a person had to decide how to ring"),
    ],
)
def test_who_cannot_be_texted_is_rung_where_they_said_that_it_is_safe(
    session: Session, case: Case, in_line_since: datetime | None, by: list[Channel]
) -> None:
    number = case.person.number = "+442079460301"
    asked = CallBack(number=number, person=case.person, because="", asked_at=TOLD, in_line_since=in_line_since)
    session.add(asked)
    session.flush()

    assert reminded(session) == by


@pytest.mark.usefixtures("person")
def test_a_call_is_written_once_for_no_adviser_and_never_rings_after_the_meeting_began(
    session: Session, meeting: Booking
) -> None:
    [call] = clock.reminds(session, now=DUE)
    assert clock.reminds(session, now=DUE + timedelta(seconds=30)) == []

    made = session.scalars(select(OutgoingCall)).one()
    assert (made.message, made.rung, made.adviser_id, made.booking) == (call, Rung.REMINDER, None, meeting)
    assert call.expires_at is not None
    assert call.expires_at <= meeting.starts_at


@pytest.mark.usefixtures("person")
def test_the_last_call_is_of_no_use_when_the_meeting_begins(session: Session, meeting: Booking) -> None:
    [call] = clock.reminds(session, now=meeting.starts_at - timedelta(seconds=10))

    assert call.expires_at == meeting.starts_at
    assert reminded(session, meeting.starts_at) == []


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize(
    ("now", "rings"),
    [
        pytest.param("2026-11-29 12:59", False, id="before the hours that are safe"),
        pytest.param("2026-11-29 13:00", True, id="in them"),
        pytest.param("2026-11-29 15:00", False, id="after them"),
        pytest.param("2026-11-30 13:00", True, id="the next day"),
    ],
)
def test_the_telephone_rings_in_the_safe_hours_alone(session: Session, person: Person, now: str, rings: bool) -> None:
    person.safe_from, person.safe_until = time(13), time(15)

    assert bool(reminded(session, moment(now))) is rings


@pytest.mark.usefixtures("meeting", "person")
@pytest.mark.parametrize("now", ["2026-11-29 20:00", "2026-11-30 08:59", "2026-11-30 23:00"])
def test_nobody_is_rung_at_night(session: Session, now: str) -> None:
    assert reminded(session, moment(now)) == []


@pytest.mark.usefixtures("meeting", "person")
def test_who_took_the_call_is_not_rung_again(session: Session) -> None:
    reminded(session)
    call = session.scalars(select(OutgoingCall)).one()
    calling.take(session, call, now=DUE)
    calling.end(session, call, CallOutcome.TAKEN, now=DUE)

    assert reminded(session, DUE + timedelta(hours=3)) == []


@pytest.mark.usefixtures("person")
def test_a_meeting_that_is_moved_takes_its_call_back_and_is_reminded_of_anew(
    session: Session, case: Case, meeting: Booking
) -> None:
    [old] = clock.reminds(session, now=DUE)

    slot = slots.best(session, case, now=DUE, limit=1, moving=meeting)[0]
    bookings.move(session, meeting, slot, because="The officer is ill", by=SERVICE, now=DUE)
    calling.settle(session, now=DUE)

    assert old.state is MessageState.DROPPED
    assert reminder_calls.tries(session, meeting) == 0
    assert reminded(session, reminders.due_at(meeting)) == [Channel.CALL]


@pytest.mark.usefixtures("person")
def test_a_meeting_that_is_called_off_takes_its_call_back(session: Session, meeting: Booking) -> None:
    [call] = clock.reminds(session, now=DUE)

    bookings.cancel(session, meeting, caused_by=Side.FAMILY, because="They agreed", by=SERVICE, now=DUE)

    assert call.state is MessageState.DROPPED


@pytest.mark.usefixtures("person")
def test_reminders_in_vain_do_not_keep_a_session_from_beginning(session: Session, case: Case) -> None:
    adviser = builders.staff(session, Role.ADVISER, "Alex")
    adviser.number = "+447700900301"
    begins = moment("2026-12-01 10:00")
    kept = {"kind": BookingKind.ADVICE, "starts_at": begins, "ends_at": begins + timedelta(minutes=30)}
    session.add(Booking(uid="b-1", case=case, adviser=adviser, booked_at=TOLD, **kept))
    session.flush()
    for hours in (0, 2, 4, 6):
        reminded(session, DUE + timedelta(hours=hours))
        for call in session.scalars(select(OutgoingCall).where(OutgoingCall.ended_at.is_(None))):
            calling.end(session, call, CallOutcome.NOT_ANSWERED, now=DUE + timedelta(hours=hours))

    ringing.ring_due_sessions(session, now=begins)

    rung = list(session.scalars(select(OutgoingCall.rung).order_by(OutgoingCall.id)))
    assert rung == [Rung.REMINDER] * 3 + [Rung.ADVISER]


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize(
    ("rung", "has_adviser"),
    [
        pytest.param(Rung.REMINDER, True, id="an adviser has part in a reminder"),
        pytest.param(Rung.ADVISER, False, id="nobody is rung"),
    ],
)
def test_only_a_reminder_is_without_an_adviser(
    session: Session, meeting: Booking, rung: Rung, has_adviser: bool
) -> None:
    adviser = builders.staff(session, Role.ADVISER, "Alex") if has_adviser else None
    message = session.scalars(select(Message).limit(1)).one()

    with pytest.raises(IntegrityError, match="a_reminder_has_no_adviser"), session.begin_nested():
        session.add(OutgoingCall(message=message, rung=rung, adviser=adviser, booking=meeting, begun_at=DUE))
