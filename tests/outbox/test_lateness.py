import ast
import importlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduling import db
from scheduling.cases import tasks
from scheduling.cases.needs import people
from scheduling.models import SERVICE, Attempt, Message, MessageState
from scheduling.outbox import lateness
from scheduling.outbox.lateness import KINDS, Late
from tests.builders import moment
from tests.outbox.conftest import NOW, Post

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "late-messages.md"
WRITTEN_BY_POSITION = {"reminder", "meeting booked", "meeting moved", "meeting cancelled"}
CODE = "a code for the family's pages"


def test_the_page_of_the_documentation_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == lateness.as_markdown()


def test_every_kind_of_message_that_is_written_anywhere_stands_in_the_table() -> None:
    written = {purpose for path in sorted((ROOT / "scheduling").rglob("*.py")) for purpose in _purposes(path)}

    assert "certificate" in written
    assert written | WRITTEN_BY_POSITION <= set(KINDS)


def _purposes(path: Path) -> Iterator[str]:
    """What a module hands over as `purpose`, where it is a word or the name of one."""
    if "migrations" in path.parts or path.name == "timetable.py":
        return
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for keyword in node.keywords if isinstance(node, ast.Call) else []:
            if keyword.arg == "purpose":
                for name in ast.walk(keyword.value):
                    if isinstance(name, ast.Constant):
                        yield str(name.value)
                    elif isinstance(name, ast.Name) and name.id.isupper():
                        yield str(getattr(importlib.import_module(module), name.id))


def kind_of(post: Post, message_id: int, purpose: str) -> None:
    with db.Session.begin() as session:
        session.get_one(Message, message_id).purpose = purpose


@pytest.mark.parametrize(
    ("purpose", "late_by", "state"),
    [
        pytest.param("certificate", timedelta(days=3), MessageState.SENT, id="a certificate goes however late"),
        pytest.param("meeting booked", timedelta(days=3), MessageState.SENT, id="so does a confirmation"),
        pytest.param(CODE, timedelta(minutes=9), MessageState.SENT, id="a code is good for ten minutes"),
        pytest.param(CODE, timedelta(minutes=10), MessageState.DROPPED, id="and not for one more"),
        pytest.param("of an older version", timedelta(days=3), MessageState.SENT, id="what we no longer know of goes"),
    ],
)
def test_what_becomes_of_a_message_that_comes_late(
    post: Post, purpose: str, late_by: timedelta, state: MessageState
) -> None:
    text = post.text("Hello")
    kind_of(post, text, purpose)

    post.goes_out(NOW + late_by)

    assert post.now_holds(text).state is state


def test_what_was_dropped_says_why_in_its_own_log(post: Post) -> None:
    text = post.text("123456")
    kind_of(post, text, CODE)

    post.goes_out(NOW + timedelta(days=3))

    assert post.log_of(text) == ["dropped"]
    with db.Reading() as session:
        assert [attempt.detail for attempt in session.query(Attempt)] == ["It was too late to be of use."]
        assert list(people.undelivered(session, date(2026, 11, 26))) == []


@pytest.mark.parametrize("state", [MessageState.DROPPED, MessageState.IN_DOUBT])
def test_what_came_too_late_or_is_in_doubt_is_on_todays_list_until_it_is_dealt_with(
    post: Post, state: MessageState
) -> None:
    text = post.text("Choose by five.", expires_at=NOW + timedelta(hours=1))
    kind_of(post, text, "times to choose from")
    post.goes_out(NOW + timedelta(hours=2))
    with db.Session.begin() as session:
        session.get_one(Message, text).state = state

    with db.Session.begin() as session:
        (item,) = people.undelivered(session, date(2026, 11, 26))
        message = session.get_one(Message, text)
        assert (item.what, item.message) == ("Reach the family another way", message)
        tasks.message_dealt_with(session, message, by=SERVICE, now=NOW)

        assert list(people.undelivered(session, date(2026, 11, 26))) == []
        with pytest.raises(tasks.AlreadyDealtWith):
            tasks.message_dealt_with(session, message, by=SERVICE, now=NOW)
    assert sum(what.endswith("; another way was found") for what, _ in post.history()) == 1


@pytest.mark.parametrize(
    ("purpose", "written", "now", "goes"),
    [
        pytest.param("reminder", "2026-11-26 19:59", "2026-11-26 19:59", True, id="by day"),
        pytest.param("reminder", "2026-11-26 20:00", "2026-11-26 20:00", False, id="not in the evening"),
        pytest.param("certificate", "2026-11-23 10:00", "2026-11-26 03:00", False, id="nor at three, after an outage"),
        pytest.param("certificate", "2026-11-23 10:00", "2026-11-26 08:00", True, id="but in the morning"),
        pytest.param("meeting booked", "2026-11-26 22:00", "2026-11-26 22:10", True, id="who booked it is awake"),
        pytest.param("meeting booked", "2026-11-26 22:00", "2026-11-26 22:15", False, id="and may then be asleep"),
        pytest.param(CODE, "2026-11-26 03:00", "2026-11-26 03:01", True, id="a code is waited for at any hour"),
    ],
)
def test_nobody_is_woken_by_what_they_do_not_wait_for(
    post: Post, purpose: str, written: str, now: str, goes: bool
) -> None:
    text = post.text("Hello")
    kind_of(post, text, purpose)
    with db.Session.begin() as session:
        session.get_one(Message, text).written_at = moment(written)

    assert post.goes_out(moment(now)) == goes
    assert post.now_holds(text).state is (MessageState.SENT if goes else MessageState.QUEUED)


def test_the_hours_that_a_family_has_named_count_alone(post: Post) -> None:
    post.changes(lambda person: setattr(person, "safe_from", moment("2026-11-24 21:00").time()))
    post.changes(lambda person: setattr(person, "safe_until", moment("2026-11-24 23:00").time()))
    text = post.text("Hello")
    kind_of(post, text, "reminder")

    assert post.goes_out(moment("2026-11-25 12:00")) == 0
    assert post.goes_out(moment("2026-11-25 21:30")) == 1


def test_only_what_is_looked_at_again_asks_whether_it_is_still_true() -> None:
    looked_at = {purpose for purpose, kind in KINDS.items() if kind.late is Late.IF_STILL_TRUE}

    assert looked_at == {
        "reminder",
        "times to choose from",
        "reminder to choose a time",
        "asked about short notice",
    }
