"""The board of a busy day asks the database no more than that of a quiet one."""

from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from scheduling.cases import alarms, thirty_days, worklist
from tests import caseload
from tests.caseload import NOW

ROUND = len(caseload.STATES)
MOST = 70
"""Questions that one page may ask: one or two for each kind of need, however many the cases."""


def the_worklist(session: Session) -> Sized:
    return {item.what for item in worklist.items(session, now=NOW)}


def alarms_to_raise(session: Session) -> Sized:
    return alarms.watched(session, now=NOW)


def certificates_to_prepare(session: Session) -> Sized:
    return thirty_days.to_prepare(session, now=NOW)


def missed_windows(session: Session) -> Sized:
    return thirty_days.missed(session, now=NOW)


@pytest.mark.parametrize("look", [the_worklist, alarms_to_raise, certificates_to_prepare, missed_windows])
def test_three_times_the_cases_are_no_more_questions(session: Session, look: Callable[[Session], Sized]) -> None:
    towns = caseload.towns(session, 3)
    caseload.fill(session, towns, range(ROUND))
    few = questions(session, look)

    caseload.fill(session, towns, range(ROUND, 3 * ROUND))

    assert questions(session, look) == few < MOST


def test_every_need_of_the_caseload_is_on_the_board(session: Session) -> None:
    caseload.fill(session, caseload.towns(session, 1), range(ROUND))
    caseload.raise_alarms(session)

    found = worklist.items(session, now=NOW)

    assert {item.case.id for item in found if item.case is not None} == set(range(2, ROUND + 1))
    assert any(item.alarm is not None for item in found)


def questions(session: Session, look: Callable[[Session], Sized]) -> int:
    """How often the database is asked for a look at what nobody has read yet in this transaction."""
    caseload.raise_alarms(session)
    session.expunge_all()
    with counted(session.connection()) as asked:
        look(session)
    return len(asked)


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)
