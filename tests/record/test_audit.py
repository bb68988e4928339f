"""What was done is chained, and whoever changes the past is found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from scheduling import audit, audit_check, db
from scheduling.audit import Action, Anchor, Anchored, ChainLink, Fact, Head, Salt
from scheduling.audit_check import Broken, Proof
from scheduling.models import SERVICE, Case, Entry
from scheduling.reference import changes
from tests import builders

NOW = builders.moment("2026-11-24 10:00")


@pytest.fixture
def case_id(engine: Engine) -> int:
    """A case with five lines of history, anchored."""
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session))
        for number in range(4):
            case.record(f"Line {number}", by=SERVICE, now=NOW, why="Sam's child is ill")
    with db.Session.begin() as session:
        audit.anchor(session, since=NOW)
        return case.id


def proof(chain: int | None = None) -> Proof:
    with db.Reading() as session:
        return audit_check.verify(session, chain=chain)


def links(chain: int) -> list[ChainLink]:
    with db.Reading() as session:
        return list(session.scalars(select(ChainLink).where(ChainLink.chain == chain).order_by(ChainLink.seq)))


def behind_its_back(engine: Engine, change: Callable[[Session], object]) -> None:
    """What somebody does who owns the database: its own guards stand aside."""
    with Session(engine) as session, session.begin():
        if engine.dialect.name == "sqlite":
            for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        change(session)


def test_every_line_of_history_is_a_link_that_holds_nothing_of_its_words(case_id: int) -> None:
    chained = links(case_id)

    assert [(link.seq, link.action, link.actor_kind, link.object_kind) for link in chained] == [
        (1, "history written", "family", "history"),
        *((seq, "history written", "service", "history") for seq in range(2, 6)),
    ]
    assert [link.prev for link in chained[1:]] == [link.hash for link in chained[:-1]]
    assert not any("Sam" in str(vars(link)) or "Line" in str(vars(link)) for link in chained)
    assert proof() == Proof(links=5, chains=1, anchors=1, vouched=5)


def test_what_is_taken_back_was_never_done(engine: Engine, case_id: int) -> None:
    with db.Session.begin() as session:
        case = session.get_one(Case, case_id)
        inner = session.begin_nested()
        case.record("Never mind", by=SERVICE, now=NOW)
        session.flush()
        inner.rollback()
        with session.begin_nested():
            changes.record(session, changes.ROTA, "Kept", by=SERVICE, now=NOW)
    with db.Session() as session:
        session.get_one(Case, case_id).record("Not committed", by=SERVICE, now=NOW)
        session.flush()
        session.rollback()

    assert [len(links(case_id)), [link.action for link in links(audit.SERVICE)]] == [5, ["setting changed"]]
    assert proof().broken == []


@pytest.mark.parametrize("table", [ChainLink, Anchor, Anchored], ids=["link", "anchor", "anchored end"])
def test_the_database_lets_nobody_change_or_remove_the_audit(
    session: Session, case_id: int, table: type[db.Base]
) -> None:
    held = session.execute(select(table.__table__)).mappings().first()
    assert held is not None
    statements = [
        update(table).values(hash="x"),
        delete(table),
        insert(table).prefix_with("OR REPLACE", dialect="sqlite").values(**{**held, "hash": "x"}),
    ]
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA recursive_triggers=OFF"))
    for statement in statements:
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(statement)


def a_changed_byte(session: Session, chain: int) -> None:
    session.execute(update(ChainLink).where(ChainLink.chain == chain, ChainLink.seq == 3).values(role="manager"))


def a_changed_line(session: Session, chain: int) -> None:
    session.execute(update(Entry).where(Entry.case_id == chain, Entry.what == "Line 1").values(why=None))


def a_removed_line(session: Session, chain: int) -> None:
    session.execute(delete(Entry).where(Entry.case_id == chain, Entry.what == "Line 1"))


def a_removed_line_with_its_salt(session: Session, chain: int) -> None:
    a_removed_line(session, chain)
    session.execute(delete(Salt).where(Salt.chain == chain, Salt.seq == 3))


def a_removed_link(session: Session, chain: int) -> None:
    session.execute(delete(ChainLink).where(ChainLink.chain == chain, ChainLink.seq == 2))


def a_cut_off_end(session: Session, chain: int) -> None:
    """With the head set back, so that nothing but the anchor tells."""
    session.execute(delete(ChainLink).where(ChainLink.chain == chain, ChainLink.seq > 3))
    last = session.scalars(select(ChainLink.hash).where(ChainLink.chain == chain, ChainLink.seq == 3)).one()
    session.execute(update(Head).where(Head.chain == chain).values(seq=3, hash=last))
    session.execute(delete(Salt).where(Salt.chain == chain, Salt.seq > 3))


def a_swapped_pair(session: Session, chain: int) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        session.execute(update(ChainLink).where(ChainLink.chain == chain, ChainLink.seq == old).values(seq=new))


def a_forged_fork(session: Session, chain: int) -> None:
    """Another past from the third link on, written as the service itself would write it."""
    a_cut_off_end(session, chain)
    forged = Fact(action=Action.HISTORY, case_id=chain, actor_kind="service")
    audit._append(session, [forged, forged])


def a_forgotten_chain(session: Session, chain: int) -> None:
    for table in (ChainLink, Salt, Head):
        session.execute(delete(table).where(table.chain == chain))


@pytest.mark.parametrize(
    ("change", "seq", "what"),
    [
        (a_changed_byte, 3, "it was changed"),
        (a_changed_line, 3, "what it vouches for was changed"),
        (a_removed_line, 3, "what it vouches for is gone"),
        (a_removed_line_with_its_salt, 5, "words cannot be checked, and nothing was erased"),
        (a_removed_link, 3, "a link before this one is missing"),
        (a_cut_off_end, 5, "it is not what was anchored"),
        (a_swapped_pair, 2, "it does not follow the one before"),
        (a_forged_fork, 5, "it is not what was anchored"),
        (a_forgotten_chain, 5, "it is not what was anchored"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_whoever_changes_the_past_is_found(
    engine: Engine, case_id: int, change: Callable[[Session, int], None], seq: int, what: str
) -> None:
    behind_its_back(engine, lambda session: change(session, case_id))

    assert proof().broken[0] == proof(case_id).broken[0] == Broken(chain=case_id, seq=seq, what=what)


def test_an_anchor_that_was_written_anew_is_not_the_one_in_the_mail(engine: Engine, case_id: int) -> None:
    with db.Reading() as session:
        mailed = session.scalars(select(Anchor.hash)).one()
        assert audit_check.knows_anchor(session, mailed)

    def forge(session: Session) -> None:
        a_cut_off_end(session, case_id)
        for table in (Anchored, Anchor):
            session.execute(delete(table))
        audit.anchor(session, since=NOW)

    behind_its_back(engine, forge)

    assert proof().broken == []
    with db.Reading() as session:
        assert not audit_check.knows_anchor(session, mailed)


def test_the_reference_tells_of_every_action() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "audit.md"

    assert set(audit.MEANINGS) == set(Action)
    assert page.read_text(encoding="utf-8") == audit.as_markdown()


def test_sixteen_writers_at_once_make_one_chain_of_each_case(engine: Engine, case_id: int) -> None:
    with db.Session.begin() as session:
        other = builders.case(session, builders.town(session, "Camden", "202"), number="+447700900124").id

    def write(number: int) -> None:
        with db.Session.begin() as session:
            for one in (case_id, other) if number % 2 else (other, case_id):
                session.get_one(Case, one).record(f"By {number}", by=SERVICE, now=NOW)
            changes.record(session, changes.ROTA, f"By {number}", by=SERVICE, now=NOW)

    with ThreadPoolExecutor(max_workers=16) as writers:
        list(writers.map(write, range(64)))

    assert [len(links(chain)) for chain in (case_id, other, audit.SERVICE)] == [69, 65, 64]
    assert proof().broken == []
