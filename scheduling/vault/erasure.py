"""Forgetting a case: its keys are destroyed, and with them all that its family said, wherever a copy of it lies.

Dates, counts, states and the certificate's number stay as they are: they were never sealed. Backups still hold the
keys until they are thrown away, which is why they are kept for so many days and no longer.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, false, func, or_, select, true, type_coerce, update
from sqlalchemy.orm import Session

from scheduling.db import Base
from scheduling.vault import envelope, keys
from scheduling.vault.keys import SERVICE, DataKey
from scheduling.vault.sealed import HEAD, KeyHolder, SealedAddress, attributes, kinds

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Family:
    """Whose things are forgotten: a case, its people who are in no other, and what they are reached by."""

    case_id: int
    people: Collection[int]
    addresses: Collection[str]


def forget(session: Session, case_id: int) -> None:
    """Nobody can read any more what belongs to the case, nor find it by a number; its people go where this was all."""
    session.flush()
    people = _people_of_no_other_case(session, case_id)
    addresses = set(_indexes(session, _table("people"), _table("people").c.id.in_(people)))
    family = _Family(case_id, people, addresses)
    of_families = {one.__table__: one for one in kinds() if one.sealed_for or not one.sealed_for_service}
    theirs = {table: _belongs(table, of_families, family) for table in of_families}
    doomed = {one for table, kind in of_families.items() for one in _key_ids(session, kind, table, theirs[table])}
    for table, kind in of_families.items():  # only now: what belongs to a contact is found by the contact's number
        if blank := _no_index(kind):
            session.execute(update(table).where(theirs[table]).values(blank))
    doomed -= {SERVICE, *_held_by_others(session, doomed, case_id=case_id, people=people)}
    session.execute(delete(DataKey).where(DataKey.id.in_(doomed)))
    keys.drop(session)
    session.expire_all()
    log.info("case forgotten", extra={"case": case_id, "people": len(people), "keys": len(doomed)})


def forget_row(session: Session, kind: type[Any], row_id: int) -> None:
    """The same for one row that belongs to no case: it has a key of its own."""
    session.flush()
    table: Table = kind.__table__
    theirs = table.c.id == row_id
    doomed = set(_key_ids(session, kind, table, theirs))
    if blank := _no_index(kind):
        session.execute(update(table).where(theirs).values(blank))
    session.execute(delete(DataKey).where(DataKey.id.in_(doomed - set(_held_by_others(session, doomed)))))
    keys.drop(session)
    session.expire_all()


def _no_index(kind: type[Any]) -> dict[str, None]:
    return {one.index: None for one in attributes(kind) if isinstance(one, SealedAddress)}


def _people_of_no_other_case(session: Session, case_id: int) -> list[int]:
    cases, company = _table("cases"), _table("case_people")
    here = select(cases.c.person_id).where(cases.c.id == case_id)
    here_too = select(company.c.person_id).where(company.c.case_id == case_id)
    elsewhere = [select(cases.c.person_id).where(cases.c.id != case_id, cases.c.data_key_id.in_(select(DataKey.id)))]
    elsewhere.append(
        select(company.c.person_id)
        .join(cases, cases.c.id == company.c.case_id)
        .where(cases.c.id != case_id, cases.c.data_key_id.in_(select(DataKey.id)))
    )
    found = {*session.scalars(here), *session.scalars(here_too)}
    kept = {person for others in elsewhere for person in session.scalars(others)}
    return sorted(found - kept)


def _belongs(table: Table, kinds_of: Mapping[Table, Any], family: _Family) -> ColumnElement[bool]:
    """Which rows of the table are the case's, or its people's where they have no other."""
    if table.name == "cases":
        return table.c.id == family.case_id
    if table.name == "people":
        return table.c.id.in_(family.people)
    kind = kinds_of[table]
    ways = list(_by_reference(table, kinds_of, family))
    if not kind.sealed_for:  # what nobody has found to be theirs, but came from their number
        nobodys = table.c.case_id.is_(None) if "case_id" in table.c else true()
        found = [table.c[one.index].in_(family.addresses) for one in attributes(kind) if isinstance(one, SealedAddress)]
        ways.append(nobodys & or_(false(), *found))
    return or_(false(), *ways)


def _by_reference(table: Table, kinds_of: Mapping[Table, Any], family: _Family) -> Iterator[ColumnElement[bool]]:
    if "case_id" in table.c:
        yield table.c.case_id == family.case_id
        if "person_id" in table.c:
            yield table.c.case_id.is_(None) & table.c.person_id.in_(family.people)
        return
    for column in table.c:
        for foreign in column.foreign_keys:
            beyond = foreign.column.table
            if "case_id" in beyond.c:
                is_theirs = (
                    _belongs(beyond, kinds_of, family) if beyond in kinds_of else beyond.c.case_id == family.case_id
                )
                yield column.in_(select(beyond.c.id).where(is_theirs))


def _key_ids(session: Session, kind: type[Any], table: Table, theirs: ColumnElement[bool]) -> Iterator[str]:
    if issubclass(kind, KeyHolder):
        yield from filter(None, session.scalars(select(table.c.data_key_id).where(theirs)))
    for one in attributes(kind):
        head = func.substr(type_coerce(table.c[one.name], one.column.impl), 1, HEAD)  # a document need not be fetched
        for value in session.scalars(select(head).where(theirs, table.c[one.name].is_not(None))):
            begins = value.decode("latin-1") if isinstance(value, bytes) else value
            if envelope.is_sealed(begins):
                yield envelope.key_id(begins)


def _held_by_others(
    session: Session, key_ids: Collection[str], *, case_id: int | None = None, people: Collection[int] = ()
) -> Iterator[str]:
    cases, persons = _table("cases"), _table("people")
    for table, others in (
        (cases, true() if case_id is None else cases.c.id != case_id),
        (persons, persons.c.id.not_in(people)),
    ):
        yield from session.scalars(select(table.c.data_key_id).where(others, table.c.data_key_id.in_(key_ids)))


def _indexes(session: Session, table: Table, theirs: ColumnElement[bool]) -> Iterator[str]:
    for column in table.c:
        if column.name.endswith("_index"):
            yield from filter(None, session.scalars(select(column).where(theirs)))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
