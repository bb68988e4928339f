"""The audit: what was done and who looked, each link tied to the one before, so that a change to any of them shows.

Every case has a chain, and one is for what belongs to no case. A link holds ids, codes and hashes, and nothing of a
person: the words stand in the row that it vouches for, tied to it by a hash with a salt. When the words are erased the
salt goes too, and the chain still proves that something was written then.

Nobody need think of it: a row that is `Audited` is chained whichever way it is added, and what leaves no row behind is
told to `record`. The links are made just before the commit, the chains in one order, so that nobody keeps a chain for
longer than that, and no two wait for each other in a ring.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    column,
    delete,
    event,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, SessionTransaction, UOWTransaction, mapped_column

from scheduling import db
from scheduling.db import Base

SERVICE: Final = 0
"""The chain of what belongs to no case: sign-ins, settings, staff, venues."""


class Action(StrEnum):
    """What was done. Codes, as free words could tell of somebody."""

    HISTORY = "history written"
    VENUE = "venue changed"
    SETTING = "setting changed"
    STAFF = "staff changed"
    LOOKED = "case looked at"
    LOOKED_BECAUSE = "another's case opened"
    LISTENED = "voicemail listened to"
    CERTIFICATE = "certificate issued"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    NOT_SIGNED_IN = "sign-in failed"
    PROVED = "proved again"
    EXPORTED = "records exported"
    HELD = "legal hold set"
    HOLD_LIFTED = "legal hold lifted"
    PROPOSED = "erasure proposed"
    CONFIRMED = "erasure confirmed"
    ERASED = "records erased"


MEANINGS: Final[Mapping[Action, str]] = {
    Action.HISTORY: "A line was added to a case's history; the object is the line.",
    Action.VENUE: "A venue, its rooms or its closures were changed; the object is the line of history.",
    Action.SETTING: "A policy, holiday, rota or authority was changed; the object is the line of history.",
    Action.STAFF: "Somebody's role, authorities or account was changed; the object is the line of history.",
    Action.LOOKED: "Somebody opened a case that is theirs; noted once in an hour.",
    Action.LOOKED_BECAUSE: "Somebody opened a case that is not theirs, after a reason; the object is the look.",
    Action.LISTENED: "Somebody listened to a voicemail.",
    Action.CERTIFICATE: "A mediation certificate was issued; the object is the certificate.",
    Action.SIGNED_IN: "Somebody signed in.",
    Action.SIGNED_OUT: "Somebody signed out, or sessions of theirs were ended; the object is the person.",
    Action.NOT_SIGNED_IN: "A try to sign in or to prove it again failed; the object is whose address it was, if known.",
    Action.PROVED: "Somebody gave password and code once more, before something that needs them.",
    Action.EXPORTED: "Records left the service in a file; the reason says which kind.",
    Action.HELD: "A case may not be erased until the hold is lifted.",
    Action.HOLD_LIFTED: "A case may be erased again when its time has come.",
    Action.PROPOSED: "Records whose time has come were put together for a manager; the object is the batch.",
    Action.CONFIRMED: "A manager let a batch be erased; the object is the batch.",
    Action.ERASED: "Records were erased; the reason says of which class, the object is the batch.",
}


class ChainLink(Base):
    """One fact in its chain. The database refuses to change or remove it."""

    __tablename__ = "audit"
    __table_args__ = (CheckConstraint("seq > 0", name="seq_counts"),)

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The case's id, or `SERVICE`. No reference: the chain outlives what it is about."""
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    """By the database's clock."""
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    role: Mapped[str | None]
    """Theirs at that time."""
    action: Mapped[str]
    object_kind: Mapped[str | None]
    object_id: Mapped[int | None]
    reason: Mapped[str | None]
    """A code; reasons in words are part of the detail."""
    detail_hash: Mapped[str | None]
    prev: Mapped[str]
    hash: Mapped[str]


class Head(Base):
    """Where a chain ends; whoever adds to it holds this row."""

    __tablename__ = "audit_heads"

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]


class Salt(Base):
    """What the words of a link were hashed with. Without it nobody can try words until one fits."""

    __tablename__ = "audit_salts"

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[str]


class Anchor(Base):
    """One hash over the ends of all chains. A copy goes to somebody outside: against it, a cut-off end shows."""

    __tablename__ = "audit_anchors"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    chains: Mapped[int]
    """How many have grown since the anchor before."""
    prev: Mapped[str]
    """The hash of the anchor before, so that this one stands for all chains, not only for those that have grown."""
    hash: Mapped[str]


class Anchored(Base):
    """Where a chain ended when it was anchored."""

    __tablename__ = "audit_anchored"
    __table_args__ = (Index("ix_audit_anchored_chain_seq", "chain", "seq"),)

    number: Mapped[int] = mapped_column(ForeignKey("audit_anchors.number"), primary_key=True, autoincrement=False)
    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that was done, before it has its place in a chain."""

    action: Action
    case_id: int | None = None
    actor_kind: str
    actor_id: int | None = None
    """The member of staff."""
    role: str | None = None
    """Found out where it is not given."""
    object_kind: str | None = None
    object_id: int | None = None
    reason: str | None = None
    detail: str | None = None
    """The words of the row, which the link vouches for and does not hold."""

    @property
    def chain(self) -> int:
        """Which chain it belongs to."""
        return SERVICE if self.case_id is None else self.case_id


class Audited:
    """A row whose writing is a fact: the audit takes note of it at the commit."""

    def fact(self) -> Fact:
        """What it says of itself; the words must be such that they come back from the database as they went in."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Noted:
    fact: Fact
    within: SessionTransaction | None
    """The savepoint in which it was noted: what is rolled back with it has not happened."""


def record(session: Session, fact: Fact) -> None:
    """Take note of something that leaves no row of its own."""
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(_NOTED, []).append(_Noted(fact, within))


def words(*parts: object) -> str:
    """Parts of a row as the text that is hashed: the same whenever it is read again."""
    return json.dumps([_plain(part) for part in parts], ensure_ascii=False)


def hashed(link: Mapping[str, Any]) -> str:
    """The hash of a link, over everything in it and the hash of the one before."""
    held = [link["at"].astimezone(UTC).isoformat(timespec="microseconds"), *(link[name] for name in _HASHED)]
    return hashlib.sha256(json.dumps(held, ensure_ascii=False).encode()).hexdigest()


def detail_hash(salt: str, detail: str) -> str:
    """The hash by which a link vouches for words."""
    return hashlib.sha256(f"{salt}|{detail}".encode()).hexdigest()


def forget_salts(session: Session, case_id: int) -> None:
    """The words of a case are erased: from now on nobody can find out what they were."""
    session.execute(delete(Salt).where(Salt.chain == case_id))


def anchor(session: Session, *, since: datetime) -> Anchor | None:
    """Hold fast where all chains end now; None where it was done since then, or nothing has been added."""
    _hold(session, [SERVICE])  # one at a time
    last = session.scalar(select(Anchor).order_by(Anchor.number.desc()).limit(1))
    if last is not None and last.at >= since:
        return None
    is_anchored = select(Anchored.chain).where(Anchored.chain == Head.chain, Anchored.seq == Head.seq).exists()
    grown = select(Head.chain, Head.seq, Head.hash).where(~is_anchored, Head.seq > 0).order_by(Head.chain)
    ends = [(row.chain, row.seq, row.hash) for row in session.execute(grown)]
    if not ends:
        return None
    prev = "" if last is None else last.hash
    made = Anchor(
        number=1 if last is None else last.number + 1,
        at=db.moment(session),
        chains=len(ends),
        prev=prev,
        hash=anchor_hash(prev, ends),
    )
    session.add(made)
    session.flush()
    session.execute(
        insert(Anchored),
        [{"number": made.number, "chain": chain, "seq": seq, "hash": end} for chain, seq, end in ends],
    )
    return made


def anchor_hash(prev: str, ends: Iterable[tuple[int, int, str]]) -> str:
    """One hash over the ends of chains, in their order, and the anchor before."""
    return hashlib.sha256(json.dumps([prev, *map(list, ends)]).encode()).hexdigest()


def as_markdown() -> str:
    """The actions as the page of our documentation."""
    rows = "".join(f"| {action} | {MEANINGS[action]} |\n" for action in Action)
    return (
        "# What the audit writes down\n\n"
        "Each link says who (side, person, role at that time), what, when by the database's clock, about which row,\n"
        "and with which hash it follows the one before. It holds no words and no names. Written from\n"
        "`scheduling/audit.py`: change that, not the page.\n\n"
        "| Action | When |\n"
        "|---|---|\n"
        f"{rows}"
    )


def _note(session: Session, _context: UOWTransaction) -> None:
    for row in session.new:
        if isinstance(row, Audited):
            record(session, row.fact())


def _drop(session: Session, ended: SessionTransaction) -> None:
    noted: list[_Noted] = session.info.get(_NOTED, [])
    session.info[_NOTED] = [one for one in noted if not _is_within(one.within, ended)]


def _is_within(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while inner is not None:
        if inner is outer:
            return True
        inner = inner.parent
    return False


def _chain(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    noted: list[_Noted] = session.info.pop(_NOTED, [])
    if noted:
        _append(session, [one.fact for one in noted])


def _append(session: Session, facts: list[Fact]) -> None:
    heads = _hold(session, sorted({fact.chain for fact in facts}))
    at, links, salts = db.moment(session), [], []
    for fact in _with_roles(session, facts):
        seq, prev = heads[fact.chain]
        salt = None if fact.detail is None else secrets.token_hex(16)
        link: dict[str, Any] = {
            **{name: value for name, value in asdict(fact).items() if name not in {"case_id", "detail"}},
            "chain": fact.chain,
            "seq": seq + 1,
            "at": at,
            "action": fact.action.value,
            "prev": prev,
            "detail_hash": None if salt is None or fact.detail is None else detail_hash(salt, fact.detail),
        }
        link["hash"] = hashed(link)
        heads[fact.chain] = seq + 1, link["hash"]
        links.append(link)
        if salt is not None:
            salts.append({"chain": fact.chain, "seq": seq + 1, "salt": salt})
    session.execute(insert(ChainLink), links)
    if salts:
        session.execute(insert(Salt), salts)
    for chain, (seq, end) in heads.items():
        session.execute(update(Head).where(Head.chain == chain).values(seq=seq, hash=end), execution_options=_QUIETLY)


def _hold(session: Session, chains: list[int]) -> dict[int, tuple[int, str]]:
    """Keep the ends of these chains until the commit; one that has not begun begins."""
    wanted = select(Head.chain, Head.seq, Head.hash).where(Head.chain.in_(chains)).order_by(Head.chain)
    held = {row.chain: (row.seq, row.hash) for row in session.execute(wanted.with_for_update())}
    new = [chain for chain in chains if chain not in held]
    if new:
        session.execute(_BEGIN, [{"chain": chain} for chain in new])
        # Somebody else may have begun it at the same moment, and have added to it since.
        held |= {row.chain: (row.seq, row.hash) for row in session.execute(wanted.with_for_update())}
    return held


def _with_roles(session: Session, facts: list[Fact]) -> list[Fact]:
    unknown = {fact.actor_id for fact in facts if fact.role is None and fact.actor_id is not None}
    if not unknown:
        return facts
    wanted = select(_staff.c.id, _staff.c.role).where(_staff.c.id.in_(unknown))
    roles: dict[int | None, str] = {row.id: row.role for row in session.execute(wanted)}
    return [replace(fact, role=fact.role or roles.get(fact.actor_id)) for fact in facts]


def _plain(part: object) -> object:
    if isinstance(part, datetime):
        return part.astimezone(UTC).isoformat(timespec="microseconds")
    return part if part is None or isinstance(part, int | str) else str(part)


_NOTED: Final = "noted for the audit"
_QUIETLY: Final = {"synchronize_session": False}
_BEGIN: Final = text("INSERT INTO audit_heads (chain, seq, hash) VALUES (:chain, 0, '') ON CONFLICT DO NOTHING")
_HASHED: Final = (
    "chain",
    "seq",
    "actor_kind",
    "actor_id",
    "role",
    "action",
    "object_kind",
    "object_id",
    "reason",
    "detail_hash",
    "prev",
)
_staff: Final = table("staff", column("id"), column("role"))

event.listen(db.Session, "after_flush", _note)
event.listen(db.Session, "after_soft_rollback", _drop)
event.listen(db.Session, "before_commit", _chain)
