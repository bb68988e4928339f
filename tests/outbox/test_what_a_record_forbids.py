"""What a record forbids is asked again when the worker comes to a text: safe hours, and a number that fails."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from scheduling import db, london
from scheduling.models import Channel, Message, MessageState, Person
from scheduling.outbox import delivery, messages
from scheduling.outbox.carriers import NotCarried, Parcel, Receipt
from tests import builders

NOW = builders.moment("2026-11-24 10:00")
MOBILE = "+447700900123"


class Carrier:
    """Takes every text, or refuses each with this code."""

    def __init__(self, refusal: NotCarried | None = None) -> None:
        self.carried: list[str] = []
        self.refusal = refusal

    def carry(self, parcel: Parcel) -> Receipt:
        if self.refusal is not None:
            raise self.refusal
        self.carried.append(parcel.body)
        return Receipt(provider_id=f"SM{parcel.message_id}")

    def find(self, parcel: Parcel) -> Receipt | None:
        raise NotImplementedError


@pytest.fixture
def person(engine: Engine) -> int:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session), number=MOBILE)
        case.person.may_text = True
        session.flush()
        messages.text(session, case.person, purpose="test", body="Common Ground: hello", key="1", now=NOW, case=case)
        return case.person_id


def test_a_text_that_waited_into_an_unsafe_hour_waits_for_the_next_safe_one(person: int) -> None:
    carrier = Carrier()
    with db.Session.begin() as session:
        record = session.get_one(Person, person)
        record.safe_from, record.safe_until = NOW.time().replace(hour=12), NOW.time().replace(hour=14)

    assert delivery.deliver_due({Channel.SMS: carrier}, NOW) == 0
    assert delivery.deliver_due({Channel.SMS: carrier}, NOW + timedelta(minutes=119)) == 0
    assert delivery.deliver_due({Channel.SMS: carrier}, london.at(NOW.date(), record.safe_from)) == 1

    assert carrier.carried == ["Common Ground: hello"]


def test_a_number_that_can_have_no_texts_gets_none_until_there_is_another(person: int) -> None:
    delivery.deliver_due({Channel.SMS: Carrier(NotCarried("21614", cannot_be_texted=True))}, NOW)

    with db.Session.begin() as session:
        record = session.get_one(Person, person)
        assert record.texts_fail_since == NOW
        assert messages.text(session, record, purpose="test", body="again", key="2", now=NOW) is None
        assert session.scalars(select(Message.state)).all() == [MessageState.FAILED]


def test_the_network_s_report_marks_the_number_as_well(person: int) -> None:
    delivery.deliver_due({Channel.SMS: Carrier()}, NOW)

    with db.Session.begin() as session:
        token = session.scalars(select(Message.token)).one()
        delivery.report(
            session,
            token=token,
            status=MessageState.FAILED,
            provider_id="SM1",
            error_code="30005",
            now=NOW,
            cannot_be_texted=True,
        )
        assert session.get_one(Person, person).texts_fail_since == NOW
