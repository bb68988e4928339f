"""The authorities of the first release, read from the list beside this page.

The list says who exists, what people call them, and which names must be asked back because they may mean another. Who
has a contract, and since when, changes with the years: it is kept in the database and only begins from here.
"""

import csv
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources


class Status(StrEnum):
    """How we stand with an authority when the service is first set up."""

    SERVED = "served"
    NOT_CONTRACTED = "not contracted"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class AuthorityRow:
    """One authority of the list."""

    name: str
    official_name: str
    dfe_code: str
    """Stable through reorganisations, so it is the key; ONS codes have changed twice in this list."""
    ons_code: str
    region: str
    status: Status
    valid_from: date | None
    valid_to: date | None
    """The first day on which it no longer existed."""
    succeeded_by: tuple[str, ...]
    """The DfE codes of those that took over."""
    aliases: tuple[str, ...]
    """Other names that mean this authority and no other."""
    must_ask_aliases: tuple[str, ...]
    """Names that may mean another: never taken without asking."""
    notes: str


def rows() -> list[AuthorityRow]:
    """Every authority, in the order in which the service has always listed them."""
    text = resources.files(__package__).joinpath("authorities.csv").read_text(encoding="utf-8")
    return [_row(line) for line in csv.DictReader(text.splitlines())]


def _row(line: dict[str, str]) -> AuthorityRow:
    return AuthorityRow(
        name=line["name"],
        official_name=line["official_name"],
        dfe_code=line["dfe_code"],
        ons_code=line["ons_code"],
        region=line["region"],
        status=Status(line["status"]),
        valid_from=_day(line["valid_from"]),
        valid_to=_day(line["valid_to"]),
        succeeded_by=_list(line["succeeded_by"]),
        aliases=_list(line["aliases"]),
        must_ask_aliases=_list(line["must_ask_aliases"]),
        notes=line["notes"],
    )


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _list(cell: str) -> tuple[str, ...]:
    return tuple(item for item in cell.split(";") if item)
