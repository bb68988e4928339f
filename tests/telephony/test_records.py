"""When a call or a text was made, by Twilio's own record and by the simulator's."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduling.models import ContactChannel
from scheduling.outbox.carriers import ChannelBusy, ChannelDown, InDoubt, NotCarried, TryLater
from telephony.carrier import TwilioRecords
from telephony.simulator.records import SimulatorRecords
from telephony.simulator.store import Store, TextMessage
from tests.telephony import fake_twilio
from tests.telephony.fake_twilio import ACCOUNT, Detour, FakeTwilio

SUNDAY = datetime(2026, 8, 30, 22, 58, tzinfo=UTC)
TEXT, CALL = "SM" + "1" * 32, "CA" + "1" * 32


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with fake_twilio.running() as twilio:
        yield twilio


@pytest.fixture
def records(twilio: FakeTwilio) -> TwilioRecords:
    client = Detour(twilio.address, timeout=5)
    return TwilioRecords(account_sid=ACCOUNT, api_key="SK1", api_secret="secret", http_client=client)


@pytest.mark.parametrize(
    ("channel", "sid", "resource"),
    [(ContactChannel.TEXT, TEXT, "Messages"), (ContactChannel.CALL, CALL, "Calls")],
)
def test_twilio_is_asked_for_this_one_alone(
    twilio: FakeTwilio, records: TwilioRecords, channel: ContactChannel, sid: str, resource: str
) -> None:
    assert records.made_at(channel, sid) == SUNDAY
    assert twilio.asked == [("GET", f"/2010-04-01/Accounts/{ACCOUNT}/{resource}/{sid}.json", {})]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        pytest.param((429, {"code": 20429}), ChannelBusy, id="too much at once"),
        pytest.param((404, {"code": 20404}), ChannelDown, id="of another account"),
        pytest.param((503, b"<html>"), InDoubt, id="a proxy's page"),
    ],
)
def test_a_trouble_of_twilios_is_one_of_ours(
    twilio: FakeTwilio, records: TwilioRecords, answer: tuple[int, object], trouble: type[Exception]
) -> None:
    twilio.refuses_with = answer

    with pytest.raises(trouble):
        records.made_at(ContactChannel.TEXT, TEXT)


def test_an_answer_without_a_time_is_none(twilio: FakeTwilio, records: TwilioRecords) -> None:
    twilio.made_at = None

    with pytest.raises(TryLater):
        records.made_at(ContactChannel.TEXT, TEXT)


def test_the_simulator_knows_its_own(tmp_path: Path) -> None:
    store, records = Store(tmp_path), SimulatorRecords(tmp_path)
    call = store.begin_call("anonymous", now=SUNDAY)
    store.keep(TextMessage(sid=TEXT, phone="+1", to_phone=False, service="+2", words="x", status="received", at=SUNDAY))

    assert records.made_at(ContactChannel.CALL, call) == records.made_at(ContactChannel.TEXT, TEXT) == SUNDAY
    with pytest.raises(NotCarried):
        records.made_at(ContactChannel.CALL, CALL)
    store.close()
