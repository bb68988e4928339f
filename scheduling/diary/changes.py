"""Which changes of the diary a reader has not seen yet: one statement, whatever has happened.

On SQLite there is one writer at a time, so lines come in the order of their numbers. On PostgreSQL a line may become
visible after one with a higher number: there a reader remembers the oldest transaction that was still going on, reads
everything from that one on again, and leaves out what it knows.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, Text, bindparam, cast, func, null, select, union_all
from sqlalchemy.orm import Session

from scheduling.models import DiaryChange

Things = dict[int, set[int]]
"""Ids by `Changed` or `ResourceKind`."""


@dataclass(frozen=True)
class Seen:
    """How far a reader has read."""

    last: int = 0
    horizon: int = 0
    """PostgreSQL: every transaction before this one was over."""
    known: frozenset[int] = frozenset()
    """Lines of that transaction and later ones that were read already."""


@dataclass(frozen=True)
class News:
    """What has changed since."""

    things: Things
    seen: Seen
    is_gap: bool
    """Lines that the reader has not seen were forgotten meanwhile: it must read everything again."""


def since(session: Session, seen: Seen) -> News:
    """Everything that this transaction can see and the reader has not."""
    if session.get_bind().dialect.name == "sqlite":
        return _in_order(session, seen)
    return _by_transaction(session, seen)


def _in_order(session: Session, seen: Seen) -> News:
    things: Things = defaultdict(set)
    oldest, last = 0, seen.last
    for number, kind, which in session.execute(IN_ORDER, {"last": seen.last}).all():
        if kind is None:
            oldest = number
            continue
        last = max(last, number)
        things[kind].add(which)
    return News(things, Seen(last=last), is_gap=oldest > seen.last + 1)


def _by_transaction(session: Session, seen: Seen) -> News:
    things: Things = defaultdict(set)
    oldest, last, horizon = 0, seen.last, seen.horizon
    lines: list[tuple[int, int]] = []
    for number, kind, which, xact, oldest_active in session.execute(BY_TRANSACTION, {"horizon": seen.horizon}).all():
        if kind is None:
            oldest, horizon = number, oldest_active
            continue
        lines.append((number, xact))
        last = max(last, number)
        if number not in seen.known:
            things[kind].add(which)
    known = frozenset(number for number, xact in lines if xact >= horizon)
    return News(things, Seen(last=last, horizon=horizon, known=known), is_gap=oldest > seen.last + 1)


def only(things: Things, kinds: Collection[int]) -> list[tuple[int, int]]:
    """Those of these kinds, one by one."""
    return [(kind, which) for kind in kinds for which in things.get(kind, ())]


# Of the table rather than of the class: every search asks, and a session takes longer over the rows of a class.
_LINE = DiaryChange.__table__.c
_OLDEST = func.coalesce(func.min(_LINE.id), 0)
IN_ORDER: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(_LINE.id, _LINE.kind, _LINE.resource_id).where(_LINE.id > bindparam("last")),
    select(_OLDEST, null(), null()),
)
_XMIN = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
BY_TRANSACTION: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(_LINE.id, _LINE.kind, _LINE.resource_id, _LINE.xact, null()).where(_LINE.xact >= bindparam("horizon")),
    select(_OLDEST, null(), null(), null(), _XMIN),
)
