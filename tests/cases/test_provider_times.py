"""When the provider took a call or a text, which may be earlier than our receipt of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from scheduling import db
from scheduling.cases import contacts, intake, provider_times
from scheduling.models import Contact, ContactChannel, Said
from scheduling.outbox.carriers import Trouble, TryLater

NOW = datetime(2026, 8, 30, 23, 1, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=3)

pytestmark = pytest.mark.usefixtures("engine")


@dataclass
class Records:
    """The provider, which knows a time or has a trouble."""

    knows: datetime | Trouble = EARLIER
    asked: list[str] = field(default_factory=list)

    def made_at(self, channel: ContactChannel, provider_id: str) -> datetime:
        self.asked.append(f"{channel} {provider_id}")
        if isinstance(self.knows, Trouble):
            raise self.knows
        return self.knows


def reached_us(channel: ContactChannel, *, provider_id: str | None = "SM1", at: datetime = NOW) -> None:
    with db.Session.begin() as session:
        intake.record_contact(session, channel=channel, said=Said.OTHER, received_at=at, provider_id=provider_id)


def the_contact() -> Contact:
    with db.Reading() as session:
        return session.scalars(select(Contact)).one()


@pytest.mark.parametrize("channel", [ContactChannel.CALL, ContactChannel.TEXT])
def test_the_earlier_of_the_two_times_counts(channel: ContactChannel) -> None:
    reached_us(channel)
    records = Records()

    assert provider_times.fetch_next(records, NOW)

    assert records.asked == [f"{channel} SM1"]
    assert (the_contact().provider_made_at, contacts.moment(the_contact())) == (EARLIER, EARLIER)
    assert the_contact().received_at == NOW
    assert not provider_times.fetch_next(records, NOW)


def test_a_provider_whose_clock_is_late_takes_nothing_away() -> None:
    reached_us(ContactChannel.TEXT)

    provider_times.fetch_next(Records(knows=NOW + timedelta(hours=1)), NOW)

    assert contacts.moment(the_contact()) == NOW


def test_a_provider_that_does_not_answer_is_asked_again_after_a_while() -> None:
    reached_us(ContactChannel.TEXT)
    records = Records(knows=TryLater("ConnectTimeout"))

    provider_times.fetch_next(records, NOW)
    assert not provider_times.fetch_next(records, NOW + timedelta(minutes=9))
    records.knows = EARLIER
    provider_times.fetch_next(records, NOW + timedelta(minutes=10))

    assert the_contact().provider_made_at == EARLIER


@pytest.mark.parametrize(
    ("channel", "provider_id", "at"),
    [
        pytest.param(ContactChannel.PAGE, "x", NOW, id="a page has no provider"),
        pytest.param(ContactChannel.VOICEMAIL, "RE1", NOW, id="its call is asked about"),
        pytest.param(ContactChannel.CALL, None, NOW, id="written down by hand"),
        pytest.param(ContactChannel.CALL, "CA1", NOW - timedelta(days=1), id="of yesterday"),
    ],
)
def test_nobody_is_asked_about_what_no_provider_knows(
    channel: ContactChannel, provider_id: str | None, at: datetime
) -> None:
    reached_us(channel, provider_id=provider_id, at=at)

    assert not provider_times.fetch_next(Records(), NOW)
