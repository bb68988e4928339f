from datetime import date

from sqlalchemy.orm import Session

from scheduling.cases import intake, mediation, worklist
from scheduling.diary import bookings, venues
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Case,
    Channel,
    ContactChannel,
    Message,
    MessageState,
    Role,
    Said,
)
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:25")


def work(session: Session, now: str = "2026-11-23 10:30") -> list[tuple[str, Role, date | None]]:
    return [(item.what, item.who, item.by) for item in worklist.items(session, now=moment(now))]


def test_nobody_is_needed_while_everything_goes_by_itself(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    assert work(session) == []

    mediation.book_best(session, case, by=SERVICE, now=NOW)

    assert work(session) == []


def test_a_promised_call_is_due_on_the_next_working_day(session: Session) -> None:
    intake.ask_call_back(session, number="+447700900155", because="asked for a person", now=moment("2026-11-27 16:00"))

    assert work(session) == [("Ring back", Role.ADVISER, date(2026, 11, 30))]


def test_a_promised_call_with_a_deadline_is_due_at_once(session: Session) -> None:
    intake.ask_call_back(
        session,
        number="+447700900155",
        because="asked for a person",
        now=moment("2026-11-27 16:00"),
        deadline_soon=True,
    )

    assert work(session) == [("Ring back", Role.ADVISER, date(2026, 11, 27))]


def test_a_text_that_nobody_has_read_waits_for_an_adviser(session: Session) -> None:
    contact = intake.record_contact(
        session, channel=ContactChannel.TEXT, said=Said.WANTS_MEDIATION, received_at=NOW, number="+447700900177"
    )
    assert work(session) == [("Read a text and answer it", Role.ADVISER, date(2026, 11, 24))]

    intake.handled(contact, by=SERVICE, now=NOW)
    session.flush()

    assert work(session) == []


def test_mediation_that_is_wanted_but_cannot_be_told_waits_for_an_adviser(session: Session, case: Case) -> None:
    case.consent_to_share_at = None
    mediation.want(session, case, by=FAMILY, now=NOW, said_at=NOW)

    [item] = worklist.items(session, now=NOW)

    assert item.why == "The family has not agreed that the council may be told."
    assert (item.case, item.who, item.by) == (case, Role.ADVISER, date(2026, 11, 23))


def test_a_case_without_a_slot_waits_for_a_coordinator_with_the_reason(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    barnet.venue.is_active = False
    session.flush()
    mediation.book_waiting(session, now=NOW)

    [item] = worklist.items(session, now=NOW)

    assert (item.what, item.who, item.by) == ("Find a time for the meeting", Role.COORDINATOR, date(2026, 12, 15))
    assert (item.why, item.case) == ("No venue that serves this authority is in use.", case)


def test_a_cancelled_meeting_waits_for_a_coordinator_until_it_is_booked_again(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    booking = mediation.book_best(session, case, by=SERVICE, now=NOW)
    bookings.cancel(session, booking, because="The officer is ill", by=SERVICE, now=NOW)
    assert work(session) == [("Book the meeting again, or close the case", Role.COORDINATOR, date(2026, 12, 15))]

    mediation.book_best(session, case, by=SERVICE, now=NOW)

    assert work(session) == []


def test_a_stranded_meeting_waits_for_a_coordinator(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    mediation.book_best(session, case, by=SERVICE, now=NOW)
    venues.close(
        session,
        barnet.venue,
        date(2026, 11, 23),
        date(2026, 12, 23),
        reason="Flood",
        by=Actor.staff(barnet.coordinator.id),
        now=NOW,
    )

    assert work(session) == [("Find another place for the meeting", Role.COORDINATOR, date(2026, 12, 1))]


def test_a_family_without_an_email_address_has_to_be_told_where(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25", email=None)
    mediation.book_best(session, case, by=SERVICE, now=NOW)

    assert work(session) == [("Tell the family where the meeting is", Role.ADVISER, date(2026, 12, 1))]


def test_a_message_that_did_not_arrive_waits_until_somebody_has_dealt_with_it(session: Session, barnet: Town) -> None:
    message = Message(
        key="a text",
        token="0" * 32,
        channel=Channel.SMS,
        purpose="meeting booked",
        address="+447700900123",
        recipient="the family",
        body="...",
        state=MessageState.FAILED,
        written_at=NOW,
    )
    session.add(message)
    session.flush()
    assert work(session) == [("Reach the family another way", Role.COORDINATOR, date(2026, 11, 23))]

    message.dealt_with_at, message.dealt_with_by_id = NOW, barnet.coordinator.id
    session.flush()

    assert work(session) == []


def test_a_last_day_to_appeal_that_is_near_is_somebodys_business(session: Session, case: Case) -> None:
    assert work(session, "2026-12-18 09:00") == []

    assert work(session, "2026-12-19 09:00") == [
        ("Make sure the family knows its last day to appeal", Role.ADVISER, date(2027, 1, 2))
    ]
    assert work(session, "2027-01-05 09:00") == []


def test_the_most_pressing_comes_first(session: Session, barnet: Town) -> None:
    builders.case(session, barnet, told="2026-11-23 10:25")
    barnet.venue.is_active = False
    session.flush()
    mediation.book_waiting(session, now=NOW)
    intake.ask_call_back(session, number="+447700900155", because="asked for a person", now=NOW)

    assert [by for _what, _who, by in work(session)] == [date(2026, 11, 24), date(2026, 12, 15)]
