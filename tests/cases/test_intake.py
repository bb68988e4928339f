import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import references
from scheduling.cases import intake
from scheduling.models import FAMILY, Actor, CallBack, Case, ContactChannel, Said
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:05")
NUMBER = "+447700900123"


def open_case(session: Session, place: Town, number: str | None = NUMBER) -> Case:
    return intake.open_case(session, number=number, authority=place.authority, deadline_soon=False, now=NOW)


def test_a_case_begins_with_a_reference_that_can_be_keyed(session: Session, barnet: Town) -> None:
    case = open_case(session, barnet)

    assert references.parse(case.reference) == case.reference
    assert (case.authority, case.person.number, case.opened_at) == (barnet.authority, NUMBER, NOW)
    assert [entry.what for entry in case.history] == ["The case was opened"]


def test_a_reference_that_is_taken_is_drawn_again(session: Session, barnet: Town) -> None:
    first = open_case(session, barnet)
    draws = iter([first.reference, first.reference, "10000006"])

    assert intake.new_reference(session, lambda: next(draws)) == "10000006"


def test_a_number_gets_nothing_unasked(session: Session, barnet: Town) -> None:
    assert open_case(session, barnet).person.may_text is None


def test_two_calls_from_one_number_are_two_people_until_an_adviser_knows_better(session: Session, barnet: Town) -> None:
    first, second = open_case(session, barnet), open_case(session, barnet)

    assert first.person is not second.person
    assert intake.open_cases_with(session, NUMBER) == [first, second]


def test_a_closed_case_is_not_found_by_its_number(session: Session, barnet: Town) -> None:
    case = open_case(session, barnet)
    case.closed_at, case.closed_because = NOW, "Settled"
    session.flush()

    assert intake.open_cases_with(session, NUMBER) == []


@pytest.mark.parametrize(
    ("channel", "is_handled"),
    [
        pytest.param(ContactChannel.CALL, True, id="the line answered while they spoke"),
        pytest.param(ContactChannel.TEXT, False, id="somebody has to read it"),
        pytest.param(ContactChannel.VOICEMAIL, False, id="somebody has to hear it"),
    ],
)
def test_a_contact_waits_for_a_person_unless_it_was_answered_at_once(
    session: Session, barnet: Town, channel: ContactChannel, is_handled: bool
) -> None:
    contact = intake.record_contact(
        session, channel=channel, said=Said.ASKS_FOR_ADVICE, received_at=NOW, case=open_case(session, barnet)
    )

    assert (contact.handled_at is not None) is is_handled


def test_a_contact_may_come_before_its_case(session: Session, barnet: Town) -> None:
    contact = intake.record_contact(
        session, channel=ContactChannel.VOICEMAIL, said=Said.OTHER, received_at=NOW, number=NUMBER
    )
    assert contact.handled_at is None

    case = open_case(session, barnet)
    intake.handled(contact, by=Actor.staff(barnet.adviser.id), now=NOW, case=case)

    assert (contact.case, contact.handled_by_id) == (case, barnet.adviser.id)


def test_who_asks_twice_to_be_rung_waits_once(session: Session) -> None:
    first = intake.ask_call_back(session, number=NUMBER, because="asked for a person", now=NOW)

    second = intake.ask_call_back(session, number=NUMBER, because="another language", now=NOW, deadline_soon=True)

    assert second is first
    assert first.deadline_soon
    assert session.scalars(select(CallBack)).all() == [first]


def test_a_promise_to_ring_answers_the_call_and_not_the_voicemail(session: Session) -> None:
    call, voicemail = (
        intake.record_contact(session, channel=channel, said=Said.OTHER, received_at=NOW, number=NUMBER)
        for channel in (ContactChannel.CALL, ContactChannel.VOICEMAIL)
    )

    intake.ask_call_back(session, number=NUMBER, because="asked for a person", now=NOW)

    assert (call.handled_at, voicemail.handled_at) == (NOW, None)


def test_after_the_call_back_one_may_ask_again(session: Session, barnet: Town) -> None:
    first = intake.ask_call_back(session, number=NUMBER, because="asked for a person", now=NOW)
    intake.called_back(first, by=Actor.staff(barnet.adviser.id), now=NOW)
    session.flush()

    assert intake.ask_call_back(session, number=NUMBER, because="asked for a person", now=NOW) is not first


def test_a_message_is_left_only_where_the_caller_allowed_it(session: Session) -> None:
    call_back = intake.ask_call_back(session, number=NUMBER, because="asked for a person", now=NOW)
    assert call_back.person is not None
    assert not call_back.person.may_leave_message

    intake.ask_call_back(session, number=NUMBER, because="asked for a person", now=NOW, may_leave_message=True)

    assert call_back.person.may_leave_message


def test_whether_texts_are_welcome_is_recorded(session: Session, barnet: Town) -> None:
    case = open_case(session, barnet)

    intake.allow_texts(session, case, allowed=False, by=FAMILY, now=NOW)

    assert case.person.may_text is False
    assert case.history[-1].what == "No texts to this number"
