"""Our texts on their way to the simulator's phones, and what the service is told of them."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduling.outbox.carriers import NotCarried, Parcel
from telephony.line import Line
from telephony.simulator import carrier as carriers
from telephony.simulator.carrier import SimulatorCarrier
from telephony.simulator.handset import Handset
from telephony.simulator.store import Store
from tests.telephony.simulator.conftest import Service

MOBILE, LANDLINE = "+447700900101", "+442079460101"
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def parcel(address: str = MOBILE, *, named: str = "token-1") -> Parcel:
    return Parcel(
        message_id=1,
        token=named,
        address=address,
        subject=None,
        body="Your appointment is booked.",
        calendar=None,
        calendar_method=None,
        dated=NOW,
        valid_for=None,
        attempted_at=NOW,
        lease_until=NOW + timedelta(seconds=90),
    )


def told(service: Service, *, count: int) -> list[dict[str, str]]:
    """The reports that the service got, once there are so many."""
    deadline = time.monotonic() + 10
    while len(service.asked) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return [form for _path, form in service.asked]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carriers, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(carriers, "RETRY_SECONDS", 0.01)


@pytest.fixture
def carrier(line: Line, service: Service, tmp_path: Path) -> Iterator[SimulatorCarrier]:
    service.answers["/twilio/status/token-1"] = 204
    carrier = SimulatorCarrier(line, tmp_path, target=service.target)
    yield carrier
    carrier.close()


def test_a_text_is_on_the_phone_and_the_service_is_told(
    carrier: SimulatorCarrier, service: Service, mobile: Handset
) -> None:
    receipt = carrier.carry(parcel())

    assert [text.words for text in mobile.inbox()] == ["Your appointment is booked."]
    reports = told(service, count=2)
    assert [report["MessageStatus"] for report in reports] == ["sent", "delivered"]
    assert {report["MessageSid"] for report in reports} == {receipt.provider_id}
    assert {path for path, _form in service.asked} == {"/twilio/status/token-1"}


def test_a_text_to_a_landline_does_not_arrive(
    carrier: SimulatorCarrier, service: Service, handset: Callable[[str], Handset]
) -> None:
    carrier.carry(parcel(LANDLINE))

    last = told(service, count=2)[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30006")


@pytest.mark.parametrize("why", ["30003", "30005"], ids=["the handset is off", "the number was given up"])
def test_a_text_fails_when_the_phone_is_told_to(
    carrier: SimulatorCarrier, service: Service, store: Store, why: str
) -> None:
    store.set(MOBILE, has_machine=False, texts_fail_with=why)

    carrier.carry(parcel())

    last = told(service, count=2)[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", why)


def test_the_same_parcel_again_is_the_same_text(carrier: SimulatorCarrier, mobile: Handset) -> None:
    first = carrier.carry(parcel())

    again = carrier.carry(parcel())

    assert again == first == carrier.find(parcel())
    assert len(mobile.inbox()) == 1


def test_a_text_that_was_never_accepted_is_not_found(carrier: SimulatorCarrier) -> None:
    assert carrier.find(parcel(named="another")) is None


def test_nothing_is_carried_after_a_stop(carrier: SimulatorCarrier, mobile: Handset, service: Service) -> None:
    service.answers["/twilio/sms"] = '<?xml version="1.0"?><Response/>'
    mobile.texts("STOP")

    with pytest.raises(NotCarried) as refusal:
        carrier.carry(parcel())

    assert refusal.value.code == "21610"
    assert refusal.value.opted_out


def test_reports_are_repeated_while_the_service_does_not_answer(carrier: SimulatorCarrier, service: Service) -> None:
    service.answers["/twilio/status/token-1"] = 503
    carrier.carry(parcel())
    told(service, count=3)

    service.answers["/twilio/status/token-1"] = 204

    heard = len(service.asked)
    assert told(service, count=heard + 1)[-1]["MessageStatus"] in {"sent", "delivered"}


def test_what_was_underway_is_reported_after_a_restart(
    line: Line, service: Service, store: Store, tmp_path: Path
) -> None:
    service.answers["/twilio/status/token-1"] = 204
    before = SimulatorCarrier(line, tmp_path, target="http://127.0.0.1:9")
    before.carry(parcel())
    before.close()

    after = SimulatorCarrier(line, tmp_path, target=service.target)

    assert told(service, count=1)[-1]["MessageStatus"] in {"sent", "delivered"}
    after.close()


def test_a_report_that_was_cut_short_is_not_taken_for_told(
    line: Line, service: Service, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "RETRY_SECONDS", 60)
    service.answers["/twilio/status/token-1"] = 503
    before = SimulatorCarrier(line, tmp_path, target=service.target)
    before.carry(parcel())
    told(service, count=1)

    before.close()

    underway = store.underway()
    assert underway is not None
    assert underway.status == "queued"
