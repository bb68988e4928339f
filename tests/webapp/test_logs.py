import traceback

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling.models import OptOut, Role, Staff
from tests import builders
from webapp import logs

NOW = builders.moment("2026-11-24 10:00")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([OptOut(number="+447700900123", since=NOW)], id="a key that is there already"),
        pytest.param(
            [Staff(name="Ada\nByron", number="+447700900123", email="ADA@example.org", role=Role.ADVISER)],
            id="a row that breaks a rule",
        ),
    ],
)
def test_what_the_database_refuses_is_logged_without_number_or_words(session: Session, rows: list[object]) -> None:
    session.add(OptOut(number="+447700900123", since=NOW))
    session.flush()
    session.expunge_all()

    with pytest.raises(IntegrityError) as refused:
        _add_all(session, rows)

    told = "".join(traceback.format_exception(refused.value))
    line = logs.hide_rows(None, "error", {"exception": told})["exception"]
    assert "IntegrityError" in line
    assert "INSERT INTO" in line
    assert "900123" not in line
    assert "Byron" not in line


def _add_all(session: Session, rows: list[object]) -> None:
    session.add_all(rows)
    session.flush()


def test_a_line_without_a_fault_stays_as_it_is() -> None:
    assert logs.hide_rows(None, "info", {"event": "meeting moved"}) == {"event": "meeting moved"}


def test_an_id_of_the_providers_that_is_none_is_not_repeated() -> None:
    line = logs.hide_odd_ids(None, "info", {"call_sid": "CA1", "message_sid": "<a href='tel:+447700900123'>"})

    assert line == {"call_sid": "CA1", "message_sid": "hidden"}
