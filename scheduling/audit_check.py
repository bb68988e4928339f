"""Whether the audit is whole: each link follows the one before, each chain ends where it should, the words still fit.

Whoever may do anything to the database could write a chain anew. Then its end is not where an anchor of an earlier day
holds it fast; and the anchors themselves are held by whoever got them by mail.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any, Final

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from scheduling import audit
from scheduling.audit import Action, Anchor, Anchored, Audited, ChainLink, Head, Salt
from scheduling.db import Base

A_BATCH: Final = 500


@dataclass(frozen=True, kw_only=True)
class Broken:
    """Where the audit is not what it was; `chain` is None where an anchor itself is meant."""

    chain: int | None
    seq: int
    what: str


@dataclass(kw_only=True)
class Proof:
    """What was looked at, and all that is wrong with it."""

    links: int = 0
    chains: int = 0
    anchors: int = 0
    vouched: int = 0
    """Links whose words are there and fit."""
    forgotten: int = 0
    """Links whose words were erased."""
    broken: list[Broken] = field(default_factory=list)


def verify(session: Session, *, chain: int | None = None) -> Proof:
    """Look at every chain, or at one of them; the session should see one moment of the database."""
    proof = Proof()
    _chains(session, proof, chain)
    _anchors(session, proof, chain)
    return proof


def knows_anchor(session: Session, digest: str) -> bool:
    """Whether an anchor that somebody got by mail is still among ours."""
    return session.scalar(select(Anchor.number).where(Anchor.hash == digest)) is not None


def _chains(session: Session, proof: Proof, chain: int | None) -> None:
    ends = _ends(session, chain)
    links = select(ChainLink.__table__).order_by(ChainLink.chain, ChainLink.seq)
    if chain is not None:
        links = links.where(ChainLink.chain == chain)
    rows = session.execute(links, execution_options={"yield_per": A_BATCH}).mappings()
    for one, its_links in groupby(rows, key=lambda link: link["chain"]):
        _chain(session, proof, its_links, ends.pop(one, None))
    for one, (seq, _end) in ends.items():
        if seq:
            proof.broken.append(Broken(chain=one, seq=1, what="the whole chain is missing"))


def _ends(session: Session, chain: int | None) -> dict[int, tuple[int, str]]:
    wanted = select(Head.chain, Head.seq, Head.hash)
    if chain is not None:
        wanted = wanted.where(Head.chain == chain)
    return {row.chain: (row.seq, row.hash) for row in session.execute(wanted)}


def _chain(session: Session, proof: Proof, links: Iterator[RowMapping], end: tuple[int, str] | None) -> None:
    proof.chains += 1
    seq, prev, chain, unsalted, is_erased = 0, "", audit.SERVICE, 0, False
    for batch in _batches(links):
        for link in batch:
            chain, fault = link["chain"], _fault(link, seq, prev)
            if fault is not None:
                proof.broken.append(Broken(chain=chain, seq=link["seq"], what=fault))
            seq, prev = link["seq"], link["hash"]
            is_erased = is_erased or link["action"] == Action.ERASED
        proof.links += len(batch)
        unsalted += _words(session, proof, batch)
    if end != (seq, prev):
        proof.broken.append(Broken(chain=chain, seq=seq + 1, what="the end of the chain is not where it should be"))
    proof.forgotten += unsalted
    if unsalted and not is_erased:
        proof.broken.append(Broken(chain=chain, seq=seq, what="words cannot be checked, and nothing was erased"))


def _fault(link: RowMapping, seq: int, prev: str) -> str | None:
    if link["seq"] != seq + 1:
        return "a link before this one is missing"
    if link["prev"] != prev:
        return "it does not follow the one before"
    return None if link["hash"] == audit.hashed(dict(link)) else "it was changed"


def _words(session: Session, proof: Proof, links: Sequence[RowMapping]) -> int:
    """Look whether the words are still those that were vouched for; gives how many have no salt any more."""
    with_words = [link for link in links if link["detail_hash"] is not None]
    if not with_words:
        return 0
    salts = _salts(session, with_words)
    salted = [link for link in with_words if link["seq"] in salts]
    found = _found(session, salted)
    for link in salted:
        now = found.get((link["object_kind"], link["object_id"]))
        if now is not None and audit.detail_hash(salts[link["seq"]], now) == link["detail_hash"]:
            proof.vouched += 1
            continue
        what = "what it vouches for is gone" if now is None else "what it vouches for was changed"
        proof.broken.append(Broken(chain=link["chain"], seq=link["seq"], what=what))
    return len(with_words) - len(salted)


def _salts(session: Session, links: Sequence[RowMapping]) -> dict[int, str]:
    """By their place: all links are of one chain, one after the other."""
    first, last = links[0], links[-1]
    wanted = select(Salt.seq, Salt.salt).where(
        Salt.chain == first["chain"], Salt.seq >= first["seq"], Salt.seq <= last["seq"]
    )
    return {row.seq: row.salt for row in session.execute(wanted)}


def _found(session: Session, links: Sequence[RowMapping]) -> dict[tuple[str, int], str | None]:
    """The words as they stand now in the rows that are vouched for."""
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for link in links:
        ids[link["object_kind"]].add(link["object_id"])
    found: dict[tuple[str, int], str | None] = {}
    for kind, audited in _audited().items():
        if ids[kind]:
            for row in session.scalars(select(audited).where(audited.id.in_(ids[kind]))):
                found[kind, row.id] = row.fact().detail
            session.expunge_all()  # a long audit must not stand in memory whole
    return found


def _audited() -> dict[str, Any]:
    """The classes of rows that are vouched for, by the names of their tables."""
    every: list[Any] = [mapper.class_ for mapper in Base.registry.mappers]
    return {one.__tablename__: one for one in every if issubclass(one, Audited)}


def _batches(links: Iterator[RowMapping]) -> Iterator[list[RowMapping]]:
    while batch := list(islice(links, A_BATCH)):
        yield batch


def _anchors(session: Session, proof: Proof, chain: int | None) -> None:
    cut_off = select(Anchored.chain, func.min(Anchored.seq).label("seq")).outerjoin(
        ChainLink, (ChainLink.chain == Anchored.chain) & (ChainLink.seq == Anchored.seq)
    )
    cut_off = cut_off.where(func.coalesce(ChainLink.hash, "") != Anchored.hash).group_by(Anchored.chain)
    if chain is not None:
        cut_off = cut_off.where(Anchored.chain == chain)
    for row in session.execute(cut_off.order_by(Anchored.chain)):
        proof.broken.append(Broken(chain=row.chain, seq=row.seq, what="it is not what was anchored"))
    prev = ""
    for number, made in enumerate(session.scalars(select(Anchor).order_by(Anchor.number)).all(), start=1):
        proof.anchors += 1
        if (made.number, made.prev, made.hash) != (number, prev, audit.anchor_hash(prev, _ends_in(session, made))):
            proof.broken.append(Broken(chain=None, seq=made.number, what="the anchor is not what it was"))
        prev = made.hash


def _ends_in(session: Session, made: Anchor) -> list[tuple[int, int, str]]:
    wanted = select(Anchored).where(Anchored.number == made.number).order_by(Anchored.chain)
    return [(one.chain, one.seq, one.hash) for one in session.scalars(wanted)]
