"""What coordinators may change about an authority: contracts, names, officers, local advice. Each change in history."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.models import Actor, Authority, AuthorityAlias, Contract, Officer
from scheduling.reference import authorities, changes
from scheduling.refusals import Refused

BETWEEN = " -'\u2019&.,"
"""What stands between the letters in the names of councils."""


@dataclass(eq=False)
class Overlaps(Refused):
    """Two contracts would cover the same day."""

    contract: Contract

    def __str__(self) -> str:
        until = "without an end" if self.contract.ends_on is None else f"to {london.written_day(self.contract.ends_on)}"
        return f"There is a contract from {london.written_day(self.contract.starts_on)} {until}. End it first."


@dataclass(eq=False)
class EndsBeforeItBegins(Refused):
    """No contract is shorter than a day."""

    starts_on: date

    def __str__(self) -> str:
        return f"The contract begins on {london.written_day(self.starts_on)}: it cannot end before."


class NoName(Refused):
    """Nobody could say it."""

    def __str__(self) -> str:
        return "Enter a name in the letters A to Z, with figures and punctuation where it has them"


class KnownAlready(Refused):
    """People say it already."""

    def __str__(self) -> str:
        return "This name is known already"


class OfTheList(Refused):
    """It would come back with the next release."""

    def __str__(self) -> str:
        return "This name comes with the service and cannot be taken away here."


@dataclass(frozen=True, kw_only=True)
class LocalAdvice:
    """Where a family finds advice that does not come from us."""

    local_offer: str | None
    advice_service: str | None
    advice_page: str | None
    advice_number: str | None


def begin(session: Session, authority: Authority, *, starts_on: date, by: Actor, now: datetime) -> Contract:
    """Serve the authority's families from this day on."""
    for known in authority.contracts:
        if known.ends_on is None or starts_on <= known.ends_on:
            raise Overlaps(known)
    contract = Contract(starts_on=starts_on)
    authority.contracts.append(contract)
    _record(session, authority, f"A contract begins on {london.written_day(starts_on)}", by=by, now=now)
    session.flush()
    return contract


def end(session: Session, contract: Contract, *, ends_on: date, because: str, by: Actor, now: datetime) -> None:
    """Serve no new family after this day; open cases go on until somebody closes or hands them over."""
    if ends_on < contract.starts_on:
        raise EndsBeforeItBegins(contract.starts_on)
    contract.ends_on = ends_on
    what = f"The contract of {london.written_day(contract.starts_on)} ends on {london.written_day(ends_on)}"
    _record(session, contract.authority, what, by=by, now=now, why=because)


def call_it(
    session: Session, authority: Authority, words: str, *, must_ask: bool, by: Actor, now: datetime
) -> AuthorityAlias:
    """Understand this name on the telephone from now on; one that may mean another is always asked back."""
    words = " ".join(unicodedata.normalize("NFKC", words).split())
    if not _is_a_name(words):
        raise NoName
    taken = {authority.name.casefold(), *(alias.words.casefold() for alias in authority.aliases)}
    if words.casefold() in taken:
        raise KnownAlready
    alias = AuthorityAlias(words=words, must_ask=must_ask)
    authority.aliases.append(alias)
    _record(session, authority, f"Is also called “{words}”", by=by, now=now)
    session.flush()
    return alias


def _is_a_name(words: str) -> bool:
    """What a caller can say or text, and the line understands: the letters of English, accents aside, and figures."""
    plain = [c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c)]
    return any(c.isascii() and c.isalpha() for c in plain) and all(
        c in BETWEEN or (c.isascii() and c.isalnum()) for c in plain
    )


def is_of_the_list(alias: AuthorityAlias) -> bool:
    """Whether the name stands in the list that comes with the service."""
    known = {row.dfe_code: {*row.aliases, *row.must_ask_aliases} for row in authorities.rows()}
    return alias.words in known.get(alias.authority.code, set())


def call_it_no_more(session: Session, alias: AuthorityAlias, *, by: Actor, now: datetime) -> None:
    """Forget a name that was added here."""
    if is_of_the_list(alias):
        raise OfTheList
    _record(session, alias.authority, f"Is no longer called “{alias.words}”", by=by, now=now)
    session.delete(alias)


def appoint(session: Session, authority: Authority, officer: Officer, *, by: Actor, now: datetime) -> None:
    """From now on this officer can be told and invited."""
    authority.officers.append(officer)
    _record(session, authority, f"{officer.name} is an officer there", by=by, now=now)


def change_officer(
    session: Session,
    officer: Officer,
    *,
    may_decide: bool,
    is_manager: bool,
    left_on: date | None,
    by: Actor,
    now: datetime,
) -> None:
    """Write down what has changed, and nothing where nothing has."""
    changed = [
        *(
            ["may settle on the day" if may_decide else "may not settle on the day"]
            if may_decide != officer.may_decide
            else []
        ),
        *(["is chased" if is_manager else "is not chased any more"] if is_manager != officer.is_manager else []),
        *([_left(left_on)] if left_on != officer.left_on else []),
    ]
    officer.may_decide, officer.is_manager, officer.left_on = may_decide, is_manager, left_on
    if changed:
        _record(session, officer.authority, f"{officer.name} {', '.join(changed)}", by=by, now=now)


def point_to(session: Session, authority: Authority, advice: LocalAdvice, *, by: Actor, now: datetime) -> None:
    """Tell families from now on where they find advice near them."""
    authority.local_offer, authority.advice_service = advice.local_offer, advice.advice_service
    authority.advice_page, authority.advice_number = advice.advice_page, advice.advice_number
    _record(session, authority, "Where families find local advice was changed", by=by, now=now)


def _left(day: date | None) -> str:
    return "is back" if day is None else f"left on {london.written_day(day)}"


def _record(
    session: Session, authority: Authority, what: str, *, by: Actor, now: datetime, why: str | None = None
) -> None:
    changes.record(session, changes.to(authority), f"{authority.name}: {what}", by=by, now=now, why=why)
