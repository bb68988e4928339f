"""Bringing the list of authorities into the record: once at the start, and again after every release.

The list decides what an authority is called and who took over from whom. Who has a contract only begins from it: a
coordinator changes contracts in the console, and loading again never undoes that.
"""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import Authority, AuthorityAlias, AuthoritySuccession, Contract
from scheduling.reference import authorities
from scheduling.reference.authorities import AuthorityRow, Status

REFORMS = date(2014, 9, 1)
"""Mediation under the Children and Families Act began on this day, and so did the first contracts."""


def load(session: Session) -> None:
    """Bring every authority of the list into the record, or up to date where it is there already."""
    rows = authorities.rows()
    known = {authority.code: authority for authority in session.scalars(select(Authority))}
    for row in rows:
        if row.dfe_code not in known:
            known[row.dfe_code] = Authority(code=row.dfe_code, contracts=_first_contract(row))
            session.add(known[row.dfe_code])
        _describe(known[row.dfe_code], row)
    session.flush()  # successions need the ids of both
    for row in rows:
        _succeed(session, row, known)


def _describe(authority: Authority, row: AuthorityRow) -> None:
    authority.name, authority.official_name = row.name, row.official_name
    authority.ons_code, authority.region = row.ons_code, row.region
    authority.valid_from, authority.valid_to = row.valid_from, _last_day(row)
    known = {alias.words: alias for alias in authority.aliases}
    for words, must_ask in [*((w, False) for w in row.aliases), *((w, True) for w in row.must_ask_aliases)]:
        if words in known:
            known[words].must_ask = must_ask
        else:
            authority.aliases.append(AuthorityAlias(words=words, must_ask=must_ask))


def _first_contract(row: AuthorityRow) -> list[Contract]:
    if row.status is Status.NOT_CONTRACTED:
        return []
    return [Contract(starts_on=REFORMS, ends_on=_last_day(row))]


def _last_day(row: AuthorityRow) -> date | None:
    return None if row.valid_to is None else row.valid_to - timedelta(days=1)


def _succeed(session: Session, row: AuthorityRow, known: dict[str, Authority]) -> None:
    for code in row.succeeded_by:
        session.merge(AuthoritySuccession(authority_id=known[row.dfe_code].id, successor_id=known[code].id))
