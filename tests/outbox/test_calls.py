"""A call in the outbox: placed once, never at an unsafe hour, and never to a number that costs pounds a minute."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from scheduling import db
from scheduling.models import Channel, Message, MessageState, Person
from scheduling.outbox import calls, delivery
from scheduling.outbox.carriers import InDoubt, NotCarried, Parcel, Receipt
from tests import builders

NOW = builders.moment("2026-12-01 10:00")
MOBILE = "+447700900123"


class Exchange:
    """Places every call, or does as it is told."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.placed: list[str] = []
        self.trouble = trouble

    def carry(self, parcel: Parcel) -> Receipt:
        self.placed.append(parcel.address)
        if self.trouble is not None:
            raise self.trouble
        return Receipt(provider_id=f"CA{len(self.placed)}")

    def find(self, parcel: Parcel) -> Receipt | None:  # noqa: ARG002 - as a carrier's
        return None


def a_call(number: str = MOBILE, **of_the_person: object) -> None:
    with db.Session.begin() as session:
        person = Person(**{"number": number, **of_the_person})
        session.add(person)
        session.flush()
        calls.ring(
            session,
            number=number,
            recipient="the family",
            purpose="a call back",
            key="call:1",
            person=person,
            now=NOW,
            expires_at=NOW + timedelta(hours=12),
        )


def state_after(exchange: Exchange, now: datetime = NOW) -> MessageState:
    delivery.deliver_due({Channel.CALL: exchange}, now)
    with db.Reading() as session:
        return session.scalars(select(Message.state)).one()


@pytest.mark.usefixtures("engine")
def test_a_call_is_placed_once() -> None:
    exchange = Exchange()
    a_call()

    states = [state_after(exchange), state_after(exchange)]

    assert states == [MessageState.SENT, MessageState.SENT]
    assert exchange.placed == [MOBILE]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("when", "number", "person"),
    [
        pytest.param("2026-12-01 07:59", MOBILE, {}, id="before eight"),
        pytest.param("2026-12-01 20:00", MOBILE, {}, id="after eight in the evening"),
        pytest.param("2026-12-01 10:00", MOBILE, {"safe_from": time(13), "safe_until": time(15)}, id="not yet safe"),
        pytest.param("2026-12-01 16:00", MOBILE, {"safe_from": time(13), "safe_until": time(15)}, id="no longer safe"),
        pytest.param("2026-12-01 10:00", MOBILE, {"do_not_contact": True}, id="must not be contacted"),
        pytest.param("2026-12-01 10:00", "+447010123456", {}, id="070 is a personal number"),
        pytest.param("2026-12-01 10:00", "+449098790000", {}, id="09 costs pounds a minute"),
        pytest.param("2026-12-01 10:00", "+44118118", {}, id="118 is directory enquiries"),
        pytest.param("2026-12-01 10:00", "+33612345678", {}, id="abroad"),
    ],
)
def test_a_call_that_must_not_be_made_is_not(when: str, number: str, person: dict[str, object]) -> None:
    exchange = Exchange()
    a_call(number, **person)

    state = state_after(exchange, builders.moment(when))

    assert (state, exchange.placed) == (MessageState.DROPPED, [])


@pytest.mark.usefixtures("engine")
def test_a_call_in_an_hour_that_is_safe_is_made() -> None:
    exchange = Exchange()
    a_call(safe_from=time(9), safe_until=time(11))

    assert state_after(exchange) is MessageState.SENT


@pytest.mark.usefixtures("engine")
def test_a_call_whose_number_has_changed_is_not_made() -> None:
    a_call()
    with db.Session.begin() as session:
        session.scalars(select(Person)).one().number = "+447700900999"

    assert state_after(Exchange()) is MessageState.DROPPED


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        pytest.param(NotCarried("21211"), MessageState.FAILED, id="refused"),
        pytest.param(InDoubt("ReadTimeout"), MessageState.SENDING, id="it may ring: looked for first"),
    ],
)
def test_a_call_that_may_ring_is_not_placed_twice(trouble: Exception, state: MessageState) -> None:
    exchange = Exchange(trouble)
    a_call()

    assert [state_after(exchange), state_after(exchange)] == [state, state]
    assert len(exchange.placed) == 1
