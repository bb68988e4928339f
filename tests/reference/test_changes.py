"""What was changed in how the service is run is written once, and stays as it was written."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from scheduling.models import SERVICE, Actor, Entry
from scheduling.reference import changes
from tests import builders

NOW = builders.moment("2026-11-24 10:00")


def test_a_change_to_one_thing_is_told_with_its_reason_and_not_among_those_to_another(session: Session) -> None:
    by = Actor.staff(builders.town(session).coordinator.id)
    changes.record(session, changes.ROTA, "Alex works on Mondays", by=by, now=NOW, why="Asked for it")
    changes.record(session, changes.POLICIES, "Times are held for 12 hours", by=by, now=NOW)

    (line,) = changes.of(session, changes.ROTA, limit=10)

    assert (line.what, line.why, line.by) == ("Alex works on Mondays", "Asked for it", by)
    assert len(changes.of(session, limit=10)) == 2


@pytest.mark.parametrize(
    "meddling",
    [
        pytest.param(update(Entry).values(about="rota"), id="said to be about something else"),
        pytest.param(update(Entry).values(what="Nothing"), id="told otherwise"),
        pytest.param(delete(Entry), id="removed"),
    ],
)
def test_what_was_changed_cannot_be_unwritten(session: Session, meddling: object) -> None:
    changes.record(session, changes.POLICIES, "Times are held for 12 hours", by=SERVICE, now=NOW)
    session.flush()

    with pytest.raises(DatabaseError, match="never"):
        session.execute(meddling)  # type: ignore[call-overload]
