"""Tables that a spreadsheet opens: nothing in a cell is ever run as a formula, and what we wrote we read again."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet runs a cell that begins so; the last four are full-width, and some take them for the narrow ones."""
APOSTROPHE = "'"
"""Before a cell, it says that the cell is text."""


def written(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Everything as one text, lines ended as spreadsheets expect."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(heading)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return table.getvalue()


def inert(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"{APOSTROPHE}{cell}" if cell.startswith(FORMULA) else cell


def as_typed(cell: str) -> str:
    """The same back again."""
    return cell[1:] if cell.startswith(APOSTROPHE) and cell[1:].startswith(FORMULA) else cell
