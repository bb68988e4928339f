from datetime import time

import pytest
from sqlalchemy.orm import Session

from scheduling.models import Person
from scheduling.outbox import messages, safe_hours
from tests.builders import moment


@pytest.mark.parametrize(
    ("now", "safe_at"),
    [
        pytest.param("2026-11-23 08:00", "2026-11-23 09:30", id="in the morning it waits"),
        pytest.param("2026-11-23 09:30", "2026-11-23 09:30", id="at once in safe hours"),
        pytest.param("2026-11-23 14:59", "2026-11-23 14:59", id="to the last minute"),
        pytest.param("2026-11-23 15:00", "2026-11-24 09:30", id="after that tomorrow"),
        pytest.param("2026-10-24 20:00", "2026-10-25 09:30", id="wall-clock time when the clocks change"),
    ],
)
def test_a_text_waits_for_the_hours_that_are_safe(session: Session, now: str, safe_at: str) -> None:
    person = Person(number="+447700900123", may_text=True, safe_from=time(9, 30), safe_until=time(15))
    session.add(person)
    session.flush()

    text = messages.text(session, person, purpose="test", body="x", key="k", now=moment(now))

    assert text is not None
    assert (text.not_before or moment(now)) == moment(safe_at)


def test_where_no_hours_were_named_any_is_taken() -> None:
    assert safe_hours.at_earliest(Person(), moment("2026-11-23 03:00")) == moment("2026-11-23 03:00")
