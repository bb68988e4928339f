"""What the console's pages share: the blueprint they hang on, who does which work, and looking a thing up."""

from typing import TypeVar

from flask import Blueprint, abort

from scheduling.models import Role

console = Blueprint("console", __name__)

READS_CASES = (Role.COORDINATOR, Role.ADVISER, Role.MANAGER)
WORKS_ON_CASES = (Role.COORDINATOR, Role.ADVISER)
ARRANGES = (Role.COORDINATOR, Role.MANAGER)
"""Closes venues, and sees to mediators, authorities and bank holidays."""
LOOKS_THINGS_UP = (*READS_CASES, Role.ADMINISTRATOR)
KEEPS_DATA = (*ARRANGES, Role.ADMINISTRATOR)

LARGEST_ID = 2**31 - 1

Row = TypeVar("Row")


def found(row: Row | None) -> Row:
    """The row, or the page that says there is none."""
    if row is None:
        abort(404)
    return row
