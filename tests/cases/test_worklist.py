from datetime import date

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import agreements, alarms, intake, mediation, meeting, worklist
from scheduling.diary import bookings, venues
from scheduling.diary.venues import Days
from scheduling.law.agreements import Action
from scheduling.law.routes import Decision
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Booking,
    Case,
    Channel,
    ContactChannel,
    Ending,
    Extent,
    ExtraBankHoliday,
    Message,
    MessageState,
    Role,
    Said,
    Side,
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
    bookings.cancel(session, booking, caused_by=Side.AUTHORITY, because="The officer is ill", by=SERVICE, now=NOW)
    assert work(session) == [("Book the meeting again, or close the case", Role.COORDINATOR, date(2026, 12, 15))]

    mediation.book_best(session, case, by=SERVICE, now=NOW)

    assert work(session) == []


def test_a_stranded_meeting_waits_for_a_coordinator(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    mediation.book_best(session, case, by=SERVICE, now=NOW)
    venues.close(
        session,
        barnet.venue,
        Days(first=date(2026, 11, 23), last=date(2026, 12, 23)),
        reason="Flood",
        by=Actor.staff(barnet.coordinator.id),
        now=NOW,
    )

    assert work(session) == [("Find another place or time for the meeting", Role.COORDINATOR, date(2026, 12, 1))]


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


@pytest.fixture
def met(session: Session, barnet: Town) -> Booking:
    """Thursday 10 December, ten to midday; the thirty days end on Wednesday 23 December."""
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    case.decision, case.tellings[0].acknowledged_at = Decision.NOT_TO_ASSESS, NOW
    booking = mediation.book_best(session, case, by=SERVICE, now=NOW)
    booking.starts_at, booking.ends_at = moment("2026-12-10 10:00"), moment("2026-12-10 12:00")
    session.flush()
    return booking


def ends(session: Session, booking: Booking, town: Town, ending: Ending, *, family_came: bool = True) -> None:
    meeting.record(
        session,
        booking,
        ending=ending,
        family_came=family_came,
        authority_came=True,
        could_decide=True,
        childs_views_sought=True,
        expenses=None,
        ended_at=moment("2026-12-10 12:10"),
        by=Actor.staff(town.coordinator.id),
        now=moment("2026-12-10 12:30"),
    )


def test_a_meeting_whose_hour_is_over_waits_to_be_recorded(session: Session, met: Booking) -> None:
    assert work(session, "2026-12-10 11:59") == []

    assert work(session, "2026-12-10 12:00") == [
        ("Record what became of the meeting", Role.COORDINATOR, date(2026, 12, 11))
    ]


def test_mediation_that_is_over_waits_for_its_certificate_and_what_was_agreed(
    session: Session, met: Booking, barnet: Town
) -> None:
    ends(session, met, barnet, Ending.CONCLUDED)

    assert work(session, "2026-12-10 12:30") == [
        ("Write down what came of the meeting", Role.COORDINATOR, date(2026, 12, 11)),
        ("Issue the certificate that the family took part in mediation", Role.ADVISER, date(2026, 12, 15)),
    ]


@pytest.mark.parametrize(
    ("ending", "family_came", "expected"),
    [
        pytest.param(
            Ending.NOT_HELD,
            False,
            ("Ask the family whether it still wants mediation", Role.ADVISER, date(2026, 12, 10)),
            id="the family is asked on the same day",
        ),
        pytest.param(
            Ending.ADJOURNED,
            True,
            ("Book the day on which mediation goes on", Role.COORDINATOR, date(2026, 12, 15)),
            id="an adjourned meeting goes on",
        ),
        pytest.param(
            Ending.NOT_HELD,
            True,
            ("Book the meeting again", Role.COORDINATOR, date(2026, 12, 15)),
            id="one that was not held is booked again",
        ),
    ],
)
def test_a_meeting_that_was_no_mediation_waits_for_what_is_next(
    session: Session,
    met: Booking,
    barnet: Town,
    *,
    ending: Ending,
    family_came: bool,
    expected: tuple[str, Role, date],
) -> None:
    ends(session, met, barnet, ending, family_came=family_came)

    assert work(session, "2026-12-10 12:30") == [expected]


def test_a_family_that_declines_waits_for_its_certificate_with_what_is_missing(session: Session, case: Case) -> None:
    case.decision, case.declined_at = Decision.NOT_TO_ASSESS, NOW
    session.flush()

    [item] = worklist.items(session, now=NOW)

    assert item.what == "Issue the certificate that the family does not want mediation"
    assert item.why.startswith("First: The family has not been told yet: what mediation is for")
    assert (item.who, item.by) == (Role.ADVISER, date(2026, 11, 26))


def test_a_silent_authority_is_rung_when_two_mails_were_in_vain(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    mediation.book_best(session, case, by=SERVICE, now=NOW)
    assert work(session, "2026-11-25 23:59") == []

    assert work(session, "2026-11-26 09:00") == [
        ("Ring the authority: it has not answered", Role.COORDINATOR, date(2026, 11, 26))
    ]


def test_a_late_contact_waits_for_a_decision(session: Session, case: Case) -> None:
    case.decision, case.letter_date = Decision.NOT_TO_ASSESS, date(2026, 9, 1)
    intake.record_contact(
        session,
        channel=ContactChannel.CALL,
        said=Said.WISHES_TO_APPEAL,
        received_at=moment("2026-11-23 09:00"),
        case=case,
    )

    assert work(session) == [("Decide about a late contact", Role.ADVISER, date(2026, 11, 24))]


def test_a_promise_that_is_late_or_reported_waits_for_a_coordinator(session: Session, case: Case, barnet: Town) -> None:
    by, now = Actor.staff(barnet.adviser.id), moment("2026-12-28 20:15")
    case.letter_date = None
    [action] = agreements.record(
        session,
        case,
        extent=Extent.PARTIAL,
        agreed_on=date(2026, 12, 10),
        actions=[(Action.WITHOUT_APPEAL, "Home tuition", None)],
        by=by,
        now=moment("2026-12-10 15:00"),
    ).actions
    assert work(session, "2026-12-28 20:15") == [
        ("Ask whether something that was agreed has been done", Role.COORDINATOR, date(2026, 12, 29))
    ]

    agreements.not_done(session, action, now=now)

    [item] = worklist.items(session, now=now)
    assert (item.what, item.by) == ("Chase something that was agreed", date(2026, 12, 29))
    assert "tuition" not in item.why


def test_a_meeting_on_a_new_bank_holiday_waits_for_a_coordinator(session: Session, met: Booking) -> None:
    session.add(ExtraBankHoliday(day=date(2026, 12, 10), name="A coronation", added_at=NOW))
    session.flush()

    assert work(session) == [
        ("Ask everybody whether they can meet on a bank holiday", Role.COORDINATOR, date(2026, 12, 9))
    ]


def test_an_alarm_stands_beside_what_is_to_be_done_about_it(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    case.tellings[0].acknowledged_at = NOW
    barnet.venue.is_active = False
    session.flush()
    now = moment("2026-12-09 09:00")
    mediation.book_waiting(session, now=now)
    alarms.raise_due(session, case.id, now=now)

    [item] = worklist.items(session, now=now)

    assert item.what == "Find a time for the meeting"
    assert item.alarm is not None
    assert item.alarm.threshold == "10 working days"


@pytest.mark.parametrize(
    ("channel", "said", "sentence"),
    [
        pytest.param(
            ContactChannel.TEXT,
            Said.WANTS_MEDIATION,
            "A text from 07700 900177 says that somebody wants mediation; whose case it is is not known",
            id="a text",
        ),
        pytest.param(
            ContactChannel.VOICEMAIL,
            Said.OTHER,
            "A voicemail from 07700 900177 waits to be listened to; whose case it is is not known",
            id="nobody knows what it says",
        ),
        pytest.param(
            ContactChannel.CALL,
            Said.OTHER,
            "A call from 07700 900177 broke off; whose case it is is not known",
            id="a call that broke off",
        ),
    ],
)
def test_a_contact_is_told_in_a_sentence(
    session: Session, *, channel: ContactChannel, said: Said, sentence: str
) -> None:
    intake.record_contact(session, channel=channel, said=said, received_at=NOW, number="+447700900177")

    assert [item.why for item in worklist.items(session, now=NOW)] == [sentence]
