"""A family whose authority was told has its pages without asking: by mail, else by text, and once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import family_page
from scheduling.models import Channel, Message
from tests import builders
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:30")


def sent(session: Session) -> list[Message]:
    """What the sweep has written after two looks."""
    for _ in range(2):
        for case_id in family_page.without(session, now=NOW):
            family_page.send_first(session, case_id, now=NOW)
    return list(session.scalars(select(Message).where(Message.purpose == family_page.PURPOSE)))


@pytest.mark.parametrize(
    ("reached", "channel"),
    [
        pytest.param({}, Channel.EMAIL, id="who has a mailbox, by mail"),
        pytest.param({"email": None}, Channel.SMS, id="who has none, by text"),
    ],
)
def test_a_family_gets_the_way_to_its_pages_once(
    session: Session, barnet: Town, reached: dict[str, None], channel: Channel
) -> None:
    builders.case(session, barnet, told="2026-11-23 10:25", **reached)  # type: ignore[arg-type]

    [message] = sent(session)

    assert message.channel is channel
    assert "/family/" in message.body


def test_a_family_that_we_may_not_write_to_gets_nothing(session: Session, barnet: Town) -> None:
    builders.case(session, barnet, told="2026-11-23 10:25").person.do_not_contact = True
    session.flush()

    assert sent(session) == []


def test_before_the_authority_is_told_there_is_nothing_to_see(session: Session, barnet: Town) -> None:
    builders.case(session, barnet)

    assert sent(session) == []
